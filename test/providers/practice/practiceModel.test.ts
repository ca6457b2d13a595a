import * as assert from 'node:assert/strict';
import { toId } from '../../../src/core/ids.ts';
import type { Clock, ModelEvent, ModelRequest } from '../../../src/orchestrator/ports.ts';
import { createPracticeModel, noPace, watchablePace } from '../../../src/providers/practice/practiceModel.ts';
import { leadTools } from './drive.ts';

const request: ModelRequest = {
  agentId: toId('agent', 'ag-1'),
  model: 'practice-lead',
  effort: 'low',
  system: 'You lead.',
  tools: leadTools,
  messages: [{ role: 'user', parts: [{ kind: 'text', text: 'Review this repository' }] }],
};

/** A clock on which every sleep is over at once and is written down; `onSleep` may interfere. */
function countingClock(onSleep: (count: number) => void = () => {}): Clock & { readonly slept: number[] } {
  const slept: number[] = [];
  return {
    slept,
    now: () => 0,
    sleep: async (ms, signal) => {
      slept.push(ms);
      onSleep(slept.length);
      signal.throwIfAborted();
    },
  };
}

async function collect(clock: Clock, pace = watchablePace, signal = new AbortController().signal): Promise<ModelEvent[]> {
  const events: ModelEvent[] = [];
  for await (const event of createPracticeModel({ clock, pace }).stream(request, signal)) {
    events.push(event);
  }
  return events;
}

function settledReply(events: readonly ModelEvent[]) {
  const last = events.at(-1);
  assert.ok(last?.type === 'settled');
  return last.reply;
}

describe('PracticeModel', () => {
  it('says what it is', async () => {
    const model = createPracticeModel({ clock: countingClock() });
    assert.deepEqual(
      [model.id, model.label, model.rateKey, model.contextWindow('practice-lead'), await model.ready()],
      ['practice', 'Practice model (offline)', 'practice', 200_000, undefined],
    );
  });

  it('streams exactly what it settles, piece by piece, and the same every time', async () => {
    const clock = countingClock();
    const events = await collect(clock);
    const reply = settledReply(events);
    assert.equal(reply.stop, 'toolUse');
    for (const [index, block] of reply.blocks.entries()) {
      const streamed = events.flatMap((event) => (event.type === 'delta' && event.block === index ? [event.text] : []));
      assert.equal(streamed.join(''), block.kind === 'toolCall' ? JSON.stringify(block.input) : block.kind === 'opaque' ? '' : block.text);
      const longest = block.kind === 'toolCall' ? 64 : 16;
      assert.ok(streamed.every((piece) => piece.length <= longest + 1));
    }
    assert.ok((clock.slept[0] ?? 0) >= 900 && clock.slept.slice(1).every((ms) => ms === 40));
    assert.deepEqual(await collect(countingClock()), events);
    assert.deepEqual(settledReply(await collect(countingClock(), noPace)), reply);
  });

  it('does not wait at all without a pace', async () => {
    const clock = countingClock();
    await collect(clock, noPace);
    assert.deepEqual(clock.slept, []);
  });

  it('names its calls by agent, reply and place, so that they are unique and always the same', async () => {
    const reply = settledReply(await collect(countingClock(), noPace));
    assert.deepEqual(
      reply.blocks.flatMap((block) => (block.kind === 'toolCall' ? [block.callId] : [])),
      ['practice-ag-1-0-2', 'practice-ag-1-0-3'],
    );
  });

  it('stops at once when aborted, with the reason, and settles nothing', async () => {
    const abort = new AbortController();
    const clock = countingClock((count) => (count === 5 ? abort.abort(new Error('killed')) : undefined));
    const seen: ModelEvent[] = [];
    const read = async () => {
      for await (const event of createPracticeModel({ clock }).stream(request, abort.signal)) {
        seen.push(event);
      }
    };
    await assert.rejects(read(), /killed/);
    assert.equal(clock.slept.length, 5);
    assert.ok(seen.every((event) => event.type !== 'settled'));
  });

  it('counts what an earlier request held as read from the cache', async () => {
    const first = settledReply(await collect(countingClock(), noPace));
    const model = createPracticeModel({ clock: countingClock(), pace: noPace });
    const results = first.blocks.flatMap((block) =>
      block.kind === 'toolCall' ? [{ kind: 'toolResult' as const, callId: block.callId, text: 'README.md', isError: false }] : [],
    );
    const next: ModelRequest = {
      ...request,
      messages: [...request.messages, { role: 'assistant', blocks: first.blocks }, { role: 'user', parts: results }],
    };
    const events: ModelEvent[] = [];
    for await (const event of model.stream(next, new AbortController().signal)) {
      events.push(event);
    }
    const second = settledReply(events);
    const all = (usage: typeof second.usage) => usage.input + usage.cacheRead + usage.cacheWrite5m;
    assert.equal(first.usage.cacheRead, 0);
    assert.ok(second.usage.cacheRead > 0);
    assert.equal(second.usage.cacheRead, all(first.usage));
    assert.ok(all(second.usage) > all(first.usage));
    assert.ok(second.usage.output > 0);
  });
});
