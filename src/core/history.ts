import type { Block } from './events.ts';
import type { CallId } from './ids.ts';

/** A part of what the model is told: plain text, or the result of a tool call it made. */
export type UserPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'toolResult'; readonly callId: CallId; readonly text: string; readonly isError: boolean };

/** One message of an agent's history, independent of any provider. The list is append-only. */
export type HistoryMessage =
  | { readonly role: 'user'; readonly parts: readonly UserPart[] }
  | { readonly role: 'assistant'; readonly blocks: readonly Block[] };
