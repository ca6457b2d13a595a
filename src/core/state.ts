import type {
  Actor,
  Ask,
  GrantScope,
  RightsSet,
  Workplace,
  Block,
  Brief,
  Budget,
  DecisionAsk,
  DecisionPurpose,
  Effect,
  Effort,
  Failure,
  Manifest,
  MessageKind,
  Outcome,
  Output,
  Place,
  PlanChange,
  ReviewVerdict,
  Stop,
  TaskSpec,
  ToolSpec,
  ToolStatus,
  Usage,
  Verdict,
  Wait,
} from './events.ts';
import type { AgentId, AskId, CallId, MessageId, PromptId, ProposalId, RunId, TaskId, TrainId } from './ids.ts';
import type { Train } from './train/train.ts';

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
  readonly replyTo?: MessageId | undefined;
  readonly answerable?: boolean | undefined;
  readonly at: number;
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
  readonly replyTo?: MessageId | undefined;
  readonly answerable?: boolean | undefined;
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

/** Something an agent has asked a person and the person has not answered. */
export interface OpenAsk {
  readonly askId: AskId;
  readonly agentId: AgentId;
  readonly callId: CallId;
  readonly ask: Ask;
  readonly place?: Place | undefined;
  readonly at: number;
}

/** A person's yes that holds for more than one call: for the very same plan, in its scope. */
export interface Grant {
  readonly hash: string;
  readonly scope: GrantScope;
  readonly agentId: AgentId;
  readonly runId: RunId;
  /** Sequence number of the answer; what holds until the window closes holds for answers of this window alone. */
  readonly seq: number;
}

/** Something the engine asks a person about a run. Kept after the answer, which the scheduler goes by. */
export interface Decision {
  readonly askId: AskId;
  readonly runId: RunId;
  readonly purpose: DecisionPurpose;
  readonly taskId?: TaskId | undefined;
  readonly agentId?: AgentId | undefined;
  readonly proposalId?: ProposalId | undefined;
  readonly ask: DecisionAsk;
  readonly size?: number | undefined;
  readonly at: number;
  readonly answer?: { readonly choice: string; readonly text?: string | undefined; readonly at: number } | undefined;
}

/** One try at a task by one agent; a further round of a review loop is a try of its own, by the same agent. */
export interface Attempt {
  readonly agentId: AgentId;
  readonly round: number;
  readonly startedAt: number;
  readonly endedAt?: number | undefined;
  readonly outcome?: Outcome['kind'] | undefined;
  /** What went wrong, for the next attempt and for people. */
  readonly failure?: string | undefined;
}

/** How a task stands. `waiting`: for its dependencies, for artefacts, or for a slot. */
export type TaskStatus = 'waiting' | 'running' | 'done' | 'failed' | 'skipped' | 'cancelled';

/** A task with what became of it. */
export interface Task extends TaskSpec {
  readonly status: TaskStatus;
  /** Why it failed, was skipped or cancelled. */
  readonly reason?: string | undefined;
  readonly verdict?: Verdict | undefined;
  /** Oldest first. The last one's agent is the assignee. */
  readonly history: readonly Attempt[];
  /** The round it is in; 1 at first. */
  readonly round: number;
  /** How many attempts count against its policy since it was last reopened. */
  readonly tries: number;
  /** What its next agent is told beside the brief: what a reviewer wants changed, or why a person has it done again. */
  readonly note?: string | undefined;
  readonly addedAt: number;
  readonly addedBy: Actor;
  readonly settledAt?: number | undefined;
  /** What became of its agents' changes, when they were undone. */
  readonly undone?: Undone | undefined;
}

/** Files that were put back as they were, and those that were left with the reason. */
export interface Undone {
  readonly restored: readonly string[];
  readonly kept: readonly { readonly path: string; readonly why: string }[];
  readonly failure?: Failure | undefined;
}

/** One recorded change of a plan. `was`: the tasks it edited or cancelled, as they were before. */
export interface Revision {
  readonly at: number;
  readonly by: Actor;
  readonly reason: string;
  readonly changes: readonly PlanChange[];
  readonly was: readonly TaskSpec[];
  readonly proposalId?: ProposalId | undefined;
}

/** A change of plan that somebody proposed. */
export interface Proposal {
  readonly id: ProposalId;
  readonly by: Actor;
  readonly reason: string;
  readonly changes: readonly PlanChange[];
  readonly at: number;
  readonly settled?:
    | { readonly accepted: boolean; readonly reason?: string | undefined; readonly by: Actor; readonly at: number }
    | undefined;
}

/** The newest version of something an agent handed to others. */
export interface Artefact {
  readonly name: string;
  readonly version: number;
  readonly agentId: AgentId;
  readonly taskId?: TaskId | undefined;
  readonly hash: string;
  readonly bytes: number;
  readonly at: number;
}

/** What a person decided about changes of one file. */
export interface Review {
  readonly path: string;
  /** What the file was before: the hash of its blob, or `nothing`. */
  readonly base: string;
  readonly hunks: readonly string[];
  readonly verdict: ReviewVerdict;
  readonly at: number;
}

/** What a run is to do: its tasks in the order people see them, with every change that was made. */
export interface Plan {
  readonly runId: RunId;
  readonly tasks: readonly Task[];
  readonly revisions: readonly Revision[];
  readonly proposals: readonly Proposal[];
  readonly artefacts: readonly Artefact[];
  readonly decisions: readonly Decision[];
  /** What the person decided about changes of files, oldest first; absent before the first. */
  readonly reviews?: readonly Review[] | undefined;
  /** Why no further task starts, if none does. */
  readonly held?: 'paused' | 'interrupted' | undefined;
}

export interface Run {
  readonly id: RunId;
  readonly label: string;
  readonly task: string;
  /** Name of the workflow its plan came from. */
  readonly workflow?: string | undefined;
  readonly budget?: Budget | undefined;
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
  /** Oldest first. */
  readonly grants: readonly Grant[];
  readonly prompts: Readonly<Record<PromptId, Prompt>>;
  readonly lanes: Readonly<Record<AgentId, Lane>>;
  readonly transcripts: Readonly<Record<AgentId, Transcript>>;
  /** Of every run that was started since there are plans. */
  readonly plans: Readonly<Record<RunId, Plan>>;
  /** Merge trains, those that have ended included. */
  readonly trains: Readonly<Record<TrainId, Train>>;
}

export const emptyUsage: Usage = { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };

/** The state before the first entry. */
export const emptyFleet: FleetState = {
  seq: 0,
  at: 0,
  runs: {},
  agents: {},
  asks: {},
  grants: [],
  prompts: {},
  lanes: {},
  transcripts: {},
  plans: {},
  trains: {},
};
