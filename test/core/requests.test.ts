import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Actor, EventOf, FleetEvent, MessageKind } from '../../src/core/events.ts';
import { type AgentId, toId } from '../../src/core/ids.ts';
import { openRequests, requestsTo, unansweredNotices } from '../../src/core/requests.ts';
import type { FleetState } from '../../src/core/state.ts';
import { fold } from '../support/fold.ts';

const runId = toId('run', 'r');
const promptId = toId('prompt', 'p');
const person: Actor = { kind: 'person' };
const id = (text: string): AgentId => toId('agent', text);

function begun(...labels: readonly string[]): readonly FleetEvent[] {
  return [
    { type: 'runStarted', runId, label: 'r', task: 't', by: person },
    ...labels.flatMap((label): FleetEvent[] => [
      {
        type: 'agentSpawned',
        agentId: id(label),
        runId,
        label,
        agentType: 'general',
        depth: 0,
        provider: 'p',
        model: 'm',
        effort: 'low',
        promptId,
        brief: { objective: 'o' },
        opening: 'o',
        by: person,
      },
      { type: 'agentStarted', agentId: id(label) },
    ]),
  ];
}

function said(messageId: string, from: string, to: string, kind: MessageKind, more: Partial<EventOf<'messageQueued'>> = {}): FleetEvent {
  return {
    type: 'messageQueued',
    messageId: toId('message', messageId),
    to: id(to),
    from: from === 'engine' ? { kind: 'engine' } : { kind: 'agent', agentId: id(from) },
    sender: from,
    kind,
    text: `text of ${messageId}\nand more`,
    interrupt: false,
    answerable: true,
    ...more,
  };
}

const answer = (messageId: string, from: string, to: string, replyTo: string, kind: MessageKind = 'confirmation') =>
  said(messageId, from, to, kind, { replyTo: toId('message', replyTo) });
const ended = (agent: string): FleetEvent => ({ type: 'agentEnded', agentId: id(agent), outcome: { kind: 'killed', by: person } });

const openIds = (state: FleetState) => openRequests(state, runId).map(({ messageId }) => messageId);
const settledOf = (state: FleetState, agent: string) => state.agents[id(agent)]?.requests?.map(({ settled }) => settled?.how);

describe('requests between agents', () => {
  const asked = [...begun('a', 'b', 'c'), said('q', 'a', 'b', 'request')];

  it('are open until the asked agent answers', () => {
    assert.deepEqual(openRequests(fold(asked), runId), [{ messageId: 'q', from: 'a', to: 'b', text: 'text of q', at: fold(asked).at }]);
    const state = fold([...asked, answer('x', 'b', 'a', 'q')]);
    assert.deepEqual([openIds(state), settledOf(state, 'a')], [[], ['answered']]);
  });

  it('are not settled by others, by the asker, by questions back, or by answers to something else', () => {
    for (const event of [
      answer('x', 'c', 'a', 'q'),
      answer('x', 'b', 'c', 'q'),
      answer('x', 'a', 'a', 'q'),
      answer('x', 'b', 'a', 'q', 'request'),
      answer('x', 'b', 'a', 'other'),
      said('x', 'b', 'a', 'confirmation'),
    ]) {
      const state = fold([...asked, event]);
      assert.deepEqual(openIds(state).slice(0, 1), ['q'], JSON.stringify(event));
    }
  });

  it('are settled once', () => {
    const state = fold([...asked, answer('x', 'b', 'a', 'q'), answer('y', 'b', 'a', 'q')]);
    assert.equal(state.agents[id('a')]?.requests?.[0]?.settled?.messageId, 'x');
  });

  it('are none when they cannot be answered, as in old journals, and when they come from elsewhere', () => {
    const old = said('q', 'a', 'b', 'request', { answerable: undefined });
    const personal = said('q', 'a', 'b', 'request', { from: person });
    for (const event of [old, personal, said('q', 'a', 'b', 'info'), said('q', 'a', 'nobody', 'request')]) {
      assert.deepEqual(openIds(fold([...begun('a', 'b'), event])), []);
    }
  });

  it('are nobody’s any more when their sender has ended', () => {
    assert.deepEqual(openIds(fold([...asked, ended('a')])), []);
  });

  it('are told to be closed when the asked agent ends, exactly once, and not when it is only interrupted', () => {
    const before = fold([...asked, said('q2', 'c', 'b', 'request'), answer('x', 'b', 'c', 'q2')]);
    const agent = before.agents[id('b')] ?? assert.fail('It is there');
    assert.deepEqual(unansweredNotices(before, agent, { kind: 'interrupted' }), []);
    const notices = unansweredNotices(before, agent, { kind: 'killed', by: person });
    assert.deepEqual(
      notices.map((notice) => notice.type === 'messageQueued' && [notice.to, notice.replyTo, notice.from.kind]),
      [['a', 'q', 'engine']],
    );
    const after = fold([...asked, ended('b'), ...notices]);
    assert.deepEqual([openIds(after), settledOf(after, 'a')], [[], ['ended']]);
    assert.deepEqual(unansweredNotices(after, agent, { kind: 'killed', by: person }), []);
  });

  it('are not told to who is being stopped', () => {
    const state = fold([...asked, { type: 'killAsked', agentId: id('a'), by: person }]);
    const agent = state.agents[id('b')] ?? assert.fail('It is there');
    assert.deepEqual(unansweredNotices(state, agent, { kind: 'killed', by: person }), []);
  });

  it('are open exactly where no answer of the asked agent has come, in any order of facts', () => {
    const agents = ['a', 'b', 'c'] as const;
    const who = fc.constantFrom(...agents);
    const fact = fc.record({
      kind: fc.constantFrom<MessageKind>('request', 'confirmation', 'info'),
      from: who,
      to: who,
      about: fc.nat({ max: 9 }),
    });
    fc.assert(
      fc.property(fc.array(fact, { maxLength: 25 }), (facts) => {
        const events = facts.map(({ kind, from, to, about }, index) =>
          said(`m${index}`, from, to, kind, kind === 'request' ? {} : { replyTo: toId('message', `m${about}`) }),
        );
        const expected = facts.flatMap((sent, index) => {
          const isAnswered = facts.some(
            (other, later) =>
              later > index && other.kind !== 'request' && other.about === index && other.from === sent.to && other.to === sent.from,
          );
          return sent.kind === 'request' && !isAnswered ? [`m${index}`] : [];
        });
        assert.deepEqual(openIds(fold([...begun(...agents), ...events])), expected);
      }),
    );
  });

  it('can be listed by who owes the answer', () => {
    const state = fold([...asked, said('q2', 'c', 'b', 'request'), said('q3', 'b', 'c', 'request')]);
    assert.deepEqual(
      requestsTo(Object.values(state.agents), id('b')).map(({ messageId, from }) => [messageId, from]),
      [
        ['q', 'a'],
        ['q2', 'c'],
      ],
    );
  });
});
