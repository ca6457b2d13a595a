import type { Failure } from '../../core/events.ts';
import { findModel, type PriceTable } from '../../core/prices.ts';
import { toError } from '../../lib/errors.ts';
import { ModelError, type ModelEvent, type ModelProvider, type ModelRequest } from '../../orchestrator/ports.ts';
import { capabilitiesOf } from './capabilities.ts';
import { type CompactionParams, isCompacted, mayRefuseCompaction, withCompaction } from './compaction.ts';
import { createSendRequest, type SendRequest } from './client.ts';
import { type Endpoint, readEndpoint } from './endpoint.ts';
import { toModelError } from './errors.ts';
import { parseEvent } from './parseJson.ts';
import { createSseDecoder } from './sse.ts';
import { BrokenOffError } from './streamErrors.ts';
import { createMessageTranslator, translateRequest } from './translateRequest.ts';
import { createStreamTranslator } from './translateStream.ts';

/** What the provider needs to know, asked afresh for every request. */
export interface AnthropicOptions {
  /** The key as the person stored it; never from the environment. */
  readonly readKey: () => Promise<string | undefined>;
  /** The setting `flotilla.anthropic.baseUrl`; empty or undefined for Anthropic's own API. */
  readonly baseUrl: () => string | undefined;
  readonly prices: () => PriceTable;
  /** Ms since the epoch. */
  readonly now: () => number;
}

/** The longest reply that is read; a real one stays below a tenth of this. */
const replyBytes = 16 * 1024 * 1024;
/** How long the end of an answer may take after its last event, before the connection is given up instead of reused. */
const tailMs = 1000;

/** Models that speak the Anthropic Messages API, at Anthropic or at any compatible endpoint. */
export function createAnthropicProvider(options: AnthropicOptions): ModelProvider {
  const memory: Memory = { sendRequest: createSendRequest(), toMessage: createMessageTranslator(), compacts: new Map() };
  return {
    id: 'anthropic',
    label: 'Anthropic',
    get rateKey() {
      const read = readEndpoint(options.baseUrl());
      return `anthropic ${'endpoint' in read ? read.endpoint.name : 'unusable'}`;
    },
    contextWindow: (model) => findModel(options.prices(), model)?.contextWindow,
    ready: async () => {
      const access = await readAccess(options);
      return 'failure' in access ? access.failure : undefined;
    },
    stream: (request, signal) => streamReply(options, memory, request, signal),
  };
}

/** What the provider keeps from request to request. */
interface Memory {
  readonly sendRequest: SendRequest;
  readonly toMessage: ReturnType<typeof createMessageTranslator>;
  /** Whether an endpoint takes the wish for compaction for a model, as far as it has shown. */
  readonly compacts: Map<string, boolean>;
}

type Access = { readonly endpoint: Endpoint; readonly key: string | undefined } | { readonly failure: Failure };

async function readAccess(options: AnthropicOptions): Promise<Access> {
  const read = readEndpoint(options.baseUrl());
  if ('failure' in read) {
    return read;
  }
  const stored = await readStored(options);
  if ('failure' in stored) {
    return stored;
  }
  const key = stored.key?.trim() || undefined;
  if (key === undefined && read.endpoint.needsKey) {
    const next = 'Run "Flotilla: Set API Key", or set flotilla.provider to "practice" to work without one.';
    return { failure: { kind: 'auth', message: `No API key is stored for ${read.endpoint.name}.`, next } };
  }
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key)) {
    return {
      failure: {
        kind: 'auth',
        message: 'The stored API key contains blanks or special characters.',
        next: 'Run "Flotilla: Set API Key" again.',
      },
    };
  }
  return { endpoint: read.endpoint, key };
}

/** The store of secrets is the system's, and may be locked or missing. */
async function readStored({ readKey }: AnthropicOptions): Promise<{ readonly key: string | undefined } | { readonly failure: Failure }> {
  try {
    return { key: await readKey() };
  } catch (error) {
    const message = `The API key could not be read from the secret storage: ${toError(error).message}`;
    return { failure: { kind: 'auth', message, next: 'Unlock or repair the keyring of the system, then run "Flotilla: Set API Key".' } };
  }
}

async function* streamReply(
  options: AnthropicOptions,
  { sendRequest, toMessage, compacts }: Memory,
  request: ModelRequest,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent, void, undefined> {
  const access = await readAccess(options);
  signal.throwIfAborted();
  if ('failure' in access) {
    throw new ModelError(access.failure, 'never');
  }
  const { endpoint, key } = access;
  const prices = options.prices();
  try {
    const capabilities = capabilitiesOf(request.model, prices);
    const params = translateRequest(request, capabilities, toMessage);
    const send = (each: CompactionParams) => sendRequest(endpoint, key, each, signal);
    const window = findModel(prices, request.model)?.contextWindow;
    yield* readReply(await (capabilities.compaction ? sendCompacting(send, params, window, request, endpoint, compacts) : send(params)));
  } catch (error) {
    signal.throwIfAborted();
    const about = { model: request.model, endpoint: endpoint.name, key, knownModels: Object.keys(prices), now: options.now() };
    throw toModelError(error, about);
  }
}

/** Sends a request with the wish for compaction; to who refuses it, again without, and from then on without. */
async function sendCompacting(
  send: (params: CompactionParams) => Promise<Response>,
  params: CompactionParams,
  window: number | undefined,
  request: ModelRequest,
  endpoint: Endpoint,
  compacts: Map<string, boolean>,
): Promise<Response> {
  const key = `${endpoint.baseUrl} ${request.model}`;
  const compacted = isCompacted(request);
  if (compacts.get(key) === false && !compacted) {
    return await send(params);
  }
  try {
    const response = await send(withCompaction(params, window));
    compacts.set(key, true);
    return response;
  } catch (error) {
    if (compacted || compacts.get(key) === true || !mayRefuseCompaction(error)) {
      throw error;
    }
    const response = await send(params);
    compacts.set(key, false);
    return response;
  }
}

async function* readReply(response: Response): AsyncGenerator<ModelEvent, void, undefined> {
  const reader = response.body?.getReader();
  if (reader === undefined) {
    throw new BrokenOffError('no body');
  }
  const decoder = createSseDecoder(replyBytes);
  const translator = createStreamTranslator(response.headers.get('request-id') ?? undefined);
  let settled = false;
  try {
    while (!settled) {
      const { done, value } = await readChunk(reader);
      if (done) {
        throw new BrokenOffError('the stream ended before the message stopped');
      }
      for (const { data } of decoder.push(value)) {
        for (const event of settled ? [] : translator.push(parseEvent(data))) {
          settled = event.type === 'settled';
          yield event;
        }
      }
    }
  } finally {
    release(reader, settled);
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

async function readChunk(reader: Reader): ReturnType<Reader['read']> {
  try {
    return await reader.read();
  } catch (error) {
    throw new BrokenOffError('the connection broke', { cause: error });
  }
}

/** A connection is reused only when its answer was read to the end, so the end is awaited, but not for long and by nobody. */
function release(reader: Reader, settled: boolean): void {
  const dropped = (): void => {
    // The answer is complete or already failed with its own error; how its connection ends changes nothing.
  };
  if (!settled) {
    reader.cancel().catch(dropped);
    return;
  }
  const timer = setTimeout(() => void reader.cancel().catch(dropped), tailMs);
  const readOn = async (): Promise<void> => {
    while (!(await reader.read()).done) {
      // Nothing after the message's stop is of use.
    }
  };
  readOn()
    .catch(dropped)
    .finally(() => clearTimeout(timer));
}
