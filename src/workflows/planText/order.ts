import type { TaskId } from '../../core/ids.ts';

/** A task that has to go somewhere else: directly before another, or to the end. */
export interface Placement {
  readonly id: TaskId;
  readonly before?: TaskId | undefined;
}

/**
 * The fewest placements that turn one order into another. Ids that only the new order has are placed too; ids that only the old one has
 * stay where they are. In the order given, each can be done by itself.
 */
export function placements(old: readonly TaskId[], wanted: readonly TaskId[]): readonly Placement[] {
  const position = new Map(old.map((id, index) => [id, index]));
  const stay = longestRise(
    wanted.filter((id) => position.has(id)),
    (id) => position.get(id) ?? 0,
  );
  const placed: Placement[] = [];
  let before: TaskId | undefined;
  for (const id of wanted.toReversed()) {
    if (stay.has(id)) {
      before = id;
    } else {
      placed.push({ id, ...(before === undefined ? {} : { before }) });
    }
  }
  return placed.reverse();
}

/** The longest subsequence whose values rise. */
function longestRise(ids: readonly TaskId[], valueOf: (id: TaskId) => number): ReadonlySet<TaskId> {
  const best: { readonly length: number; readonly previous: number }[] = [];
  let last = -1;
  for (const [index, id] of ids.entries()) {
    let step = { length: 1, previous: -1 };
    for (const [earlier, other] of ids.slice(0, index).entries()) {
      const length = (best[earlier]?.length ?? 0) + 1;
      if (valueOf(other) < valueOf(id) && length > step.length) {
        step = { length, previous: earlier };
      }
    }
    best.push(step);
    last = step.length > (best[last]?.length ?? 0) ? index : last;
  }
  const rise = new Set<TaskId>();
  for (let index = last; index >= 0; index = best[index]?.previous ?? -1) {
    const id = ids[index];
    if (id !== undefined) {
      rise.add(id);
    }
  }
  return rise;
}
