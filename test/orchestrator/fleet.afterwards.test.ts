import assert from 'node:assert/strict';
import { outcomeOf, phaseWord, reportOf } from '../../src/core/selectors.ts';
import { Gate } from '../support/gate.ts';
import { assertGolden } from '../support/golden.ts';
import { call, fail, report, say, shaped, stall } from '../support/scriptedModel.ts';
import { TestFleet } from '../support/testFleet.ts';
import { gatedTool, testTool } from '../support/testTools.ts';

const spawn = (...labels: string[]) => labels.map((label) => call('spawn_agent', { label }));

describe('follow up', () => {
  it('gives an ended agent a new task with its context kept', async () => {
    const test = new TestFleet({ lead: [report('first'), report('second')] });
    const lead = test.start();
    await test.ended();
    test.do({ type: 'followUpAgent', agentId: lead, task: 'and now the tests' });
    await test.until((state) => state.agents[lead]?.ends === 2);
    assert.deepEqual(test.model.violations, [], 'the history was only appended to');
    assert.match(JSON.stringify(test.model.requests.at(-1)?.request.messages), /kind=\\"followUp\\"[^>]*>\\nand now the tests/);
    assert.equal(reportOf(test.agent('lead'))?.summary, 'second');
  });
});

describe('retry', () => {
  it('goes on from the history after a failure', async () => {
    const test = new TestFleet({ lead: [call('work'), fail('auth', 'never'), report('done')] }, { tools: [gatedTool('work', opened())] });
    const lead = test.start();
    await test.ended();
    assert.equal(phaseWord(test.agent('lead')), 'failed');
    test.do({ type: 'retryAgent', agentId: lead });
    await test.until((state) => state.agents[lead]?.ends === 2);
    assert.equal(reportOf(test.agent('lead'))?.summary, 'done');
    assert.deepEqual(test.model.violations, []);
    assert.equal(test.refusal({ type: 'retryAgent', agentId: lead }).code, 'ended');
  });

  it('drops a refused reply, so that the next request is one the endpoint takes', async () => {
    const test = new TestFleet({ lead: [shaped({ stop: 'refusal' }, say('I will not')), report('done')] });
    const lead = test.start();
    await test.ended();
    const outcome = outcomeOf(test.agent('lead'));
    assert.equal(outcome?.kind === 'failed' && outcome.failure.kind, 'refused');
    assert.equal(test.agent('lead').cost, 0.01, 'a refusal is paid for');
    test.do({ type: 'retryAgent', agentId: lead });
    await test.until((state) => state.agents[lead]?.ends === 2);
    assert.deepEqual(test.model.violations, []);
  });
});

describe('delete', () => {
  it('removes an ended agent with those below it, and the run with its last agent', async () => {
    const test = new TestFleet({ lead: [spawn('one'), call('wait_for_agents'), report('x')], one: [report('y')] });
    const lead = test.start();
    assert.equal(test.refusal({ type: 'deleteAgent', agentId: lead }).code, 'running');
    await test.ended();
    test.do({ type: 'deleteAgent', agentId: lead });
    assert.deepEqual([test.state.agents, test.state.lanes, test.state.transcripts, test.state.runs], [{}, {}, {}, {}]);
    assert.equal(test.refusal({ type: 'killAgent', agentId: lead }).code, 'unknown');
  });

  it('of all ended keeps what still has agents at work below it', async () => {
    const test = new TestFleet({ lead: [report('x')], busy: [stall()] });
    test.start();
    test.do({ type: 'spawnAgent', spawn: { label: 'busy', brief: { objective: 'x' } } });
    await test.until(() => test.agent('lead').stage === 'ended' && test.model.active === 1);
    const result = test.fleet.execute({ type: 'deleteEnded' });
    assert.equal(result.ok && result.accepted.reached, 1);
    assert.deepEqual(
      Object.values(test.state.agents).map((agent) => agent.label),
      ['busy'],
    );
    test.do({ type: 'killAll' });
    await test.ended();
  });
});

describe('after a crash', () => {
  it('shows what was running as interrupted, never runs a finished call again, and resume goes on from the history', async () => {
    let runs = 0;
    const counted = testTool('count', () => ({ text: `run ${++runs}`, isError: false }));
    const scripts = {
      lead: [call('count'), spawn('one'), call('wait_for_agents')],
      one: [call('work')],
    };
    const before = new TestFleet(scripts, { tools: [counted, gatedTool('work', new Gate())] });
    const lead = before.start();
    await before.until(() => before.phase('lead') === 'waiting' && before.phase('one') === 'runningTools');
    const sent = before.model.requests.filter((seen) => seen.label === 'lead').at(-1)?.request.messages ?? [];

    const after = new TestFleet(
      { lead: [call('wait_for_agents'), report('resumed')], one: [report('one is done')] },
      { tools: [counted, gatedTool('work', new Gate())], entries: [...before.journal.entries], blobs: before.blobs },
    );
    assert.deepEqual(
      ['lead', 'one'].map((label) => phaseWord(after.agent(label))),
      ['interrupted', 'interrupted'],
    );
    const unknown = after.state.transcripts[after.agent('one').id]?.turns.at(-1)?.calls[0];
    assert.equal(unknown?.status, 'unknown', 'a call whose end nobody saw is unknown');
    await after.clock.advance(60_000);
    assert.equal(after.model.requests.length, 0, 'nothing goes on by itself');

    after.do({ type: 'resumeAgent', agentId: lead });
    await after.ended();
    const again = after.model.requests.filter((seen) => seen.label === 'lead')[0]?.request.messages ?? [];
    assert.deepEqual(again.slice(0, sent.length), sent, 'the history is the one that was sent, byte for byte');
    assert.equal(runs, 1, 'the finished call was not run again');
    assert.match(
      JSON.stringify(after.model.requests.filter((seen) => seen.label === 'one')[0]?.request.messages),
      /outcome of this call is unknown/,
    );
    assert.equal(reportOf(after.agent('lead'))?.summary, 'resumed');
    assert.deepEqual(after.model.violations, []);
    assertGolden('timelines/resume-after-crash.txt', after.timeline());
  });

  it('an orderly stop leaves nothing open either, and everything is on disk', async () => {
    const test = new TestFleet({ lead: [spawn('one'), call('wait_for_agents')], one: [stall(say('x'))] });
    test.start();
    await test.until(() => test.model.active === 1 && test.phase('lead') === 'waiting');
    await test.fleet.stop();
    assert.ok(Object.values(test.state.agents).every((agent) => phaseWord(agent) === 'interrupted'));
    assert.equal(test.journal.synced, test.journal.entries.length);
    assert.equal(test.refusal({ type: 'startRun', task: 'x' }).code, 'readOnly');
    assert.deepEqual(test.errors, []);
  });

  it('gives the model the whole of a large output again, from its blob', async () => {
    const large = 'x'.repeat(20_000);
    const tool = testTool('large', () => ({ text: large, isError: false }));
    const before = new TestFleet({ lead: [call('large'), stall()] }, { tools: [tool] });
    const lead = before.start();
    await before.until(() => before.agent('lead').turn === 2);
    assert.ok(JSON.stringify(before.journal.entries).length < 20_000, 'the journal holds a preview only');
    const after = new TestFleet({ lead: [report('x')] }, { tools: [tool], entries: [...before.journal.entries], blobs: before.blobs });
    after.do({ type: 'resumeAgent', agentId: lead });
    await after.ended();
    assert.ok(JSON.stringify(after.model.requests[0]?.request.messages).includes(large));
  });
});

function opened(): Gate {
  const gate = new Gate();
  gate.open();
  return gate;
}
