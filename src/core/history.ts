import type { Block, Output, Place } from './events.ts';
import type { CallId } from './ids.ts';
import type { QueuedMessage, ToolCall, Transcript, Turn } from './state.ts';

/** A part of what the model is told: plain text, or the result of a tool call it made. */
export type UserPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'toolResult'; readonly callId: CallId; readonly text: string; readonly isError: boolean };

/** One message of an agent's history, independent of any provider. The list is append-only. */
export type HistoryMessage =
  | { readonly role: 'user'; readonly parts: readonly UserPart[] }
  | { readonly role: 'assistant'; readonly blocks: readonly Block[] };

/** An agent's history: the messages already sent or received, and what the next request will add. */
export interface History {
  readonly messages: readonly HistoryMessage[];
  readonly pending: readonly UserPart[];
}

type RenderedMessage = Pick<QueuedMessage, 'sender' | 'kind' | 'text' | 'place' | 'replyTo' | 'answerable'> &
  Partial<Pick<QueuedMessage, 'messageId'>>;

/** A message as the receiver's model reads it; one that can be answered carries its id. */
export function renderMessage(message: RenderedMessage): string {
  const { sender, kind, place, messageId, replyTo } = message;
  const where = place === undefined ? '' : `\nAbout ${renderPlace(place)}:`;
  // Only what journals from before answers cannot hold may add to the tag: what a model was once sent must stay as it was, byte for byte.
  const id = message.answerable === true && messageId !== undefined ? ` id=${JSON.stringify(messageId)}` : '';
  const answers = replyTo === undefined ? '' : ` answers=${JSON.stringify(replyTo)}`;
  return `<message from=${JSON.stringify(sender)} kind="${kind}"${id}${answers}>${where}\n${withoutTags(message.text)}\n</message>`;
}

/** The text so that it can neither end the message it is in nor begin one that claims another sender. */
export function withoutTags(text: string): string {
  return text.replaceAll(/<(?=\/?message\b)/gi, '&lt;');
}

/** `path`, `path:12` or `path:12-20`. */
export function renderPlace(place: Place): string {
  if (place.line === undefined) {
    return place.path;
  }
  return place.endLine === undefined || place.endLine === place.line
    ? `${place.path}:${place.line}`
    : `${place.path}:${place.line}-${place.endLine}`;
}

/**
 * Rebuilds what an agent and its model said to each other from its transcript, byte for byte as it was sent. `textOf` supplies the whole text
 * of an output whose journal entry holds only a preview.
 */
export function historyOf(transcript: Transcript, textOf: (output: Output) => string): History {
  const messages: HistoryMessage[] = [];
  let pending: UserPart[] = [{ kind: 'text', text: transcript.opening }];
  for (const turn of transcript.turns) {
    pending.push(...turn.delivered.map((message): UserPart => ({ kind: 'text', text: renderMessage(message) })));
    // A reply without blocks is none: no endpoint takes an empty message back.
    if (turn.stop === undefined || turn.blocks.length === 0) {
      continue;
    }
    if (pending.length > 0) {
      messages.push({ role: 'user', parts: pending });
    }
    messages.push({ role: 'assistant', blocks: turn.blocks });
    pending = resultsOf(turn, textOf);
  }
  return { messages, pending };
}

/** The tool results of a turn, in the order the model made the calls: every call has exactly one. */
function resultsOf(turn: Turn, textOf: (output: Output) => string): UserPart[] {
  return turn.calls.map((call) => ({ kind: 'toolResult', callId: call.callId, ...resultOf(call, textOf) }));
}

function resultOf(call: ToolCall, textOf: (output: Output) => string): { text: string; isError: boolean } {
  if (call.output === undefined) {
    return { text: unknownResult, isError: true };
  }
  return { text: textOf(call.output), isError: call.status !== 'ok' };
}

/** What the model is told of a call whose end nobody saw. */
export const unknownResult =
  'The outcome of this call is unknown: the window closed while it ran. It may have had its effect. Check before you repeat it.';
