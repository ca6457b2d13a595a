import type { Outcome, Report } from '../../src/core/events.ts';
import { type RunId, toId } from '../../src/core/ids.ts';
import { emptyPlan } from '../../src/core/plan/reducePlan.ts';
import { type Agent, type Attempt, emptyFleet, type FleetState, type Plan, type Task } from '../../src/core/state.ts';
import { fakeAgent } from '../tools/fakes.ts';

/** The run of fake agents and tasks. */
export const fakeRunId: RunId = toId('run', 'r1');

/** A task that waits; `id` is also its title unless another is given. */
export function fakeTask(id: string, changes: Partial<Task> = {}): Task {
  return {
    id: toId('task', id),
    title: id,
    agentType: 'general',
    brief: { objective: `Do ${id}.` },
    dependencies: [],
    priority: 'medium',
    attempts: 1,
    status: 'waiting',
    history: [],
    round: 1,
    tries: 0,
    addedAt: 0,
    addedBy: { kind: 'engine' },
    ...changes,
  };
}

/** An attempt by the agent with this id. */
export function fakeAttempt(agentId: string, changes: Partial<Attempt> = {}): Attempt {
  return { agentId: toId('agent', agentId), round: 1, startedAt: 0, ...changes };
}

/** A report with a summary and whatever else is given. */
export function fakeReport(summary: string, changes: Partial<Report> = {}): Report {
  return {
    summary,
    findings: [],
    filesRead: [],
    filesChanged: [],
    recommendations: [],
    openQuestions: [],
    notes: [],
    ...changes,
  };
}

/** An agent that has ended. */
export function endedAgent(id: string, outcome: Outcome, changes: Partial<Agent> = {}): Agent {
  return fakeAgent(id, { stage: 'ended', requesting: false, phase: { kind: 'ended', since: 0, outcome }, ends: 1, ...changes });
}

/** A state of one run with these tasks and agents. */
export function fakeState(tasks: readonly Task[], agents: readonly Agent[], plan: Partial<Plan> = {}): FleetState {
  return {
    ...emptyFleet,
    runs: { [fakeRunId]: { id: fakeRunId, label: 'run', task: 'task', startedAt: 0, by: { kind: 'person' } } },
    agents: Object.fromEntries(agents.map((agent) => [agent.id, agent])),
    plans: { [fakeRunId]: { ...emptyPlan(fakeRunId), tasks, ...plan } },
  };
}
