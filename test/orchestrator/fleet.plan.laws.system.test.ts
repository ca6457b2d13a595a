import assert from 'node:assert/strict';
import fc from 'fast-check';
import { examples } from '../support/examples.ts';
import type { JournalEntry, TaskSpec } from '../../src/core/events.ts';
import { type TaskId, toId } from '../../src/core/ids.ts';
import { criticalPath, edgesOf, findCycle, inOrder, isSettled, remainingPaths } from '../../src/core/plan/planGraph.ts';
import { specOf } from '../../src/core/plan/reducePlan.ts';
import type { FleetState, Plan, Task } from '../../src/core/state.ts';
import { validatePlan } from '../../src/core/plan/validatePlan.ts';
import { settle } from '../support/fakeClock.ts';
import { planFleet, shortTask, type ShortTask } from '../support/planRun.ts';
import { call, fail, report, reply, type Script } from '../support/scriptedModel.ts';
import { TestFleet, type TestFleetOptions } from '../support/testFleet.ts';
import { testTool } from '../support/testTools.ts';

/** A task of a random plan: how long it works, which earlier tasks it waits for, whether it fails. */
interface Drawn {
  readonly seconds: number;
  readonly after: readonly number[];
  readonly fails: boolean;
  readonly partial: boolean;
  readonly attempts: number;
}

const drawn = (fails: fc.Arbitrary<boolean>): fc.Arbitrary<readonly Drawn[]> =>
  fc.array(
    fc.record({
      seconds: fc.integer({ min: 1, max: 60 }),
      after: fc.array(fc.nat(20), { maxLength: 3 }),
      fails,
      partial: fc.boolean(),
      attempts: fc.integer({ min: 1, max: 3 }),
    }),
    { minLength: 1, maxLength: 9 },
  );

/** Waiting only for earlier tasks, a plan has no cycle. */
function tasksOf(plan: readonly Drawn[]): readonly ShortTask[] {
  return plan.map(({ after, partial, attempts }, index) => ({
    id: `t${index}`,
    after: index === 0 ? [] : [...new Set(after.map((id) => `t${id % index}`))],
    ...(partial ? { partial } : {}),
    attempts,
  }));
}

/** Works for its time by the clock, then reports or fails. Attempts have numbered labels: t3, t3-2. */
function scripts(plan: readonly Drawn[]): Readonly<Record<string, Script>> {
  const one =
    ({ seconds, fails }: Drawn): Script =>
    (_, turn) =>
      turn === 0 ? reply(call('work', { seconds })) : fails ? fail('refused', 'never') : report('done');
  return Object.fromEntries(plan.flatMap((task, index) => [`t${index}`, `t${index}-2`, `t${index}-3`].map((label) => [label, one(task)])));
}

function fleetOf(plan: readonly Drawn[], options: TestFleetOptions = {}): TestFleet {
  const work = testTool('work', async ({ seconds }, _, signal) => {
    await test.clock.sleep(Number(seconds) * 1000, signal);
    return { text: 'worked', isError: false };
  });
  const test: TestFleet = planFleet(tasksOf(plan), scripts(plan), {
    ...options,
    tools: [work],
    settings: { maxConcurrentAgents: 50, maxAgentsPerRun: 60, ...options.settings },
  });
  return test;
}

function onlyPlan(state: FleetState): Plan {
  const [plan] = Object.values<Plan>(state.plans);
  assert.ok(plan !== undefined);
  return plan;
}

async function runToEnd(test: TestFleet): Promise<void> {
  test.start();
  await test.clock.advance(3_600_000);
}

/** When each task's first agent started and when it was settled, in ms. */
function times(entries: readonly JournalEntry[]): {
  readonly starts: ReadonlyMap<string, number>;
  readonly ends: ReadonlyMap<string, number>;
} {
  const starts = new Map<string, number>();
  const ends = new Map<string, number>();
  for (const { at, event } of entries) {
    if (event.type === 'agentSpawned' && event.taskId !== undefined && !starts.has(event.taskId)) {
      starts.set(event.taskId, at);
    } else if (event.type === 'taskSettled') {
      ends.set(event.taskId, at);
    }
  }
  return { starts, ends };
}

describe('random plans', () => {
  it('start no task before those it depends on, and bring every task to its end', async () => {
    await fc.assert(
      fc.asyncProperty(drawn(fc.boolean()), fc.integer({ min: 1, max: 4 }), async (plan, slots) => {
        const test = fleetOf(plan, { settings: { maxConcurrentAgents: slots } });
        await runToEnd(test);
        const { tasks } = onlyPlan(test.state);
        const { starts, ends } = times(test.journal.entries);
        for (const task of tasks) {
          assert.ok(isSettled(task), `${task.id} is ${task.status}`);
          for (const before of task.dependencies) {
            assert.ok(
              (starts.get(task.id) ?? Number.POSITIVE_INFINITY) >= (ends.get(before) ?? Number.POSITIVE_INFINITY),
              `${task.id} began before ${before} ended`,
            );
          }
        }
        assert.deepEqual(tasks.map(standing), tasks.map(expected(plan)));
        assert.deepEqual(test.errors, []);
        assert.deepEqual(test.model.violations, []);
      }),
      examples(40),
    );
  });

  it('take exactly as long as their critical path when there are slots enough', async () => {
    await fc.assert(
      fc.asyncProperty(drawn(fc.constant(false)), async (plan) => {
        const test = fleetOf(plan);
        await runToEnd(test);
        const { tasks } = onlyPlan(test.state);
        const { ends } = times(test.journal.entries);
        const seconds = new Map<TaskId, number>(tasks.map((task, index) => [task.id, plan[index]?.seconds ?? 0]));
        const path = criticalPath(tasks, (id) => seconds.get(id) ?? 0);
        assert.equal((Math.max(...ends.values()) - 1_000_000) / 1000, path.length);
        assert.equal(
          path.taskIds.reduce((sum, id) => sum + (seconds.get(id) ?? 0), 0),
          path.length,
        );
      }),
      examples(40),
    );
  });

  it('deliver each report of a lead’s tasks exactly once, whatever is killed and reloaded in between', async () => {
    const script: Record<string, Script> = {
      lead: (request, turn) => {
        if (turn === 0) {
          return reply(...['t0', 't1', 't2'].map((label) => call('spawn_agent', { label })));
        }
        const last = request.messages.at(-1);
        const woken = JSON.stringify(last).includes('woken');
        return woken && turn > 8 ? report('all in') : reply(call('wait_for_agents'));
      },
      '*': (_, turn) => (turn === 0 ? reply(call('work', { seconds: 30 })) : report('done')),
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ what: fc.constantFrom('kill', 'reload', 'time'), who: fc.nat(3) }), { maxLength: 8 }),
        async (moves) => {
          let test = new TestFleet(script, { tools: [workTool(() => test)] });
          test.start();
          await settle();
          for (const { what, who } of moves) {
            const agents = Object.values(test.state.agents);
            const agent = agents[who % agents.length];
            if (what === 'kill' && agent !== undefined && agent.parentId !== undefined) {
              test.fleet.execute({ type: 'killAgent', agentId: agent.id });
            } else if (what === 'reload') {
              const { entries } = test.journal;
              const before = test;
              test = new TestFleet(script, { tools: [workTool(() => test)], entries, blobs: before.blobs });
              test.fleet.execute({ type: 'resumeRun', runId: onlyPlan(test.state).runId });
            }
            await test.clock.advance(11_000);
          }
          await test.clock.advance(3_600_000);
          const plan = onlyPlan(test.state);
          const owned = plan.tasks.filter((task) => task.owner !== undefined);
          const reports = test.journal.entries.filter(({ event }) => event.type === 'messageQueued' && event.kind === 'report');
          assert.equal(reports.length, owned.length, test.timeline());
          assert.ok(plan.tasks.every(isSettled), test.timeline());
        },
      ),
      examples(25),
    );
  });

  it('stay without cycles and missing ids, whatever changes are asked for', () => {
    const change = fc.record({
      kind: fc.constantFrom('add', 'edit', 'cancel', 'move'),
      id: fc.nat(8),
      after: fc.array(fc.nat(8), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(drawn(fc.constant(false)), fc.array(change, { maxLength: 12 }), (plan, changes) => {
        const test = fleetOf(plan, { settings: { maxConcurrentAgents: 1 } });
        test.start();
        const { runId } = onlyPlan(test.state);
        for (const { kind, id, after } of changes) {
          const taskId = toId('task', `t${id}`);
          const task = shortTask({ id: kind === 'add' ? `n${id}` : `t${id}`, after: after.map((other) => `t${other}`) });
          test.fleet.execute({
            type: 'changePlan',
            runId,
            changes: [kind === 'add' || kind === 'edit' ? { kind, task } : kind === 'cancel' ? { kind, taskId } : { kind: 'move', taskId }],
          });
          const { tasks } = onlyPlan(test.state);
          assert.equal(findCycle(tasks), undefined);
          const { errors } = validatePlan(tasks.map(specOf), { agentTypes: ['general'], changesFiles: () => false, maxTasks: 60 });
          assert.deepEqual(errors, []);
        }
      }),
      examples(60),
    );
  });

  it('are put in order so that nothing comes before what it waits for', () => {
    fc.assert(
      fc.property(drawn(fc.constant(false)), (plan) => {
        const tasks: readonly TaskSpec[] = tasksOf(plan).map(shortTask);
        const order = inOrder(tasks.toReversed());
        const edges = edgesOf(tasks);
        assert.deepEqual([...order].sort(), tasks.map((task) => task.id).sort());
        for (const [id, before] of edges) {
          assert.ok(before.every((other) => order.indexOf(other) < order.indexOf(id)));
        }
        const remaining = remainingPaths(tasks, () => 1);
        assert.equal(Math.max(...remaining.values()), criticalPath(tasks, () => 1).length);
      }),
    );
  });
});

function standing(task: Task): string {
  return `${task.id} ${task.status}`;
}

/** What must become of each task, from the plan as it was drawn. */
function expected(plan: readonly Drawn[]): (task: Task) => string {
  const known = new Map<string, string>();
  return (task) => {
    const one = plan[Number(task.id.slice(1))];
    const before = task.dependencies.map((id) => known.get(id));
    const bad = before.filter((status) => status !== 'done').length;
    const skipped = task.partial === true ? bad > 0 && bad === before.length : bad > 0;
    const status = skipped ? 'skipped' : one?.fails === true ? 'failed' : 'done';
    known.set(task.id, status);
    return `${task.id} ${status}`;
  };
}

function workTool(test: () => TestFleet) {
  return testTool('work', async ({ seconds }, _, signal) => {
    await test().clock.sleep(Number(seconds) * 1000, signal);
    return { text: 'worked', isError: false };
  });
}
