import * as assert from 'node:assert/strict';
import type { ToolStatus } from '../../src/core/events.ts';
import { toId } from '../../src/core/ids.ts';
import type { Agent, Turn } from '../../src/core/state.ts';
import { stuckOf, toleratedSince } from '../../src/core/stuck.ts';
import { fakeAgent } from '../tools/fakes.ts';

interface Made {
  readonly name?: string;
  readonly input?: string;
  readonly output?: string;
  readonly status?: ToolStatus;
}

/** Turns of one call each, one second apart. */
const turns = (made: readonly Made[]): readonly Turn[] =>
  made.map(({ name = 'read', input = '', output = '', status = 'ok' }, index) => {
    const callId = toId('call', `c${index}`);
    return {
      number: index + 1,
      startedAt: index * 1000,
      endedAt: index * 1000 + 500,
      delivered: [],
      blocks: [{ kind: 'toolCall', callId, name, input: { input } }],
      calls: [{ callId, name, title: `${name} ${input}`.trim(), status, output: { text: output }, effects: [], startedAt: index * 1000 }],
      failures: [],
    };
  });
const look = (made: readonly Made[], agent: Partial<Agent> = {}, since = 0) =>
  stuckOf({
    agent: fakeAgent('me', { phase: { kind: 'thinking', since: 0 }, ...agent }),
    transcript: { opening: '', turns: turns(made) },
    now: 60_000,
    quietMs: 300_000,
    since,
  });
const times = (count: number, one: Made) => Array.from({ length: count }, () => one);

describe('signs of being stuck', () => {
  it('are four turns with the same call, input and result, the last ones only', () => {
    const repeated = look([{ input: 'x' }, ...times(4, { input: 'a' })]);
    assert.deepEqual(repeated, { kind: 'repeating', turn: 5, what: 'has made the same call 4 times with the same result: read a' });
    assert.equal(look(times(3, {})), undefined);
    assert.equal(look([...times(4, {}), { input: 'other' }]), undefined);
    for (const other of [{ input: 'b' }, { output: 'b' }, { name: 'list' }, { status: 'error' as const }]) {
      assert.equal(look([...times(3, {}), other]), undefined, JSON.stringify(other));
    }
  });

  it('are not waits for agents, which are repeated by nature', () => {
    assert.equal(look(times(8, { name: 'wait_for_agents' })), undefined);
  });

  it('are turns back and forth between two calls', () => {
    const [a, b] = [{ input: 'a' }, { input: 'b' }];
    const found = look([a, b, a, b, a, b]);
    assert.equal(found?.kind, 'pingPong');
    assert.match(found?.what ?? '', /: read a; read b$/);
    assert.equal(look([b, a, b, a, b]), undefined);
    assert.equal(look([a, b, a, b, a, { input: 'b', output: 'new' }]), undefined);
  });

  it('are six turns without a call that succeeded', () => {
    const failed = Array.from({ length: 6 }, (_, index): Made => ({ input: String(index), status: index % 2 === 0 ? 'error' : 'denied' }));
    assert.equal(look(failed)?.kind, 'noEffect');
    assert.equal(look([...failed.slice(1), { input: 'ok' }]), undefined);
  });

  it('are nothing for who waits for something named, is killed or not at work', () => {
    const four = times(4, {});
    assert.equal(look(four, { phase: { kind: 'waiting', since: 0, wait: 'approval', detail: '' } }), undefined);
    assert.equal(look(four, { stage: 'paused' }), undefined);
    assert.equal(look(four, { killing: { kind: 'person' } }), undefined);
  });

  it('do not count from before the person let it go on', () => {
    assert.equal(look(times(7, {}), {}, 4000), undefined);
    assert.equal(look(times(8, {}), {}, 4000)?.kind, 'repeating');
    const decision = {
      askId: toId('ask', 'q'),
      runId: toId('run', 'r1'),
      purpose: 'stuck' as const,
      agentId: toId('agent', 'me'),
      ask: { kind: 'decision' as const, title: '', detail: '', options: [{ choice: 'goOn', label: '' }] },
      at: 1,
    };
    assert.equal(toleratedSince([decision], fakeAgent('me')), 0);
    assert.equal(toleratedSince([{ ...decision, answer: { choice: 'goOn', at: 7 } }], fakeAgent('me')), 7);
    assert.equal(toleratedSince([{ ...decision, answer: { choice: 'goOn', at: 7 } }], fakeAgent('you')), 0);
    assert.equal(toleratedSince([{ ...decision, answer: { choice: 'withdrawn', at: 7 } }], fakeAgent('me')), 0);
  });
});
