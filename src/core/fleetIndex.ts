import type { AgentId, RunId } from './ids.ts';
import type { Agent, FleetState, Plan, Run, Task } from './state.ts';

/** Who belongs under whom, in the order of the rows. */
export interface FleetTreeIndex {
  /** Newest first. */
  readonly runs: readonly RunId[];
  /** Agents without a parent that is still there, in the order they were spawned. */
  readonly rootsByRun: ReadonlyMap<RunId, readonly AgentId[]>;
  readonly childrenByAgent: ReadonlyMap<AgentId, readonly AgentId[]>;
  readonly agentsByRun: ReadonlyMap<RunId, readonly Agent[]>;
  /** Tasks that nobody has begun to work on, under their run or under the agent that asked for them, in the order of the plan. */
  readonly tasksByRun: ReadonlyMap<RunId, readonly Task[]>;
  readonly tasksByAgent: ReadonlyMap<AgentId, readonly Task[]>;
}

/** Sorts all agents under their runs and parents, once per state. */
export function indexFleet(state: FleetState): FleetTreeIndex {
  const rootsByRun = new Map<RunId, AgentId[]>();
  const childrenByAgent = new Map<AgentId, AgentId[]>();
  const agentsByRun = new Map<RunId, Agent[]>();
  for (const agent of Object.values<Agent>(state.agents)) {
    push(agentsByRun, agent.runId, agent);
    if (agent.parentId !== undefined && state.agents[agent.parentId] !== undefined) {
      push(childrenByAgent, agent.parentId, agent.id);
    } else {
      push(rootsByRun, agent.runId, agent.id);
    }
  }
  const runs = Object.values<Run>(state.runs)
    .map((run, order) => ({ run, order }))
    .sort((a, b) => b.run.startedAt - a.run.startedAt || b.order - a.order)
    .map(({ run }) => run.id);
  return { runs, rootsByRun, childrenByAgent, agentsByRun, ...indexTasks(state) };
}

/** The tasks that are shown as rows of their own, because nobody has begun to work on them. In the order of the plan. */
export function tasksWithoutAgent(plan: Plan): readonly Task[] {
  return plan.tasks.filter((task) => task.history.length === 0);
}

/** The agent that a task's row is under; undefined: the run itself. */
export function rowOwner(state: FleetState, task: Pick<Task, 'owner'>): AgentId | undefined {
  return task.owner !== undefined && state.agents[task.owner] !== undefined ? task.owner : undefined;
}

function indexTasks(state: FleetState): Pick<FleetTreeIndex, 'tasksByRun' | 'tasksByAgent'> {
  const tasksByRun = new Map<RunId, Task[]>();
  const tasksByAgent = new Map<AgentId, Task[]>();
  for (const plan of Object.values<Plan>(state.plans)) {
    for (const task of tasksWithoutAgent(plan)) {
      const owner = rowOwner(state, task);
      if (owner === undefined) {
        push(tasksByRun, plan.runId, task);
      } else {
        push(tasksByAgent, owner, task);
      }
    }
  }
  return { tasksByRun, tasksByAgent };
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) {
    map.set(key, [value]);
  } else {
    list.push(value);
  }
}
