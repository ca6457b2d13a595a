import { type Artefact, type Plan, type Proposal, type Task } from '../../src/core/state.ts';
import { type PlanChange } from '../../src/core/events.ts';
import { toId } from '../../src/core/ids.ts';
import { agentId } from './fakes.ts';

/** A task that has not started; `id` is also its title. */
export function fakeTask(id: string, after: readonly string[] = [], changes: Partial<Task> = {}): Task {
  return {
    id: toId('task', id),
    title: id,
    agentType: 'builder',
    brief: { objective: `Do ${id}.` },
    dependencies: after.map((before) => toId('task', before)),
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

/** The same task with an agent at work on it. */
export function withWorker(task: Task, agent: string): Task {
  return { ...task, status: 'running', history: [...task.history, { agentId: agentId(agent), round: 1, startedAt: 0 }] };
}

/** A plan of these tasks. */
export function fakePlan(tasks: readonly Task[], changes: Partial<Plan> = {}): Plan {
  return { runId: toId('run', 'r1'), tasks, revisions: [], proposals: [], artefacts: [], decisions: [], ...changes };
}

/** An artefact of a plan, as the state knows it. */
export function fakeArtefact(name: string, version: number, by: string): Artefact {
  return { name, version, agentId: agentId(by), hash: 'h', bytes: 120, at: 0 };
}

/** An open proposal of an agent. */
export function fakeProposal(id: string, by: string, changes: readonly PlanChange[], more: Partial<Proposal> = {}): Proposal {
  return { id: toId('proposal', id), by: { kind: 'agent', agentId: agentId(by) }, reason: 'It is missing.', changes, at: 0, ...more };
}
