import type { Actor, DecisionAsk, DecisionPurpose, Failure, Outcome, PlanChange, ReviewVerdict, TaskSpec, Verdict } from './events.ts';
import type { AgentId, AskId, ProposalId, RunId, TaskId } from './ids.ts';

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
