import type { Agent } from './agentState.ts';
import type { Actor, Ask, Budget, GrantScope, IsolationWish, Place, SharedFiles, Usage } from './events.ts';
import type { AgentId, AskId, CallId, PromptId, RunId, TrainId } from './ids.ts';
import type { Lane } from './laneState.ts';
import type { Plan } from './planState.ts';
import type { Train } from './train/train.ts';
import type { Prompt, Transcript } from './transcriptState.ts';

export * from './agentState.ts';
export * from './laneState.ts';
export * from './planState.ts';
export * from './transcriptState.ts';

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

export interface Run {
  readonly id: RunId;
  readonly label: string;
  readonly task: string;
  /** Name of the workflow its plan came from. */
  readonly workflow?: string | undefined;
  readonly budget?: Budget | undefined;
  /** Absent: warn. */
  readonly sharedFiles?: SharedFiles | undefined;
  /** Where its agents work, if it was started so or its workflow says so. */
  readonly isolation?: IsolationWish | undefined;
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
