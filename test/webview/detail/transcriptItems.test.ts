import * as assert from 'node:assert/strict';
import { actionsFor } from '../../../webview/detail/agentActions.tsx';
import { firstLines } from '../../../webview/detail/outputView.tsx';
import { createToItems, liveOutputs } from '../../../webview/detail/transcriptItems.ts';
import { oneAgent, twelveAgents } from '../page/scenarios.ts';
import { person, Story } from '../page/story.ts';

describe('items of a transcript', () => {
  const { state, select, tail } = oneAgent();
  const agent = state.agents[select ?? assert.fail('The scenario selects an agent')] ?? assert.fail('It is there');
  const transcript = state.transcripts[agent.id] ?? assert.fail('It has a transcript');

  it('come in the order in which things happened, live text last', () => {
    const kinds = createToItems()(agent, transcript, tail).map((item) => item.kind);
    assert.deepEqual(kinds.slice(0, 6), ['opening', 'turn', 'thinking', 'text', 'call', 'call']);
    assert.deepEqual(kinds.slice(-3), ['turn', 'live', 'live']);
    assert.equal(kinds[kinds.indexOf('message') + 1], 'turn');
  });

  it('begin with what the agent was given, where that is known', () => {
    const manifest = { given: [{ kind: 'brief' as const, name: 'Brief', tokens: 3 }], withheld: [] };
    const [first, second] = createToItems()({ ...agent, manifest }, transcript, tail);
    assert.deepEqual(first, { kind: 'context', key: 'context', agent: { ...agent, manifest }, manifest });
    assert.equal(second?.kind, 'opening');
  });

  it('have keys that are all different', () => {
    const keys = createToItems()(agent, transcript, tail).map((item) => item.key);
    assert.equal(new Set(keys).size, keys.length);
  });

  it('stay the same objects while their turn does', () => {
    const toItems = createToItems();
    const before = toItems(agent, transcript, []);
    const after = toItems(agent, { ...transcript }, tail);
    assert.equal(after[3], before[3]);
  });

  it('end with messages that are not read yet, and with the end', () => {
    const story = new Story(0);
    const worker = story.spawn(1, story.run(0, 'run'), { label: 'worker' }).begin();
    worker.think(100, 'text');
    const open = { ...worker.message('later', person, 'steer', false) };
    const waiting = story.state();
    const asItems = (fleet: typeof waiting) => {
      const each = fleet.agents[open.id] ?? assert.fail('It is there');
      return createToItems()(each, fleet.transcripts[open.id] ?? assert.fail('It has a transcript'), []).map((item) => item.kind);
    };
    assert.equal(asItems(waiting).at(-1), 'queued');
    worker.pass(10).end({ kind: 'killed', by: person });
    assert.deepEqual(asItems(story.state()).slice(-2), ['queued', 'end']);
  });

  it('tell the failure an agent ended with once, at its end, where the way out is', () => {
    const failure = { kind: 'network', message: 'Nothing answers.', next: 'Check the network.' } as const;
    const story = new Story(0);
    const worker = story.spawn(1, story.run(0, 'run'), { label: 'worker' }).begin();
    worker.think(100, 'text').fail('first').end({ kind: 'failed', failure });
    const fleet = story.state();
    const each = fleet.agents[worker.id] ?? assert.fail('It is there');
    const whole = fleet.transcripts[worker.id] ?? assert.fail('It has a transcript');
    const last = { at: 5, failure: { ...failure, next: 'The next try comes soon.' } };
    const turns = whole.turns.map((turn) => ({ ...turn, blocks: [], failures: [{ at: 4, failure }, last] }));
    assert.deepEqual(
      createToItems()(each, { ...whole, turns }, []).map((item) => item.kind),
      ['opening', 'turn', 'failure', 'end'],
    );
  });

  it('show what a running tool prints with its call', () => {
    const block = { source: 'tool' as const, key: 'call-1', kind: 'output' as const, text: 'so far' };
    assert.deepEqual(liveOutputs([...tail, block]), new Map([['call-1', 'so far']]));
    assert.ok(!createToItems()(agent, transcript, [block]).some((item) => item.kind === 'live'));
  });
});

describe('actionsFor', () => {
  const agents = Object.values(twelveAgents().state.agents);
  const actsOf = (label: string) =>
    actionsFor(agents.find((agent) => agent.label === label) ?? assert.fail(`No ${label}`)).map((action) => action.act);

  it('offers what makes sense for the phase', () => {
    assert.deepEqual(actsOf('Historian'), ['write', 'pause', 'wrapUp', 'kill']);
    assert.deepEqual(actsOf('Stylist'), ['write', 'resume', 'wrapUp', 'kill']);
    assert.deepEqual(actsOf('Reader of the scanner'), ['write', 'delete']);
    assert.deepEqual(actsOf('Wanderer'), ['retry', 'write', 'delete']);
  });

  it('does not let anything be asked twice', () => {
    const agent = agents.find((each) => each.label === 'Historian') ?? assert.fail('It is there');
    assert.ok(actionsFor({ ...agent, killing: person }).every((action) => !action.enabled));
    assert.equal(actionsFor({ ...agent, wrappingUp: true }).find((action) => action.act === 'wrapUp')?.enabled, false);
    assert.ok(actionsFor({ ...agent, pausing: true }).some((action) => action.act === 'resume'));
  });
});

describe('firstLines', () => {
  it('cuts after the lines asked for and counts the rest', () => {
    assert.deepEqual(firstLines('a\nb\nc\nd\n', 2), { text: 'a\nb', cut: true, left: 2 });
    assert.deepEqual(firstLines('a\nb\n', 2), { text: 'a\nb', cut: false, left: 0 });
    assert.deepEqual(firstLines('', 2), { text: '', cut: false, left: 0 });
  });
});
