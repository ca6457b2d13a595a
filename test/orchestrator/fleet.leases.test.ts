import assert from 'node:assert/strict';
import type { SharedFiles } from '../../src/core/events.ts';
import { doingText } from '../../src/core/rowText.ts';
import { metricsOf } from '../../src/core/result/runMetrics.ts';
import type { Tool } from '../../src/orchestrator/ports.ts';
import { createAgentLeases } from '../../src/workspace/agentLeases.ts';
import type { Leases } from '../../src/workspace/leases.ts';
import { call, Gate, report, reply, type Script, shaped } from '../support/scriptedModel.ts';
import { TestFleet } from '../support/testFleet.ts';
import { gatedTool, testTool } from '../support/testTools.ts';

/*
 * Leases through the whole fleet: scripted agents that write the same files, with the rules of their run. The tool takes a lease as edit_file does.
 */

const write = (path: string) => call('write', { path });
const spawns = (...labels: string[]) => labels.map((label) => call('spawn_agent', { label }));
const waits = call('wait_for_agents');
const limitMs = 10 * 60_000;

function opened(rule: SharedFiles, scripts: Readonly<Record<string, Script>>, tools: readonly Tool[] = []) {
  let leases: Leases | undefined;
  const writeTool = testTool('write', async (input, { agentId, whileWaiting }, signal) => {
    const path = String(input.path);
    const lease = await leases?.take(agentId, `/w/${path}`, path, { signal, whileWaiting });
    return lease?.ok === true
      ? { text: 'written', isError: false, effects: [{ kind: 'changed', path, change: 'edited', added: 1, removed: 0 }] }
      : { text: lease?.text ?? 'no leases', isError: true };
  });
  const agents = Object.keys(scripts).filter((label) => label !== 'below');
  const lead = [spawns(...agents), waits, ...agents.map(() => waits), report('all are done')];
  const test = new TestFleet({ lead, ...scripts }, { tools: [writeTool, ...tools], settings: { sharedFiles: rule } });
  const made = createAgentLeases({ clock: test.clock, state: () => test.state });
  leases = made.leases;
  test.fleet.subscribe(made.follow);
  test.start();
  const doing = (label: string) => doingText(test.agent(label), test.state.at);
  /** Of all agents but the lead. */
  const holders = (path: string) => made.leases.holders(`/w/${path}`).map((id) => test.state.agents[id]?.label);
  const results = (label: string) =>
    Object.values(test.state.transcripts[test.agent(label).id]?.turns ?? []).flatMap((turn) =>
      turn.calls.flatMap(({ name, status, output }) => (name === 'write' ? [`${status}: ${output?.text}`] : [])),
    );
  const warned = () => test.journal.events.filter((event) => event.type === 'messageQueued' && event.kind === 'warning').length;
  const leaseFacts = () => test.journal.events.filter((event) => event.type === 'waitStarted' && event.wait.kind === 'lease').length;
  return { test, leases: made.leases, doing, holders, results, warned, leaseFacts };
}

type Opened = ReturnType<typeof opened>;

async function ends({ test, leases }: Opened): Promise<void> {
  await test.ended();
  assert.deepEqual(test.errors, []);
  assert.deepEqual(
    Object.values(test.state.agents).filter(({ id }) => leases.concerns(id)),
    [],
    'who has ended has nothing',
  );
  const spans = Object.values(test.state.lanes).flatMap((lane) => lane.spans);
  assert.deepEqual(
    spans.filter((span) => span.to === undefined),
    [],
    'no wait is left open',
  );
}

const wants = (test: TestFleet, ...labels: string[]) =>
  test.until(() => labels.every((label) => test.phase(label) !== undefined && test.waitsFor(label) === 'lease'));

describe('files that agents of a run share', () => {
  it('CON-01: wait: the later one waits by name until the other has ended, and its time is that of the wait', async () => {
    const hold = new Gate();
    const fleet = opened('wait', {
      one: [write('a.ts'), shaped({ before: hold }, report('one'))],
      two: [write('a.ts'), report('two')],
      three: [write('a.ts'), report('three')],
    });
    const { test, doing, holders, results } = fleet;
    await wants(test, 'two', 'three');
    assert.deepEqual(
      [doing('two'), doing('three'), holders('a.ts')],
      ['waiting for a.ts, which one writes', 'waiting for a.ts, which one writes, then two', ['one']],
    );
    await test.clock.advance(30_000);
    hold.open();
    await ends(fleet);
    assert.deepEqual([...results('two'), ...results('three')], ['ok: written', 'ok: written']);
    const lane = test.state.lanes[test.agent('two').id];
    assert.deepEqual(
      lane?.spans.filter(({ wait }) => wait === 'lease').map(({ label, from, to }) => [label, (to ?? 0) - from]),
      [['a.ts, which one writes', 30_000]],
    );
    const isLong = (span: { from: number; to?: number | undefined }) => (span.to ?? 0) - span.from >= 30_000;
    assert.deepEqual(
      lane?.spans.filter(isLong).map(({ kind }) => kind),
      ['wait'],
      'the call that waited is not at work meanwhile',
    );
    const run = Object.values(test.state.runs)[0] ?? assert.fail();
    const spent = metricsOf(test.state, run, test.state.at).timeUse.find(({ use }) => use === 'lease');
    assert.equal(spent?.ms, 60_000);
    assert.equal(fleet.warned(), 0, 'who comes after the other has ended need not be told');
  });

  it('CON-01: refuse: the later one is told at once who writes the file, and what to do', async () => {
    const hold = new Gate();
    const both = new Gate();
    const fleet = opened('refuse', {
      one: [write('a.ts'), shaped({ before: hold }, report('one'))],
      two: [shaped({ before: both }, write('a.ts')), write('b.ts'), report('two')],
    });
    const { test, holders } = fleet;
    await test.until(() => holders('a.ts').length === 1);
    both.open();
    await test.until(() => test.phase('two') === 'done');
    const [first, second] = fleet.results('two');
    assert.match(first ?? '', /^error: one is writing a\.ts, so it was not changed\. Plan anew: .*propose_change/);
    assert.equal(second, 'ok: written');
    hold.open();
    await ends(fleet);
    assert.equal(fleet.leaseFacts(), 0);
  });

  it('CON-01: warn: both write, and each is told once', async () => {
    const hold = new Gate();
    const both = new Gate();
    const fleet = opened('warn', {
      one: [write('a.ts'), shaped({ before: hold }, report('one')), report('one')],
      two: [shaped({ before: both }, write('a.ts')), write('a.ts'), report('two')],
    });
    const { test, holders } = fleet;
    await test.until(() => holders('a.ts').length === 1);
    both.open();
    await test.until(() => test.phase('two') === 'done');
    hold.open();
    await ends(fleet);
    assert.deepEqual([fleet.results('two'), fleet.warned(), fleet.leaseFacts()], [['ok: written', 'ok: written'], 2, 0]);
  });

  it('go by the rule that was set when the run began', () => {
    const rule = (sharedFiles: SharedFiles) => {
      const { test } = opened(sharedFiles, {});
      return Object.values(test.state.runs).map((run) => run.sharedFiles);
    };
    assert.deepEqual([rule('warn'), rule('wait'), rule('refuse')], [[undefined], ['wait'], ['refuse']]);
  });

  it('CON-01: a kill ends a wait at once, and neither it nor the kill of the writer keeps the file from the next', async () => {
    const fleet = opened('wait', {
      one: [write('a.ts'), shaped({ before: new Gate() }, report('never'))],
      two: [write('a.ts')],
      three: [write('a.ts'), report('three')],
    });
    const { test, doing, holders } = fleet;
    await wants(test, 'two', 'three');
    test.do({ type: 'killAgent', agentId: test.agent('two').id });
    await test.until(() => test.phase('two') === 'killed');
    assert.match(fleet.results('two')[0] ?? '', /^cancelled: /);
    assert.deepEqual([doing('three'), holders('a.ts')], ['waiting for a.ts, which one writes', ['one']]);
    test.do({ type: 'killAgent', agentId: test.agent('one').id });
    await ends(fleet);
    assert.deepEqual(fleet.results('three'), ['ok: written']);
  });

  it('a pause ends a wait, and the change is made after it', async () => {
    const hold = new Gate();
    const fleet = opened('wait', {
      one: [write('a.ts'), shaped({ before: hold }, report('one'))],
      two: [write('a.ts'), write('a.ts'), report('two')],
    });
    const { test } = fleet;
    await wants(test, 'two');
    test.do({ type: 'pauseAgent', agentId: test.agent('two').id });
    await test.until(() => test.phase('two') === 'paused');
    assert.match(fleet.results('two')[0] ?? '', /^error: You no longer wait for a\.ts; nothing was changed/);
    hold.open();
    await test.until(() => test.phase('one') === 'done');
    test.do({ type: 'resumeAgent', agentId: test.agent('two').id });
    await ends(fleet);
    assert.equal(fleet.results('two')[1], 'ok: written');
  });

  it('a word of the person ends a wait, so that it is read', async () => {
    const fleet = opened('wait', {
      one: [write('a.ts'), shaped({ before: new Gate() }, report('never'))],
      two: [write('a.ts'), report('two')],
    });
    const { test } = fleet;
    await wants(test, 'two');
    test.do({ type: 'wrapUpAgent', agentId: test.agent('two').id });
    await test.until(() => test.phase('two') === 'done');
    assert.match(fleet.results('two')[0] ?? '', /^error: You no longer wait for a\.ts/);
    test.do({ type: 'killAgent', agentId: test.agent('one').id });
    await ends(fleet);
  });

  it('a writer that is paused keeps nobody from the file', async () => {
    const work = new Gate();
    const fleet = opened('wait', { one: [write('a.ts'), call('work'), report('one')], two: [write('a.ts'), report('two')] }, [
      gatedTool('work', work),
    ]);
    const { test } = fleet;
    await wants(test, 'two');
    test.do({ type: 'pauseAgent', agentId: test.agent('one').id });
    work.open();
    await test.until(() => test.phase('two') === 'done');
    assert.deepEqual([test.phase('one'), fleet.results('two')], ['paused', ['ok: written']]);
    test.do({ type: 'resumeAgent', agentId: test.agent('one').id });
    await ends(fleet);
  });

  it('a writer that waits for its agents keeps none of them from the file', async () => {
    const fleet = opened('wait', {
      // Woken by the warning that both change the file, too.
      one: [write('a.ts'), spawns('below'), waits, waits, waits, report('one')],
      below: [write('a.ts'), report('below')],
    });
    const { test } = fleet;
    await test.until(() => test.phase('one') === 'done');
    await ends(fleet);
    assert.deepEqual(fleet.results('one'), ['ok: written']);
  });

  it('CON-07: a writer that waits for the person keeps nobody from the file', async () => {
    const ask = testTool('risky', () => ({ text: 'done', isError: false }), {
      ask: { kind: 'command', title: 'Run it', command: 'it', folder: '.' },
    });
    const fleet = opened('wait', { one: [write('a.ts'), call('risky')], two: [write('a.ts'), report('two')] }, [ask]);
    const { test } = fleet;
    await test.until(() => test.phase('two') === 'done');
    assert.deepEqual([test.waitsFor('one'), fleet.results('two')], ['approval', ['ok: written']]);
    test.do({ type: 'killAgent', agentId: test.agent('one').id });
    await ends(fleet);
  });

  it('two that would wait for each other: the later one is refused and the earlier one gets the file when it ends', async () => {
    const [left, right] = [new Gate(), new Gate()];
    const fleet = opened('wait', {
      one: [write('a.ts'), shaped({ before: left }, write('b.ts')), report('one')],
      two: [write('b.ts'), shaped({ before: right }, write('a.ts')), report('two')],
    });
    const { test, holders } = fleet;
    await test.until(() => holders('a.ts').length + holders('b.ts').length === 2);
    left.open();
    await wants(test, 'one');
    right.open();
    await ends(fleet);
    assert.deepEqual(fleet.results('one'), ['ok: written', 'ok: written']);
    assert.match(fleet.results('two')[1] ?? '', /^error: one is writing a\.ts and waits for a file that you write/);
  });

  it('nobody waits for longer than ten minutes', async () => {
    const fleet = opened('wait', { one: [write('a.ts'), call('work')], two: [write('a.ts'), report('two')] }, [
      gatedTool('work', new Gate()),
    ]);
    const { test } = fleet;
    await wants(test, 'two');
    await test.clock.advance(limitMs - 1);
    assert.equal(test.waitsFor('two'), 'lease');
    await test.clock.advance(1);
    await test.until(() => test.phase('two') === 'done');
    assert.match(fleet.results('two')[0] ?? '', /^error: one has been writing a\.ts for so long/);
    test.do({ type: 'killAgent', agentId: test.agent('one').id });
    await ends(fleet);
  });

  it('other calls of a turn go on while one waits, and the agent counts as waiting when only that one is left', async () => {
    const [hold, work] = [new Gate(), new Gate()];
    const fleet = opened(
      'wait',
      {
        one: [write('a.ts'), shaped({ before: hold }, report('one'))],
        two: [reply(write('a.ts'), write('b.ts'), call('work'), write('A.ts')), report('two')],
      },
      [gatedTool('work', work)],
    );
    const { test, holders } = fleet;
    await test.until(() => holders('b.ts').length === 1 && fleet.leaseFacts() === 2);
    assert.equal(test.phase('two'), 'runningTools');
    work.open();
    await wants(test, 'two');
    assert.deepEqual(holders('b.ts'), ['two'], 'what it has it keeps while it waits for a file');
    hold.open();
    await ends(fleet);
    assert.deepEqual(fleet.results('two'), ['ok: written', 'ok: written', 'ok: written']);
  });

  it('a crash in the middle of a wait leaves no wait open and a call that was not run', async () => {
    const scripts = {
      one: [write('a.ts'), shaped({ before: new Gate() }, report('never'))],
      two: [write('a.ts'), write('a.ts'), report('two')],
    };
    const { test } = opened('wait', scripts);
    await wants(test, 'two');
    const after = new TestFleet(scripts, { entries: test.journal.entries, blobs: test.blobs });
    const two = after.agent('two');
    const [turn] = after.state.transcripts[two.id]?.turns ?? [];
    assert.deepEqual(
      [two.phase.kind, two.openCalls, turn?.calls.map(({ status, output }) => `${status}: ${output?.text}`)],
      ['ended', [], ['cancelled: Not run: the window closed first.']],
    );
    const spans = Object.values(after.state.lanes).flatMap((lane) => lane.spans);
    assert.deepEqual(
      spans.filter((span) => span.to === undefined),
      [],
    );
    await test.fleet.stop();
  });
});
