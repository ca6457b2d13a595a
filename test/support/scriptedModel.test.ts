import * as assert from 'node:assert/strict';
import { toId } from '../../src/core/ids.ts';
import { ModelError, type ModelEvent, type ModelRequest } from '../../src/orchestrator/ports.ts';
import { call, cut, fail, Gate, reply, ScriptedModel, say, shaped, stall, think } from './scriptedModel.ts';

const request = (agent: string, opening = 'Task'): ModelRequest => ({
  agentId: toId('agent', agent),
  model: 'm',
  effort: 'low',
  system: 'system',
  tools: [],
  messages: [{ role: 'user', parts: [{ kind: 'text', text: opening }] }],
});

async function collect(model: ScriptedModel, asked: ModelRequest, signal = new AbortController().signal): Promise<ModelEvent[]> {
  const events: ModelEvent[] = [];
  for await (const event of model.stream(asked, signal)) {
    events.push(event);
  }
  return events;
}

describe('ScriptedModel', () => {
  it('answers by agent with the pieces of the script and its own call ids', async () => {
    const model = new ScriptedModel({ lead: [reply(think('hm'), say('hello'), call('wait_for_agents'))], '*': [say('other')] });
    const events = await collect(model, request('a1', 'You are the lead of this'));
    const settled = events.at(-1);
    assert.ok(settled?.type === 'settled');
    assert.equal(settled.reply.stop, 'toolUse');
    assert.deepEqual(settled.reply.blocks, [
      { kind: 'thinking', text: 'hm', raw: null },
      { kind: 'text', text: 'hello' },
      { kind: 'toolCall', callId: 'a1-0-2', name: 'wait_for_agents', input: {} },
    ]);
    assert.equal((await collect(model, request('a2', 'leader'))).at(1)?.type, 'delta');
    assert.deepEqual(
      model.requests.map((seen) => seen.label),
      ['lead', '*'],
    );
  });

  it('fails, then goes on with the next reply', async () => {
    const model = new ScriptedModel({ '*': [fail('overloaded', 'wait', { retryAfterMs: 7 }), say('ok')] });
    await assert.rejects(
      collect(model, request('a')),
      (error) => error instanceof ModelError && error.retry === 'wait' && error.retryAfterMs === 7,
    );
    assert.equal((await collect(model, request('a'))).at(-1)?.type, 'settled');
  });

  it('stalls until aborted and rejects with the reason', async () => {
    const model = new ScriptedModel({ '*': [stall(say('half'))] });
    const abort = new AbortController();
    const reading = collect(model, request('a'), abort.signal);
    await model.requested('*');
    abort.abort(new Error('killed'));
    await assert.rejects(reading, /killed/);
    assert.equal(model.active, 0);
  });

  it('cuts a stream before its settled event', async () => {
    const events = await collect(new ScriptedModel({ '*': [cut(say('half'))] }), request('a'));
    assert.deepEqual(
      events.map((event) => event.type),
      ['started', 'delta'],
    );
  });

  it('holds a reply at a gate', async () => {
    const gate = new Gate();
    const model = new ScriptedModel({ '*': [shaped({ after: gate }, say('late'))] });
    const reading = collect(model, request('a'));
    await gate.reached;
    assert.equal(model.active, 1);
    gate.open();
    assert.equal((await reading).at(-1)?.type, 'settled');
  });

  it('refuses what no endpoint would accept, and requests beyond the script', async () => {
    const model = new ScriptedModel({ '*': [say('one')] });
    await collect(model, request('a', 'first'));
    await assert.rejects(collect(model, request('a', 'changed')), /append-only/);
    await assert.rejects(
      collect(model, request('b')).then(() => collect(model, request('b'))),
      /no scripted reply/,
    );
    const unanswered: ModelRequest = {
      ...request('c'),
      messages: [
        ...request('c').messages,
        { role: 'assistant', blocks: [{ kind: 'toolCall', callId: toId('call', 'x'), name: 'report', input: {} }] },
        { role: 'user', parts: [{ kind: 'text', text: 'go on' }] },
      ],
    };
    await assert.rejects(collect(model, unanswered), /do not answer the calls/);
    assert.equal(model.violations.length, 3);
  });
});
