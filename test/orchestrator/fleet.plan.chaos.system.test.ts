import assert from 'node:assert/strict';
import fc from 'fast-check';
import { examples } from '../support/examples.ts';
import type { FleetCommandInput } from '../../src/core/commands.ts';
import type { PlanChange } from '../../src/core/events.ts';
import { toId } from '../../src/core/ids.ts';
import { findCycle, isSettled } from '../../src/core/plan/planGraph.ts';
import { isLive, runPhase } from '../../src/core/selectors.ts';
import type { Agent, Plan, Run } from '../../src/core/state.ts';
import { shortTask, type ShortTask } from '../support/planRun.ts';
import { call, fail, report, reply, type Script } from '../support/scriptedModel.ts';
import { TestFleet } from '../support/testFleet.ts';
import { testTool } from '../support/testTools.ts';

/** A plan with everything a plan can have. */
const tasks: readonly ShortTask[] = [
  { id: 'plan', attempts: 2 },
  { id: 'agree', after: ['plan'], agentType: 'person', gate: { kind: 'person', backTo: toId('task', 'plan') } },
  { id: 'find', after: ['agree'], publishes: ['list'] },
  { id: 'change', forEach: toId('task', 'find'), after: ['find'], attempts: 2 },
  { id: 'build', after: ['agree'], fallback: { model: 'other' } },
  { id: 'review', after: ['build', 'change'], gate: { kind: 'verdict', backTo: toId('task', 'build'), rounds: 2 } },
  { id: 'lead', agentType: 'lead' },
  { id: 'sum', after: ['review', 'lead'], collects: toId('task', 'lead'), partial: true },
];

const script: Record<string, Script> = {
  lead: (_, turn) =>
    turn === 0
      ? reply(call('spawn_agent', { label: 'one' }), call('spawn_agent', { label: 'two' }))
      : turn < 6
        ? reply(call('wait_for_agents'))
        : report('led'),
  find: (_, turn) =>
    turn === 0
      ? call('work')
      : report('found', {
          findings: [
            { text: 'x', path: 'a.ts' },
            { text: 'y', path: 'b.ts' },
          ],
        }),
  review: (_, turn) => (turn % 2 === 0 ? call('work') : report('judged', { verdict: turn % 4 === 1 ? 'changes' : 'approve' })),
  '*': (request, turn) =>
    turn % 2 === 0 ? call('work') : turn === 1 && request.agentId.length % 2 === 0 ? fail('refused', 'never') : report('done'),
};

const kinds = [
  'time',
  'time',
  'decide',
  'decide',
  'killAgent',
  'killRun',
  'killAll',
  'pauseRun',
  'pauseAll',
  'resumeRun',
  'resumeAll',
  'pauseAgent',
  'resumeAgent',
  'retryRun',
  'retryAgent',
  'followUp',
  'deleteAgent',
  'deleteEnded',
  'cancel',
  'add',
  'steer',
  'wrapUp',
  'reload',
] as const;
const moves = fc.array(fc.record({ kind: fc.constantFrom(...kinds), pick: fc.nat(40) }), { minLength: 8, maxLength: 25 });

function open(entries?: TestFleet): TestFleet {
  const work = testTool('work', async (_, __, signal) => {
    await test.clock.sleep(20_000, signal);
    return { text: 'worked', isError: false };
  });
  const test: TestFleet = new TestFleet(script, {
    template: () => ({ workflow: 'test', tasks: tasks.map(shortTask) }),
    tools: [work],
    settings: { maxConcurrentAgents: 3, maxAgentsPerRun: 200, fanOut: 9 },
    ...(entries === undefined ? {} : { entries: entries.journal.entries, blobs: entries.blobs }),
  });
  return test;
}

const pickOf = <T>(all: readonly T[], pick: number): T | undefined => all[pick % Math.max(1, all.length)];
const plansOf = (test: TestFleet) => Object.values<Plan>(test.state.plans);
const openDecisions = (test: TestFleet) => plansOf(test).flatMap((plan) => plan.decisions.filter((one) => one.answer === undefined));

/** A command a person could give now; undefined when there is nothing to give it for. */
function commandOf(test: TestFleet, kind: (typeof kinds)[number], pick: number): FleetCommandInput | undefined {
  const agentId = pickOf(Object.keys(test.state.agents), pick);
  const plan = pickOf(plansOf(test), pick);
  const decision = pickOf(openDecisions(test), pick);
  const choice = decision === undefined ? undefined : pickOf(decision.ask.options, pick)?.choice;
  const change = (one: PlanChange): FleetCommandInput | undefined =>
    plan === undefined ? undefined : { type: 'changePlan', runId: plan.runId, changes: [one], reason: 'because' };
  switch (kind) {
    case 'decide':
      return decision === undefined || choice === undefined ? undefined : { type: 'decide', askId: decision.askId, choice, text: 'so' };
    case 'killAll':
    case 'pauseAll':
    case 'resumeAll':
    case 'deleteEnded':
      return { type: kind };
    case 'killRun':
    case 'pauseRun':
    case 'resumeRun':
    case 'retryRun':
      return plan === undefined ? undefined : { type: kind, runId: plan.runId };
    case 'cancel': {
      const task = plan === undefined ? undefined : pickOf(plan.tasks, pick);
      return task === undefined ? undefined : change({ kind: 'cancel', taskId: task.id });
    }
    case 'add':
      return change({ kind: 'add', task: shortTask({ id: `more${pick}`, after: plan?.tasks.slice(-1).map(({ id }) => id) ?? [] }) });
    case 'time':
    case 'reload':
      return undefined;
    default:
      break;
  }
  if (agentId === undefined) {
    return undefined;
  }
  const id = toId('agent', agentId);
  switch (kind) {
    case 'followUp':
      return { type: 'followUpAgent', agentId: id, task: 'one more thing' };
    case 'steer':
      return { type: 'sendMessage', agentId: id, kind: 'steer', text: 'mind the gap', interrupt: pick % 2 === 0 };
    case 'wrapUp':
      return { type: 'wrapUpAgent', agentId: id };
    default:
      return { type: kind, agentId: id };
  }
}

function check(test: TestFleet): void {
  for (const plan of plansOf(test)) {
    assert.equal(findCycle(plan.tasks), undefined);
    for (const task of plan.tasks) {
      const atWork = Object.values<Agent>(test.state.agents).filter(
        (agent) => agent.taskId === task.id && agent.runId === plan.runId && isLive(agent),
      );
      assert.ok(atWork.length <= 1, `${task.id} has ${atWork.map(({ label }) => label)} at work\n${test.timeline()}`);
    }
  }
  const pointless = openDecisions(test).filter(({ taskId, runId }) =>
    test.state.plans[runId]?.tasks.some((one) => one.id === taskId && isSettled(one)),
  );
  assert.deepEqual(pointless, [], 'nothing is asked about what has come to its end');
}

describe('a person who does everything at the wrong moment', () => {
  it('never has two agents at a task, never is asked for nothing, and always gets every run to its end', async () => {
    await fc.assert(
      fc.asyncProperty(moves, async (steps) => {
        let test = open();
        test.start();
        const problems: string[] = [];
        for (const { kind, pick } of steps) {
          const command = commandOf(test, kind, pick);
          if (kind === 'reload') {
            problems.push(...test.errors, ...test.model.violations);
            test = open(test);
          } else if (command !== undefined) {
            test.fleet.execute(command);
          }
          check(test);
          await test.clock.advance(7000 + pick * 500);
          check(test);
        }
        const isOver = () =>
          plansOf(test).every((plan) => plan.tasks.every(isSettled)) &&
          Object.values<Agent>(test.state.agents).every((agent) => !isLive(agent));
        for (let round = 0; round < 60 && !isOver(); round++) {
          for (const plan of plansOf(test)) {
            test.fleet.execute({ type: 'resumeRun', runId: plan.runId });
          }
          test.fleet.execute({ type: 'resumeAll' });
          const [decision] = openDecisions(test);
          const [first] = decision?.ask.options ?? [];
          if (decision !== undefined && first !== undefined) {
            test.fleet.execute({ type: 'decide', askId: decision.askId, choice: first.choice });
          }
          await test.clock.advance(200_000);
        }
        for (const run of Object.values<Run>(test.state.runs)) {
          const standing = test.state.plans[run.id]?.tasks.map(({ id, status }) => `${id} ${status}`).join(', ');
          assert.ok(!['running', 'paused', 'interrupted'].includes(runPhase(test.state, run)), `${standing}\n${test.timeline()}`);
          assert.ok(test.state.plans[run.id]?.tasks.every(isSettled), `${standing}\n${test.timeline()}`);
        }
        assert.deepEqual([...problems, ...test.errors, ...test.model.violations], []);
      }),
      examples(5, 272),
    );
  });
});
