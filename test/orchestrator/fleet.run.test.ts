import assert from 'node:assert/strict';
import { outcomeOf, reportOf, runPhase } from '../../src/core/selectors.ts';
import { assertGolden } from '../support/golden.ts';
import { Gate } from '../support/gate.ts';
import { call, report, reply, say, shaped } from '../support/scriptedModel.ts';
import { TestFleet } from '../support/testFleet.ts';
import { gatedTool } from '../support/testTools.ts';

const spawn = (...labels: string[]) => labels.map((label) => call('spawn_agent', { label }));

describe('a run', () => {
  it('fans out, sleeps without a request, is woken by reports and reports once', async () => {
    const gate = new Gate();
    const test = new TestFleet(
      {
        lead: [spawn('one', 'two'), call('wait_for_agents'), call('wait_for_agents'), report('both are in')],
        one: [report('one is done')],
        two: [call('work'), report('two is done')],
      },
      { tools: [gatedTool('work', gate)] },
    );
    test.start();
    await test.until(() => test.phase('lead') === 'waiting' && test.agent('one').stage === 'ended' && test.agent('lead').turn === 3);
    assert.deepEqual(test.waitsFor('lead'), 'children');
    const requests = test.model.requests.filter((seen) => seen.label === 'lead').length;
    await test.clock.advance(600_000);
    assert.equal(test.model.requests.filter((seen) => seen.label === 'lead').length, requests, 'a sleeping lead asks the model nothing');
    gate.open();
    await test.ended();
    assert.equal(reportOf(test.agent('lead'))?.summary, 'both are in');
    const told = JSON.stringify(test.model.requests.filter((seen) => seen.label === 'lead').at(-1)?.request.messages);
    assert.equal(told.split('one is done').length - 1, 1, 'the report of one is delivered exactly once');
    assert.equal(told.split('two is done').length - 1, 1, 'the report of two is delivered exactly once');
    assert.deepEqual(test.model.violations, []);
    assert.deepEqual(test.errors, []);
    assertGolden('timelines/fan-out.txt', test.timeline());
  });

  it('lets no more agents work at once than there are slots, and a waiting lead holds none', async () => {
    const gates = [new Gate(), new Gate(), new Gate()];
    const worker = (index: number) => [shaped({ before: gates[index] }, report(`w${index}`))];
    const test = new TestFleet(
      {
        lead: [spawn('w0', 'w1', 'w2'), call('wait_for_agents'), call('wait_for_agents'), call('wait_for_agents'), report('all')],
        w0: worker(0),
        w1: worker(1),
        w2: worker(2),
      },
      { settings: { maxConcurrentAgents: 2 } },
    );
    test.start();
    await test.until(() => test.model.active === 2 && test.phase('lead') === 'waiting');
    assert.deepEqual(
      ['w0', 'w1', 'w2'].map((label) => test.agent(label).phase.kind),
      ['thinking', 'thinking', 'queued'],
    );
    for (const gate of gates) {
      gate.open();
    }
    await test.ended();
    assert.ok(test.model.maxActive <= 2);
    assert.equal(reportOf(test.agent('lead'))?.summary, 'all');
  });

  it('finishes with one slot only, because the lead gives it up while it waits', async () => {
    const test = new TestFleet(
      { lead: [spawn('w0', 'w1'), call('wait_for_agents'), call('wait_for_agents'), report('all')], w0: [report('a')], w1: [report('b')] },
      { settings: { maxConcurrentAgents: 1 } },
    );
    test.start();
    await test.ended();
    assert.equal(test.model.maxActive, 1);
    assert.equal(runPhase(test.state, Object.values(test.state.runs)[0] ?? assert.fail()), 'done');
  });

  it('takes a last text without calls as the report, once no child is at work', async () => {
    const gate = new Gate();
    const test = new TestFleet({
      lead: [reply(say('I start one.'), ...spawn('one')), say('I will wait.'), say('Result: one is done.')],
      one: [shaped({ before: gate }, report('fine'))],
    });
    test.start();
    await test.until(() => test.phase('lead') === 'waiting');
    gate.open();
    await test.ended();
    assert.equal(reportOf(test.agent('lead'))?.summary, 'Result: one is done.');
    assert.deepEqual(test.model.violations, []);
  });

  it('refuses a report while agents are at work, and says what to do', async () => {
    const gate = new Gate();
    const test = new TestFleet({
      lead: [spawn('one'), report('too early'), call('wait_for_agents'), report('in time')],
      one: [shaped({ before: gate }, report('fine'))],
    });
    test.start();
    await test.until(() => test.agent('lead').turn === 3);
    const refused = test.model.requests
      .filter((seen) => seen.label === 'lead')
      .at(-1)
      ?.request.messages.at(-1);
    assert.match(JSON.stringify(refused), /1 of your agents are still at work/);
    gate.open();
    await test.ended();
    assert.equal(reportOf(test.agent('lead'))?.summary, 'in time');
  });

  it('is partial when a worker failed and the lead went on', async () => {
    const test = new TestFleet({
      lead: [spawn('one'), call('wait_for_agents'), report('without one')],
      one: [],
    });
    test.start();
    await test.ended();
    assert.equal(outcomeOf(test.agent('one'))?.kind, 'failed');
    assert.equal(runPhase(test.state, Object.values(test.state.runs)[0] ?? assert.fail()), 'partial');
    const told = JSON.stringify(test.model.requests.filter((seen) => seen.label === 'lead').at(-1)?.request.messages);
    assert.match(told, /one failed and has no report/);
  });

  it('keeps to the caps and tells the caller which', async () => {
    const test = new TestFleet(
      { lead: [spawn('a', 'b'), report('done')], a: [report('a')], b: [report('b')] },
      { settings: { maxAgentsPerRun: 2, maxDepth: 1 } },
    );
    const lead = test.start();
    await test.ended();
    assert.equal(Object.keys(test.state.agents).length, 2, 'the third agent was not spawned');
    const told = JSON.stringify(
      test.model.requests
        .filter((seen) => seen.label === 'lead')
        .at(1)
        ?.request.messages.at(-1),
    );
    assert.match(told, /maxAgentsPerRun/);
    assert.equal(test.refusal({ type: 'spawnAgent', spawn: { brief: { objective: 'x' } }, parentId: lead }).code, 'ended');
  });

  it('refuses what cannot be: empty task, unknown agent, unknown type, read-only window', async () => {
    const test = new TestFleet({});
    assert.equal(test.refusal({ type: 'startRun', task: '  ' }).code, 'invalid');
    assert.equal(test.refusal({ type: 'spawnAgent', spawn: { agentType: 'wizard', brief: { objective: 'x' } } }).code, 'unknown');
    assert.equal(test.state.seq, 0, 'a refusal records nothing');
    const looking = new TestFleet({}, { readOnly: 'another window has it' });
    assert.equal(looking.refusal({ type: 'startRun', task: 'x' }).code, 'readOnly');
  });
});
