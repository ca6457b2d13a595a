import { toId } from '../../src/core/ids.ts';
import { emptyPlan } from '../../src/core/plan/reducePlan.ts';
import type { Attempt, Decision, Plan, Task } from '../../src/core/state.ts';

/** A task of a plan in the state, waiting; what a test is about is given. */
export function taskIn(id: string, part: Partial<Task> = {}): Task {
  return {
    id: toId('task', id),
    title: id,
    agentType: 'general',
    brief: { objective: `Do ${id}` },
    dependencies: [],
    priority: 'medium',
    attempts: 1,
    status: 'waiting',
    history: [],
    round: 1,
    tries: 0,
    addedAt: 0,
    addedBy: { kind: 'person' },
    ...part,
  };
}

/** A finished attempt of an agent. */
export function attemptOf(agentId: string, part: Partial<Attempt> = {}): Attempt {
  return { agentId: toId('agent', agentId), round: 1, startedAt: 0, endedAt: 1000, outcome: 'done', ...part };
}

/** A plan of the run `run` with these tasks. */
export function planOf(tasks: readonly Task[], part: Partial<Plan> = {}): Plan {
  return { ...emptyPlan(toId('run', 'run')), tasks, ...part };
}

/** An open decision about the run `run`. */
export function decisionOf(id: string, part: Partial<Decision> = {}): Decision {
  return {
    askId: toId('ask', id),
    runId: toId('run', 'run'),
    purpose: 'fanOut',
    ask: {
      kind: 'decision',
      title: 'Start 12 agents?',
      detail: 'Expected in all: about 1M tokens.',
      options: [
        { choice: 'approve', label: 'Start 12 agents', detail: 'about 1M tokens' },
        { choice: 'decline', label: 'Do not start them' },
      ],
    },
    at: 0,
    ...part,
  };
}
