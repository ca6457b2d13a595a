import { type TaskSpecInput, taskSpecSchema } from '../../src/core/planEvents.ts';
import { toId } from '../../src/core/ids.ts';
import { emptyPlan, reducePlan, withAttempt } from '../../src/core/plan/reducePlan.ts';
import type { Plan } from '../../src/core/state.ts';

export const sampleRunId = toId('run', 'run-1');

/** A task as short as one can be. */
export function sampleTask(id: string, more: Partial<TaskSpecInput> = {}) {
  const criteria = { constraints: { doneCriteria: ['it is done'] } };
  return taskSpecSchema.parse({ id, title: `Do ${id}`, agentType: 'builder', brief: { objective: `Do ${id}.`, ...criteria }, ...more });
}

/** `scout` is done, `build` runs, `test` waits for it, `docs` waits for nothing, and `old` was cancelled. */
export function samplePlan(): Plan {
  const by = { kind: 'engine' } as const;
  const tasks = [
    sampleTask('scout', { agentType: 'scout', title: 'Look around' }),
    sampleTask('build', {
      dependencies: [toId('task', 'scout')],
      priority: 'high',
      brief: {
        objective: 'Add the command.\nKeep the old one:\n- in the menu\n- on the key',
        scope: { paths: ['src/commands', 'src/menu.ts'] },
        constraints: { doneCriteria: ['the tests pass', 'no file is left over'] },
      },
    }),
    sampleTask('test', {
      dependencies: [toId('task', 'build')],
      agentType: 'reviewer',
      gate: { kind: 'verdict', backTo: toId('task', 'build') },
    }),
    sampleTask('docs'),
    sampleTask('old'),
  ];
  const runId = sampleRunId;
  const changes = tasks.map((task) => ({ kind: 'add', task }) as const);
  let plan = reducePlan(emptyPlan(runId), { type: 'planChanged', runId, by, reason: 'Workflow feature', changes }, 1000);
  plan = withAttempt(plan, toId('task', 'scout'), toId('agent', 'agent-scout'), 'new', 2000);
  plan = reducePlan(plan, { type: 'taskSettled', runId, taskId: toId('task', 'scout'), status: 'done', by }, 3000);
  plan = withAttempt(plan, toId('task', 'build'), toId('agent', 'agent-build'), 'new', 4000);
  const cancel = { kind: 'cancel', taskId: toId('task', 'old') } as const;
  return reducePlan(plan, { type: 'planChanged', runId, by: { kind: 'person' }, reason: 'Not needed', changes: [cancel] }, 5000);
}
