import assert from 'node:assert/strict';
import { Gate } from '../support/gate.ts';
import { onlyRun, runWord, standing, taskNamed, told } from '../support/planRun.ts';
import { call, report, reply, type Script } from '../support/scriptedModel.ts';
import { TestFleet, type TestFleetOptions } from '../support/testFleet.ts';
import { gatedTool, testTool } from '../support/testTools.ts';

const handOver = testTool('hand_over', () => ({
  text: 'Handed over.',
  isError: false,
  report: {
    summary: 'Handed over.',
    findings: [],
    filesRead: [],
    filesChanged: [],
    recommendations: [],
    openQuestions: [],
    notes: [],
    handoff: { done: 'both are at work', left: 'their reports' },
  },
}));
const spawnTwo = reply(call('spawn_agent', { label: 'one' }), call('spawn_agent', { label: 'two' }));

/** Reports once it has read so many reports of its agents, each of which it may read once. */
const collecting =
  (reports: number): Script =>
  (request) =>
    JSON.stringify(request.messages).split('kind=\\"report\\"').length > reports ? report('all reports are in') : call('wait_for_agents');

/** A lead with two workers at work, each behind a gate. */
function leading(scripts: Record<string, Script>, options: TestFleetOptions = {}) {
  const [first, second] = [new Gate(), new Gate()];
  const test = new TestFleet(
    { one: [call('first'), report('one found this')], two: [call('second'), report('two found that')], ...scripts },
    { ...options, tools: [handOver, gatedTool('first', first), gatedTool('second', second), ...(options.tools ?? [])] },
  );
  test.start();
  return { test, first, second };
}

function reportsQueued(test: TestFleet): number {
  return test.journal.events.filter((event) => event.type === 'messageQueued' && event.kind === 'report').length;
}

describe('a lead that hands over while its workers are at work', () => {
  it('leaves them at work, and its successor gets the report of each exactly once', async () => {
    const { test, first, second } = leading({ lead: [spawnTwo, call('hand_over')], 'lead-2': collecting(2) });
    await test.until(() => test.phase('lead') === 'done' && test.waitsFor('lead-2') === 'children');
    assert.deepEqual([test.phase('one'), test.phase('two')], ['runningTools', 'runningTools']);
    const successor = test.agent('lead-2').id;
    assert.deepEqual(
      ['one', 'two'].map((label) => [test.agent(label).parentId, taskNamed(test, label).owner]),
      [
        [successor, successor],
        [successor, successor],
      ],
    );
    first.open();
    second.open();
    await test.until(() => standing(test) === 'lead done, one done, two done');
    const last = told(test, 'lead-2', test.model.requests.filter(({ label }) => label === 'lead-2').length - 1);
    assert.equal(last.split('one found this').length, 2);
    assert.equal(last.split('two found that').length, 2);
    assert.equal(reportsQueued(test), 2);
    assert.ok(!test.journal.events.some((event) => event.type === 'killAsked'));
    assert.equal(runWord(test), 'done');
    assert.deepEqual([test.errors, test.model.violations], [[], []]);
  });

  it('passes on a report that came when nobody was there to read it', async () => {
    const [third, fourth] = [new Gate(), new Gate()];
    const { test, first, second } = leading(
      { lead: [spawnTwo, call('third'), call('hand_over')], other: [call('fourth')], 'lead-2': collecting(2) },
      { settings: { maxConcurrentAgents: 3 }, tools: [gatedTool('third', third), gatedTool('fourth', fourth)] },
    );
    await third.reached;
    test.do({ type: 'spawnAgent', spawn: { label: 'other', brief: { objective: 'takes the slot of the lead' } } });
    third.open();
    await test.until(() => test.phase('lead') === 'done' && test.phase('other') === 'runningTools');
    assert.equal(test.phase('lead-2'), undefined);
    first.open();
    await test.until(() => test.phase('lead-2') === 'waiting');
    assert.match(told(test, 'lead-2', 0), /one found this/);
    second.open();
    await test.until(() => standing(test).startsWith('lead done, one done, two done'));
    assert.equal(reportsQueued(test), 2);
  });

  it('keeps what has not started, and a run that is full has room for the successor', async () => {
    const { test, first, second } = leading(
      { lead: [spawnTwo, call('hand_over')], 'lead-2': collecting(2) },
      { settings: { maxConcurrentAgents: 2, maxAgentsPerRun: 3 } },
    );
    first.open();
    second.open();
    await test.until(() => standing(test) === 'lead done, one done, two done');
    assert.equal(Object.keys(test.state.agents).length, 4);
    assert.equal(reportsQueued(test), 2);
  });

  it('again and again is ended with all that is below it', async () => {
    const leads = Array.from({ length: 9 }, (_, index): [string, Script] => [`lead-${index + 2}`, [call('hand_over')]]);
    const { test } = leading({ lead: [spawnTwo, call('hand_over')], ...Object.fromEntries(leads) });
    await test.ended();
    assert.equal(standing(test), 'lead failed, one failed, two failed');
    assert.match(taskNamed(test, 'lead').reason ?? '', /handed on too often/);
    assert.deepEqual([test.phase('one'), test.phase('two')], ['killed', 'killed']);
  });

  it('has no successor when it was killed in that moment', async () => {
    const { test } = leading({ lead: [spawnTwo, call('hand_over')], 'lead-2': collecting(2) });
    const killing = test.fleet.subscribe((entries) => {
      if (entries.some(({ event }) => event.type === 'toolStarted' && event.title === 'hand_over')) {
        killing.dispose();
        queueMicrotask(() => test.do({ type: 'killRun', runId: onlyRun(test).run.id }));
      }
    });
    await test.ended();
    assert.equal(test.phase('lead-2'), undefined);
    assert.equal(runWord(test), 'killed');
  });
});
