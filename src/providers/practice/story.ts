import type { HistoryMessage, UserPart } from '../../core/history.ts';
import type { Json } from '../../core/json.ts';
import type { ModelRequest } from '../../orchestrator/ports.ts';
import { type CallInput, callKey } from './planned.ts';
import { type PlayedType, playedType } from './playedType.ts';

/** A call this agent made, and what came back; no result when the history ends before it. */
export interface PastCall {
  /** Number of the reply that made it. */
  readonly turn: number;
  readonly name: string;
  readonly input: CallInput;
  readonly result: { readonly text: string; readonly isError: boolean } | undefined;
}

/** A message that was delivered to this agent. */
export interface Heard {
  /** Number of the reply that follows it. */
  readonly turn: number;
  /** `person`, `engine` or `agent LABEL (ID)`. */
  readonly from: string;
  readonly kind: string;
  readonly text: string;
  readonly place: { readonly path: string; readonly line: number | undefined } | undefined;
  /** Its id, when it can be answered. */
  readonly messageId?: string;
}

/** What an agent's history says, as far as the practice model's rules look at it. */
export interface Story {
  readonly opening: string;
  /** The built-in agent type it plays, if its instructions name one. */
  readonly type: PlayedType | undefined;
  readonly tools: ReadonlySet<string>;
  readonly specs: ModelRequest['tools'];
  /** Number of replies so far; the next reply has this number. */
  readonly turn: number;
  /** Replies since the task began: since the start, or since the last follow-up. */
  readonly taskTurns: number;
  /** The follow-up this agent works on, if it is not on its first task. */
  readonly followUp: Heard | undefined;
  /** Calls made for the present task. */
  readonly calls: readonly PastCall[];
  /** Calls made before it, for earlier tasks. */
  readonly earlierCalls: readonly PastCall[];
  /** Messages for the present task, without the follow-up itself. */
  readonly heard: readonly Heard[];
  /** Those of them that no reply has seen yet. */
  readonly fresh: readonly Heard[];
}

/** What of a request the rules look at. */
export type Asked = Pick<ModelRequest, 'messages' | 'tools'> & Partial<Pick<ModelRequest, 'system'>>;

/** Reads a request's history. */
export function toStory(request: Asked): Story {
  const results = new Map<string, { text: string; isError: boolean }>();
  for (const part of request.messages.flatMap((message) => (message.role === 'user' ? message.parts : []))) {
    if (part.kind === 'toolResult') {
      results.set(part.callId, { text: part.text, isError: part.isError });
    }
  }
  const calls: PastCall[] = [];
  const heard: Heard[] = [];
  let turn = 0;
  for (const [index, message] of request.messages.entries()) {
    if (message.role === 'assistant') {
      calls.push(...callsOf(message, turn, results));
      turn++;
    } else {
      const texts = message.parts.filter((part) => part.kind === 'text');
      heard.push(...texts.slice(index === 0 ? 1 : 0).map((part) => toHeard(part.text, turn)));
    }
  }
  const followUp = heard.findLast((message) => message.kind === 'followUp');
  const from = followUp?.turn ?? 0;
  const current = heard.filter((message) => message !== followUp && message.turn >= from && message.kind !== 'followUp');
  return {
    opening: openingOf(request.messages),
    type: playedType(request.system ?? ''),
    tools: new Set(request.tools.map((tool) => tool.name)),
    specs: request.tools,
    turn,
    taskTurns: turn - from,
    followUp,
    calls: calls.filter((entry) => entry.turn >= from),
    earlierCalls: calls.filter((entry) => entry.turn < from),
    heard: current,
    fresh: current.filter((message) => message.turn === turn),
  };
}

function openingOf(messages: readonly HistoryMessage[]): string {
  const first = messages[0];
  const part = first?.role === 'user' ? first.parts.find((entry: UserPart) => entry.kind === 'text') : undefined;
  return part?.text ?? '';
}

function callsOf(
  message: Extract<HistoryMessage, { role: 'assistant' }>,
  turn: number,
  results: ReadonlyMap<string, { text: string; isError: boolean }>,
): PastCall[] {
  return message.blocks.flatMap((block) =>
    block.kind === 'toolCall' ? [{ turn, name: block.name, input: toInput(block.input), result: results.get(block.callId) }] : [],
  );
}

function toInput(input: Json): CallInput {
  return typeof input === 'object' && input !== null && !isList(input) ? input : {};
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

const messagePattern = /^<message from=("(?:[^"\\]|\\.)*") kind="(\w+)"((?: \w+="[^"]*")*)>\n?([\s\S]*?)\n?<\/message>\s*$/;
const placePattern = /^About (.+?)(?::(\d+)(?:-\d+)?)?:\n/;

function toHeard(part: string, turn: number): Heard {
  const match = messagePattern.exec(part.trim());
  if (match === null) {
    return { turn, from: 'engine', kind: 'engine', text: part.trim(), place: undefined };
  }
  const [, from = '""', kind = 'info', more = '', body = ''] = match;
  const messageId = / id="([^"]+)"/.exec(more)?.[1];
  const place = placePattern.exec(body);
  return {
    turn,
    from: unquote(from),
    kind,
    text: (place === null ? body : body.slice(place[0].length)).trim(),
    place: place === null ? undefined : { path: place[1] ?? '', line: place[2] === undefined ? undefined : Number(place[2]) },
    ...(messageId === undefined ? {} : { messageId }),
  };
}

function unquote(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(["\\])/g, '$1');
}

/** The label in `agent LABEL (ID)`. */
export function senderLabel(from: string): string | undefined {
  return /^agent (.*) \([^()\s]+\)$/.exec(from)?.[1];
}

/** The id in `agent LABEL (ID)`. */
export function senderId(from: string): string | undefined {
  return /^agent .*\(([^()\s]+)\)$/.exec(from)?.[1];
}

/**
 * Keys of the calls that need not be made again: those that have run. One that was cut off before it answered, or that a busy machine was too slow for, is worth one more try, because
 * this is asked about calls that only look.
 */
export function settledKeys(story: Story): ReadonlySet<string> {
  const tries = new Map<string, number>();
  for (const entry of story.calls) {
    const cutOff =
      entry.result?.isError === true && /^Not run|unknown|interrupted|cancelled|broken off|takes too long/i.test(entry.result.text);
    tries.set(callKey(entry), (tries.get(callKey(entry)) ?? 0) + (cutOff ? 1 : 2));
  }
  return new Set([...tries].filter(([, count]) => count >= 2).map(([key]) => key));
}

/** A text field of an input, if it is there. */
export function field(input: CallInput, name: string): string | undefined {
  const value = input[name];
  return typeof value === 'string' ? value : undefined;
}
