import type { TaskId } from '../../core/ids.ts';
import type { PlanChange, TaskSpec } from '../../core/planEvents.ts';
import { isSettled, taskOf } from '../../core/plan/planGraph.ts';
import { emptyPlan, reducePlan } from '../../core/plan/reducePlan.ts';
import type { Plan, Revision, Task } from '../../core/state.ts';
import { changedKeys, fieldsOf, sameFields } from '../../core/plan/taskFields.ts';

/** A task as the text has it. */
export interface WrittenTask {
  readonly id: TaskId;
  readonly spec: TaskSpec;
}

/** Why what the text says about a task cannot be done. `rival`: the change of somebody else that it collides with. */
export interface Clash {
  readonly id: TaskId;
  readonly kind: 'edited' | 'removed' | 'added' | 'cancelled' | 'expanded' | 'started' | 'over' | 'overRemoved';
  /** What differs. */
  readonly keys: readonly string[];
  readonly rival?: Revision | undefined;
}

/** What becomes of a plan when a text is laid over it. */
export interface Merge {
  /** The tasks that will be there, in their order. */
  readonly wanted: readonly WrittenTask[];
  readonly edited: readonly WrittenTask[];
  readonly added: ReadonlySet<TaskId>;
  readonly cancelled: readonly TaskId[];
  readonly clashes: readonly Clash[];
}

/**
 * Lays a text over the plan as it is now. The text was made from the plan at `revision`: what it leaves as it was then stays as it is now,
 * and what both changed is a clash.
 */
export function mergeText(written: readonly WrittenTask[], plan: Plan, revision: number): Merge {
  const base = planAt(plan, revision);
  const clashes: Clash[] = [];
  const edited: WrittenTask[] = [];
  const added = new Set<TaskId>();
  const kept = new Map<TaskId, TaskSpec>();
  const rivalOf = (id: TaskId) => plan.revisions.slice(revision).findLast((one) => touches(one, id));
  for (const task of written) {
    const now = taskOf(plan, task.id);
    const before = taskOf(base, task.id);
    if (now === undefined && before !== undefined) {
      // A template that has become the tasks it stood for.
      if (!sameFields(fieldsOf(task.spec), fieldsOf(before))) {
        clashes.push({ id: task.id, kind: 'expanded', keys: [], rival: rivalOf(task.id) });
      }
      continue;
    }
    if (now === undefined) {
      added.add(task.id);
      kept.set(task.id, task.spec);
      continue;
    }
    const step = compare(task, now, before);
    if (typeof step !== 'string') {
      clashes.push({ ...step, rival: rivalOf(task.id) });
    }
    if (step === 'edit') {
      edited.push(task);
    }
    if (step !== 'drop') {
      kept.set(task.id, step === 'keep' ? now : task.spec);
    }
  }
  const ids = new Set(written.map(({ id }) => id));
  const cancelled: TaskId[] = [];
  for (const before of base.tasks) {
    const now = taskOf(plan, before.id);
    if (ids.has(before.id) || now === undefined || now.status === 'cancelled' || before.status === 'cancelled') {
      continue;
    }
    const clash = removalClash(before, now);
    if (clash === undefined) {
      cancelled.push(before.id);
    } else {
      clashes.push({ ...clash, rival: rivalOf(before.id) });
      kept.set(before.id, now);
    }
  }
  const visible = plan.tasks.filter(({ id, status }) => status !== 'cancelled' && !cancelled.includes(id));
  const others = visible.filter(({ id }) => !kept.has(id));
  for (const other of others) {
    kept.set(other.id, other);
  }
  const order = mergeOrder(
    written.map(({ id }) => id).filter((id) => kept.has(id)),
    base.tasks.map(({ id }) => id),
    visible.map(({ id }) => id),
  );
  const wanted = order.flatMap((id): WrittenTask[] => {
    const spec = kept.get(id);
    return spec === undefined ? [] : [{ id, spec }];
  });
  return { wanted, edited, added, cancelled, clashes };
}

function compare(task: WrittenTask, now: Task, before: Task | undefined): 'keep' | 'drop' | 'edit' | Clash {
  const mine = fieldsOf(task.spec);
  const theirs = fieldsOf(now);
  const old = before === undefined ? undefined : fieldsOf(before);
  const untouched = old !== undefined && sameFields(mine, old);
  if (now.status === 'cancelled') {
    return untouched ? 'drop' : { id: task.id, kind: 'cancelled', keys: [] };
  }
  if (untouched || sameFields(mine, theirs)) {
    return 'keep';
  }
  const keys = changedKeys(mine, old ?? theirs);
  if (now.status !== 'waiting') {
    return { id: task.id, kind: isSettled(now) ? 'over' : 'started', keys };
  }
  if (old === undefined) {
    return { id: task.id, kind: 'added', keys };
  }
  return sameFields(theirs, old) ? 'edit' : { id: task.id, kind: 'edited', keys: changedKeys(theirs, old) };
}

function removalClash(before: Task, now: Task): Clash | undefined {
  if (isSettled(now)) {
    return { id: now.id, kind: 'overRemoved', keys: [] };
  }
  const keys = changedKeys(fieldsOf(now), fieldsOf(before));
  return keys.length === 0 ? undefined : { id: now.id, kind: 'removed', keys };
}

/** The tasks of a merge with its clashes settled for one side; undefined when a clash cannot be won by the text. */
export function settle({ wanted, clashes }: Merge, plan: Plan, keep: 'mine' | 'theirs'): readonly WrittenTask[] | undefined {
  if (keep === 'mine') {
    const removed = new Set(clashes.filter(({ kind }) => kind === 'removed').map(({ id }) => id));
    return clashes.every(canBeWon) ? wanted.filter(({ id }) => !removed.has(id)) : undefined;
  }
  const clashing = new Set(clashes.map(({ id }) => id));
  return wanted.flatMap((task): WrittenTask[] => {
    const now = clashing.has(task.id) ? taskOf(plan, task.id) : undefined;
    return now === undefined ? [task] : now.status === 'cancelled' ? [] : [{ id: now.id, spec: now }];
  });
}

/** Whether the text's version may be saved over the other one. */
export function canBeWon({ kind }: Clash): boolean {
  return kind === 'edited' || kind === 'removed';
}

/** The plan as it was after so many of its changes. What became of its tasks is left out. */
export function planAt(plan: Plan, revision: number): Plan {
  if (revision >= plan.revisions.length) {
    return plan;
  }
  return plan.revisions.slice(0, revision).reduce<Plan>((past, { by, reason, changes, at }) => {
    return reducePlan(past, { type: 'planChanged', runId: plan.runId, by, reason, changes: [...changes] }, at);
  }, emptyPlan(plan.runId));
}

function touches(revision: Revision, id: TaskId): boolean {
  return revision.changes.some((change) => touched(change).includes(id));
}

function touched(change: PlanChange): readonly TaskId[] {
  switch (change.kind) {
    case 'add':
    case 'edit':
      return [change.task.id];
    case 'cancel':
    case 'move':
      return [change.taskId];
    case 'expand':
      return [change.taskId, ...change.into.map(({ id }) => id)];
  }
}

/** The order of the text where it was changed there, else the order of the plan; what only one of them knows goes behind what it stood behind. */
function mergeOrder(mine: readonly TaskId[], base: readonly TaskId[], theirs: readonly TaskId[]): readonly TaskId[] {
  const then = base.filter((id) => mine.includes(id));
  const unmoved = mine.filter((id) => base.includes(id)).every((id, index) => then[index] === id);
  return unmoved ? weave(theirs, mine) : weave(mine, theirs);
}

function weave(leading: readonly TaskId[], other: readonly TaskId[]): readonly TaskId[] {
  const order = [...leading];
  let behind = -1;
  for (const id of other) {
    const at = order.indexOf(id);
    if (at < 0) {
      order.splice(behind + 1, 0, id);
      behind += 1;
    } else {
      behind = at;
    }
  }
  return order;
}
