import { Anthropic } from '@anthropic-ai/sdk';
import { ModelError } from '../../orchestrator/ports.ts';
import { type CompactionParams, compactionFeature } from './compaction.ts';
import type { Endpoint } from './endpoint.ts';

/** The API version that translateRequest and translateStream are written for. */
const apiVersion = '2026-10-21';
/** Names the features that are not in the stable API yet. */
const betaHeader = 'anthropic-beta';
/** An error has to explain itself in this. */
const errorBytes = 64 * 1024;

/** Sends one request. The answer's headers are there, its body is still to come. */
export type SendRequest = (endpoint: Endpoint, key: string | undefined, params: CompactionParams, signal: AbortSignal) => Promise<Response>;

/**
 * Sends requests with the SDK; a client is kept as long as endpoint and key stay the same. Rejects with the SDK's errors for statuses other
 * than 2xx, and with ModelError when the answer is no stream of events.
 */
export function createSendRequest(): SendRequest {
  let current: { readonly baseUrl: string; readonly key: string | undefined; readonly client: Anthropic } | undefined;
  return async (endpoint, key, params, signal) => {
    if (current === undefined || current.baseUrl !== endpoint.baseUrl || current.key !== key) {
      current = { baseUrl: endpoint.baseUrl, key, client: createClient(endpoint.baseUrl, key) };
    }
    return await send(current.client, endpoint, params, signal);
  };
}

/** Every option that the SDK would otherwise take from the environment is given. */
function createClient(baseUrl: string, key: string | undefined): Anthropic {
  return new Anthropic({
    apiKey: key ?? 'none',
    authToken: null,
    webhookKey: null,
    baseURL: baseUrl,
    maxRetries: 0,
    logLevel: 'off',
    openTelemetry: false,
    fetchOptions: { redirect: 'manual' },
    fetch: (url, init) => fetchStrictly(url, init, key),
  });
}

async function send(client: Anthropic, endpoint: Endpoint, params: CompactionParams, signal: AbortSignal): Promise<Response> {
  // `create` and not the `stream` helper: that one keeps a second copy of the whole reply and hides the order of events.
  const headers = params.context_management === undefined ? {} : { [betaHeader]: compactionFeature };
  const response = await client.messages.create(params, { signal, headers }).asResponse();
  const type = response.headers.get('content-type') ?? 'nothing';
  if (response.body === null || !type.includes('text/event-stream')) {
    await response.body?.cancel();
    const what = type.includes('html') ? 'a web page' : `"${type}"`;
    throw new ModelError(
      {
        kind: 'endpoint',
        message: `${endpoint.name} answered with ${what} instead of a stream of events.`,
        next: 'Check flotilla.anthropic.baseUrl; on a guest network, log in to it with a browser first.',
      },
      'retry',
    );
  }
  return response;
}

/**
 * The last hand on a request. Its headers are these and no others, because the SDK adds what it finds in ANTHROPIC_CUSTOM_HEADERS and facts
 * about the machine; and an error's text cannot fill the memory.
 */
async function fetchStrictly(url: string | URL | Request, init: RequestInit | undefined, key: string | undefined): Promise<Response> {
  const headers = {
    accept: 'text/event-stream, application/json',
    'content-type': 'application/json',
    'anthropic-version': apiVersion,
    'user-agent': 'Flotilla',
    ...featuresOf(init),
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
  };
  const response = await fetch(url, { ...init, headers });
  if (response.ok || response.body === null) {
    return response;
  }
  const text = await readStart(response.body, errorBytes);
  return new Response(text === '' ? null : text, { status: response.status, headers: response.headers });
}

/** The features a request was sent with, and no others: the environment may name some too. */
function featuresOf(init: RequestInit | undefined): Readonly<Record<string, string>> {
  const named = new Headers(init?.headers).get(betaHeader)?.split(/,\s*/) ?? [];
  return named.includes(compactionFeature) ? { [betaHeader]: compactionFeature } : {};
}

async function readStart(body: ReadableStream<Uint8Array>, bytes: number): Promise<string> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let text = '';
  for (let left = bytes; left > 0; ) {
    const { done, value } = await reader.read();
    if (done) {
      return text;
    }
    text += decoder.decode(value.subarray(0, left), { stream: true });
    left -= value.byteLength;
  }
  await reader.cancel();
  return text;
}
