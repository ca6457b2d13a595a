import type {
  Actor,
  Ask,
  Block,
  Brief,
  Effect,
  Effort,
  Failure,
  MessageKind,
  Outcome,
  Output,
  Place,
  Stop,
  ToolSpec,
  ToolStatus,
  Usage,
  Wait,
} from './events.ts';
import type { AgentId, AskId, CallId, MessageId, PromptId, RunId } from './ids.ts';

/** Everything an agent can wait for. */
export type WaitKind = Wait['kind'] | 'approval' | 'answer';

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
  readonly waitsFor?: 'children' | 'answer' | undefined;
  readonly since: number;
}

/** A message that its receiver has not yet read. */
export interface QueuedMessage {
  readonly messageId: MessageId;
  readonly from: Actor;
  readonly sender: string;
  readonly kind: MessageKind;
  readonly text: string;
  readonly place?: Place | undefined;
  readonly interrupt: boolean;
  readonly at: number;
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
  readonly promptId: PromptId;
  readonly brief: Brief;
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

/** One stretch of an agent's lane on the timeline. An open span has no `to`. */
export interface Span {
  readonly kind: 'model' | 'tool' | 'wait';
  readonly wait?: WaitKind | 'paused' | undefined;
  readonly label: string;
  readonly turn: number;
  readonly callId?: CallId | undefined;
  readonly from: number;
  readonly to?: number | undefined;
  /** How a tool span or a model span ended, when it did not end well. */
  readonly trouble?: ToolStatus | 'failed' | undefined;
}

/** Usage of one settled request. */
export interface UsagePoint {
  readonly at: number;
  readonly turn: number;
  readonly usage: Usage;
  readonly cost?: number | undefined;
}

/** The moment an agent read a message. */
export interface Mark {
  readonly at: number;
  readonly turn: number;
  readonly kind: MessageKind;
  readonly from: Actor['kind'];
}

/** What the timeline draws of one agent. */
export interface Lane {
  readonly spans: readonly Span[];
  /** Positions in `spans` of those that are open. */
  readonly open: readonly number[];
  readonly points: readonly UsagePoint[];
  readonly marks: readonly Mark[];
}

/** A tool call with its result, as the transcript shows it. */
export interface ToolCall {
  readonly callId: CallId;
  readonly name: string;
  readonly title: string;
  readonly place?: Place | undefined;
  readonly ask?: Ask | undefined;
  readonly startedAt?: number | undefined;
  readonly endedAt?: number | undefined;
  readonly status?: ToolStatus | undefined;
  readonly output?: Output | undefined;
  readonly effects: readonly Effect[];
}

/** A message that became part of an agent's history. */
export interface DeliveredMessage {
  readonly messageId: MessageId;
  readonly from: Actor;
  readonly sender: string;
  readonly kind: MessageKind;
  readonly text: string;
  readonly place?: Place | undefined;
  readonly at: number;
}

/** One request to the model with what came of it. */
export interface Turn {
  readonly number: number;
  readonly startedAt: number;
  readonly endedAt?: number | undefined;
  /** Messages read just before this request. */
  readonly delivered: readonly DeliveredMessage[];
  readonly blocks: readonly Block[];
  readonly stop?: Stop | undefined;
  readonly calls: readonly ToolCall[];
  readonly failures: readonly { readonly at: number; readonly failure: Failure; readonly partial?: string | undefined }[];
}

/** Everything said by and to one agent; heavy, and kept only by who needs it. */
export interface Transcript {
  readonly opening: string;
  readonly turns: readonly Turn[];
}

/** A system prompt and tool list, kept once for all agents that share it. */
export interface Prompt {
  readonly id: PromptId;
  readonly system: string;
  readonly tools: readonly ToolSpec[];
}

/** Something a person has been asked and has not answered. */
export interface OpenAsk {
  readonly askId: AskId;
  readonly agentId: AgentId;
  readonly callId: CallId;
  readonly ask: Ask;
  readonly place?: Place | undefined;
  readonly at: number;
}

export interface Run {
  readonly id: RunId;
  readonly label: string;
  readonly task: string;
  readonly startedAt: number;
  readonly by: Actor;
}

/** The whole state: a pure fold of the journal. Records keep the order of insertion. */
export interface FleetState {
  /** Sequence number of the last entry applied. */
  readonly seq: number;
  /** Time of the last entry applied. */
  readonly at: number;
  readonly runs: Readonly<Record<RunId, Run>>;
  readonly agents: Readonly<Record<AgentId, Agent>>;
  readonly asks: Readonly<Record<AskId, OpenAsk>>;
  readonly prompts: Readonly<Record<PromptId, Prompt>>;
  readonly lanes: Readonly<Record<AgentId, Lane>>;
  readonly transcripts: Readonly<Record<AgentId, Transcript>>;
}

export const emptyUsage: Usage = { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };

/** The state before the first entry. */
export const emptyFleet: FleetState = {
  seq: 0,
  at: 0,
  runs: {},
  agents: {},
  asks: {},
  prompts: {},
  lanes: {},
  transcripts: {},
};
