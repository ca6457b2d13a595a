import type { PromptAccount } from './promptCache.ts';
import { type Fields, hashOf, isFields } from './wire.ts';

/** A block of a reply. `json` is sent as the input of a tool call instead of `input`, and need not be valid. */
export type Piece =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'thinking'; readonly thinking: string }
  | { readonly type: 'redacted_thinking'; readonly data: string }
  /** A summary of all that came before; null for one that failed. */
  | { readonly type: 'compaction'; readonly content: string | null }
  | { readonly type: 'tool_use'; readonly name: string; readonly input?: Fields; readonly id?: string; readonly json?: string };

/** One server-sent event before it is written. */
export interface Frame {
  readonly event: string;
  readonly data: unknown;
}

/** What a request gets. */
export interface Reply {
  readonly pieces: readonly Piece[];
  /** By default `tool_use` if a tool is called, else `end_turn`. */
  readonly stopReason?: string | undefined;
  /** Fields laid over the usage in the first and in the last report. */
  readonly usage?: { readonly start?: Fields; readonly end?: Fields } | undefined;
  /** How long the server thinks before it answers, and between events, in ms. */
  readonly pace?: { readonly first?: number; readonly between?: number } | undefined;
  /** Characters per delta; 24 by default. */
  readonly deltaChars?: number | undefined;
  readonly fault?: Fault | undefined;
}

/** What may go wrong with a reply. */
export type Fault =
  /** Answers with a status and a body instead of a stream. */
  | { readonly kind: 'status'; readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> }
  /** Sends `after` events and then nothing, or only pings. */
  | { readonly kind: 'stall'; readonly after: number; readonly pingMs?: number }
  /** Resets the connection after so many events or bytes. */
  | { readonly kind: 'cutAtEvent' | 'cutAtByte'; readonly after: number }
  /** Ends the answer properly, but after `after` events. */
  | { readonly kind: 'endEarly'; readonly after: number }
  /** Changes the frames at will. */
  | { readonly kind: 'reframe'; readonly reframe: (frames: readonly Frame[]) => readonly Frame[] }
  /** Changes the text of the whole stream at will and sends it in pieces of `chunkBytes`. */
  | { readonly kind: 'rewrite'; readonly rewrite: (text: string) => string; readonly chunkBytes?: number };

/** A reply as blocks of content and as events. */
export interface RenderedReply {
  readonly content: readonly Fields[];
  readonly frames: readonly Frame[];
}

export interface RenderContext {
  readonly model: string;
  readonly messageId: string;
  readonly account: PromptAccount;
  readonly sign: (thinking: string) => string;
}

/** Renders a reply with its usage, its ids and its signatures. */
export function renderReply(reply: Reply, { model, messageId, account, sign }: RenderContext): RenderedReply {
  const blocks = reply.pieces.map((piece, index) =>
    renderPiece(piece, `toolu_${hashOf([messageId, index])}`, sign, reply.deltaChars ?? 24),
  );
  const output = Math.max(1, Math.ceil(JSON.stringify(reply.pieces).length / 4));
  const prompt = {
    input_tokens: account.input,
    cache_read_input_tokens: account.cacheRead,
    cache_creation_input_tokens: account.cacheWrite,
  };
  const start = {
    ...prompt,
    cache_creation: { ephemeral_5m_input_tokens: account.cacheWrite, ephemeral_1h_input_tokens: 0 },
    output_tokens: 1,
    ...reply.usage?.start,
  };
  const stopReason = reply.stopReason ?? (reply.pieces.some((piece) => piece.type === 'tool_use') ? 'tool_use' : 'end_turn');
  const message = {
    id: messageId,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: start,
  };
  const frames = [
    toFrame({ type: 'message_start', message }),
    toFrame({ type: 'ping' }),
    ...blocks.flatMap(({ start: block, deltas }, index) => [
      toFrame({ type: 'content_block_start', index, content_block: block }),
      ...deltas.map((delta) => toFrame({ type: 'content_block_delta', index, delta })),
      toFrame({ type: 'content_block_stop', index }),
    ]),
    toFrame({
      type: 'message_delta',
      delta: { stop_reason: stopReason, stop_sequence: null },
      usage: { ...prompt, output_tokens: output, ...reply.usage?.end },
    }),
    toFrame({ type: 'message_stop' }),
  ];
  return { content: blocks.map(({ content }) => content), frames };
}

/** A frame as it goes over the wire. */
export const frameText = ({ event, data }: Frame): string =>
  `event: ${event}\ndata: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;

export const toFrame = (data: Fields): Frame => ({ event: String(data['type']), data });

interface RenderedPiece {
  readonly content: Fields;
  readonly start: Fields;
  readonly deltas: readonly Fields[];
}

function renderPiece(piece: Piece, callId: string, sign: (thinking: string) => string, chars: number): RenderedPiece {
  switch (piece.type) {
    case 'text':
      return {
        content: { type: 'text', text: piece.text },
        start: { type: 'text', text: '' },
        deltas: slices(piece.text, chars).map((text) => ({ type: 'text_delta', text })),
      };
    case 'thinking': {
      const signature = sign(piece.thinking);
      return {
        content: { type: 'thinking', thinking: piece.thinking, signature },
        start: { type: 'thinking', thinking: '', signature: '' },
        deltas: [
          ...slices(piece.thinking, chars).map((thinking) => ({ type: 'thinking_delta', thinking })),
          { type: 'signature_delta', signature },
        ],
      };
    }
    case 'redacted_thinking': {
      const content = { type: 'redacted_thinking', data: piece.data };
      return { content, start: content, deltas: [] };
    }
    case 'compaction': {
      const values = { content: piece.content, encrypted_content: `sealed ${piece.content}` };
      return {
        content: { type: 'compaction', ...values },
        start: { type: 'compaction', content: null, encrypted_content: null },
        deltas: [{ type: 'compaction_delta', ...values }],
      };
    }
    case 'tool_use': {
      const base = { type: 'tool_use', id: piece.id ?? callId, name: piece.name };
      const json = piece.json ?? JSON.stringify(piece.input ?? {});
      return {
        content: { ...base, input: parseInput(json) },
        start: { ...base, input: {} },
        deltas: slices(json, chars).map((partial_json) => ({ type: 'input_json_delta', partial_json })),
      };
    }
  }
}

function slices(text: string, chars: number): readonly string[] {
  return Array.from({ length: Math.ceil(text.length / chars) }, (_, index) => text.slice(index * chars, (index + 1) * chars));
}

/** What a client is to return of an input that may be cut off. */
function parseInput(json: string): Fields {
  try {
    const input: unknown = JSON.parse(json);
    return isFields(input) ? input : {};
  } catch (error) {
    if (error instanceof SyntaxError) {
      return {};
    }
    throw error;
  }
}
