import type { Block, Failure, Stop, Usage } from '../../src/core/events.ts';
import { toId } from '../../src/core/ids.ts';
import type { Json } from '../../src/core/json.ts';
import { type Clock, ModelError, type ModelEvent, type ModelProvider, type ModelRequest } from '../../src/orchestrator/ports.ts';
import { Gate } from './gate.ts';
import { findBrokenHistory } from './historyLaws.ts';

export { Gate };

/** A piece of a scripted reply; a call without `id` gets one from its agent, request and position. */
export type Piece =
  | { readonly piece: 'text' | 'thinking'; readonly text: string }
  | { readonly piece: 'summary'; readonly text: string }
  | {
      readonly piece: 'call';
      readonly name: string;
      readonly input: Json;
      readonly id?: string | undefined;
      readonly invalid?: string | undefined;
    };

/** What one request gets. `answer` ends well, `fail` throws after what it streamed, `stall` streams and then is silent until aborted. */
export interface Step {
  readonly ends: 'answer' | 'fail' | 'stall' | 'cut';
  readonly pieces: readonly Piece[];
  readonly stop?: Stop | undefined;
  readonly usage?: Usage | undefined;
  readonly error?: ModelError | undefined;
  /** Awaited before anything is streamed. */
  readonly before?: Gate | undefined;
  /** Awaited after everything is streamed and before the end. */
  readonly after?: Gate | undefined;
  readonly pace?: Pace | undefined;
}

/** Streams `chars` characters, then sleeps `ms` on the model's clock. */
export interface Pace {
  readonly chars: number;
  readonly ms: number;
}

type Reply = Step | Piece | readonly Piece[];
/** Replies in the order of requests, or a function of the request and its number (from 0, per agent; failed requests count). */
export type Script = readonly Reply[] | ((request: ModelRequest, turn: number) => Reply);

/** Text of a reply. */
export const say = (text: string): Piece => ({ piece: 'text', text });
/** A thinking block of a reply. */
export const think = (text: string): Piece => ({ piece: 'thinking', text });
/** The endpoint's summary of all that came before, as the first block of a reply. */
export const summarised = (text: string): Piece => ({ piece: 'summary', text });
/** A tool call of a reply. */
export const call = (name: string, input: Json = {}, id?: string): Piece => ({ piece: 'call', name, input, id });
/** A tool call whose input could not be read. */
export const badCall = (name: string, why: string): Piece => ({ piece: 'call', name, input: {}, invalid: why });
/** The call that ends an agent. */
export const report = (summary: string, rest: { readonly [key: string]: Json } = {}): Piece => call('report', { summary, ...rest });
/** Several pieces as one reply. */
export const reply = (...pieces: readonly Piece[]): Step => ({ ends: 'answer', pieces });
/** A reply with another stop reason or usage, slower, or held by gates. */
export const shaped = (shape: Omit<Partial<Step>, 'pieces'>, ...pieces: readonly Piece[]): Step => ({ ends: 'answer', pieces, ...shape });
/** A request that is never answered, after it streamed `pieces`; only an abort ends it. */
export const stall = (...pieces: readonly Piece[]): Step => ({ ends: 'stall', pieces });
/** A stream that ends without a settled reply, after it streamed `pieces`. */
export const cut = (...pieces: readonly Piece[]): Step => ({ ends: 'cut', pieces });
/** A request that fails, after it streamed `pieces`. */
export function fail(
  kind: Failure['kind'],
  retry: ModelError['retry'] = 'retry',
  options: { readonly retryAfterMs?: number; readonly pieces?: readonly Piece[]; readonly message?: string } = {},
): Step {
  const failure: Failure = { kind, message: options.message ?? `scripted ${kind}`, next: 'Nothing to do: this failure was scripted.' };
  return { ends: 'fail', pieces: options.pieces ?? [], error: new ModelError(failure, retry, { retryAfterMs: options.retryAfterMs }) };
}

/** Everything about a scripted model that is not its script. */
export interface ScriptedOptions {
  /** Which script an agent follows; by default the first key that is its id, a word of its opening message, its model, or `*`. */
  readonly labelOf?: ((request: ModelRequest) => string | undefined) | undefined;
  /** Needed by a pace only. */
  readonly clock?: Clock | undefined;
  readonly pace?: Pace | undefined;
  readonly rateKey?: string | undefined;
  readonly contextWindow?: number | undefined;
  readonly notReady?: Failure | undefined;
}

/** One request as it came, for assertions. */
export interface SeenRequest {
  readonly label: string;
  readonly turn: number;
  readonly request: ModelRequest;
}

/**
 * A model that says what its script says. Refuses, as a defect that names the law, requests that no endpoint would accept: history that is
 * not append-only, tool calls without results, requests beyond the script.
 */
export class ScriptedModel implements ModelProvider {
  readonly id = 'scripted';
  readonly label = 'Scripted model';
  readonly rateKey: string;
  /** Every request so far, in order. */
  readonly requests: SeenRequest[] = [];
  /** What was wrong with requests; a test that ends with entries here has found a defect. */
  readonly violations: string[] = [];
  /** Requests being answered now, and the most there ever were at once. */
  active = 0;
  maxActive = 0;
  readonly #scripts: ReadonlyMap<string, Script>;
  readonly #options: ScriptedOptions;
  readonly #turns = new Map<string, number>();
  readonly #last = new Map<string, ModelRequest>();
  readonly #watchers = new Set<() => void>();

  constructor(scripts: Readonly<Record<string, Script>>, options: ScriptedOptions = {}) {
    this.#scripts = new Map(Object.entries(scripts));
    this.#options = options;
    this.rateKey = options.rateKey ?? 'scripted';
  }

  contextWindow(): number | undefined {
    return this.#options.contextWindow ?? 200_000;
  }

  async ready(): Promise<Failure | undefined> {
    return this.#options.notReady;
  }

  /** Resolves when the agents of a label have sent `count` requests in all. */
  async requested(label: string, count = 1): Promise<SeenRequest> {
    for (;;) {
      const seen = this.requests.filter((entry) => entry.label === label)[count - 1];
      if (seen !== undefined) {
        return seen;
      }
      await new Promise<void>((resolve) => this.#watchers.add(resolve));
    }
  }

  async *stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent> {
    signal.throwIfAborted();
    const step = this.#take(request);
    this.active++;
    this.maxActive = Math.max(this.maxActive, this.active);
    try {
      yield* this.#play(request, step, signal);
    } finally {
      this.active--;
    }
  }

  #take(request: ModelRequest): Step & { readonly turn: number } {
    const broken = findBrokenHistory(this.#last.get(request.agentId), request);
    const label = this.#labelOf(request);
    const script = this.#scripts.get(label);
    const turn = this.#turns.get(request.agentId) ?? 0;
    this.#turns.set(request.agentId, turn + 1);
    this.#last.set(request.agentId, request);
    this.requests.push({ label, turn, request });
    const watchers = [...this.#watchers];
    this.#watchers.clear();
    for (const tell of watchers) {
      tell();
    }
    const next = typeof script === 'function' ? script(request, turn) : script?.[turn];
    const problem =
      broken ?? (next === undefined ? `${label || request.agentId} has no scripted reply for its request ${turn}` : undefined);
    if (problem !== undefined || next === undefined) {
      this.violations.push(`${request.agentId}: ${problem}`);
      throw new ModelError({ kind: 'defect', message: `Scripted model: ${problem}`, next: 'Correct the test or the engine.' }, 'never');
    }
    return { ...toStep(next), turn };
  }

  #labelOf(request: ModelRequest): string {
    const given = this.#options.labelOf?.(request);
    if (given !== undefined && this.#scripts.has(given)) {
      return given;
    }
    const opening = openingText(request);
    const keys = [...this.#scripts.keys()];
    return (
      keys.find((key) => key === request.agentId) ??
      keys.find((key) => opening.split(/[^\w-]+/).includes(key)) ??
      keys.find((key) => key === request.model) ??
      (this.#scripts.has('*') ? '*' : '')
    );
  }

  async *#play(request: ModelRequest, step: Step & { readonly turn: number }, signal: AbortSignal): AsyncGenerator<ModelEvent> {
    await step.before?.pass(signal);
    const blocks = step.pieces.map((piece, index) => toBlock(piece, `${request.agentId}-${step.turn}-${index}`));
    const usage = step.usage ?? estimateUsage(request, blocks);
    yield { type: 'started', usage: { ...usage, output: 0 } };
    for (const [index, block] of blocks.entries()) {
      yield* this.#deltas(block, index, step.pace ?? this.#options.pace, signal);
    }
    await step.after?.pass(signal);
    signal.throwIfAborted();
    if (step.ends === 'stall') {
      await new Gate().pass(signal);
    }
    if (step.error !== undefined) {
      throw step.error;
    }
    if (step.ends === 'answer') {
      const stop = step.stop ?? (blocks.some((block) => block.kind === 'toolCall') ? 'toolUse' : 'endTurn');
      yield { type: 'settled', reply: { model: request.model, blocks, stop, usage } };
    }
  }

  async *#deltas(block: Block, index: number, pace: Pace | undefined, signal: AbortSignal): AsyncGenerator<ModelEvent> {
    const text = blockText(block);
    const kind = block.kind === 'toolCall' ? 'toolInput' : block.kind === 'thinking' ? 'thinking' : 'text';
    const size = Math.max(1, pace?.chars ?? text.length);
    for (let at = 0; at < text.length; at += size) {
      if (pace !== undefined) {
        if (this.#options.clock === undefined) {
          throw new Error('A paced ScriptedModel needs a clock');
        }
        await this.#options.clock.sleep(pace.ms, signal);
      }
      signal.throwIfAborted();
      yield { type: 'delta', block: index, kind, text: text.slice(at, at + size) };
    }
  }
}

/** Four characters a token; what an earlier request of the same history held counts as read from the cache. */
export function estimateUsage(request: ModelRequest, blocks: readonly Block[]): Usage {
  const lastReply = request.messages.findLastIndex((message) => message.role === 'assistant');
  const seen = lastReply < 0 ? 0 : request.system.length + JSON.stringify(request.messages.slice(0, lastReply)).length;
  const all = request.system.length + JSON.stringify(request.messages).length;
  const output = blocks.reduce((sum, block) => sum + blockText(block).length, 0);
  const tokens = (chars: number) => Math.ceil(chars / 4);
  return { input: 0, output: tokens(output), cacheRead: tokens(seen), cacheWrite5m: tokens(all) - tokens(seen), cacheWrite1h: 0 };
}

function toStep(given: Reply): Step {
  if ('ends' in given) {
    return given;
  }
  return { ends: 'answer', pieces: 'piece' in given ? [given] : given };
}

function toBlock(piece: Piece, id: string): Block {
  switch (piece.piece) {
    case 'text':
      return { kind: 'text', text: piece.text };
    case 'thinking':
      return { kind: 'thinking', text: piece.text, raw: null };
    case 'summary':
      return { kind: 'opaque', label: 'compaction', raw: { type: 'compaction', content: piece.text } };
    case 'call': {
      const block = { kind: 'toolCall', callId: toId('call', piece.id ?? id), name: piece.name, input: piece.input } as const;
      return piece.invalid === undefined ? block : { ...block, invalid: piece.invalid };
    }
  }
}

function blockText(block: Block): string {
  return block.kind === 'toolCall' ? JSON.stringify(block.input) : block.kind === 'opaque' ? '' : block.text;
}

function openingText(request: ModelRequest): string {
  const first = request.messages[0];
  return first?.role === 'user' ? first.parts.map((part) => part.text).join('\n') : '';
}
