import type { Effect, Gate } from '../events.ts';
import type { AgentId } from '../ids.ts';
import { subtreeOf } from '../selectors.ts';
import type { Agent, FleetState, Task } from '../state.ts';

type Ran = Extract<Effect, { kind: 'ran' }>;

/** The task an agent works on. */
export function taskOfAgent(state: FleetState, agent: Agent): Task | undefined {
  return state.plans[agent.runId]?.tasks.find((task) => task.id === agent.taskId);
}

/** The gate an agent judges, if its task is one. */
export function gateOfAgent(state: FleetState, id: AgentId): Gate | undefined {
  const agent = state.agents[id];
  return agent === undefined ? undefined : taskOfAgent(state, agent)?.gate;
}

/** Commands an agent ran to their end, oldest first; for a task, those of its present attempt, since an earlier round proves nothing about this one. */
export function commandsRunBy(state: FleetState, id: AgentId): readonly Ran[] {
  const agent = state.agents[id];
  const attempt = agent === undefined ? undefined : taskOfAgent(state, agent)?.history.findLast((one) => one.agentId === id);
  const since = attempt?.startedAt ?? 0;
  return (state.transcripts[id]?.turns ?? [])
    .flatMap((turn) => turn.calls)
    .filter((call) => (call.startedAt ?? 0) >= since)
    .flatMap((call) => call.effects)
    .filter((effect) => effect.kind === 'ran');
}

/** Whether the last run of a command by an agent ended with exit code 0; white space at its ends does not matter. */
export function ranOk(state: FleetState, id: AgentId, command: string): boolean {
  return commandsRunBy(state, id).findLast((ran) => ran.command.trim() === command.trim())?.exitCode === 0;
}

/** Files changed by agents whose results an agent was given: all below it, and those of the tasks before its own. */
export function changedForAgent(state: FleetState, id: AgentId): ReadonlySet<string> {
  const agent = state.agents[id];
  if (agent === undefined) {
    return new Set();
  }
  const below = subtreeOf(state, id).filter((other) => other.id !== id);
  const others = [...below, ...tasksBefore(state, agent).flatMap((task) => agentsOf(state, task))];
  return new Set(others.flatMap((other) => other.filesChanged));
}

function agentsOf(state: FleetState, { history }: Task): readonly Agent[] {
  return history.flatMap(({ agentId }) => state.agents[agentId] ?? []);
}

/** The tasks an agent asked for, and those its own task depends on, however far back. */
function tasksBefore(state: FleetState, agent: Agent): readonly Task[] {
  const tasks = state.plans[agent.runId]?.tasks ?? [];
  const found = new Set(tasks.filter((task) => task.owner === agent.id));
  const open = [taskOfAgent(state, agent)];
  for (let task = open.pop(); task !== undefined; task = open.pop()) {
    for (const id of task.dependencies) {
      const before = tasks.find((other) => other.id === id);
      if (before !== undefined && !found.has(before)) {
        found.add(before);
        open.push(before);
      }
    }
  }
  return [...found];
}
