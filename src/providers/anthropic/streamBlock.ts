import type { Block, Stop } from '../../core/events.ts';
import { isIdText, toId } from '../../core/ids.ts';
import type { Json } from '../../core/json.ts';
import { maxLevels, parseJson } from './parseJson.ts';
import { ProtocolError } from './streamErrors.ts';

/** A JSON object of unknown shape. */
export type Fields = { readonly [key: string]: Json };

/** A block while it arrives; each kind knows what it was given so far. */
export type Arriving =
  | { readonly kind: 'text'; text: string }
  | { readonly kind: 'thinking'; readonly start: Fields; text: string; signature: string | undefined }
  | { readonly kind: 'toolUse'; readonly id: string; readonly name: string; readonly start: Json | undefined; json: string }
  | { readonly kind: 'opaque'; readonly label: string; raw: Fields; json: string };

/** A finished block. */
export interface Closed {
  readonly block: Block;
  /** A tool call for which no input arrived: complete when the model stopped by itself, cut off when it was stopped. */
  readonly empty: boolean;
}

/** A block that has just started. Throws ProtocolError for a call that could not be answered. */
export function toArriving(start: Fields): Arriving {
  switch (start['type']) {
    case 'text':
      return { kind: 'text', text: asText(start['text']) };
    case 'thinking': {
      const signature = start['signature'];
      return { kind: 'thinking', start, text: asText(start['thinking']), signature: typeof signature === 'string' ? signature : undefined };
    }
    case 'tool_use': {
      const { id, name } = start;
      if (!isIdText(id) || typeof id !== 'string' || typeof name !== 'string' || name === '') {
        throw new ProtocolError('a tool call without a usable id or name');
      }
      return { kind: 'toolUse', id, name, start: start['input'], json: '' };
    }
    default:
      return { kind: 'opaque', label: asText(start['type']) || 'unknown', raw: start, json: '' };
  }
}

/** Adds a delta to its block and returns what a reader may see of it. Delta types added to the API later are skipped. */
export function grow(
  block: Arriving,
  change: Fields,
): { readonly kind: 'text' | 'thinking' | 'toolInput'; readonly text: string } | undefined {
  const type = change['type'];
  if (type === 'text_delta' && block.kind === 'text') {
    const text = asText(change['text']);
    block.text += text;
    return { kind: 'text', text };
  }
  if (type === 'thinking_delta' && block.kind === 'thinking') {
    const text = asText(change['thinking']);
    block.text += text;
    return { kind: 'thinking', text };
  }
  if (type === 'signature_delta' && block.kind === 'thinking') {
    block.signature = asText(change['signature']);
    return undefined;
  }
  if (type === 'input_json_delta' && (block.kind === 'toolUse' || block.kind === 'opaque')) {
    const text = asText(change['partial_json']);
    block.json += text;
    return block.kind === 'toolUse' ? { kind: 'toolInput', text } : undefined;
  }
  if (type === 'compaction_delta' && block.kind === 'opaque') {
    // It carries the block's final values and no pieces of them.
    const { type: _, ...values } = change;
    block.raw = { ...block.raw, ...values };
    return undefined;
  }
  if (type === 'text_delta' && block.kind === 'opaque') {
    block.raw = { ...block.raw, text: asText(block.raw['text']) + asText(change['text']) };
    return undefined;
  }
  if (type === 'text_delta' || type === 'thinking_delta' || type === 'signature_delta' || type === 'input_json_delta') {
    throw new ProtocolError(`${type} for a ${block.kind} block`);
  }
  return undefined;
}

/** The block as it is when nothing more of it will come. */
export function close(block: Arriving): Closed {
  switch (block.kind) {
    case 'text':
      return { block: { kind: 'text', text: block.text }, empty: false };
    case 'thinking': {
      const { start, text, signature } = block;
      return {
        block: { kind: 'thinking', text, raw: { ...start, thinking: text, ...(signature === undefined ? {} : { signature }) } },
        empty: false,
      };
    }
    case 'toolUse':
      return closeCall(block);
    case 'opaque': {
      const parsed = block.json === '' ? undefined : parseJson(block.json);
      return {
        block: {
          kind: 'opaque',
          label: block.label,
          raw: parsed !== undefined && 'value' in parsed ? { ...block.raw, input: parsed.value } : block.raw,
        },
        empty: false,
      };
    }
  }
}

function closeCall(call: Extract<Arriving, { kind: 'toolUse' }>): Closed {
  const base = { kind: 'toolCall', callId: toId('call', call.id), name: call.name } as const;
  const nothing = call.json.trim() === '';
  const given = nothing ? { value: call.start ?? {} } : parseJson(call.json);
  if ('value' in given && isFields(given.value)) {
    return { block: { ...base, input: given.value }, empty: nothing && Object.keys(given.value).length === 0 };
  }
  const why = 'value' in given ? 'is not a JSON object' : unreadable[given.problem];
  return { block: { ...base, input: {}, invalid: `The input ${why}. It began with: ${call.json.slice(0, 200)}` }, empty: false };
}

const unreadable = { invalid: 'is not valid JSON', tooDeep: `is nested more than ${maxLevels} levels deep` } as const;

/** A call that a limit cut off before any input came looks like a call without input, and must not run as one. */
export function withoutCutCall({ block, empty }: Closed, stop: Stop): Block {
  const cut = empty && block.kind === 'toolCall' && (stop === 'maxTokens' || stop === 'contextWindow');
  return cut ? { ...block, invalid: 'The reply reached its limit before the input was written.' } : block;
}

/** The value, if it is an object; otherwise throws ProtocolError naming `what`. */
export function asFields(value: unknown, what: string): Fields {
  if (!isFields(value)) {
    throw new ProtocolError(`${what} that is no object`);
  }
  return value;
}

/** The value, if it is text, else nothing. */
export const asText = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
/** Whether a value is a JSON object. */
export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
