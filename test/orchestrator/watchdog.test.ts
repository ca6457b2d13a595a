import * as assert from 'node:assert/strict';
import type { Decision } from '../../src/core/state.ts';
import { Gate } from '../support/gate.ts';
import { call, report, say, shaped, stall } from '../support/scriptedModel.ts';
import { TestFleet, type TestFleetOptions } from '../support/testFleet.ts';
import { gatedTool, testTool } from '../support/testTools.ts';

const minute = 60_000;
const echo = testTool('echo', () => ({ text: 'the same', isError: false }));
const failing = testTool('fail', (input) => ({ text: `no ${String(input['n'])}`, isError: true }));

/** A fleet that gives an agent five minutes, with a model that may be silent for hours. */
function watched(script: ConstructorParameters<typeof TestFleet>[0], options: TestFleetOptions = {}): TestFleet {
  return new TestFleet(script, { tools: [echo, failing], ...options, settings: { idleTimeoutMs: 600 * minute, ...options.settings } });
}

const questions = (fleet: TestFleet): readonly Decision[] =>
  Object.values(fleet.state.plans).flatMap((plan) => plan.decisions.filter(({ purpose }) => purpose === 'stuck'));
const nudges = (fleet: TestFleet): readonly string[] =>
  fleet.journal.events.flatMap((event) =>
    event.type === 'messageQueued' && event.text.startsWith('You seem to make no progress') ? [event.text] : [],
  );
/** The same call each turn, and each turn only when the gate lets it. */
const again = (...gates: readonly Gate[]) => gates.map((before) => shaped({ before }, call('echo', { n: 1 })));

async function pass(gates: readonly Gate[], fleet: TestFleet, turns: number): Promise<void> {
  for (const gate of gates) {
    gate.open();
  }
  await fleet.until(() => fleet.agent('lead').turn === turns);
}

describe('the watchdog', () => {
  it('breaks a silent model off with a message, and asks the person when that has changed nothing for as long again', async () => {
    const fleet = watched({ lead: [stall(say('Hm.')), stall()] });
    fleet.start();
    await fleet.model.requested('lead');
    await fleet.clock.advance(4 * minute);
    assert.deepEqual(nudges(fleet), []);
    await fleet.clock.advance(2 * minute);
    assert.match(nudges(fleet).join(), /has been waiting for its model for 5 min without a sign\. Go on with the next step/);
    const { request } = await fleet.model.requested('lead', 2);
    assert.match(JSON.stringify(request.messages.at(-1)), /You seem to make no progress/);
    await fleet.clock.advance(3 * minute);
    assert.equal(questions(fleet).length, 0);
    await fleet.clock.advance(3 * minute);
    const [question] = questions(fleet);
    assert.equal(question?.agentId, fleet.agent('lead').id);
    assert.equal(question?.taskId, fleet.agent('lead').taskId);
    assert.deepEqual(
      question?.ask.options.map(({ choice }) => choice),
      ['goOn', 'wrapUp', 'kill'],
    );
    await fleet.clock.advance(30 * minute);
    assert.equal(questions(fleet).length, 1, 'asked once');
    assert.equal(fleet.agent('lead').stage, 'working', 'and never stopped by itself');
    await fleet.fleet.stop();
    assert.equal(questions(fleet)[0]?.answer?.choice, 'withdrawn');
    assert.deepEqual(fleet.errors, []);
  });

  it('watches anew when the person lets it go on, and stops it when the person says so', async () => {
    const fleet = watched({ lead: () => stall() });
    fleet.start();
    await fleet.model.requested('lead');
    await fleet.clock.advance(12 * minute);
    const [first] = questions(fleet);
    assert.ok(first !== undefined);
    fleet.do({ type: 'decide', askId: first.askId, choice: 'goOn' });
    await fleet.clock.advance(4 * minute);
    assert.equal(nudges(fleet).length, 1);
    await fleet.clock.advance(8 * minute);
    assert.equal(nudges(fleet).length, 2);
    const second = questions(fleet)[1];
    assert.ok(second !== undefined);
    fleet.do({ type: 'decide', askId: second.askId, choice: 'kill' });
    await fleet.ended();
    assert.equal(questions(fleet)[1]?.answer?.choice, 'kill');
  });

  it('tells an agent that makes the same call again and again, asks when it goes on, and withdraws when it stops', async () => {
    const gates = Array.from({ length: 9 }, () => new Gate());
    const fleet = watched({ lead: [...again(...gates), shaped({ before: new Gate() }, report('x'))] });
    fleet.start();
    await fleet.model.requested('lead');
    await pass(gates.slice(0, 3), fleet, 4);
    await fleet.clock.advance(minute);
    assert.deepEqual(nudges(fleet), []);
    await pass(gates.slice(3, 4), fleet, 5);
    await fleet.clock.advance(minute);
    assert.match(nudges(fleet).join(), /has made the same call 4 times with the same result: echo\. The same call will not give/);
    await pass(gates.slice(4, 6), fleet, 7);
    await fleet.clock.advance(4 * minute);
    assert.equal(questions(fleet).length, 0);
    await pass(gates.slice(6, 7), fleet, 8);
    await fleet.clock.advance(minute);
    assert.match(questions(fleet)[0]?.ask.detail ?? '', /has made the same call 4 times/);
    await fleet.fleet.stop();
  });

  it('withdraws its question when the agent gets out of it', async () => {
    const gates = Array.from({ length: 8 }, () => new Gate());
    const other = new Gate();
    const fleet = watched({ lead: [...again(...gates), shaped({ before: other }, call('echo', { n: 2 })), stall()] });
    fleet.start();
    await fleet.model.requested('lead');
    await pass(gates.slice(0, 4), fleet, 5);
    await fleet.clock.advance(minute);
    await pass(gates.slice(4, 7), fleet, 8);
    await fleet.clock.advance(6 * minute);
    assert.equal(questions(fleet).length, 1);
    await pass([...gates.slice(7), other], fleet, 10);
    await fleet.clock.advance(minute);
    assert.equal(questions(fleet)[0]?.answer?.choice, 'withdrawn');
    await fleet.fleet.stop();
  });

  it('leaves alone who works, streams, prints, waits or is paused', async () => {
    const approval = new TestFleet(
      { lead: [call('ask')] },
      {
        tools: [testTool('ask', () => ({ text: '', isError: false }), { ask: { kind: 'command', title: 'x', command: 'x', folder: '.' } })],
      },
    );
    approval.start();
    await approval.until(() => approval.waitsFor('lead') === 'approval');
    const waiting = watched({
      lead: [call('spawn_agent', { label: 'kid' }), call('wait_for_agents')],
      kid: [shaped({ pace: { chars: 1, ms: 4 * minute } }, say('slowly'))],
    });
    waiting.start();
    await waiting.until(() => waiting.waitsFor('lead') === 'children');
    const paused = watched({ lead: [call('echo'), stall()] });
    const id = paused.start();
    paused.do({ type: 'pauseAgent', agentId: id });
    await paused.until(() => paused.phase('lead') === 'paused');
    for (const fleet of [approval, waiting, paused]) {
      await fleet.clock.advance(20 * minute);
      assert.deepEqual(nudges(fleet), []);
      assert.deepEqual(questions(fleet), []);
      await fleet.fleet.stop();
    }
  });

  it('does not break off a command that says nothing, and asks about it in the end', async () => {
    const gate = new Gate();
    const fleet = watched({ lead: [call('build'), stall()] }, { tools: [gatedTool('build', gate)] });
    fleet.start();
    await fleet.until(() => fleet.phase('lead') === 'runningTools');
    await fleet.clock.advance(12 * minute);
    assert.deepEqual(nudges(fleet), [], 'nobody would read it');
    assert.equal(fleet.agent('lead').openCalls.length, 1);
    assert.match(questions(fleet)[0]?.ask.detail ?? '', /has been at build for 1\d min without a sign/);
    gate.open();
    await fleet.model.requested('lead', 2);
    await fleet.clock.advance(minute);
    assert.equal(questions(fleet)[0]?.answer?.choice, 'withdrawn');
    await fleet.fleet.stop();
  });

  it('sets no alarm while no agent is at work', async () => {
    const fleet = watched({ lead: [report('done')] });
    assert.equal(fleet.clock.pending(), 0);
    fleet.start();
    await fleet.ended();
    await fleet.clock.advance(minute);
    assert.equal(fleet.clock.pending(), 0);
  });
});
