import type { PlanChange, TaskSpec } from '../events.ts';
import type { TaskId } from '../ids.ts';

/** What the changes make of tasks that they touch; the same rules for a plan that is checked and for one that is folded. */
export interface TaskMaker<T extends TaskSpec> {
  readonly added: (spec: TaskSpec) => T;
  readonly edited: (task: T, spec: TaskSpec) => T;
  readonly cancelled: (task: T) => T | undefined;
}

/** The tasks after some changes. A change of a task that is not there changes nothing. */
export function applyChanges<T extends TaskSpec>(tasks: readonly T[], changes: readonly PlanChange[], make: TaskMaker<T>): readonly T[] {
  return changes.reduce<readonly T[]>((current, change) => applyChange(current, change, make), tasks);
}

function applyChange<T extends TaskSpec>(tasks: readonly T[], change: PlanChange, make: TaskMaker<T>): readonly T[] {
  switch (change.kind) {
    case 'add':
      return insert(tasks, [make.added(change.task)], change.before);
    case 'edit':
      return tasks.map((task) => (task.id === change.task.id ? make.edited(task, change.task) : task));
    case 'cancel':
      return tasks.flatMap((task) => (task.id === change.taskId ? (make.cancelled(task) ?? []) : [task]));
    case 'move': {
      const moved = tasks.filter((task) => task.id === change.taskId);
      return insert(
        tasks.filter((task) => task.id !== change.taskId),
        moved,
        change.before,
      );
    }
    case 'expand':
      return expand(tasks, change, make);
  }
}

function insert<T extends TaskSpec>(tasks: readonly T[], more: readonly T[], before: TaskId | undefined): readonly T[] {
  const at = tasks.findIndex((task) => task.id === before);
  return at < 0 ? [...tasks, ...more] : [...tasks.slice(0, at), ...more, ...tasks.slice(at)];
}

function expand<T extends TaskSpec>(tasks: readonly T[], { taskId, into }: Extract<PlanChange, { kind: 'expand' }>, make: TaskMaker<T>) {
  const ids = into.map((spec) => spec.id);
  const replaced = (task: T): T =>
    task.dependencies.includes(taskId)
      ? make.edited(task, { ...task, dependencies: task.dependencies.flatMap((id) => (id === taskId ? ids : [id])) })
      : task;
  return tasks.flatMap((task) => (task.id === taskId ? into.map((spec) => make.added(spec)) : [replaced(task)]));
}

/** The specifications alone, for checking a plan before it is changed. */
export function specsAfter(tasks: readonly TaskSpec[], changes: readonly PlanChange[]): readonly TaskSpec[] {
  return applyChanges<TaskSpec>(tasks, changes, {
    added: (spec) => spec,
    edited: (_, spec) => spec,
    cancelled: (task) => task,
  });
}
