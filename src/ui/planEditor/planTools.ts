import type { Actor } from '../../core/events.ts';
import type { AgentId, TaskId } from '../../core/ids.ts';
import type { PlanChange } from '../../core/planEvents.ts';
import type { FleetState, Plan, Task } from '../../core/state.ts';
import type { PlanLimits } from '../../core/plan/validatePlan.ts';

/*
 * What the plan editor needs of the text of a plan. The text itself is made and read elsewhere.
 */

/** Lines and columns count from 0; the end is outside. */
export interface TextRange {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** Something wrong in a text. */
export interface TextProblem {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly range: TextRange;
  /** The text and the plan differ about a task. */
  readonly clash?: { readonly id: TaskId; readonly kind: string } | undefined;
}

/** What a text asks for; with an error there are no changes. */
export interface ReadText {
  readonly changes: readonly PlanChange[];
  readonly problems: readonly TextProblem[];
  readonly reason: string | undefined;
}

/** Where a task stands in a text. */
export interface TaskPlace {
  readonly id: string;
  readonly head: TextRange;
  readonly whole: TextRange;
}

/** What may be written somewhere. */
export type WritePlace =
  | { readonly kind: 'key'; readonly used: readonly string[] }
  | { readonly kind: 'value'; readonly key: string; readonly list: boolean; readonly used: readonly string[] };

interface Facts {
  readonly label: string;
  readonly agentLabel: (agentId: AgentId) => string | undefined;
}

/** Makes and reads the text of a plan. */
export interface PlanTools {
  readonly write: (plan: Plan, facts: Facts) => string;
  readonly read: (
    text: string,
    plan: Plan,
    baseRevision: number,
    context: { readonly limits: PlanLimits; readonly nameOf: (actor: Actor) => string },
  ) => ReadText;
  /** The text with the newest plan worked in, each clash settled for one side; undefined when that cannot be done. */
  readonly settle: (text: string, plan: Plan, baseRevision: number, facts: Facts, keep: 'mine' | 'theirs') => string | undefined;
  readonly places: (text: string) => readonly TaskPlace[];
  readonly placeIn: (lines: readonly string[], line: number, column: number) => WritePlace | undefined;
  readonly status: (plan: Plan, task: Task, facts: Pick<Facts, 'agentLabel'>) => string;
}

/** An agent type as completion offers it. */
export interface TypeFacts {
  readonly name: string;
  readonly description: string;
}

/** Who somebody is, for the person. */
export function nameOf(state: FleetState, actor: Actor): string {
  switch (actor.kind) {
    case 'person':
      return 'you';
    case 'engine':
      return 'the engine';
    case 'agent':
      return state.agents[actor.agentId]?.label ?? 'a deleted agent';
  }
}

export function factsOf(state: FleetState, plan: Plan): Facts {
  return { label: state.runs[plan.runId]?.label ?? plan.runId, agentLabel: (agentId) => state.agents[agentId]?.label };
}
