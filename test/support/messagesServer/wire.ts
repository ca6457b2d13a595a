import { createHash } from 'node:crypto';

/** A JSON object whose fields have not been looked at. */
export type Fields = { readonly [key: string]: unknown };

/** A request body as far as the server reads it. */
export interface WireRequest {
  readonly model: string;
  readonly system: readonly Fields[];
  readonly tools: readonly Fields[];
  readonly messages: readonly { readonly role: string; readonly content: readonly Fields[] }[];
  /** The body as it was parsed. */
  readonly body: Fields;
}

/** Brings a parsed body into one shape: a string where blocks may be is one text block. Undefined when it is no request at all. */
export function toWireRequest(body: unknown): WireRequest | undefined {
  if (!isFields(body) || !Array.isArray(body['messages'])) {
    return undefined;
  }
  const messages = body['messages'].map((message: unknown) => {
    const fields = isFields(message) ? message : {};
    return { role: String(fields['role']), content: toBlocks(fields['content']) };
  });
  return { model: String(body['model']), system: toBlocks(body['system']), tools: toBlocks(body['tools']), messages, body };
}

function toBlocks(value: unknown): readonly Fields[] {
  if (typeof value === 'string') {
    return [{ type: 'text', text: value }];
  }
  return Array.isArray(value) ? value.map((block: unknown) => (isFields(block) ? block : {})) : [];
}

/** A block as the model sees it: cache breakpoints are not part of it. */
export function withoutBreakpoint(block: Fields): Fields {
  const { cache_control: _, ...rest } = block;
  return rest;
}

/** The text of the message that opened this history; it tells agents apart. */
export function openingOf(request: WireRequest): string {
  return request.messages[0]?.content.map((block) => (typeof block['text'] === 'string' ? block['text'] : '')).join('\n') ?? '';
}

/** How many replies this history already holds. */
export const turnOf = (request: WireRequest): number => request.messages.filter((message) => message.role === 'assistant').length;

/** A short hash of any JSON value, in which the order of keys counts: prefixes are compared byte for byte. */
export const hashOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32);

/** Everything a reply to a history of `length` messages depends on, as one hash. */
export function prefixHash(request: WireRequest, length: number): string {
  const messages = request.messages.slice(0, length).map(({ role, content }) => ({ role, content: content.map(withoutBreakpoint) }));
  return hashOf([request.model, request.tools.map(withoutBreakpoint), request.system.map(withoutBreakpoint), messages]);
}

export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
