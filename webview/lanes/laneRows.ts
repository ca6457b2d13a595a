import type { AgentId } from '../../src/core/ids.ts';
import type { Agent } from '../../src/core/state.ts';

/** One visible line of the tree of agents. */
export interface LaneRow {
  readonly agent: Agent;
  /** Depth below the topmost agent shown, from 0. */
  readonly depth: number;
  readonly children: number;
  readonly expanded: boolean;
  /** Position among its siblings, from 1, and how many there are: a screen reader cannot count rows that are not there. */
  readonly position: number;
  readonly siblings: number;
}

/** The agents as lines, each under its parent in the order they were spawned, without what lies under collapsed ones. */
export function laneRows(agents: readonly Agent[], collapsed: ReadonlySet<AgentId>): readonly LaneRow[] {
  const ids = new Set(agents.map((agent) => agent.id));
  const childrenById = new Map<AgentId | undefined, Agent[]>();
  for (const agent of agents) {
    const parent = agent.parentId !== undefined && ids.has(agent.parentId) ? agent.parentId : undefined;
    const siblings = childrenById.get(parent);
    if (siblings === undefined) {
      childrenById.set(parent, [agent]);
    } else {
      siblings.push(agent);
    }
  }
  const rows: LaneRow[] = [];
  const stack = linesOf(childrenById.get(undefined) ?? [], 0);
  for (let line = stack.pop(); line !== undefined; line = stack.pop()) {
    const children = childrenById.get(line.agent.id) ?? [];
    const expanded = children.length > 0 && !collapsed.has(line.agent.id);
    rows.push({ ...line, children: children.length, expanded });
    if (expanded) {
      stack.push(...linesOf(children, line.depth + 1));
    }
  }
  return rows;
}

/** Siblings as lines, last first, ready to be popped. */
function linesOf(siblings: readonly Agent[], depth: number): Omit<LaneRow, 'children' | 'expanded'>[] {
  return siblings.map((agent, at) => ({ agent, depth, position: at + 1, siblings: siblings.length })).reverse();
}

/** The rows that show in a window of `height` px scrolled by `top` px: from `start` to before `end`. */
export function visibleRows(
  count: number,
  rowHeight: number,
  top: number,
  height: number,
): { readonly start: number; readonly end: number } {
  const start = Math.max(0, Math.min(count, Math.floor(top / rowHeight)));
  const end = Math.max(start, Math.min(count, Math.ceil((top + height) / rowHeight)));
  return { start, end };
}
