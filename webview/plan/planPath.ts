import type { TaskId } from '../../src/core/ids.ts';
import { criticalPath, findCycle, isSettled } from '../../src/core/plan/planGraph.ts';
import type { Plan, Task } from '../../src/core/state.ts';

/** The tasks that decide how long a plan takes at the least. */
export interface PlanPath {
  readonly taskIds: ReadonlySet<TaskId>;
  /** What these tasks take in a row, in ms of work; undefined before anything was measured. */
  readonly ms: number | undefined;
  /** Whether tasks are on it that are not done, so that part of the time is a guess. */
  readonly guessed: boolean;
}

/**
 * The critical path by the work that was measured, in ms per task. What is not done yet counts at the least as the average of what is. A task
 * that an agent asked for comes before that agent's own, because the agent ends only when it has heard the report.
 */
export function pathOf(plan: Plan, workOf: (task: Task) => number): PlanPath {
  const tasks = plan.tasks.filter((task) => task.status !== 'cancelled');
  const measured = new Map(tasks.map((task) => [task.id, task.agentType === 'person' ? 0 : Math.max(0, workOf(task))]));
  const done = tasks.filter((task) => task.status === 'done').map((task) => measured.get(task.id) ?? 0);
  const known = (done.length > 0 ? done : [...measured.values()]).filter((ms) => ms > 0);
  const average = known.length === 0 ? 1 : known.reduce((sum, ms) => sum + ms, 0) / known.length;
  const weights = new Map(tasks.map((task) => [task.id, weightOf(task, measured.get(task.id) ?? 0, average)]));
  const { taskIds, length } = criticalPath(withOwners(tasks), (id) => weights.get(id) ?? 0);
  return {
    taskIds: new Set(taskIds),
    ms: known.length === 0 ? undefined : length,
    guessed: tasks.some((task) => taskIds.includes(task.id) && !isSettled(task)),
  };
}

function weightOf(task: Task, measured: number, average: number): number {
  return isSettled(task) || task.agentType === 'person' ? measured : Math.max(measured, average);
}

type Node = Pick<Task, 'id' | 'dependencies' | 'needs' | 'publishes' | 'forEach' | 'collects'>;

function withOwners(tasks: readonly Task[]): readonly Node[] {
  const ownedBy = new Map<string, TaskId[]>();
  for (const { id, owner } of tasks) {
    if (owner !== undefined) {
      ownedBy.set(owner, [...(ownedBy.get(owner) ?? []), id]);
    }
  }
  const nodes = tasks.map((task) => {
    const owned = task.history.flatMap(({ agentId }) => ownedBy.get(agentId) ?? []);
    return owned.length === 0 ? task : { ...task, dependencies: [...task.dependencies, ...owned.filter((id) => id !== task.id)] };
  });
  // A path can only be looked for where there is no cycle.
  return findCycle(nodes) === undefined ? nodes : tasks;
}
