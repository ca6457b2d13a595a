import type { Manifest, Report } from './events.ts';
import type { RunId, TaskId } from './ids.ts';
import type { Artefact, FleetState, Task } from './state.ts';

/** A report that is handed on, with the task it answers and who wrote it. */
export interface HandedReport {
  readonly task: Task;
  readonly agentLabel: string;
  readonly report: Report;
}

/** What the attempt before this one came to, as far as the journal knows. */
export interface EarlierAttempt {
  readonly failure: string;
  readonly filesChanged: readonly string[];
  readonly filesRead?: readonly string[] | undefined;
  /** Names of the notes it wrote, which read_note still gives. */
  readonly notes?: readonly string[] | undefined;
}

/** What an agent left to its successor when its context was nearly full. */
export interface Handoff {
  readonly agentLabel: string;
  readonly report: Report;
  /** The agents and open tasks that the successor takes over; see `rosterText`. */
  readonly roster?: string | undefined;
}

/** Everything an agent is told beside its brief, and what there was that it is not told. */
export interface OpeningContext {
  readonly task?: Task | undefined;
  /** Of the tasks it depends on, in their order. */
  readonly reports: readonly HandedReport[];
  /** What the run's agents have published so far and the task needs. */
  readonly artefacts: readonly Artefact[];
  readonly earlier?: EarlierAttempt | undefined;
  readonly handoff?: Handoff | undefined;
  readonly withheld: Manifest['withheld'];
}

/** An agent's first message, and the record of what is in it. */
export interface Opening {
  readonly opening: string;
  readonly manifest: Manifest;
}

/** The context of an agent that belongs to no task of a plan. */
export const emptyOpeningContext: OpeningContext = { reports: [], artefacts: [], withheld: [] };

/**
 * What the next agent of a task is given: the reports of the tasks it depends on, what it needs of artefacts, and what became of the attempt
 * before. `dependencies` are all tasks it depends on, those that are worked out while the run goes included.
 */
export function openingContextOf(
  _state: FleetState,
  _runId: RunId,
  task: Task,
  _dependencies: readonly TaskId[] = task.dependencies,
): OpeningContext {
  return { ...emptyOpeningContext, task };
}
