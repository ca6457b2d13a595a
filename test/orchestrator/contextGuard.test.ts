import * as assert from 'node:assert/strict';
import type { Usage } from '../../src/core/events.ts';
import { outcomeOf } from '../../src/core/selectors.ts';
import { emptyUsage } from '../../src/core/state.ts';
import { createHandOverTool } from '../../src/tools/handOver.ts';
import { Gate } from '../support/gate.ts';
import { call, report, say, type SeenRequest, shaped, stall, summarised } from '../support/scriptedModel.ts';
import { TestFleet } from '../support/testFleet.ts';
import { testTool } from '../support/testTools.ts';

const window = 1000;
const using = (tokens: number): Usage => ({ ...emptyUsage, input: tokens });
const look = (tokens: number) => shaped({ usage: using(tokens) }, call('look'));
const tools = [testTool('look', () => ({ text: 'seen', isError: false })), createHandOverTool({ mayHandOver: () => true })];

/** What the engine told an agent before a request. */
function toldIn({ request }: SeenRequest): readonly string[] {
  const last = request.messages.at(-1);
  const parts = last?.role === 'user' ? last.parts.map((part) => part.text) : [];
  return parts.filter((text) => text.startsWith('<message from="engine"'));
}

describe('an agent whose context fills', () => {
  it('is told at three quarters and at nine tenths, once each', async () => {
    const fleet = new TestFleet(
      { lead: [look(700), look(760), look(800), look(910), look(950), report('done')] },
      { tools, contextWindow: window },
    );
    fleet.start();
    await fleet.ended();
    const told = await Promise.all([1, 2, 3, 4, 5, 6].map(async (count) => toldIn(await fleet.model.requested('lead', count))));
    assert.deepEqual(
      told.map((texts) => texts.length),
      [0, 0, 1, 0, 1, 0],
    );
    assert.match(told[2]?.[0] ?? '', /Your context is 76 % full \(760 of 1k tokens\)\. Finish what is small and report\. .*call hand_over/);
    assert.match(told[4]?.[0] ?? '', /The next request may be the last\. Call report if you are done, else hand_over, now/);
    assert.deepEqual(fleet.model.violations, []);
  });

  it('is told once when it passes both at one step, and without a tool to hand over, to report', async () => {
    const fleet = new TestFleet({ lead: [look(990), look(995), report('done')] }, { tools: tools.slice(0, 1), contextWindow: window });
    fleet.start();
    await fleet.ended();
    assert.match(toldIn(await fleet.model.requested('lead', 2)).join(), /99 % full .*Call report now, with what is done and what is left/);
    assert.deepEqual(toldIn(await fleet.model.requested('lead', 3)), []);
  });

  it('is told nothing when the window is not known, or when its reply is the report', async () => {
    const unknown = new TestFleet({ lead: [look(5_000_000), report('done')] }, { tools, contextWindow: 0 });
    unknown.start();
    await unknown.ended();
    assert.deepEqual(toldIn(await unknown.model.requested('lead', 2)), []);
    const done = new TestFleet({ lead: [shaped({ usage: using(990) }, report('done'))] }, { tools, contextWindow: window });
    done.start();
    await done.ended();
    assert.equal(done.model.requests.length, 1);
  });

  it('is not told again what it was told before a restart', async () => {
    const before = new TestFleet({ lead: [look(800), stall()] }, { tools, contextWindow: window });
    const id = before.start();
    await before.model.requested('lead', 2);
    await before.fleet.stop();
    const after = new TestFleet(
      { lead: [look(810), look(920), report('done')] },
      { tools, contextWindow: window, entries: before.journal.entries, blobs: before.blobs },
    );
    after.do({ type: 'retryAgent', agentId: id });
    await after.ended();
    assert.deepEqual(toldIn(await after.model.requested('lead', 2)), []);
    assert.match(toldIn(await after.model.requested('lead', 3)).join(), /92 % full/);
  });
});

describe('an agent whose history was summarised', () => {
  it('is told its agents and open tasks by the engine, and later again how full its context is', async () => {
    const fleet = new TestFleet(
      {
        lead: [
          shaped({ usage: using(800) }, call('spawn_agent', { label: 'kid' })),
          shaped({ usage: using(300) }, summarised('You spawned someone.'), call('look')),
          look(780),
          call('kill_agent', { label: 'kid' }),
          report('done'),
        ],
        kid: [stall()],
      },
      { tools, contextWindow: window },
    );
    fleet.start();
    await fleet.until((state) => Object.values(state.agents).some((agent) => agent.label === 'lead' && agent.stage === 'ended'));
    const told = await Promise.all([2, 3, 4].map(async (count) => toldIn(await fleet.model.requested('lead', count)).join()));
    assert.match(told[0] ?? '', /80 % full/);
    const { id } = fleet.agent('kid');
    assert.match(told[1] ?? '', new RegExp(`Your history was summarised.*\\nYour agents:\\n- kid \\(${id}\\), general, `));
    assert.match(told[2] ?? '', /78 % full/);
    assert.deepEqual(fleet.model.violations, []);
  });

  it('is told nothing when it has nobody at work', async () => {
    const fleet = new TestFleet({ lead: [[summarised('x'), call('look')], report('done')] }, { tools, contextWindow: window });
    fleet.start();
    await fleet.ended();
    assert.deepEqual(toldIn(await fleet.model.requested('lead', 2)), []);
  });
});

describe('an agent that hands over', () => {
  const handOver = call('hand_over', { done: 'the lexer', left: 'the parser' });

  it('ends at once with what is done and left, whatever is in its mailbox, and leaves its agents at work', async () => {
    const gate = new Gate();
    const fleet = new TestFleet(
      {
        lead: [call('spawn_agent', { label: 'kid' }), shaped({ before: gate }, handOver)],
        kid: [stall(say('working'))],
        'lead-2': [stall()],
      },
      { tools },
    );
    const lead = fleet.start();
    await fleet.model.requested('kid');
    fleet.do({ type: 'sendMessage', agentId: lead, kind: 'steer', text: 'One more thing' });
    gate.open();
    await fleet.model.requested('lead-2');
    const outcome = outcomeOf(fleet.agent('lead'));
    assert.deepEqual(outcome?.kind === 'done' ? outcome.report.handoff : undefined, { done: 'the lexer', left: 'the parser' });
    assert.equal(fleet.agent('kid').stage, 'working');
    assert.equal(fleet.agent('kid').parentId, fleet.agent('lead-2').id);
    await fleet.fleet.stop();
  });

  it('leaves its unread messages to its successor, and those that come before there is one', async () => {
    const gate = new Gate();
    const kid = new Gate();
    const fleet = new TestFleet(
      {
        lead: [call('spawn_agent', { label: 'kid' }), shaped({ before: gate }, handOver)],
        kid: [shaped({ before: kid }, report('kid says'))],
        'lead-2': [report('all done')],
        other: [stall()],
      },
      { tools, settings: { maxConcurrentAgents: 2 } },
    );
    const lead = fleet.start();
    await fleet.model.requested('kid');
    fleet.do({ type: 'sendMessage', agentId: lead, kind: 'steer', text: 'One more thing' });
    // A stranger takes the slot that becomes free, so that there is no successor when the child ends.
    const other = fleet.do({ type: 'spawnAgent', spawn: { label: 'other', brief: { objective: 'wait' } } });
    gate.open();
    await fleet.until((state) => state.agents[lead]?.stage === 'ended');
    kid.open();
    await fleet.until((state) => Object.values(state.agents).some((agent) => agent.label === 'kid' && agent.stage === 'ended'));
    fleet.do({ type: 'killAgent', agentId: other });
    const { request } = await fleet.model.requested('lead-2');
    const first = JSON.stringify(request.messages);
    assert.match(first, /One more thing/);
    assert.match(first, /kid says/);
    assert.equal(fleet.agent('lead').mailbox.length, 0);
    await fleet.ended();
  });
});
