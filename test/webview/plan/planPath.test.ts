import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { toId } from '../../../src/core/ids.ts';
import { emptyPlan, newTask } from '../../../src/core/plan/reducePlan.ts';
import type { Plan, Task } from '../../../src/core/state.ts';
import { pathOf } from '../../../webview/plan/planPath.ts';
import { type ShortTask, shortTask } from '../../support/planRun.ts';

const agent = toId('agent', 'agent-1');

function task(short: ShortTask, status: Task['status'] = 'done', rest: Partial<Task> = {}): Task {
  return { ...newTask(shortTask(short), { kind: 'engine' }, 0), status, ...rest };
}

function planOf(...tasks: readonly Task[]): Plan {
  return { ...emptyPlan(toId('run', 'run-1')), tasks };
}

const path = (plan: Plan, work: Readonly<Record<string, number>>) => {
  const { taskIds, ms, guessed } = pathOf(plan, ({ id }) => work[id] ?? 0);
  return { tasks: [...taskIds].join(' '), ms, guessed };
};

describe('the critical path of a plan', () => {
  it('is the chain with the most work', () => {
    const plan = planOf(
      task({ id: 'a' }),
      task({ id: 'b', after: ['a'] }),
      task({ id: 'c', after: ['a'] }),
      task({ id: 'd', after: ['b', 'c'] }),
    );
    assert.deepEqual(path(plan, { a: 10, b: 5, c: 7, d: 1 }), { tasks: 'a c d', ms: 18, guessed: false });
  });

  it('counts what is not done as the average of what is, and says that it is a guess', () => {
    const plan = planOf(
      task({ id: 'a' }),
      task({ id: 'b' }),
      task({ id: 'c', after: ['a'] }, 'running'),
      task({ id: 'd', after: ['c'] }, 'waiting'),
    );
    assert.deepEqual(path(plan, { a: 10, b: 30, c: 1 }), { tasks: 'a c d', ms: 50, guessed: true });
  });

  it('goes by the number of tasks before anything was measured', () => {
    const plan = planOf(task({ id: 'a' }, 'waiting'), task({ id: 'b' }, 'waiting'), task({ id: 'c', after: ['b'] }, 'waiting'));
    assert.deepEqual(path(plan, {}), { tasks: 'b c', ms: undefined, guessed: true });
  });

  it('leaves out cancelled tasks, and does not count the time of the person as work', () => {
    const plan = planOf(
      task({ id: 'a' }),
      task({ id: 'b' }, 'cancelled'),
      task({ id: 'c', agentType: 'person', after: ['a', 'b'] }),
      task({ id: 'd', after: ['c'] }),
    );
    assert.deepEqual(path(plan, { a: 10, b: 90, c: 500, d: 1 }), { tasks: 'a c d', ms: 11, guessed: false });
  });

  it('leads through what an agent asked for to the agent itself', () => {
    const plan = planOf(
      task({ id: 'lead' }, 'done', { history: [{ agentId: agent, round: 1, startedAt: 0 }] }),
      task({ id: 'x', owner: agent }),
      task({ id: 'y', owner: agent }),
    );
    assert.deepEqual(path(plan, { lead: 4, x: 10, y: 20 }), { tasks: 'y lead', ms: 24, guessed: false });
  });

  it('is found even where a task and its owner wait for each other', () => {
    const history = [{ agentId: agent, round: 1, startedAt: 0 }];
    const plan = planOf(task({ id: 'lead' }, 'done', { history }), task({ id: 'x', owner: agent, after: ['lead'] }));
    assert.deepEqual(path(plan, { lead: 4, x: 10 }), { tasks: 'lead x', ms: 14, guessed: false });
  });

  it('takes no less than its longest task and no more than all together', () => {
    const works = fc.array(fc.tuple(fc.integer({ min: 1, max: 1_000 }), fc.array(fc.nat(30), { maxLength: 3 })), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(works, (list) => {
        const tasks = list.map(([, before], at) =>
          task({ id: `t${at}`, after: [...new Set(before.filter((one) => one < at))].map((one) => `t${one}`) }),
        );
        const work = new Map(tasks.map(({ id }, at) => [id, list[at]?.[0] ?? 0]));
        const { ms, taskIds } = pathOf(planOf(...tasks), ({ id }) => work.get(id) ?? 0);
        const all = [...work.values()];
        assert.ok(ms !== undefined && ms >= Math.max(...all) && ms <= all.reduce((sum, one) => sum + one, 0));
        assert.equal(
          [...taskIds].reduce((sum, id) => sum + (work.get(id) ?? 0), 0),
          ms,
        );
      }),
    );
  });
});
