import { Anthropic } from '@anthropic-ai/sdk';
import { ModelError } from '../../orchestrator/ports.ts';
import type { Endpoint } from './endpoint.ts';

/** The API version that translateRequest and translateStream are written for. */
const apiVersion = '2026-10-21';
/** What leaves this machine in headers. The SDK also sends any header it finds in ANTHROPIC_CUSTOM_HEADERS, and facts about the machine. */
const sentHeaders = new Set(['accept', 'authorization', 'content-type', 'anthropic-version', 'user-agent']);
/** An error has to explain itself in this. */
const errorBytes = 64 * 1024;

/**
 * Sends one request and returns the raw answer as soon as its headers are here; throws the SDK's errors for statuses other than 2xx, and
 * ModelError when the answer is no stream of events. Every option that the SDK would otherwise take from the environment is given.
 */
export async function sendRequest(
  endpoint: Endpoint,
  key: string | undefined,
  params: Anthropic.MessageCreateParamsStreaming,
  signal: AbortSignal,
): Promise<Response> {
  const client = new Anthropic({
    apiKey: key ?? 'none',
    authToken: null,
    webhookKey: null,
    baseURL: endpoint.baseUrl,
    maxRetries: 0,
    logLevel: 'off',
    openTelemetry: false,
    fetchOptions: { redirect: 'manual' },
    fetch: (url, init) => fetchStrictly(url, init, key),
  });
  // `create` and not the `stream` helper: that one keeps a second copy of the whole reply and hides the order of events.
  const response = await client.messages.create(params, { signal }).asResponse();
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

/** The last hand on a request: nothing from the environment gets out, and an error's text cannot fill the memory. */
async function fetchStrictly(url: string | URL | Request, init: RequestInit | undefined, key: string | undefined): Promise<Response> {
  const headers = new Headers([...new Headers(init?.headers)].filter(([name]) => sentHeaders.has(name)));
  headers.set('anthropic-version', apiVersion);
  headers.set('user-agent', 'Flotilla');
  if (key === undefined) {
    headers.delete('authorization');
  } else {
    headers.set('authorization', `Bearer ${key}`);
  }
  const response = await fetch(url, { ...init, headers });
  if (response.ok || response.body === null) {
    return response;
  }
  const text = await readStart(response.body, errorBytes);
  return new Response(text === '' ? null : text, { status: response.status, headers: response.headers });
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
