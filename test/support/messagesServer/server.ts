import { setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createPromptCache, type PromptAccount } from './promptCache.ts';
import { type Reply, renderReply } from './reply.ts';
import { createStrictness } from './strictness.ts';
import { toWireRequest, turnOf, type WireRequest } from './wire.ts';
import { writeReply } from './writeReply.ts';

/** A request as it came, for scripts and assertions. */
export interface SeenRequest {
  /** From 0, over all requests of the server. */
  readonly number: number;
  /** How many replies the history holds. */
  readonly turn: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly request: WireRequest;
  readonly account: PromptAccount;
  /** Ms on the server's monotonic clock. */
  readonly at: number;
  /** Tells connections apart. */
  readonly clientPort: number | undefined;
}

export interface ServerOptions {
  readonly script: (seen: SeenRequest) => Reply;
  readonly key?: string | undefined;
  /** Any free one by default. */
  readonly port?: number | undefined;
  /** Models that exist; all do by default. */
  readonly models?: readonly string[] | undefined;
  /** Tokens below which a prefix is not cached. */
  readonly minCacheTokens?: number | undefined;
  /** False: knows no compaction, as most compatible endpoints. */
  readonly compaction?: boolean | undefined;
  /** False: takes requests as they are, for speed. */
  readonly strict?: boolean | undefined;
  readonly onReplyEnd?: ((seen: SeenRequest) => void) | undefined;
}

export interface MessagesServer {
  readonly url: string;
  readonly key: string;
  /** Requests that were understood, in the order they came. */
  readonly seen: readonly SeenRequest[];
  /** Why requests were answered with 400. */
  readonly violations: readonly string[];
  /** Resolves when so many requests have come in all. */
  whenSeen(count: number): Promise<void>;
  close(): Promise<void>;
}

/** Starts a server on this machine that speaks the Messages API and is as strict as the real one. */
export async function startMessagesServer(options: ServerOptions): Promise<MessagesServer> {
  const key = options.key ?? 'test-key';
  const cache = createPromptCache(options.minCacheTokens ?? 100);
  const laws = createStrictness();
  const seen: SeenRequest[] = [];
  const violations: string[] = [];
  const watchers = new Set<() => void>();
  const closing = new AbortController();
  setMaxListeners(0, closing.signal);

  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const at = performance.now();
    const text = await readBody(incoming);
    const problem = findHttpProblem(incoming, key);
    if (problem !== undefined) {
      sendError(response, ...problem);
      return;
    }
    const request = toWireRequest(parse(text));
    const violation =
      request === undefined
        ? 'The body is not a request'
        : options.strict === false
          ? undefined
          : laws.findViolation(request, featuresOf(incoming, options));
    if (request === undefined || violation !== undefined) {
      violations.push(violation ?? '');
      sendError(response, 400, 'invalid_request_error', violation ?? '');
      return;
    }
    if (options.models !== undefined && !options.models.includes(request.model)) {
      sendError(response, 404, 'not_found_error', `model: ${request.model}`);
      return;
    }
    const account = options.strict === false ? { input: text.length >> 2, cacheRead: 0, cacheWrite: 0 } : cache.account(request);
    const one: SeenRequest = {
      number: seen.length,
      turn: turnOf(request),
      headers: incoming.headers,
      request,
      account,
      at,
      clientPort: incoming.socket.remotePort,
    };
    seen.push(one);
    for (const watcher of watchers) {
      watcher();
    }
    const reply = options.script(one);
    const sign = (thinking: string): string => laws.sign(request, thinking);
    const rendered = renderReply(reply, { model: request.model, messageId: `msg_${one.number}`, account, sign });
    laws.remember(
      request,
      rendered.content.filter((block) => block['type'] !== 'text' || String(block['text']).trim() !== ''),
    );
    await delay(reply.pace?.first ?? 0, undefined, { signal: closing.signal });
    await writeReply(response, reply, rendered, one.number, closing.signal);
    options.onReplyEnd?.(one);
  };

  const server = createServer((incoming, response) => {
    answer(incoming, response).catch((error: unknown) => {
      // A client that has gone away, or the server's own end; a defect of a script must not look like either.
      if (!closing.signal.aborted && !response.destroyed && !response.headersSent) {
        sendError(response, 500, 'api_error', `The script failed: ${String(error)}`);
      } else {
        response.destroy();
      }
    });
  });
  // Longer than any test is still between two requests: a connection that closes as it is used again looks like a fault.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    key,
    seen,
    violations,
    whenSeen: (count) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (seen.length >= count) {
            watchers.delete(check);
            resolve();
          }
        };
        watchers.add(check);
        check();
      }),
    close: async () => {
      closing.abort();
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeAllConnections();
      await closed;
    },
  };
}

function findHttpProblem(incoming: IncomingMessage, key: string): [number, string, string] | undefined {
  if (incoming.method !== 'POST' || incoming.url !== '/v1/messages') {
    return [404, 'not_found_error', `Not found: ${incoming.url}`];
  }
  if (incoming.headers.authorization !== `Bearer ${key}`) {
    return [401, 'authentication_error', `invalid key ${incoming.headers.authorization ?? ''}`];
  }
  if (incoming.headers['anthropic-version'] !== '2026-10-21') {
    return [400, 'invalid_request_error', 'anthropic-version: required'];
  }
  return incoming.headers['content-type'] === 'application/json' ? undefined : [415, 'invalid_request_error', 'content-type'];
}

function featuresOf(incoming: IncomingMessage, { compaction }: ServerOptions): readonly string[] {
  return compaction === false ? [] : String(incoming.headers['anthropic-beta'] ?? '').split(/,\s*/);
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return { error };
  }
}

function sendError(response: ServerResponse, status: number, type: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_error' });
  response.end(JSON.stringify({ type: 'error', error: { type, message }, request_id: 'req_error' }));
}
