import type { Block, Failure } from '../../core/events.ts';
import { type CallId, toId } from '../../core/ids.ts';
import type { Clock, ModelEvent, ModelProvider, ModelRequest } from '../../orchestrator/ports.ts';
import { decideReply } from './decideReply.ts';
import type { Planned } from './planned.ts';
import { practiceFacts } from './practiceFacts.ts';
import { estimateUsage, plannedText } from './usage.ts';
import { hashOf } from './words.ts';

/** How fast the practice model seems to think and write. */
export interface PracticePace {
  /** Time before the first word, in ms: shortest and longest. */
  readonly firstWordMs: readonly [number, number];
  /** Time between two pieces of text, in ms; 0 streams at once. */
  readonly pieceMs: number;
  /** Length of a piece in characters: shortest and longest. */
  readonly pieceChars: readonly [number, number];
}

/** Slow enough to watch and to steer: a run over a middling repository takes about a minute. */
export const watchablePace: PracticePace = { firstWordMs: [900, 2200], pieceMs: 40, pieceChars: [6, 16] };
/** Quick enough for tests in a window, and slow enough that they can still say something meanwhile. */
export const briskPace: PracticePace = { firstWordMs: [90, 220], pieceMs: 10, pieceChars: [60, 160] };
/** No waiting at all, for tests. */
export const noPace: PracticePace = { firstWordMs: [0, 0], pieceMs: 0, pieceChars: [4000, 4000] };

/** Nobody reads a call's input while it arrives, so it comes faster than words. */
const inputHaste = 4;

/**
 * The practice model: built in, offline, driven by rules over the history alone, so that every control can be tried with no key against the
 * real tools. The same history has the same reply; only its pace takes a clock.
 */
export function createPracticeModel(deps: { readonly clock: Clock; readonly pace?: PracticePace | undefined }): ModelProvider {
  const pace = deps.pace ?? watchablePace;
  return {
    ...practiceFacts,
    ready: async (): Promise<Failure | undefined> => undefined,
    stream: (request, signal) => streamReply(request, signal, deps.clock, pace),
  };
}

async function* streamReply(request: ModelRequest, signal: AbortSignal, clock: Clock, pace: PracticePace): AsyncGenerator<ModelEvent> {
  signal.throwIfAborted();
  const planned = decideReply(request);
  const blocks = toBlocks(request, planned);
  const usage = estimateUsage(request, planned);
  // Different for each agent and turn, so that agents do not march in step; the same every time, so that runs can be compared.
  const seed = hashOf(`${request.agentId} ${request.messages.length}`);
  await pauseFor(between(pace.firstWordMs, seed), clock, signal);
  yield { type: 'started', usage: { ...usage, output: 0 } };
  for (const [index, block] of planned.entries()) {
    const haste = block.kind === 'call' ? inputHaste : 1;
    for (const piece of piecesOf(plannedText(block), pace, haste, seed + index)) {
      await pauseFor(pace.pieceMs, clock, signal);
      yield { type: 'delta', block: index, kind: block.kind === 'call' ? 'toolInput' : block.kind, text: piece };
    }
  }
  signal.throwIfAborted();
  const stop = planned.some((block) => block.kind === 'call') ? 'toolUse' : 'endTurn';
  yield { type: 'settled', reply: { model: request.model, blocks, stop, usage } };
}

/** Names are made from the agent, the number of the reply and the place in it, so that they are unique and always the same. */
function toBlocks(request: ModelRequest, planned: readonly Planned[]): readonly Block[] {
  const reply = request.messages.filter((message) => message.role === 'assistant').length;
  return planned.map((block, index): Block => {
    switch (block.kind) {
      case 'text':
        return { kind: 'text', text: block.text };
      case 'thinking':
        return { kind: 'thinking', text: block.text, raw: null };
      case 'call':
        return { kind: 'toolCall', callId: callIdOf(request, reply, index), name: block.name, input: block.input };
    }
  });
}

function callIdOf(request: ModelRequest, reply: number, index: number): CallId {
  return toId('call', `practice-${request.agentId.slice(0, 90)}-${reply}-${index}`);
}

/** The text in pieces of varying length; never splits a surrogate pair. */
function* piecesOf(text: string, pace: PracticePace, haste: number, seed: number): Generator<string> {
  for (let at = 0, count = 0; at < text.length; count++) {
    let end = at + Math.max(1, haste * between(pace.pieceChars, hashOf(`${seed} ${count}`)));
    if (end < text.length && /[\ud800-\udbff]/.test(text.charAt(end - 1))) {
      end++;
    }
    yield text.slice(at, end);
    at = end;
  }
}

const between = ([low, high]: readonly [number, number], seed: number): number => low + (seed % (high - low + 1));

async function pauseFor(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  if (ms > 0) {
    await clock.sleep(ms, signal);
  }
  signal.throwIfAborted();
}
