import type { AgentId, TaskId } from '../ids.ts';
import { dependentsOf } from '../plan/planGraph.ts';
import { outcomeText } from '../rowText.ts';
import { outcomeOf } from '../selectors.ts';
import type { Agent, Plan, Task, Undone as UndoneChanges } from '../state.ts';

/** Something of a run that failed for good, and what could not be started because of it. */
export interface ResultFailure {
  readonly taskId?: TaskId | undefined;
  readonly agentId?: AgentId | undefined;
  /** The task, or the agent's label where there is no plan. */
  readonly title: string;
  readonly why: string;
  /** What a person can do about it. */
  readonly next?: string | undefined;
  /** How many attempts were made in all. */
  readonly attempts: number;
  /** Titles of the tasks that were skipped because of it. */
  readonly notStarted: readonly string[];
  /** Which files were put back as they were, where the task's changes were undone. */
  readonly undone?: UndoneChanges | undefined;
}

/** A task that was not done although nothing it waited for failed. */
export interface Undone {
  readonly title: string;
  readonly status: 'cancelled' | 'skipped';
  readonly why?: string | undefined;
}

/** What failed in a run: its failed tasks in the order of the plan, then agents that belong to no task and did not end well. */
export function failuresOf(plan: Plan | undefined, agents: readonly Agent[]): readonly ResultFailure[] {
  const tasks = plan?.tasks ?? [];
  const known = new Set(tasks.map((task) => task.id));
  const planned = tasks.filter((task) => task.status === 'failed').map((task) => taskFailure(task, tasks, agents));
  const loose = agents.filter((agent) => agent.taskId === undefined || !known.has(agent.taskId));
  return [...planned, ...loose.flatMap(agentFailure)];
}

/** Tasks that were cancelled, and skipped ones behind which there is no failure. */
export function undoneTasks(plan: Plan | undefined): readonly Undone[] {
  const tasks = plan?.tasks ?? [];
  const explained = new Set(tasks.filter((task) => task.status === 'failed').flatMap((task) => skippedBehind(task, tasks)));
  return tasks.flatMap(({ id, title, status, reason }) =>
    status === 'cancelled' || (status === 'skipped' && !explained.has(id)) ? [{ title, status, why: reason }] : [],
  );
}

function taskFailure(task: Task, tasks: readonly Task[], agents: readonly Agent[]): ResultFailure {
  const last = task.history.at(-1);
  const agent = agents.find((one) => one.id === last?.agentId);
  const outcome = agent === undefined ? undefined : outcomeOf(agent);
  const behind = new Set(skippedBehind(task, tasks));
  return {
    taskId: task.id,
    agentId: agent?.id,
    title: task.title,
    why: task.reason ?? last?.failure ?? 'No reason was recorded.',
    next: outcome?.kind === 'failed' && outcome.failure.next !== '' ? outcome.failure.next : undefined,
    attempts: task.history.length,
    notStarted: tasks.filter((other) => behind.has(other.id)).map((other) => other.title),
    ...(task.undone === undefined ? {} : { undone: task.undone }),
  };
}

function agentFailure(agent: Agent): readonly ResultFailure[] {
  const outcome = outcomeOf(agent);
  if (outcome === undefined || outcome.kind === 'done') {
    return [];
  }
  const why = outcome.kind === 'failed' ? outcome.failure.message : `It was ${outcomeText(outcome)}.`;
  const next = outcome.kind === 'failed' && outcome.failure.next !== '' ? outcome.failure.next : undefined;
  return [{ agentId: agent.id, title: agent.label, why, next, attempts: agent.ends, notStarted: [] }];
}

/** Skipped tasks that waited for a task, directly or through others that were skipped. */
function skippedBehind(task: Task, tasks: readonly Task[]): readonly TaskId[] {
  const after = dependentsOf(tasks);
  const byId = new Map(tasks.map((one) => [one.id, one]));
  const found = new Set<TaskId>();
  const open = [...(after.get(task.id) ?? [])];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (!found.has(id) && byId.get(id)?.status === 'skipped') {
      found.add(id);
      open.push(...(after.get(id) ?? []));
    }
  }
  return [...found];
}
