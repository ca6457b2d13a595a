import assert from 'node:assert/strict';
import type { PlanTemplate } from '../../src/core/decideSpawn.ts';
import { toId } from '../../src/core/ids.ts';
import { metricsOf } from '../../src/core/result/runMetrics.ts';
import { resultOf } from '../../src/core/result/runResult.ts';
import { resultText } from '../../src/core/result/runResultText.ts';
import { phaseWord } from '../../src/core/selectors.ts';
import { createFleetScript } from '../support/messagesServer/fleetScript.ts';
import type { Piece, Reply } from '../support/messagesServer/reply.ts';
import type { SeenRequest } from '../support/messagesServer/server.ts';
import { openingOf } from '../support/messagesServer/wire.ts';
import { answer, onlyRun, openDecisions, runWord, shortTask, type ShortTask, standing, taskNamed } from '../support/planRun.ts';
import { openServerFleet, type ServerFleet } from '../support/serverFleet.ts';
import { testTool } from '../support/testTools.ts';

const read = testTool('read_file', () => ({ text: 'a line of the file\n'.repeat(20), isError: false }));
const reads: Reply = { pieces: [{ type: 'tool_use', name: 'read_file', input: { path: 'package.json' } }] };
type Input = NonNullable<Extract<Piece, { type: 'tool_use' }>['input']>;
const reports = (summary: string, rest: Input = {}): Reply => ({
  pieces: [{ type: 'tool_use', name: 'report', input: { summary, ...rest } }],
});
const refused: Reply = {
  pieces: [],
  fault: { kind: 'status', status: 400, body: { type: 'error', error: { type: 'invalid_request_error', message: 'this one is refused' } } },
};

/** Who asks, by the label its opening begins with. */
const labelOf = ({ request }: SeenRequest): string => /You are (\S+)\./.exec(openingOf(request))?.[1] ?? '';
const planOf =
  (tasks: readonly ShortTask[]): (() => PlanTemplate) =>
  () => ({ workflow: 'test', tasks: tasks.map(shortTask) });

async function using(fleet: Promise<ServerFleet>, use: (fleet: ServerFleet) => Promise<void>): Promise<void> {
  const opened = await fleet;
  try {
    await use(opened);
    assert.deepEqual(opened.server.violations, []);
    assert.deepEqual(opened.test.errors, []);
  } finally {
    await opened.close();
  }
}

const isOver = ({ test }: ServerFleet) => !['running', 'paused'].includes(runWord(test));
const count = (text: string, part: string) => text.split(part).length - 1;
const workers = Array.from({ length: 50 }, (_, index) => `w${index + 1}`);
const many = { maxConcurrentAgents: 60, maxAgentsPerRun: 60, fanOut: 100 };

describe('a star of fifty workers at a strict endpoint', () => {
  it('as a plan: all are done, and who collects is given every report exactly once', async () => {
    const script = (seen: SeenRequest): Reply =>
      seen.turn < 2 && labelOf(seen) !== 'sum' ? reads : reports(`${labelOf(seen)} found this.`);
    const template = planOf([...workers.map((id) => ({ id })), { id: 'sum', after: workers }]);
    await using(openServerFleet(script, { template, tools: [read], settings: many }), async (fleet) => {
      fleet.test.start();
      await fleet.until(() => isOver(fleet));
      assert.equal(runWord(fleet.test), 'done');
      const agents = Object.values(fleet.test.state.agents);
      assert.deepEqual([agents.length, agents.filter((agent) => phaseWord(agent) === 'done').length], [51, 51]);
      const given = fleet.server.seen.filter((seen) => labelOf(seen) === 'sum').map(({ request }) => openingOf(request));
      assert.equal(given.length, 1);
      assert.deepEqual(
        workers.filter((id) => count(given.join(), `Report of ${id}: ${id} found this.`) !== 1),
        [],
      );
    });
  });

  it('under a lead: all are done, and the lead reads every report exactly once', async () => {
    const script = createFleetScript({ workers: 50, turns: 2, firstMs: 0, betweenMs: 0, deltaChars: 200 });
    await using(openServerFleet(script, { tools: [read], settings: many }), async (fleet) => {
      const lead = fleet.test.start('Look around.');
      await fleet.until(() => isOver(fleet));
      const { agents } = fleet.test.state;
      assert.deepEqual([...new Set(Object.values(agents).map(phaseWord)), Object.keys(agents).length], ['done', 51]);
      const queued = fleet.test.journal.events.flatMap((event) =>
        event.type === 'messageQueued' && event.kind === 'report' && event.to === lead && event.from.kind === 'agent' ? [event] : [],
      );
      const read = fleet.test.journal.events.flatMap((event) =>
        event.type === 'messageDelivered' && event.agentId === lead ? event.messageId : [],
      );
      assert.equal(new Set(queued.map(({ from }) => from.kind === 'agent' && from.agentId)).size, 50);
      assert.deepEqual(queued.map(({ messageId }) => messageId).toSorted(), read.toSorted());
    });
  });
});

describe('a run of three phases at a strict endpoint', () => {
  it('in which research fails ends partial, and says what failed, why, and what was not started', async () => {
    const template = planOf([
      { id: 'code', phase: 'research' },
      { id: 'docs', phase: 'research', attempts: 2 },
      { id: 'plan-code', phase: 'plan', after: ['code'] },
      { id: 'plan-docs', phase: 'plan', after: ['docs'] },
      { id: 'write-docs', phase: 'execute', after: ['plan-docs'] },
      { id: 'sum', phase: 'execute', after: ['plan-code', 'write-docs'], partial: true },
    ]);
    const script = (seen: SeenRequest): Reply =>
      labelOf(seen).startsWith('docs') ? refused : reports(`${labelOf(seen)} came to its end.`);
    await using(openServerFleet(script, { template }), async (fleet) => {
      fleet.test.start();
      await fleet.until(() => isOver(fleet));
      assert.equal(runWord(fleet.test), 'partial');
      const { runId } = onlyRun(fleet.test).plan;
      const result = resultOf(fleet.test.state, runId) ?? assert.fail('no result');
      assert.equal(result.phase, 'partial');
      assert.deepEqual(
        result.failures.map(({ title, attempts, notStarted }) => ({ title, attempts, notStarted })),
        [{ title: 'docs', attempts: 2, notStarted: ['plan-docs', 'write-docs'] }],
      );
      assert.match(result.failures[0]?.why ?? '', /this one is refused/);
      assert.deepEqual(
        result.summaries.map(({ text }) => text),
        ['sum came to its end.'],
      );
      const { state } = fleet.test;
      const text = resultText(result, metricsOf(state, onlyRun(fleet.test).run, state.at), { visible: (value) => value });
      assert.match(
        text,
        /\*\*docs\*\* failed after 2 attempts: .*this one is refused.* Not started because of it: plan-docs, write-docs\./,
      );
      const sum = fleet.server.seen.find((seen) => labelOf(seen) === 'sum');
      assert.match(sum === undefined ? '' : openingOf(sum.request), /Report of plan-code/);
    });
  });
});

describe('a review loop at a strict endpoint', () => {
  const tasks = (rounds: number): readonly ShortTask[] => [
    { id: 'build' },
    { id: 'review', after: ['build'], gate: { kind: 'verdict', backTo: toId('task', 'build'), rounds } },
    { id: 'ship', after: ['review'] },
  ];
  const changes = reports('The door is missing.', { verdict: 'changes', findings: [{ text: 'there is no door' }] });
  /** The reviewer approves in this round. */
  const script =
    (approvesIn: number) =>
    (seen: SeenRequest): Reply =>
      labelOf(seen) !== 'review'
        ? reports(`${labelOf(seen)} ${seen.turn + 1}`)
        : seen.turn + 1 < approvesIn
          ? changes
          : reports('Everything is there.', { verdict: 'approve' });

  it('sends the work back with the findings and goes on when round 2 is approved', async () => {
    await using(openServerFleet(script(2), { template: planOf(tasks(3)) }), async (fleet) => {
      fleet.test.start();
      await fleet.until(() => isOver(fleet));
      assert.equal(standing(fleet.test), 'build done, review done, ship done');
      assert.equal(taskNamed(fleet.test, 'review').round, 2);
      const again = fleet.server.seen.find((seen) => labelOf(seen) === 'build' && seen.turn === 1);
      assert.match(JSON.stringify(again?.request.messages.at(-1)), /there is no door/);
      const { verdicts } = resultOf(fleet.test.state, onlyRun(fleet.test).plan.runId) ?? assert.fail('no result');
      assert.deepEqual(
        verdicts.map(({ round, verdict }) => [round, verdict]),
        [
          [1, 'changes'],
          [2, 'approve'],
        ],
      );
      assert.deepEqual(onlyRun(fleet.test).plan.decisions, []);
    });
  });

  const answers: readonly { readonly choice: string; readonly after: string; readonly ends: string }[] = [
    { choice: 'accept', after: 'build done, review done, ship done', ends: 'done' },
    { choice: 'reject', after: 'build done, review failed, ship skipped', ends: 'partial' },
  ];
  for (const { choice, after, ends } of answers) {
    it(`asks the person when no round is approved, and does as told: ${choice}`, async () => {
      await using(openServerFleet(script(99), { template: planOf(tasks(2)) }), async (fleet) => {
        fleet.test.start();
        await fleet.until(() => openDecisions(fleet.test).length === 1);
        const [decision] = openDecisions(fleet.test);
        assert.deepEqual([decision?.purpose, decision?.size], ['rounds', 2]);
        assert.match(decision?.ask.detail ?? '', /there is no door/);
        answer(fleet.test, 'again', 'look at the back');
        await fleet.until(() => openDecisions(fleet.test).length === 1);
        assert.equal(taskNamed(fleet.test, 'review').round, 3);
        const third = fleet.server.seen.find((seen) => labelOf(seen) === 'build' && seen.turn === 2);
        assert.match(JSON.stringify(third?.request.messages.at(-1)), /look at the back/);
        answer(fleet.test, choice, 'enough');
        await fleet.until(() => isOver(fleet));
        assert.equal(standing(fleet.test), after);
        assert.equal(runWord(fleet.test), ends);
      });
    });
  }
});
