import type {
  Actor,
  Brief,
  Effect,
  Effort,
  Failure,
  IsolationWish,
  Manifest,
  Outcome,
  Place,
  RightsSet,
  Usage,
  Wait,
  Workplace,
} from './events.ts';
import type { AgentId, CallId, MessageId, PromptId, RunId, TaskId } from './ids.ts';
import type { DeliveredMessage } from './transcriptState.ts';

/** Everything an agent can wait for. */
export type WaitKind = Wait['kind'] | 'approval' | 'answer' | 'reply';

/** What an agent is doing; each phase owns its fields. Times are ms since the epoch. */
export type AgentPhase =
  | { readonly kind: 'queued'; readonly since: number }
  | { readonly kind: 'thinking'; readonly since: number }
  | { readonly kind: 'runningTools'; readonly since: number }
  | {
      readonly kind: 'waiting';
      readonly since: number;
      readonly wait: WaitKind;
      readonly detail: string;
      readonly until?: number | undefined;
    }
  | { readonly kind: 'paused'; readonly since: number }
  | { readonly kind: 'ended'; readonly since: number; readonly outcome: Outcome };

/** A tool call that has not ended. */
export interface OpenCall {
  readonly callId: CallId;
  readonly name: string;
  readonly title: string;
  readonly place?: Place | undefined;
  readonly stage: 'requested' | 'asking' | 'running';
  readonly waitsFor?: 'children' | 'answer' | 'reply' | undefined;
  /** What it waits for before it goes on with what it does. */
  readonly wait?: Wait | undefined;
  readonly since: number;
}

/** A message that its receiver has not yet read; `at` is when it was sent. */
export interface QueuedMessage extends DeliveredMessage {
  readonly interrupt: boolean;
}

/** A request that an agent sent to another one, as lists show it. */
export interface SentRequest {
  readonly messageId: MessageId;
  readonly to: AgentId;
  /** Its first line, shortened. */
  readonly text: string;
  readonly at: number;
  /** What ended the wait for an answer: one came, or the other agent ended without giving one. */
  readonly settled?: { readonly how: 'answered' | 'ended'; readonly messageId: MessageId; readonly at: number } | undefined;
}

/** An agent as lists show it: small, and kept for all agents everywhere. */
export interface Agent {
  readonly id: AgentId;
  readonly runId: RunId;
  readonly parentId?: AgentId | undefined;
  readonly label: string;
  readonly agentType: string;
  readonly depth: number;
  readonly provider: string;
  readonly requestedModel: string;
  /** The model that answered last, as the endpoint named it. */
  readonly model?: string | undefined;
  readonly effort: Effort;
  /** Where it works, if it was spawned so or its type says so. */
  readonly isolation?: IsolationWish | undefined;
  readonly promptId: PromptId;
  readonly brief: Brief;
  /** The task it works on; absent for agents from before there were plans. */
  readonly taskId?: TaskId | undefined;
  readonly manifest?: Manifest | undefined;
  /** What it may do at most; absent for agents from before there were rights. */
  readonly rights?: RightsSet | undefined;
  /** Where it works, when that is not the open folders. */
  readonly workplace?: Workplace | undefined;
  /** Its work as it was kept last. */
  readonly captured?: { readonly commit: string; readonly changed: boolean } | undefined;
  /** Its folder is gone. */
  readonly workplaceGone?: { readonly salvage?: string | undefined } | undefined;
  readonly spawnedAt: number;
  readonly spawnedBy: Actor;
  /** Where the agent is in its life; `phase` says more. */
  readonly stage: 'queued' | 'working' | 'paused' | 'ended';
  /** Derived from the other fields at every fact; never set apart from them. */
  readonly phase: AgentPhase;
  /** The number of the last request begun; 0 before the first. */
  readonly turn: number;
  readonly requesting: boolean;
  readonly wait?: Wait | undefined;
  readonly openCalls: readonly OpenCall[];
  readonly mailbox: readonly QueuedMessage[];
  /** The requests it sent to other agents, oldest first; absent before the first. */
  readonly requests?: readonly SentRequest[] | undefined;
  readonly pausing: boolean;
  readonly wrappingUp: boolean;
  readonly killing?: Actor | undefined;
  readonly usage: Usage;
  /** US dollars; `costKnown` is false when some request had no price. */
  readonly cost: number;
  readonly costKnown: boolean;
  /** Tokens of context the last request used: all its input and its output. */
  readonly contextTokens: number;
  readonly lastActivityAt: number;
  readonly lastFailure?: Failure | undefined;
  readonly filesRead: readonly string[];
  readonly filesChanged: readonly string[];
  readonly notes: readonly Extract<Effect, { kind: 'noted' }>[];
  /** How often the agent has ended; each end is reported to its parent once. */
  readonly ends: number;
}
