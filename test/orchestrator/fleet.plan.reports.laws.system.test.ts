import assert from 'node:assert/strict';
import fc from 'fast-check';
import { examples } from '../support/examples.ts';
import type { PlanChange } from '../../src/core/events.ts';
import { toId } from '../../src/core/ids.ts';
import { findCycle, isSettled } from '../../src/core/plan/planGraph.ts';
import { specOf } from '../../src/core/plan/reducePlan.ts';
import { validatePlan } from '../../src/core/plan/validatePlan.ts';
import { settle } from '../support/fakeClock.ts';
import { onlyRun, planFleet, shortTask } from '../support/planRun.ts';
import { call, fail, report, reply, type Script } from '../support/scriptedModel.ts';
import { TestFleet } from '../support/testFleet.ts';
import { testTool } from '../support/testTools.ts';

/** Sleeps by the clock of whichever fleet there is now. */
function workTool(test: () => TestFleet) {
  return testTool('work', async ({ seconds }, _, signal) => {
    await test().clock.sleep(Number(seconds) * 1000, signal);
    return { text: 'worked', isError: false };
  });
}

interface Owned {
  readonly after: readonly number[];
  readonly attempts: number;
  /** So many of its attempts fail. */
  readonly failures: number;
}

const owned: fc.Arbitrary<readonly Owned[]> = fc.array(
  fc.record({
    after: fc.array(fc.nat(5), { maxLength: 2 }),
    attempts: fc.integer({ min: 1, max: 3 }),
    failures: fc.nat(3),
  }),
  { minLength: 1, maxLength: 5 },
);

const moves = fc.array(fc.record({ what: fc.constantFrom('kill', 'reload', 'pause', 'cancel', 'time'), who: fc.nat(9) }), { maxLength: 8 });

describe('tasks that a lead planned, with dependencies and attempts', () => {
  it('are each told to it exactly once, whatever is killed, cancelled, paused and reloaded in between', async () => {
    await fc.assert(
      fc.asyncProperty(owned, moves, async (tasks, steps) => {
        const addTool = testTool('add', (_, { coordination, agentId }) => {
          const changes = tasks.map(
            ({ after, attempts }, index): PlanChange => ({
              kind: 'add',
              task: {
                ...shortTask({ id: `t${index}`, attempts, after: index === 0 ? [] : [...new Set(after.map((id) => `t${id % index}`))] }),
                owner: agentId,
              },
            }),
          );
          const result = coordination.changePlan(changes, 'divided');
          return { text: result.ok ? 'added' : result.rejection.message, isError: !result.ok };
        });
        const scripts: Record<string, Script> = {
          lead: (request, turn) =>
            turn === 0
              ? call('add')
              : JSON.stringify(request.messages).split(/ from=\\"(?:agent|engine)/).length > 40 || turn > 30
                ? report('all in')
                : reply(call('wait_for_agents'), call('work', { seconds: 60 })),
          '*': (request, turn) => {
            if (turn === 0) {
              return call('work', { seconds: 30 });
            }
            const label = test.state.agents[request.agentId]?.label ?? '';
            const [, number, attempt = '1'] = /^t(\d+)(?:-(\d+))?$/.exec(label) ?? [];
            return Number(attempt) <= (tasks[Number(number)]?.failures ?? 0) ? fail('refused', 'never') : report(`done by ${label}`);
          },
        };
        const options = () => ({ tools: [addTool, workTool(() => test)], settings: { maxConcurrentAgents: 3, maxAgentsPerRun: 60 } });
        let test = new TestFleet(scripts, options());
        test.start();
        await settle();
        await test.clock.advance(1000);
        for (const { what, who } of steps) {
          const { runId, tasks: now } = onlyRun(test).plan;
          const agents = Object.values(test.state.agents).filter((agent) => agent.label !== 'lead');
          const agent = agents[who % Math.max(1, agents.length)];
          const task = now[1 + (who % Math.max(1, now.length - 1))];
          if (what === 'kill' && agent !== undefined) {
            test.fleet.execute({ type: 'killAgent', agentId: agent.id });
          } else if (what === 'cancel' && task !== undefined) {
            test.fleet.execute({ type: 'changePlan', runId, changes: [{ kind: 'cancel', taskId: task.id }], reason: 'no longer' });
          } else if (what === 'reload') {
            const { journal, blobs } = test;
            test = new TestFleet(scripts, { ...options(), entries: journal.entries, blobs });
            test.fleet.execute({ type: 'resumeRun', runId });
          } else if (what === 'pause') {
            test.fleet.execute({ type: 'pauseRun', runId });
            await test.clock.advance(7000);
            test.fleet.execute({ type: 'resumeRun', runId });
          }
          await test.clock.advance(11_000);
        }
        await test.clock.advance(3_600_000);
        const { tasks: all } = onlyRun(test).plan;
        assert.ok(all.every(isSettled), test.timeline());
        const lead = test.agent('lead').id;
        const news = test.journal.events.flatMap((event) =>
          event.type === 'messageQueued' && event.to === lead && (event.kind === 'report' || /^Task t\d/.test(event.text)) ? [event] : [],
        );
        for (const task of all.filter((one) => one.owner === lead)) {
          const last = task.history.at(-1)?.agentId;
          const about = news.filter(
            ({ from, text }) =>
              text.startsWith(`Task ${task.id} `) || (from.kind === 'agent' && task.history.some((one) => one.agentId === from.agentId)),
          );
          assert.equal(about.length, 1, `${task.id} ${task.status}\n${test.timeline()}`);
          const [{ from } = { from: undefined }] = about;
          assert.ok(from?.kind !== 'agent' || from.agentId === last, 'the last attempt reports');
        }
        assert.equal(new Set(news.map(({ messageId }) => messageId)).size, all.length - 1, test.timeline());
        assert.deepEqual(test.errors, []);
        assert.deepEqual(test.model.violations, []);
      }),
      examples(8, 500),
    );
  });
});

describe('a plan that agents change and propose to change', () => {
  const step = fc.record({
    how: fc.constantFrom('change', 'propose', 'accept', 'reject', 'decide'),
    kind: fc.constantFrom('add', 'edit', 'cancel', 'move'),
    id: fc.nat(6),
    after: fc.array(fc.nat(9), { maxLength: 3 }),
    who: fc.nat(3),
  });

  it('holds after every step, and every proposal is settled at most once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        const test: TestFleet = planFleet(
          [
            { id: 't0' },
            { id: 't1' },
            { id: 't2', agentType: 'person', after: ['t0'], gate: { kind: 'person' } },
            { id: 't3', after: ['t1'] },
            { id: 't4', after: ['t2', 't3'], collects: toId('task', 't0') },
          ],
          { '*': (_, turn) => (turn === 0 ? call('work', { seconds: 40 }) : report('done')) },
          { tools: [workTool(() => test)], settings: { maxAgentsPerRun: 60 } },
        );
        test.start();
        await settle();
        for (const { how, kind, id, after, who } of steps) {
          const { plan } = onlyRun(test);
          const { runId } = plan;
          const agents = Object.values(test.state.agents);
          const agentId = agents[who % agents.length]?.id ?? toId('agent', 'none');
          const by = { kind: 'agent', agentId } as const;
          const taskId = toId('task', `t${id}`);
          const task = shortTask({
            id: kind === 'add' ? `n${id}` : `t${id}`,
            after: after.map((one) => (one > 6 ? `n${one - 6}` : `t${one}`)),
          });
          const change: PlanChange =
            kind === 'add' || kind === 'edit' ? { kind, task } : kind === 'cancel' ? { kind, taskId } : { kind: 'move', taskId };
          const proposal = plan.proposals[who % Math.max(1, plan.proposals.length)];
          const decision = plan.decisions.find((one) => one.answer === undefined && one.purpose === 'proposal');
          if (how === 'change') {
            test.fleet.execute({ type: 'changePlan', runId, changes: [change], reason: 'because', by });
          } else if (how === 'propose') {
            test.fleet.execute({ type: 'proposeChange', runId, changes: [change], reason: 'because', by });
          } else if (how === 'decide' && decision !== undefined) {
            test.fleet.execute({ type: 'decide', askId: decision.askId, choice: who % 2 === 0 ? 'accept' : 'reject' });
          } else if (proposal !== undefined) {
            test.fleet.execute({ type: 'settleProposal', runId, proposalId: proposal.id, accept: how === 'accept' });
          }
          await test.clock.advance(3000);
          const { tasks } = onlyRun(test).plan;
          assert.equal(findCycle(tasks), undefined);
          const limits = { agentTypes: ['general', 'lead'], changesFiles: () => false, maxTasks: 60 };
          assert.deepEqual(validatePlan(tasks.map(specOf), limits).errors, []);
          const gate = tasks.find((one) => one.id === 't2');
          const last = tasks.find((one) => one.id === 't4');
          const byAgents = onlyRun(test).plan.revisions.filter(
            ({ by: author, proposalId }) => author.kind === 'agent' && proposalId === undefined,
          );
          assert.ok(!byAgents.some(({ was }) => was.some((one) => one.id === 't2')), 'no agent touches the gate of the person');
          const accepted = onlyRun(test).plan.proposals.some((one) => one.settled?.accepted === true);
          assert.ok(accepted || gate?.status !== 'waiting' || last?.history.length === 0, 'what waits for the person waits');
        }
        await test.clock.advance(3_600_000);
        const { plan } = onlyRun(test);
        const settledOnce = test.journal.events.flatMap((event) => (event.type === 'proposalSettled' ? event.proposalId : []));
        assert.equal(new Set(settledOnce).size, settledOnce.length);
        const stuck = plan.tasks.filter((task) => !isSettled(task));
        const open = plan.decisions.some((one) => one.answer === undefined);
        assert.ok(stuck.length === 0 || open, `${stuck.map((task) => task.id)} waits for nothing\n${test.timeline()}`);
        assert.deepEqual([test.errors, test.model.violations], [[], []]);
      }),
      examples(25, 2000),
    );
  });
});
