import assert from 'node:assert/strict';
import { outcomeOf, phaseWord, reportOf } from '../../src/core/selectors.ts';
import { Gate } from '../support/gate.ts';
import { assertGolden } from '../support/golden.ts';
import { call, report, reply, say, shaped, stall } from '../support/scriptedModel.ts';
import { TestFleet } from '../support/testFleet.ts';
import { gatedTool } from '../support/testTools.ts';

const spawn = (...labels: string[]) => labels.map((label) => call('spawn_agent', { label }));
const lastRequest = (test: TestFleet, label: string) =>
  JSON.stringify(
    test.model.requests
      .filter((seen) => seen.label === label)
      .at(-1)
      ?.request.messages.at(-1),
  );

describe('kill', () => {
  it('ends one agent and what is below it, in the middle of a tool, and nobody else', async () => {
    const gate = new Gate();
    const test = new TestFleet(
      {
        lead: [spawn('one', 'two'), call('wait_for_agents'), call('wait_for_agents'), report('one was killed')],
        one: [reply(...spawn('below')), call('work')],
        below: [stall(say('I think'))],
        two: [call('work'), report('two is done')],
      },
      { tools: [gatedTool('work', gate)] },
    );
    test.start();
    await test.until(
      () => test.phase('one') === 'runningTools' && test.phase('below') === 'thinking' && test.phase('two') === 'runningTools',
    );
    test.do({ type: 'killAgent', agentId: test.agent('one').id });
    await test.until(() => test.agent('one').stage === 'ended' && test.agent('below').stage === 'ended');
    assert.equal(phaseWord(test.agent('two')), 'runningTools');
    gate.open();
    await test.ended();
    assert.deepEqual(
      ['lead', 'one', 'below', 'two'].map((label) => phaseWord(test.agent(label))),
      ['done', 'killed', 'killed', 'done'],
    );
    assert.match(
      JSON.stringify(test.model.requests.filter((seen) => seen.label === 'lead').at(-1)?.request.messages),
      /one was killed by the person/,
    );
    assert.deepEqual(test.errors, []);
    assertGolden('timelines/kill-during-tool.txt', test.timeline());
  });

  it('ends an agent that waits for a slot, for a person, or is paused', async () => {
    const test = new TestFleet(
      { lead: [spawn('asks', 'queued'), stall()], asks: [call('risky')], queued: [report('never')] },
      { tools: [riskyTool()], settings: { maxConcurrentAgents: 2 } },
    );
    test.start();
    await test.until(() => Object.keys(test.state.asks).length === 1 && test.phase('queued') === 'queued');
    test.do({ type: 'killAgent', agentId: test.agent('asks').id });
    test.do({ type: 'killAgent', agentId: test.agent('queued').id });
    await test.until(() => test.agent('asks').stage === 'ended' && test.agent('queued').stage === 'ended');
    assert.deepEqual(test.state.asks, {}, 'what it asked is withdrawn');
    assert.equal(test.refusal({ type: 'killAgent', agentId: test.agent('asks').id }).code, 'ended');
  });

  it('of all reaches every live agent once', async () => {
    const test = new TestFleet({ lead: [spawn('a', 'b'), call('wait_for_agents')], a: [stall()], b: [stall()] });
    test.start();
    await test.until(() => test.model.active === 2);
    const first = test.fleet.execute({ type: 'killAll' });
    const second = test.fleet.execute({ type: 'killAll' });
    assert.deepEqual([first.ok && first.accepted.reached, second.ok && second.accepted.reached], [3, 0]);
    await test.ended();
    assert.ok(Object.values(test.state.agents).every((agent) => outcomeOf(agent)?.kind === 'killed'));
  });

  it('records a tool that does not stop as unknown, and does not wait for it', async () => {
    const test = new TestFleet({ lead: [call('deaf')] }, { tools: [deafTool()] });
    const lead = test.start();
    await test.until(() => test.phase('lead') === 'runningTools');
    test.do({ type: 'killAgent', agentId: lead });
    await test.clock.advance(2_000);
    await test.ended();
    const turn = test.state.transcripts[lead]?.turns.at(-1);
    assert.equal(turn?.calls[0]?.status, 'unknown');
    assert.equal(phaseWord(test.agent('lead')), 'killed');
  });
});

describe('steer', () => {
  it('is read at the next tool-call boundary, acknowledged by the turn that reads it', async () => {
    const gate = new Gate();
    const test = new TestFleet({ lead: [call('work'), report('done')] }, { tools: [gatedTool('work', gate)] });
    const lead = test.start();
    await test.until(() => test.phase('lead') === 'runningTools');
    test.do({
      type: 'sendMessage',
      agentId: lead,
      kind: 'steer',
      text: 'look at src only',
      place: { path: 'src/a.ts', line: 3, endLine: 5 },
    });
    assert.equal(test.agent('lead').mailbox.length, 1);
    gate.open();
    await test.ended();
    assert.match(lastRequest(test, 'lead'), /About src\/a.ts:3-5:\\nlook at src only/);
    assert.equal(test.state.transcripts[lead]?.turns[1]?.delivered[0]?.text, 'look at src only');
    assert.deepEqual(test.model.violations, []);
  });

  it('with interrupt breaks off the request, keeps what had arrived, and asks again with the message', async () => {
    const test = new TestFleet({ lead: [stall(say('Half a thou')), report('as you wish')] });
    const lead = test.start();
    await test.until(() => test.fleet.tail(lead).length > 0);
    test.do({ type: 'sendMessage', agentId: lead, kind: 'steer', text: 'stop that', interrupt: true });
    await test.ended();
    const turns = test.state.transcripts[lead]?.turns ?? [];
    assert.deepEqual(
      turns[0]?.failures.map(({ failure, partial }) => [failure.kind, partial]),
      [['interrupted', 'Half a thou']],
    );
    assert.match(lastRequest(test, 'lead'), /stop that/);
    assert.equal(reportOf(test.agent('lead'))?.summary, 'as you wish');
    assertGolden('timelines/steer-interrupt.txt', test.timeline());
  });

  it('with interrupt breaks off a tool, and its call is answered', async () => {
    const test = new TestFleet({ lead: [call('work'), report('ok')] }, { tools: [gatedTool('work', new Gate())] });
    const lead = test.start();
    await test.until(() => test.phase('lead') === 'runningTools');
    test.do({ type: 'sendMessage', agentId: lead, kind: 'steer', text: 'leave it', interrupt: true });
    await test.ended();
    assert.match(lastRequest(test, 'lead'), /Broken off to deliver a message[^}]*}.*leave it/);
    assert.deepEqual(test.model.violations, []);
  });

  it('wakes a sleeping lead, which goes on waiting afterwards', async () => {
    const gate = new Gate();
    const test = new TestFleet({
      lead: [spawn('one'), call('wait_for_agents'), call('wait_for_agents'), call('wait_for_agents'), report('done')],
      one: [shaped({ before: gate }, report('fine'))],
    });
    const lead = test.start();
    await test.until(() => test.phase('lead') === 'waiting');
    test.do({ type: 'sendMessage', agentId: lead, kind: 'steer', text: 'hurry' });
    await test.until(() => test.agent('lead').turn === 3 && test.phase('lead') === 'waiting');
    test.do({ type: 'sendMessage', agentId: lead, kind: 'steer', text: 'now!', interrupt: true });
    gate.open();
    await test.ended();
    assert.equal(reportOf(test.agent('lead'))?.summary, 'done');
    assert.deepEqual(test.model.violations, []);
    assert.deepEqual(test.errors, []);
  });

  it('of an ended agent is refused with the way out', async () => {
    const test = new TestFleet({ lead: [report('done')] });
    const lead = test.start();
    await test.ended();
    const refusal = test.refusal({ type: 'sendMessage', agentId: lead, kind: 'steer', text: 'more' });
    assert.equal(refusal.code, 'ended');
    assert.match(refusal.next, /follow-up/);
  });

  it('that arrives while the agent reports is read before it ends', async () => {
    const gate = new Gate();
    const test = new TestFleet({ lead: [shaped({ after: gate }, report('first')), report('second')] });
    const lead = test.start();
    await gate.reached;
    test.do({ type: 'sendMessage', agentId: lead, kind: 'steer', text: 'wait, one more thing' });
    gate.open();
    await test.ended();
    assert.equal(reportOf(test.agent('lead'))?.summary, 'second');
  });
});

describe('wrap up', () => {
  it('asks the agent and those below it to finish, once', async () => {
    const gate = new Gate();
    const test = new TestFleet(
      { lead: [spawn('one'), call('wait_for_agents'), call('wait_for_agents'), report('so far')], one: [call('work'), report('half')] },
      { tools: [gatedTool('work', gate)] },
    );
    const lead = test.start();
    await test.until(() => test.phase('lead') === 'waiting' && test.phase('one') === 'runningTools');
    const result = test.fleet.execute({ type: 'wrapUpAgent', agentId: lead });
    assert.equal(result.ok && result.accepted.reached, 2);
    assert.equal(test.refusal({ type: 'wrapUpAgent', agentId: lead }).message, 'It is wrapping up already.');
    gate.open();
    await test.ended();
    assert.match(JSON.stringify(test.model.requests.filter((seen) => seen.label === 'one').at(-1)?.request.messages), /Finish now/);
    assert.equal(reportOf(test.agent('lead'))?.summary, 'so far');
  });
});

describe('pause', () => {
  it('holds the agent at the next boundary, frees its slot, and resume lets it go on', async () => {
    const gate = new Gate();
    const test = new TestFleet(
      { lead: [call('work'), report('done')], other: [report('other')] },
      { tools: [gatedTool('work', gate)], settings: { maxConcurrentAgents: 1 } },
    );
    const lead = test.start();
    await test.until(() => test.phase('lead') === 'runningTools');
    test.do({ type: 'pauseAgent', agentId: lead });
    assert.equal(test.agent('lead').phase.kind, 'runningTools', 'not yet paused, only asked');
    gate.open();
    await test.until(() => test.phase('lead') === 'paused');
    test.do({ type: 'spawnAgent', spawn: { label: 'other', brief: { objective: 'x' } } });
    await test.until(() => test.agent('other').stage === 'ended');
    assert.equal(test.agent('lead').turn, 1, 'a paused agent asks the model nothing');
    test.do({ type: 'resumeAgent', agentId: lead });
    await test.ended();
    assert.equal(reportOf(test.agent('lead'))?.summary, 'done');
    assertGolden('timelines/pause.txt', test.timeline());
  });

  it('of all and resume of all reach whom they can', async () => {
    const test = new TestFleet({ '*': [stall()], lead: [call('work'), report('x')] }, { tools: [gatedTool('work', openGate())] });
    test.start();
    const paused = test.fleet.execute({ type: 'pauseAll' });
    assert.equal(paused.ok && paused.accepted.reached, 1);
    await test.until(() => test.phase('lead') === 'paused');
    assert.equal(test.model.requests.length, 0, 'paused before the first request');
    test.do({ type: 'resumeAll' });
    await test.ended();
  });
});

function openGate(): Gate {
  const gate = new Gate();
  gate.open();
  return gate;
}

function riskyTool() {
  return {
    ...gatedTool('risky', openGate()),
    prepare: async () => ({
      kind: 'ready' as const,
      title: 'Run rm',
      outside: true,
      ask: { kind: 'command' as const, title: 'Run rm', command: 'rm x', folder: '.' },
      run: async () => ({ text: 'removed', isError: false }),
    }),
  };
}

function deafTool() {
  return {
    ...gatedTool('deaf', openGate()),
    prepare: async () => ({ kind: 'ready' as const, title: 'Deaf', outside: false, run: () => new Promise<never>(() => undefined) }),
  };
}
