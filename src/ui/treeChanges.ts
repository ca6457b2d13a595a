import { openAsks } from '../core/rows.ts';
import type { Agent, FleetState } from '../core/state.ts';
import type { FleetNode, FleetNodes } from './fleetNodes.ts';

/** What two states differ in, as far as the tree shows it. Told by identity: the reducer keeps what did not change. */
export interface TreeChanges {
  /** Runs came or went, or the first thing asked of the person did. */
  readonly root: boolean;
  /** Nodes whose children are others than before. */
  readonly families: ReadonlySet<FleetNode>;
  /** Nodes whose own row may look different. */
  readonly rows: ReadonlySet<FleetNode>;
}

export function treeChanges(before: FleetState, after: FleetState, nodes: FleetNodes): TreeChanges {
  const families = new Set<FleetNode>();
  const rows = new Set<FleetNode>();
  let root = before.runs !== after.runs;
  if (before.agents !== after.agents) {
    for (const agent of Object.values<Agent>(after.agents)) {
      const old = before.agents[agent.id];
      if (old === agent) {
        continue;
      }
      rows.add(nodes.agent(agent.id));
      rows.add(nodes.run(agent.runId));
      if (old === undefined) {
        families.add(parentNode(agent, nodes));
      }
    }
    for (const agent of Object.values<Agent>(before.agents)) {
      if (after.agents[agent.id] === undefined) {
        families.add(parentNode(agent, nodes));
        rows.add(nodes.run(agent.runId));
      }
    }
  }
  if (before.asks !== after.asks) {
    root ||= (openAsks(before).length === 0) !== (openAsks(after).length === 0);
    families.add(nodes.needsYou);
  }
  return { root, families, rows };
}

function parentNode(agent: Agent, nodes: FleetNodes): FleetNode {
  return agent.parentId === undefined ? nodes.run(agent.runId) : nodes.agent(agent.parentId);
}
