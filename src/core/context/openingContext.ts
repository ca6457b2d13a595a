import type { Manifest, Report } from '../events.ts';
import type { AgentId, RunId, TaskId } from '../ids.ts';
import { renderReport } from '../brief/reportText.ts';
import { rosterText } from './roster.ts';
import { outcomeOf, reportOf } from '../selectors.ts';
import type { Agent, Artefact, Attempt, FleetState, Plan, Task } from '../state.ts';

/** A report that is handed on, with the task it answers and who wrote it. */
export interface HandedReport {
  readonly task: Task;
  readonly agentLabel: string;
  readonly report: Report;
}

/** A task this one depends on that has no report to hand on, with the reason. */
export interface MissingReport {
  readonly task: Task;
  readonly why: string;
}

/** What the attempt before this one came to, as far as the journal knows. */
export interface EarlierAttempt {
  readonly failure: string;
  /** By all attempts that failed, since what they changed is still there. */
  readonly filesChanged: readonly string[];
  readonly filesRead?: readonly string[] | undefined;
  /** Names of the notes it wrote, which read_note still gives. */
  readonly notes?: readonly string[] | undefined;
}

/** What an agent left to its successor when its context was nearly full. */
export interface Handoff {
  readonly agentLabel: string;
  readonly report: Report;
  readonly filesChanged: readonly string[];
  /** The agents and open tasks that the successor takes over; see `rosterText`. */
  readonly roster?: string | undefined;
}

/** Everything an agent is told beside its brief, and what there was that it is not told. */
export interface OpeningContext {
  readonly task?: Task | undefined;
  /** Of the tasks it depends on, in their order. */
  readonly reports: readonly HandedReport[];
  readonly missing?: readonly MissingReport[] | undefined;
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

/** A manifest that names more would grow with the square of a run. */
const mostWithheld = 20;

/**
 * What the next agent of a task is given: the reports of the tasks it depends on, what it needs of artefacts, and what became of the attempt
 * before. `dependencies` are all tasks it depends on, those that are worked out while the run goes included.
 */
export function openingContextOf(
  state: FleetState,
  runId: RunId,
  task: Task,
  dependencies: readonly TaskId[] = task.dependencies,
): OpeningContext {
  const plan = state.plans[runId];
  if (plan === undefined) {
    return { ...emptyOpeningContext, task };
  }
  const needed = dependencies.flatMap((id) => plan.tasks.find((other) => other.id === id) ?? []);
  const handed = needed.map((other) => handedOn(state, other));
  return {
    task,
    reports: handed.filter((one) => 'report' in one),
    missing: handed.filter((one) => 'why' in one),
    artefacts: plan.artefacts.filter((artefact) => task.needs?.includes(artefact.name)),
    earlier: earlierOf(state, task),
    handoff: handoffOf(state, task),
    withheld: withheldFrom(plan, task, dependencies),
  };
}

/** The report a task ended with: that of its last attempt that has one. Undefined while it has none, and for a task of the person. */
export function reportOfTask(state: FleetState, task: Task): Omit<HandedReport, 'task'> | undefined {
  for (const { agentId } of task.history.toReversed()) {
    const agent = state.agents[agentId];
    const report = agent === undefined ? undefined : reportOf(agent);
    if (agent !== undefined && report !== undefined) {
      return { agentLabel: agent.label, report };
    }
  }
  return undefined;
}

/** The tasks whose reports an agent may read in full: those its own task depends on or collects, and those it asked for itself. */
export function readableTasks(state: FleetState, agent: Pick<Agent, 'id' | 'runId'>): readonly Task[] {
  const plan = state.plans[agent.runId];
  const own = plan?.tasks.find((task) => task.id === state.agents[agent.id]?.taskId);
  return (
    plan?.tasks.filter(
      (task) =>
        task.owner === agent.id ||
        own?.dependencies.includes(task.id) === true ||
        (own?.collects !== undefined && collected(state, task, own.collects)),
    ) ?? []
  );
}

/** The whole report of a task, for an agent that may read it. */
export function wholeReportFor(state: FleetState, reader: Pick<Agent, 'id' | 'runId'>, taskId: TaskId): string | undefined {
  const task = readableTasks(state, reader).find((candidate) => candidate.id === taskId);
  const found = task === undefined ? undefined : reportOfTask(state, task);
  return found === undefined ? undefined : renderReport(found.report);
}

function collected(state: FleetState, task: Task, from: TaskId): boolean {
  return task.addedBy.kind === 'agent' && state.agents[task.addedBy.agentId]?.taskId === from;
}

function handedOn(state: FleetState, task: Task): HandedReport | MissingReport {
  const found = task.status === 'done' ? reportOfTask(state, task) : undefined;
  if (found !== undefined) {
    return { task, ...found };
  }
  if (task.status === 'done') {
    return { task, why: task.agentType === 'person' ? 'the person approved it; there was no agent' : 'its agent was deleted' };
  }
  return { task, why: task.reason === undefined ? task.status : `${task.status}: ${task.reason}` };
}

function earlierOf(state: FleetState, { history }: Task): EarlierAttempt | undefined {
  const last = history.at(-1);
  const failure = last === undefined ? undefined : failureOf(state, last);
  const agent = last === undefined ? undefined : state.agents[last.agentId];
  if (failure === undefined) {
    return undefined;
  }
  const failed = history.filter((attempt) => failureOf(state, attempt) !== undefined);
  return {
    failure,
    filesChanged: changedBy(
      state,
      failed.map(({ agentId }) => agentId),
    ),
    filesRead: agent?.filesRead ?? [],
    notes: agent?.notes.map(({ name }) => name) ?? [],
  };
}

/** Why an attempt came to nothing, if it did. A handoff is no failure. */
function failureOf(state: FleetState, attempt: Attempt): string | undefined {
  if (attempt.failure !== undefined) {
    return attempt.failure;
  }
  const agent = state.agents[attempt.agentId];
  const outcome = agent === undefined ? undefined : outcomeOf(agent);
  if (outcome?.kind === 'failed') {
    return outcome.failure.message;
  }
  const kind = attempt.outcome ?? outcome?.kind;
  return kind === 'killed' || kind === 'interrupted' ? `The agent was ${kind}.` : undefined;
}

/** What the last agent that handed over left, unless an agent has been done with the task since. */
function handoffOf(state: FleetState, { history }: Task): Handoff | undefined {
  for (const attempt of history.toReversed()) {
    const agent = state.agents[attempt.agentId];
    const report = agent === undefined ? undefined : reportOf(agent);
    if (agent === undefined || report === undefined) {
      continue;
    }
    if (report.handoff === undefined) {
      return undefined;
    }
    const roster = rosterText(state, agent.id);
    return { agentLabel: agent.label, report, filesChanged: changedBy(state, [agent.id]), ...(roster === '' ? {} : { roster }) };
  }
  return undefined;
}

function changedBy(state: FleetState, ids: readonly AgentId[]): readonly string[] {
  return [...new Set(ids.flatMap((id) => state.agents[id]?.filesChanged ?? []))];
}

function withheldFrom(plan: Plan, task: Task, dependencies: readonly TaskId[]): Manifest['withheld'] {
  const byAuthor = task.brief.withheld?.trim() ?? '';
  const others = plan.tasks.filter((other) => other.id !== task.id && other.status === 'done' && !dependencies.includes(other.id));
  const unneeded = plan.artefacts.filter((artefact) => task.needs?.includes(artefact.name) !== true);
  const named = [
    ...others.map((other) => ({ name: `Report of ${other.title} (${other.id})`, why: 'its task is not a dependency' })),
    ...unneeded.map(({ name }) => ({ name: `Artefact ${name}`, why: 'its task does not need it' })),
  ];
  const more = named.length - mostWithheld;
  return [
    ...(byAuthor === '' ? [] : [{ name: byAuthor, why: 'left out by the author of the brief' }]),
    ...named.slice(0, mostWithheld),
    ...(more > 0 ? [{ name: `${more} more reports and artefacts`, why: 'not dependencies, not needed' }] : []),
  ];
}
