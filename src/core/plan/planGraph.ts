import type { TaskSpec } from '../events.ts';
import type { TaskId } from '../ids.ts';
import type { Plan, Task } from '../state.ts';

/*
 * A plan as a directed acyclic graph. An edge leads from a task to one that cannot start before it.
 */

/** A task as far as the graph goes by it. */
type Node = Pick<TaskSpec, 'id' | 'dependencies' | 'needs' | 'publishes' | 'forEach' | 'collects'>;

/** The tasks that each task waits for, named ones that do not exist included. A template waits for what it is made from. */
export function edgesOf(tasks: readonly Node[]): ReadonlyMap<TaskId, readonly TaskId[]> {
  const publishers = new Map<string, TaskId[]>();
  for (const task of tasks) {
    for (const name of task.publishes ?? []) {
      publishers.set(name, [...(publishers.get(name) ?? []), task.id]);
    }
  }
  return new Map(
    tasks.map((task) => {
      const artefacts = (task.needs ?? []).flatMap((name) => publishers.get(name) ?? []);
      const before = [...task.dependencies, ...artefacts, task.forEach, task.collects].filter((id) => id !== undefined);
      return [task.id, [...new Set(before)]];
    }),
  );
}

/** Each task with all tasks upstream of it, itself left out. Safe on cycles. */
export function upstreamOf(tasks: readonly Node[]): ReadonlyMap<TaskId, ReadonlySet<TaskId>> {
  const edges = edgesOf(tasks);
  return new Map(tasks.map((task) => [task.id, reached(task.id, (id) => edges.get(id) ?? [])]));
}

/** All tasks that can be reached from one, itself left out unless it is on a cycle. */
function reached(from: TaskId, next: (id: TaskId) => readonly TaskId[]): ReadonlySet<TaskId> {
  const found = new Set<TaskId>();
  const open = [...next(from)];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (!found.has(id)) {
      found.add(id);
      open.push(...next(id));
    }
  }
  return found;
}

/** The tasks of one cycle in their order, if there is a cycle. */
export function findCycle(tasks: readonly Node[]): readonly TaskId[] | undefined {
  const edges = edgesOf(tasks);
  const done = new Set<TaskId>();
  for (const { id } of tasks) {
    const path: TaskId[] = [];
    const open: { readonly id: TaskId; readonly leaves: boolean }[] = [{ id, leaves: false }];
    for (let step = open.pop(); step !== undefined; step = open.pop()) {
      const current = step.id;
      if (step.leaves) {
        path.pop();
        done.add(current);
      } else if (path.includes(current)) {
        return [...path.slice(path.indexOf(current)), current].reverse();
      } else if (!done.has(current)) {
        path.push(current);
        open.push({ id: current, leaves: true }, ...(edges.get(current) ?? []).map((before) => ({ id: before, leaves: false })));
      }
    }
  }
  return undefined;
}

/** How long the tasks take in a row at the worst: the sum of the weights on the longest path, and that path from its first task to its last. */
export interface CriticalPath {
  readonly taskIds: readonly TaskId[];
  /** In the unit of the weights. With unlimited slots no run of the plan is shorter. */
  readonly length: number;
}

/** The longest path of an acyclic plan. */
export function criticalPath(tasks: readonly Node[], weightOf: (id: TaskId) => number): CriticalPath {
  const finish = finishTimes(tasks, weightOf);
  const edges = edgesOf(tasks);
  let last: TaskId | undefined;
  for (const { id } of tasks) {
    if (last === undefined || (finish.get(id) ?? 0) > (finish.get(last) ?? 0)) {
      last = id;
    }
  }
  const taskIds: TaskId[] = [];
  const length = last === undefined ? 0 : (finish.get(last) ?? 0);
  for (let id = last; id !== undefined; id = latest(edges.get(id) ?? [], finish)) {
    taskIds.unshift(id);
  }
  return { taskIds, length };
}

function latest(ids: readonly TaskId[], finish: ReadonlyMap<TaskId, number>): TaskId | undefined {
  const known = ids.filter((id) => finish.has(id));
  return known.reduce<TaskId | undefined>(
    (best, id) => (best === undefined || (finish.get(id) ?? 0) > (finish.get(best) ?? 0) ? id : best),
    undefined,
  );
}

/** When each task would be done with unlimited slots, from the weights. */
function finishTimes(tasks: readonly Node[], weightOf: (id: TaskId) => number): ReadonlyMap<TaskId, number> {
  const edges = edgesOf(tasks);
  const finish = new Map<TaskId, number>();
  for (const id of inOrder(tasks)) {
    const start = Math.max(0, ...(edges.get(id) ?? []).map((before) => finish.get(before) ?? 0));
    finish.set(id, start + weightOf(id));
  }
  return finish;
}

/** The sum of weights from each task to the end of the plan, itself included: the larger, the more waits for it. */
export function remainingPaths(tasks: readonly Node[], weightOf: (id: TaskId) => number): ReadonlyMap<TaskId, number> {
  const after = dependentsOf(tasks);
  const remaining = new Map<TaskId, number>();
  for (const id of inOrder(tasks).toReversed()) {
    remaining.set(id, weightOf(id) + Math.max(0, ...(after.get(id) ?? []).map((next) => remaining.get(next) ?? 0)));
  }
  return remaining;
}

/** The tasks that wait for each task directly. */
export function dependentsOf(tasks: readonly Node[]): ReadonlyMap<TaskId, readonly TaskId[]> {
  const after = new Map<TaskId, TaskId[]>(tasks.map((task) => [task.id, []]));
  for (const [id, before] of edgesOf(tasks)) {
    for (const one of before) {
      after.get(one)?.push(id);
    }
  }
  return after;
}

/** Every task once, none before those it waits for; tasks on a cycle come last, in the given order. */
export function inOrder(tasks: readonly Node[]): readonly TaskId[] {
  const edges = edgesOf(tasks);
  const known = new Set(tasks.map((task) => task.id));
  const missing = new Map(tasks.map((task) => [task.id, (edges.get(task.id) ?? []).filter((id) => known.has(id)).length]));
  const after = dependentsOf(tasks);
  const order = tasks.map((task) => task.id).filter((id) => missing.get(id) === 0);
  for (let index = 0; index < order.length; index++) {
    const id = order[index];
    for (const next of id === undefined ? [] : (after.get(id) ?? [])) {
      const left = (missing.get(next) ?? 0) - 1;
      missing.set(next, left);
      if (left === 0) {
        order.push(next);
      }
    }
  }
  const placed = new Set(order);
  return [...order, ...tasks.map((task) => task.id).filter((id) => !placed.has(id))];
}

/** Tasks that could be worked on at the same time, in the order in which the groups come: A, B, C, …, Z, AA, … */
export interface TaskGroup {
  readonly name: string;
  readonly taskIds: readonly TaskId[];
}

/** Divides a plan into groups by how many tasks come before each task at the least. */
export function groupsOf(tasks: readonly Node[]): readonly TaskGroup[] {
  const level = finishTimes(tasks, () => 1);
  const groups = new Map<number, TaskId[]>();
  for (const { id } of tasks) {
    const at = level.get(id) ?? 1;
    groups.set(at, [...(groups.get(at) ?? []), id]);
  }
  return [...groups].sort(([a], [b]) => a - b).map(([, taskIds], index) => ({ name: letters(index), taskIds }));
}

function letters(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : letters(Math.floor(index / 26) - 1) + letter;
}

/** Whether nothing more becomes of a task unless somebody asks for it. */
export function isSettled(task: Task): boolean {
  return task.status !== 'waiting' && task.status !== 'running';
}

/** Something a task waits for, for people: an unfinished task by its title, an unpublished artefact by its name. */
export interface WaitsFor {
  readonly kind: 'task' | 'artefact';
  readonly name: string;
  readonly taskId?: TaskId | undefined;
}

/** What a waiting task still waits for; empty when it only needs a slot, or has started. A cancelled dependency is waited for no more. */
export function waitsFor(plan: Plan, task: Task): readonly WaitsFor[] {
  if (task.status !== 'waiting') {
    return [];
  }
  const published = new Set(plan.artefacts.map((artefact) => artefact.name));
  const before = [...task.dependencies, ...[task.forEach, task.collects].filter((id) => id !== undefined)];
  const tasks = before.flatMap((id): WaitsFor[] => {
    const other = taskOf(plan, id);
    return other === undefined || isSettled(other) ? [] : [{ kind: 'task', name: other.title, taskId: id }];
  });
  const artefacts = (task.needs ?? []).filter((name) => !published.has(name)).map((name): WaitsFor => ({ kind: 'artefact', name }));
  return [...new Map([...tasks, ...artefacts].map((wait) => [`${wait.kind} ${wait.taskId ?? wait.name}`, wait])).values()];
}

/** The task of a name, if the plan has it. */
export function taskOf(plan: Plan, id: TaskId | undefined): Task | undefined {
  return plan.tasks.find((task) => task.id === id);
}
