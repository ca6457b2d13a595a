import assert from 'node:assert/strict';
import type { FleetEvent } from '../../src/core/events.ts';
import { toId } from '../../src/core/ids.ts';
import { guardFact } from '../../src/policy/guardFact.ts';
import { createRedactor } from '../../src/policy/redact.ts';

const secret = 'canary-5f1c-9a7e';
const redactor = createRedactor([{ name: 'KEY', value: secret }]);
const guard = (event: FleetEvent) => guardFact(event, redactor);
const agentId = toId('agent', 'ann');
const callId = toId('call', 'one');

describe('SEC-05: facts', () => {
  it('hold no beginning of a secret where a reply was broken off in it', () => {
    const failure = { kind: 'network', message: 'Gone.', next: 'Try again.' } as const;
    for (const [partial, kept] of [
      ['the key is canary-5f1c-9a', 'the key is …'],
      [`the token is ghp_${'aB3'.repeat(8)}`, 'the token is …'],
      [`it is ${secret} as`, 'it is ⟨secret KEY⟩ as'],
      ['nothing of that s', 'nothing of that s'],
    ] as const) {
      const event = guard({ type: 'requestFailed', agentId, turn: 1, attempt: 1, failure, partial });
      assert.deepEqual(event, { type: 'requestFailed', agentId, turn: 1, attempt: 1, failure, partial: kept });
    }
  });

  it('hold no secret in any text of theirs, however deep', () => {
    const events: readonly FleetEvent[] = [
      { type: 'toolStarted', agentId, callId, title: `Run curl -H ${secret}` },
      {
        type: 'toolEnded',
        agentId,
        callId,
        status: 'ok',
        output: { text: secret },
        effects: [{ kind: 'ran', command: `echo ${secret}`, exitCode: 0 }],
      },
      {
        type: 'personAsked',
        askId: toId('ask', 'a'),
        agentId,
        callId,
        ask: { kind: 'write', title: 'Edit', path: 'a', diff: `+${secret}` },
      },
      { type: 'agentEnded', agentId, outcome: { kind: 'failed', failure: { kind: 'defect', message: secret, next: secret } } },
      {
        type: 'replySettled',
        agentId,
        turn: 1,
        model: 'm',
        blocks: [
          { kind: 'text', text: secret },
          { kind: 'toolCall', callId, name: 'write_file', input: { path: 'a', list: [secret], deep: { er: secret } } },
        ],
        stop: 'toolUse',
        usage: { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 },
      },
    ];
    for (const event of events) {
      const kept = guard(event);
      assert.ok(!JSON.stringify(kept).includes(secret), event.type);
      assert.ok(JSON.stringify(kept).includes('⟨secret KEY⟩'), event.type);
    }
  });

  it('stay what they are, and the same parts, when there is nothing to leave out', () => {
    const event: FleetEvent = {
      type: 'toolEnded',
      agentId,
      callId,
      status: 'ok',
      output: { text: 'fine', told: 'ab12' },
      effects: [{ kind: 'read', path: 'a' }],
    };
    const kept = guard(event);
    assert.deepEqual(kept, event);
    assert.ok(kept.type === 'toolEnded' && kept.effects === event.effects);
  });

  it('give a provider its own blocks back byte for byte, and the same prompt for the same prompt', () => {
    const raw = { signature: secret };
    const usage = { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
    const reply = guard({
      type: 'replySettled',
      agentId,
      turn: 1,
      model: 'm',
      blocks: [{ kind: 'thinking', text: 'x', raw }],
      stop: 'endTurn',
      usage,
    });
    assert.ok(reply.type === 'replySettled');
    assert.deepEqual(reply.blocks, [{ kind: 'thinking', text: 'x', raw }]);
    const prompt: FleetEvent = { type: 'promptFixed', promptId: toId('prompt', 'p'), system: 'a\u200bb', tools: [] };
    assert.equal(guard(prompt), prompt);
  });

  it('TIN-07: show what is hidden in what other agents are told', () => {
    const message = guard({
      type: 'messageQueued',
      messageId: toId('message', 'm'),
      to: agentId,
      from: { kind: 'agent', agentId },
      sender: 'bob',
      kind: 'info',
      interrupt: false,
      text: 'go\u{e0041}on',
    });
    assert.ok(message.type === 'messageQueued');
    assert.equal(message.text, 'go⟨U+E0041⟩on');
  });
});
