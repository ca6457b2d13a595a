import assert from 'node:assert/strict';
import { outcomeOf, reportOf } from '../../src/core/selectors.ts';
import type { Tool } from '../../src/orchestrator/ports.ts';
import { badCall, call, cut, fail, report, say, shaped, type Step, stall } from '../support/scriptedModel.ts';
import { TestFleet } from '../support/testFleet.ts';
import { testTool } from '../support/testTools.ts';

const echo = testTool('echo', (input) => ({ text: JSON.stringify(input), isError: false }));
const lastParts = (test: TestFleet) => JSON.stringify(test.model.requests.at(-1)?.request.messages.at(-1));

async function runLead(
  script: readonly (Step | ReturnType<typeof call> | readonly ReturnType<typeof call>[])[],
  tools: readonly Tool[] = [echo],
) {
  const test = new TestFleet({ lead: script }, { tools });
  test.start();
  return test;
}

describe('a turn', () => {
  it('runs all calls of a reply and answers them in their order', async () => {
    const test = await runLead([[call('echo', { n: 1 }), call('echo', { n: 2 })], report('done')]);
    await test.ended();
    assert.match(lastParts(test), /n\\":1.*n\\":2/);
    assert.deepEqual(test.model.violations, []);
  });

  for (const [name, bad, told] of [
    ['an unknown tool', call('fly'), /There is no tool \\"fly\\". Your tools are: .*echo/],
    ['an input that could not be read', badCall('echo', 'Unexpected end of JSON'), /could not be read: Unexpected end of JSON/],
    ['a tool that throws', call('broken'), /broken failed unexpectedly: boom/],
  ] as const) {
    it(`answers ${name} with an error the model can act on, and goes on`, async () => {
      const broken = testTool('broken', () => {
        throw new Error('boom');
      });
      const test = await runLead([bad, report('done')], [echo, broken]);
      await test.ended();
      assert.match(lastParts(test), told);
      assert.equal(reportOf(test.agent('lead'))?.summary, 'done');
    });
  }

  it('that ends for an unknown reason runs none of its calls', async () => {
    let runs = 0;
    const counted = testTool('count', () => ({ text: `run ${++runs}`, isError: false }));
    const test = await runLead([shaped({ stop: 'unknown' }, call('count')), report('done')], [counted]);
    await test.ended();
    assert.equal(runs, 0);
    assert.deepEqual(test.model.violations, []);
  });

  it('cut off at the output limit is told to go on, a bounded number of times', async () => {
    const test = await runLead([shaped({ stop: 'maxTokens' }, say('long')), report('done')]);
    await test.ended();
    assert.match(lastParts(test), /cut off at the output limit/);
    const stuck = await runLead([1, 2, 3, 4].map(() => shaped({ stop: 'maxTokens' }, say('long'))));
    await stuck.ended();
    assert.equal(stuck.model.requests.length, 3);
  });

  it('that fills the context window fails with the way out, its text kept', async () => {
    const test = await runLead([shaped({ stop: 'contextWindow' }, say('long'))]);
    await test.ended();
    const outcome = outcomeOf(test.agent('lead'));
    assert.equal(outcome?.kind === 'failed' && outcome.failure.kind, 'contextWindow');
  });

  it('without a word is asked again, and fails in the end', async () => {
    const test = await runLead([shaped({}, say('')), shaped({}), report('done')]);
    await test.ended();
    assert.equal(reportOf(test.agent('lead'))?.summary, 'done');
    const silent = await runLead([shaped({}), shaped({}), shaped({}), shaped({})]);
    await silent.ended();
    const outcome = outcomeOf(silent.agent('lead'));
    assert.equal(outcome?.kind === 'failed' && outcome.failure.kind, 'noReport');
    assert.deepEqual(silent.model.violations, []);
  });

  it('is tried again after a broken stream, visibly, and no tool runs from what had arrived', async () => {
    let runs = 0;
    const counted = testTool('count', () => ({ text: `run ${++runs}`, isError: false }));
    const test = await runLead([cut(say('half'), call('count')), fail('network'), report('done')], [counted]);
    await test.until(() => test.phase('lead') === 'waiting');
    assert.deepEqual(test.waitsFor('lead'), 'network');
    for (let step = 0; step < 20; step++) {
      await test.clock.advance(10_000);
    }
    await test.ended();
    assert.equal(runs, 0);
    assert.equal(reportOf(test.agent('lead'))?.summary, 'done');
  });

  it('of a silent model is given up after the idle limit and tried again', async () => {
    const test = await runLead([stall(say('hm')), report('done')]);
    await test.until(() => test.model.active === 1);
    await test.clock.advance(61_000);
    await test.clock.advance(61_000);
    await test.ended();
    const turn = test.state.transcripts[test.agent('lead').id]?.turns[0];
    assert.equal(turn?.failures[0]?.partial, 'hm');
    assert.equal(reportOf(test.agent('lead'))?.summary, 'done');
  });

  it('that cannot be recorded before an outside effect has no effect, and the agent can be retried', async () => {
    let runs = 0;
    const outside = testTool('outside', () => ({ text: `run ${++runs}`, isError: false }), { outside: true });
    const test = new TestFleet({ lead: [call('outside'), report('done')] }, { tools: [outside] });
    const full = new Error('No space left on the disk');
    full.name = 'JournalError';
    test.journal.failure = full;
    const lead = test.start();
    await test.ended();
    assert.equal(runs, 0, 'no effect without a durable intent');
    const outcome = outcomeOf(test.agent('lead'));
    assert.equal(outcome?.kind === 'failed' && outcome.failure.kind, 'storage');
    test.journal.failure = undefined;
    test.do({ type: 'retryAgent', agentId: lead });
    await test.until((state) => state.agents[lead]?.ends === 2);
    assert.equal(reportOf(test.agent('lead'))?.summary, 'done');
  });
});

describe('an approval', () => {
  const asking: Tool = {
    spec: { name: 'risky', description: 'risky', inputSchema: {} },
    prepare: async () => ({
      kind: 'ready',
      title: 'Run rm',
      outside: true,
      ask: { kind: 'command', title: 'Run rm', command: 'rm x', folder: '.' },
      run: async () => ({ text: 'removed', isError: false, effects: [{ kind: 'ran', command: 'rm x', exitCode: 0 }] }),
    }),
  };

  it('is a visible wait, runs when allowed, and tells the model when denied', async () => {
    for (const [answer, told] of [
      [{ kind: 'allow' }, /removed/],
      [{ kind: 'deny', reason: 'too risky' }, /denied this and said: too risky/],
    ] as const) {
      const test = await runLead([call('risky'), report('done')], [asking]);
      await test.until((state) => Object.keys(state.asks).length === 1);
      const { phase } = test.agent('lead');
      assert.deepEqual(phase.kind === 'waiting' && [phase.wait, phase.detail], ['approval', 'Run rm']);
      const ask = Object.values(test.state.asks)[0] ?? assert.fail();
      assert.equal(test.refusal({ type: 'answer', askId: ask.askId, answer: { kind: 'reply', text: 'x' } }).code, 'invalid');
      test.do({ type: 'answer', askId: ask.askId, answer });
      assert.equal(test.refusal({ type: 'answer', askId: ask.askId, answer }).code, 'unknown', 'an ask is answered once');
      await test.ended();
      assert.match(lastParts(test), told);
    }
  });

  it('is not asked where the settings allow or forbid', async () => {
    for (const [permission, told] of [
      [{ kind: 'allow' }, /removed/],
      [{ kind: 'deny', reason: 'read only' }, /Not allowed: read only/],
    ] as const) {
      const test = new TestFleet({ lead: [call('risky'), report('done')] }, { tools: [asking], permission });
      test.start();
      await test.ended();
      assert.match(lastParts(test), told);
      assert.ok(!test.timeline().includes('personAsked'));
    }
  });

  it('of a question is answered with text', async () => {
    const ask = testTool(
      'ask_person',
      async (_, context) => ({ text: await context.askPerson('Which one?', ['a', 'b']), isError: false }),
      { waitsFor: 'answer' },
    );
    const test = await runLead([call('ask_person'), report('done')], [ask]);
    await test.until((state) => Object.keys(state.asks).length === 1);
    const { phase } = test.agent('lead');
    assert.deepEqual(phase.kind === 'waiting' && phase.wait, 'answer');
    const open = Object.values(test.state.asks)[0] ?? assert.fail();
    test.do({ type: 'answer', askId: open.askId, answer: { kind: 'reply', text: 'the second' } });
    await test.ended();
    assert.match(lastParts(test), /the second/);
  });
});
