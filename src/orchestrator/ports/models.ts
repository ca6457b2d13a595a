import type { Block, Effort, Failure, Stop, ToolSpec, Usage } from '../../core/events.ts';
import type { HistoryMessage } from '../../core/history.ts';
import type { AgentId } from '../../core/ids.ts';
import type { AgentType } from './agentTypes.ts';

/** One request to a model: the whole history, with a stable beginning. */
export interface ModelRequest {
  readonly agentId: AgentId;
  readonly model: string;
  readonly effort: Effort;
  readonly system: string;
  readonly tools: readonly ToolSpec[];
  readonly messages: readonly HistoryMessage[];
}

/** A complete reply, as it enters the journal. */
export interface ModelReply {
  readonly model: string;
  readonly blocks: readonly Block[];
  readonly stop: Stop;
  /** Of everything the request was billed for. */
  readonly usage: Usage;
  /** Tokens of context after it, where the usage counts more than that. */
  readonly contextTokens?: number | undefined;
  readonly requestId?: string | undefined;
}

/** What arrives while a model answers. Every value counts as progress; keep-alives are not passed on. */
export type ModelEvent =
  | { readonly type: 'started'; readonly usage: Usage }
  | { readonly type: 'delta'; readonly block: number; readonly kind: 'text' | 'thinking' | 'toolInput'; readonly text: string }
  /** The last event of a stream that ended well, and only of such a stream. */
  | { readonly type: 'settled'; readonly reply: ModelReply };

/** A failed request. `retry`: try again soon; `wait`: the endpoint asks for patience; `never`: a person must act first. */
export class ModelError extends Error {
  readonly failure: Failure;
  readonly retry: 'retry' | 'wait' | 'never';
  readonly retryAfterMs: number | undefined;

  constructor(failure: Failure, retry: 'retry' | 'wait' | 'never', options: { retryAfterMs?: number | undefined; cause?: unknown } = {}) {
    super(failure.message, { cause: options.cause });
    this.name = 'ModelError';
    this.failure = failure;
    this.retry = retry;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** A source of model replies. */
export interface ModelProvider {
  /** Stable id as in the setting `flotilla.provider`. */
  readonly id: string;
  /** Name for people, shown wherever the provider's agents are. */
  readonly label: string;
  /** Agents whose requests share a rate limit share this key (never the secret itself). */
  readonly rateKey: string;
  /** Set when the provider has models of its own; then the person's model settings do not apply to it. */
  readonly models?: Readonly<Record<AgentType['role'], string>>;
  /** Tokens of context a model can hold, as far as known. */
  contextWindow(model: string): number | undefined;
  /** Whether it can be used now; otherwise why not and what a person can do about it. */
  ready(): Promise<Failure | undefined>;
  /**
   * Streams one reply. Throws ModelError for everything the endpoint or the network does, the signal's reason on abort, and never
   * retries by itself.
   */
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>;
}
