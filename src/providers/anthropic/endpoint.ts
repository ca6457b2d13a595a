import type { Failure } from '../../core/events.ts';

/** Where requests go. */
export interface Endpoint {
  /** As the client wants it: without `/v1` and without a slash at the end. */
  readonly baseUrl: string;
  /** Host and port, as messages and rate limits name it. */
  readonly name: string;
  /** Model servers on this machine usually take no key. */
  readonly needsKey: boolean;
}

export const anthropicUrl = 'https://api.anthropic.com';

/** Reads the base URL of the settings; empty means Anthropic's own API. */
export function readEndpoint(setting: string | undefined): { readonly endpoint: Endpoint } | { readonly failure: Failure } {
  const text = setting?.trim() || anthropicUrl;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    return fail(`flotilla.anthropic.baseUrl is not a web address: "${text}".`);
  }
  if (url.username !== '' || url.password !== '') {
    return fail('flotilla.anthropic.baseUrl contains a user name or password.');
  }
  if (url.search !== '' || url.hash !== '') {
    return fail(`flotilla.anthropic.baseUrl has a query or fragment: "${text}".`);
  }
  const path = url.pathname.replace(/\/+$/, '').replace(/\/v1(?:\/messages)?$/, '');
  return { endpoint: { baseUrl: `${url.origin}${path}`, name: url.host, needsKey: !isThisMachine(url.hostname) } };
}

function fail(message: string): { readonly failure: Failure } {
  return {
    failure: { kind: 'endpoint', message, next: 'Set it to an address like https://gateway.example.com, or clear it to use Anthropic.' },
  };
}

const isThisMachine = (host: string): boolean => host === 'localhost' || host === '[::1]' || /^127(?:\.\d+){3}$/.test(host);
