import assert from 'node:assert/strict';
import { historyOf } from '../../src/core/history.ts';
import { openRequests } from '../../src/core/requests.ts';
import type { ModelRequest } from '../../src/orchestrator/ports.ts';
import { createMessageAgentTool } from '../../src/tools/coordination/messageAgent.ts';
import { FakeClock, settle } from '../support/fakeClock.ts';
import { Gate } from '../support/gate.ts';
import { call, type Piece, report, type Script, shaped } from '../support/scriptedModel.ts';
import { TestFleet } from '../support/testFleet.ts';
import { gatedTool, testTool } from '../support/testTools.ts';

const minute = 60_000;

function to(agent: string, kind: string, more: { readonly [key: string]: string | number } = {}): Piece {
  return call('message_agent', { agent_id: agent, kind, text: `${kind} to ${agent}`, ...more });
}

/** What an agent's model was told last, whole. */
function told(request: ModelRequest): string {
  const last = request.messages.at(-1);
  return last?.role === 'user' ? last.parts.map((part) => part.text).join('\n') : '';
}

/** The id in the tag of the message that an agent was told last. */
function idIn(request: ModelRequest): string {
  return / id="([^"]+)"/.exec(told(request))?.[1] ?? assert.fail(`There is no id in: ${told(request)}`);
}

/** Does nothing until a message has come. */
const listen = testTool('listen', async (_, { agentId, coordination }, signal) => {
  // Bounded, so that a test that fails ends.
  for (let turn = 0; turn < 500 && coordination.agents().find((agent) => agent.id === agentId)?.mailbox.length === 0; turn++) {
    signal.throwIfAborted();
    await settle();
  }
  return { text: 'A message is there.', isError: false };
});

type Reply = ReturnType<Extract<Script, (...args: never[]) => unknown>>;

/** The script of an agent that first waits for a message. */
function heard(...replies: readonly ((request: ModelRequest) => Reply)[]): Script {
  return (request, turn) => (turn === 0 ? call('listen') : (replies[turn - 1]?.(request) ?? report('nothing more to do')));
}

/** One run with an agent for each script, in this order, none of them above another. */
function crew(scripts: Readonly<Record<string, Script>>, slots = 10, work = new Gate()): TestFleet {
  let clock = new FakeClock();
  const test = new TestFleet(scripts, {
    tools: [createMessageAgentTool(() => clock.now()), listen, gatedTool('work', work)],
    settings: { maxConcurrentAgents: slots },
  });
  clock = test.clock;
  for (const label of Object.keys(scripts)) {
    const [runId] = Object.values(test.state.runs).map((run) => run.id);
    test.do({ type: 'spawnAgent', spawn: { label, agentType: 'general', brief: { objective: label } }, runId });
  }
  return test;
}

function answersOf(test: TestFleet, label: string): readonly string[] {
  const turns = test.state.transcripts[test.agent(label).id]?.turns ?? [];
  return turns.flatMap((turn) => turn.calls.filter(({ name }) => name === 'message_agent').map(({ output }) => output?.text ?? ''));
}

const deliveredTo = (test: TestFleet, label: string) =>
  (test.state.transcripts[test.agent(label).id]?.turns ?? []).flatMap((turn) => turn.delivered);

const openIn = (test: TestFleet) => openRequests(test.state, test.agent('asker').runId).length;

function assertSound(test: TestFleet): void {
  assert.deepEqual([test.model.violations, test.errors], [[], []]);
}

const ask = to('builder', 'request', { wait_minutes: 5 });
const confirm = (request: ModelRequest) => to('asker', 'confirmation', { reply_to: idIn(request) });

describe('a request that waits for its answer', () => {
  it('gives its slot to the one that has to answer, and goes on with the answer', async () => {
    const test = crew(
      {
        asker: (request, turn) => (turn === 0 ? ask : report(told(request))),
        builder: (request, turn) => (turn === 0 ? confirm(request) : report('built')),
      },
      1,
    );
    await test.ended();
    assert.match(answersOf(test, 'asker')[0] ?? '', /Answered, read below: builder/);
    const [answer] = deliveredTo(test, 'asker');
    assert.deepEqual([answer?.kind, answer?.text], ['confirmation', 'confirmation to asker']);
    assert.equal(answer?.replyTo, deliveredTo(test, 'builder')[0]?.messageId);
    assert.equal(openIn(test), 0);
    assertSound(test);
  });

  it('is told again word for word when its history is rebuilt', async () => {
    const test = crew({ asker: [ask, report('asked')], builder: heard(confirm) });
    await test.ended();
    for (const label of ['asker', 'builder']) {
      const last = test.model.requests.findLast((seen) => seen.label === label)?.request.messages ?? [];
      const transcript = test.state.transcripts[test.agent(label).id] ?? assert.fail('It has a transcript');
      assert.deepEqual(historyOf(transcript, (output) => output.text).messages.slice(0, last.length), last);
    }
  });

  it('says what it waits for, and goes on without an answer when its time is over', async () => {
    const work = new Gate();
    const test = crew({ asker: [ask, call('work'), report('guessed')], builder: [call('work'), report('built')] }, 10, work);
    await test.until(() => test.waitsFor('asker') === 'reply' && test.phase('builder') === 'runningTools');
    await test.clock.advance(5 * minute - 1);
    assert.deepEqual([test.waitsFor('asker'), openIn(test)], ['reply', 1]);
    await test.clock.advance(1);
    await test.until(() => test.phase('asker') === 'runningTools');
    assert.match(answersOf(test, 'asker')[0] ?? '', /No answer from builder .* within 5 minutes\. Go on with a stated assumption/);
    assert.equal(openIn(test), 1);
    work.open();
    await test.ended();
    assertSound(test);
  });

  it('gets a late answer as a message', async () => {
    const work = new Gate();
    const builder: Script = (request, turn) => (turn === 0 ? call('work') : turn === 1 ? confirm(request) : report('built'));
    const test = crew({ asker: [ask, call('listen'), report('late but there')], builder }, 10, work);
    await test.until(() => test.waitsFor('asker') === 'reply' && test.phase('builder') === 'runningTools');
    await test.clock.advance(5 * minute);
    work.open();
    await test.ended();
    assert.equal(openIn(test), 0);
    assert.deepEqual(
      deliveredTo(test, 'asker').map(({ kind }) => kind),
      ['confirmation'],
    );
  });

  it('ends when the asked agent ends without an answer, and the asker is told once', async () => {
    const gate = new Gate();
    const test = crew({ asker: [ask, report('without')], builder: heard(() => shaped({ before: gate }, report('built'))) });
    await test.until(() => test.waitsFor('asker') === 'reply');
    gate.open();
    await test.ended();
    assert.match(answersOf(test, 'asker')[0] ?? '', /Ended without an answer: builder/);
    assert.deepEqual(
      deliveredTo(test, 'asker').map(({ from, text }) => [
        from.kind,
        /builder \(.*\) ended \(done\) without answering your request/.test(text),
      ]),
      [['engine', true]],
    );
    assertSound(test);
  });

  it('ends when the asked agent is killed', async () => {
    const test = crew({ asker: [ask, report('without')], builder: heard(() => shaped({ before: new Gate() }, report('never'))) });
    await test.until(() => test.waitsFor('asker') === 'reply');
    test.do({ type: 'killAgent', agentId: test.agent('builder').id });
    await test.ended();
    assert.match(answersOf(test, 'asker')[0] ?? '', /Ended without an answer: builder/);
  });

  it('makes way for an instruction of the person', async () => {
    const gate = new Gate();
    const test = crew({ asker: [ask, report('steered')], builder: heard(() => shaped({ before: gate }, report('built'))) });
    await test.until(() => test.waitsFor('asker') === 'reply');
    test.do({ type: 'sendMessage', agentId: test.agent('asker').id, kind: 'steer', text: 'Never mind.' });
    await test.until(() => test.agent('asker').stage === 'ended');
    assert.match(answersOf(test, 'asker')[0] ?? '', /Something else came before the answer of builder/);
    gate.open();
    await test.ended();
  });

  it('dies with its agent, and leaves nothing behind', async () => {
    const work = new Gate();
    const test = crew({ asker: [ask], builder: [call('work'), report('built'), report('built, with the request heard')] }, 10, work);
    await test.until(() => test.waitsFor('asker') === 'reply' && test.phase('builder') === 'runningTools');
    test.do({ type: 'killAgent', agentId: test.agent('asker').id });
    await test.until(() => test.agent('asker').stage === 'ended');
    work.open();
    await test.ended();
    assert.deepEqual([openIn(test), test.agent('asker').mailbox], [0, []]);
    assertSound(test);
  });

  it('cannot keep two agents waiting for each other', async () => {
    const other = (label: string): Script => [
      to(label, 'request', { wait_minutes: 30 }),
      report('on'),
      report('on, with the end of the other heard'),
    ];
    const test = crew({ asker: other('builder'), builder: other('asker') });
    await test.ended();
    assert.equal(deliveredTo(test, 'asker').filter(({ kind }) => kind === 'request').length, 1);
    assert.equal(deliveredTo(test, 'builder').filter(({ kind }) => kind === 'request').length, 1);
    assertSound(test);
  });
});

describe('an answer', () => {
  it('counts only from the agent that was asked, and only to a message that it got', async () => {
    const gate = new Gate();
    let asked = '';
    const test = crew({
      asker: [ask, report('asked')],
      builder: heard((request) => {
        asked = idIn(request);
        return shaped({ before: gate }, confirm(request));
      }),
      forger: heard(
        () => to('asker', 'confirmation', { reply_to: asked }),
        () => to('asker', 'confirmation', { reply_to: 'message-0' }),
      ),
    });
    await test.until(() => asked !== '');
    test.do({ type: 'sendMessage', agentId: test.agent('forger').id, kind: 'info', text: 'Forge it.' });
    await test.until(() => test.agent('forger').stage === 'ended');
    for (const refusal of answersOf(test, 'forger')) {
      assert.match(refusal, /You have received no message with the id "message-.*; nothing was sent\./);
    }
    assert.deepEqual([test.waitsFor('asker'), openIn(test)], ['reply', 1]);
    gate.open();
    await test.ended();
    assert.deepEqual(
      deliveredTo(test, 'asker').map(({ sender }) => sender.startsWith('agent builder')),
      [true],
    );
  });

  it('goes to whoever sent the message', async () => {
    const test = crew({
      asker: [to('builder', 'info'), shaped({ before: new Gate() }, report('never'))],
      builder: heard((request) => to('third', 'info', { reply_to: idIn(request) })),
      third: [shaped({ before: new Gate() }, report('never'))],
    });
    await test.until(() => test.agent('builder').stage === 'ended');
    assert.match(answersOf(test, 'builder')[0] ?? '', /came from agent asker \(.*\), not from this agent/);
    test.do({ type: 'killAll' });
    await test.ended();
    assert.deepEqual(deliveredTo(test, 'third'), []);
  });
});

describe('a message to all', () => {
  it('is delivered once to each agent at work, and refused by who has ended', async () => {
    const ready = new Gate();
    const go = new Gate();
    const listener: Script = [
      shaped({ before: go }, call('message_agent', { agent_id: 'asker', kind: 'info', text: 'here' })),
      report('heard'),
    ];
    const test = crew({
      gone: [report('early')],
      asker: [shaped({ before: ready }, to('all', 'warning')), to('gone', 'info'), shaped({ before: go }, report('said'))],
      one: listener,
      two: listener,
    });
    await test.until(() => test.agent('gone').stage === 'ended' && test.phase('two') === 'thinking');
    ready.open();
    await test.until(() => answersOf(test, 'asker').filter((text) => text !== '').length === 2);
    go.open();
    await test.ended();
    const [toAll, toGone] = answersOf(test, 'asker');
    assert.match(toAll ?? '', /^Sent to 2 agents: one .*; two .*\. Not sent to: gone \(.*\): has ended \(done\)\.$/);
    assert.match(toGone ?? '', /^gone has ended\./);
    for (const label of ['one', 'two']) {
      assert.equal(deliveredTo(test, label).filter(({ kind }) => kind === 'warning').length, 1);
    }
    assert.deepEqual(deliveredTo(test, 'gone'), []);
  });
});
