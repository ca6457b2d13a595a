import { openDecisions, openRequests } from '../core/openRequests.ts';
import { rowOwner, tasksWithoutAgent } from '../core/fleetIndex.ts';
import type { Agent, FleetState, Plan, Task } from '../core/state.ts';
import type { Train } from '../core/train/train.ts';
import { openTrainRequests } from '../core/train/trainRequest.ts';
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
  if (before.plans !== after.plans) {
    for (const plan of Object.values<Plan>(after.plans)) {
      const old: Plan | undefined = before.plans[plan.runId];
      if (old !== plan) {
        addPlanChanges(old, plan, after, nodes, families, rows);
      }
    }
  }
  if (before.trains !== after.trains) {
    for (const train of Object.values<Train>(after.trains)) {
      if (before.trains[train.id] !== train) {
        rows.add(nodes.run(train.runId));
      }
    }
  }
  if (before.asks !== after.asks || haveOtherTrainRequests(before, after) || haveOtherDecisions(before, after)) {
    root ||= (openRequests(before).length === 0) !== (openRequests(after).length === 0);
    families.add(nodes.needsYou);
  }
  return { root, families, rows };
}

/** A task's row may change with any other task of its plan; whose rows there are, only with tasks that came, went or were begun. */
function addPlanChanges(
  before: Plan | undefined,
  after: Plan,
  state: FleetState,
  nodes: FleetNodes,
  families: Set<FleetNode>,
  rows: Set<FleetNode>,
): void {
  rows.add(nodes.run(after.runId));
  const was = before === undefined ? [] : tasksWithoutAgent(before);
  const is = tasksWithoutAgent(after);
  is.forEach((task) => rows.add(nodes.task(after.runId, task.id)));
  if (was.length !== is.length || is.some((task, index) => task.id !== was[index]?.id || task.owner !== was[index]?.owner)) {
    for (const task of [...was, ...is]) {
      families.add(taskParent(state, after, task, nodes));
    }
  }
  for (const task of after.tasks) {
    const old = before?.tasks.find((one) => one.id === task.id);
    const assignee = task.history.at(-1)?.agentId;
    if (old?.round !== task.round && assignee !== undefined) {
      rows.add(nodes.agent(assignee));
    }
  }
}

function taskParent(state: FleetState, plan: Plan, task: Task, nodes: FleetNodes): FleetNode {
  const owner = rowOwner(state, task);
  return owner === undefined ? nodes.run(plan.runId) : nodes.agent(owner);
}

function haveOtherDecisions(before: FleetState, after: FleetState): boolean {
  if (before.plans === after.plans && before.runs === after.runs) {
    return false;
  }
  const was = openDecisions(before);
  const is = openDecisions(after);
  return was.length !== is.length || is.some((decision, index) => decision !== was[index]);
}

function haveOtherTrainRequests(before: FleetState, after: FleetState): boolean {
  if (before.trains === after.trains && before.agents === after.agents) {
    return false;
  }
  const was = openTrainRequests(before);
  const is = openTrainRequests(after);
  return was.length !== is.length || is.some((request, index) => request.askId !== was[index]?.askId);
}

function parentNode(agent: Agent, nodes: FleetNodes): FleetNode {
  return agent.parentId === undefined ? nodes.run(agent.runId) : nodes.agent(agent.parentId);
}
