import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type AgentId, toId } from '../../src/core/ids.ts';
import { createLiveTail, type LiveTailOptions } from '../../src/orchestrator/liveTail.ts';
import { createRedactor } from '../../src/policy/redact.ts';
import { examples } from '../support/examples.ts';
import { FakeClock } from '../support/fakeClock.ts';

const a = toId('agent', 'a');
const b = toId('agent', 'b');
const modelText = { source: 'model', key: '0', kind: 'text' } as const;
const toolOutput = { source: 'tool', key: 'call-1', kind: 'output' } as const;

function setUp(maxCharsPerBlock = 10, growing?: LiveTailOptions['growing']) {
  const clock = new FakeClock();
  const errors: unknown[] = [];
  const tail = createLiveTail({
    clock,
    log: { error: (_message, error) => errors.push(error) },
    flushMs: 50,
    maxCharsPerBlock,
    ...(growing === undefined ? {} : { growing }),
  });
  const told: AgentId[][] = [];
  tail.onDidChange((agentIds) => told.push([...agentIds]));
  return { clock, tail, told, errors };
}

describe('live tail', () => {
  it('gathers the text of each block in the order the blocks began', () => {
    const { tail } = setUp();
    tail.push(a, { source: 'model', key: '0', kind: 'thinking' }, 'hm');
    tail.push(a, { source: 'model', key: '1', kind: 'text' }, 'Hel');
    tail.push(a, toolOutput, 'out');
    tail.push(a, { source: 'model', key: '1', kind: 'text' }, 'lo');
    assert.deepEqual(tail.tail(a), [
      { source: 'model', key: '0', kind: 'thinking', text: 'hm' },
      { source: 'model', key: '1', kind: 'text', text: 'Hello' },
      { source: 'tool', key: 'call-1', kind: 'output', text: 'out' },
    ]);
    assert.deepEqual(tail.tail(b), []);
  });

  it('tells once per 50 ms which agents changed, and nothing while nothing does', async () => {
    const { clock, tail, told } = setUp();
    for (let i = 0; i < 100; i++) {
      tail.push(i % 2 === 0 ? a : b, modelText, 'x');
    }
    await clock.advance(49);
    assert.deepEqual(told, []);
    await clock.advance(1);
    assert.deepEqual(told, [[a, b]]);
    tail.push(b, modelText, 'y');
    await clock.advance(50);
    assert.deepEqual(told, [[a, b], [b]]);
    await clock.advance(1000);
    assert.equal(told.length, 2);
    assert.equal(clock.pending(), 0);
  });

  it('tells text that is pushed by a listener with the next batch', async () => {
    const { clock, tail, told } = setUp();
    let pushed = false;
    tail.onDidChange(() => {
      if (!pushed) {
        pushed = true;
        tail.push(b, modelText, 'echo');
      }
    });
    tail.push(a, modelText, 'x');
    await clock.advance(100);
    assert.deepEqual(told, [[a], [b]]);
  });

  it("settles the model's blocks, or those of one call, and tells so", async () => {
    const { clock, tail, told } = setUp();
    tail.push(a, modelText, 'x');
    tail.push(a, toolOutput, 'y');
    tail.settle(a);
    assert.deepEqual(tail.tail(a), [{ ...toolOutput, text: 'y' }]);
    tail.settle(a, 'call-1');
    assert.deepEqual(tail.tail(a), []);
    await clock.advance(50);
    assert.deepEqual(told, [[a]]);
    tail.settle(a, 'call-1');
    tail.clear(a);
    assert.equal(clock.pending(), 0, 'forgetting nothing is no change');
  });

  it('clears one agent and leaves the others', () => {
    const { tail } = setUp();
    tail.push(a, modelText, 'x');
    tail.push(b, modelText, 'y');
    tail.clear(a);
    assert.deepEqual([tail.tail(a).length, tail.tail(b).length], [0, 1]);
  });

  it('keeps the end of a long block, before and after it is cut', () => {
    const { tail } = setUp(10);
    let all = '';
    for (let i = 0; i < 57; i++) {
      all += String(i % 10);
      tail.push(a, modelText, String(i % 10));
      assert.equal(tail.tail(a)[0]?.text, all.slice(-10));
    }
  });

  it('does not begin in the middle of a surrogate pair', () => {
    const { tail } = setUp(10);
    tail.push(a, modelText, '1234😀123456789');
    assert.equal(tail.tail(a)[0]?.text, '123456789');
  });

  it('tells the other listeners when one throws', async () => {
    const { clock, tail, errors } = setUp();
    const defect = new Error('defect');
    const told: number[] = [];
    tail.onDidChange(() => {
      throw defect;
    });
    tail.onDidChange((agentIds) => told.push(agentIds.size));
    tail.push(a, modelText, 'x');
    await clock.advance(50);
    assert.deepEqual([told, errors], [[1], [defect]]);
  });

  it('ends its timer and forgets everything when disposed', async () => {
    const { clock, tail, told } = setUp();
    tail.push(a, modelText, 'x');
    tail.dispose();
    assert.equal(clock.pending(), 0);
    tail.push(a, modelText, 'late');
    await clock.advance(100);
    assert.deepEqual([told, tail.tail(a)], [[], []]);
  });

  it('SEC-05: shows no eight characters of a secret, however its text is split and however much came before', () => {
    const value = 'Q9-canary-5f1c-9a7e-end';
    const token = `ghp_${'Zy7'.repeat(14)}`;
    const privateKey = `-----BEGIN PRIVATE KEY-----\n${'Vw8\n'.repeat(80)}-----END PRIVATE KEY-----`;
    const { growing } = createRedactor([{ name: 'K', value }]);
    const piece = fc.oneof(
      fc.constantFrom(value, token, privateKey, ' ', '\n', 'plain words '),
      fc.string({ unit: fc.constantFrom(...'abc .') }),
    );
    const parts = [value, token, `${'Vw8\n'.repeat(20)}`].flatMap((secret) =>
      Array.from({ length: secret.length - 7 }, (_, from) => secret.slice(from, from + 8)),
    );
    let shown = 0;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1 }), (pieces, sizes) => {
        const { tail } = setUp(40, growing);
        // A word follows each, so that a secret ends where it ends.
        const text = pieces.map((one) => `${one} `).join('');
        for (let from = 0, index = 0; from < text.length; index++) {
          const to = from + (sizes[index % sizes.length] ?? 1);
          tail.push(a, modelText, text.slice(from, to));
          from = to;
          const live = tail.tail(a)[0]?.text ?? '';
          shown += live.includes('⟨secret') ? 1 : 0;
          assert.deepEqual(
            parts.filter((part) => live.includes(part)),
            [],
            live,
          );
        }
      }),
      examples(300),
    );
    assert.ok(shown > 0, 'secrets were on their way');
  });
});
