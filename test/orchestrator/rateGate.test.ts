import * as assert from 'node:assert/strict';
import { type Admission, type GateWait, RateGate } from '../../src/orchestrator/rateGate.ts';
import { FakeClock, settle } from '../support/fakeClock.ts';

/** Agents that each ask to enter once; who is in is known by number, in the order they came in. */
function createCrowd(gate: RateGate) {
  const inside = new Map<number, Admission>();
  const waits = new Map<number, GateWait[]>();
  const order: number[] = [];
  return {
    inside,
    waits,
    order,
    enter: (number: number, signal = new AbortController().signal): Promise<void> =>
      gate
        .enter((wait) => waits.set(number, [...(waits.get(number) ?? []), wait]), signal)
        .then((admission) => {
          inside.set(number, admission);
          order.push(number);
        }),
    at: (number: number): Admission => {
      const admission = inside.get(number);
      assert.ok(admission !== undefined, `${number} is not inside`);
      return admission;
    },
  };
}

const never = new AbortController().signal;

describe('RateGate', () => {
  const create = (maxInFlight = 1000, random = 0.5): { clock: FakeClock; gate: RateGate; crowd: ReturnType<typeof createCrowd> } => {
    const clock = new FakeClock();
    const gate = new RateGate({ clock, random: () => random, maxInFlight });
    return { clock, gate, crowd: createCrowd(gate) };
  };

  it('lets all through, and says nothing, while nothing was refused', async () => {
    const { crowd } = create();
    await Promise.all([1, 2, 3].map((number) => crowd.enter(number)));
    assert.deepEqual(crowd.order, [1, 2, 3]);
    assert.equal(crowd.waits.size, 0);
  });

  it('keeps to the number on their way, first come first served', async () => {
    const { crowd } = create(2);
    for (const number of [1, 2, 3, 4]) {
      void crowd.enter(number);
    }
    await settle();
    assert.deepEqual(crowd.order, [1, 2]);
    assert.deepEqual(crowd.waits.get(3), [{ detail: 'too many requests on their way' }]);
    crowd.at(2).release();
    crowd.at(2).release();
    await settle();
    assert.deepEqual(crowd.order, [1, 2, 3]);
    crowd.at(1).release();
    await settle();
    assert.deepEqual(crowd.order, [1, 2, 3, 4]);
  });

  it('lets one of a hundred refused requests try first, then two, four, and so on', async () => {
    const { clock, crowd } = create();
    const all = Array.from({ length: 100 }, (_, index) => index);
    await Promise.all(all.map((number) => crowd.enter(number)));
    for (const number of all) {
      crowd.at(number).refused(1000);
      crowd.at(number).release();
    }
    crowd.order.length = 0;
    for (const number of all) {
      void crowd.enter(number);
    }
    // Half of the least jitter, one second, is added to the second asked for; the 99 late refusals add nothing.
    await clock.advance(1499);
    assert.deepEqual(crowd.order, []);
    await clock.advance(1);
    assert.deepEqual(crowd.order, [0]);
    await clock.advance(60_000);
    assert.deepEqual(crowd.order, [0], 'only one while the first has no answer');
    crowd.at(0).accepted();
    await settle();
    assert.deepEqual(crowd.order, [0, 1]);
    crowd.at(1).accepted();
    await settle();
    assert.deepEqual(crowd.order, [0, 1, 2, 3]);
    crowd.at(0).accepted();
    await settle();
    assert.equal(crowd.order.length, 4, 'one request counts as accepted once');
    for (let next = 2; next < crowd.order.length; next++) {
      crowd.at(next).accepted();
      await settle();
    }
    assert.deepEqual(crowd.order, all);
    assert.equal(clock.pending(), 0);
  });

  it('lets the next try when the one that tried ended without an answer', async () => {
    const { clock, crowd } = create();
    await crowd.enter(0);
    crowd.at(0).refused(0);
    crowd.at(0).release();
    void crowd.enter(1);
    void crowd.enter(2);
    await clock.advance(1000);
    assert.deepEqual(crowd.order, [0, 1]);
    crowd.at(1).release();
    await settle();
    assert.deepEqual(crowd.order, [0, 1, 2]);
  });

  it('waits longer each time it is refused again, at most two minutes and the jitter, and starts over after a success', async () => {
    const { clock, gate } = create();
    const pauses: number[] = [];
    const refuse = async (retryAfterMs?: number): Promise<void> => {
      const admission = await gate.enter(() => undefined, never);
      admission.refused(retryAfterMs);
      admission.release();
      const before = clock.now();
      const next = gate.enter((wait) => pauses.push((wait.until ?? before) - before), never);
      await clock.advance(300_000);
      (await next).release();
    };
    for (let time = 0; time < 9; time++) {
      await refuse();
    }
    assert.deepEqual(pauses, [1500, 2500, 4500, 9000, 18_000, 36_000, 72_000, 135_000, 135_000]);
    await refuse(86_400_000);
    assert.equal(pauses.at(-1), 135_000);
    (await gate.enter(() => undefined, never)).accepted();
    await refuse();
    assert.equal(pauses.at(-1), 1500);
  });

  it('tells those who wait when it closes again', async () => {
    const { clock, crowd } = create();
    await crowd.enter(0);
    crowd.at(0).refused(1000);
    crowd.at(0).release();
    void crowd.enter(1);
    void crowd.enter(2);
    await clock.advance(1500);
    crowd.at(1).refused(5000);
    crowd.at(1).release();
    const start = 1_000_000;
    assert.deepEqual(crowd.waits.get(2), [
      { detail: 'the endpoint asked for patience', until: start + 1500 },
      { detail: 'the endpoint asked for patience', until: start + 1500 + 5000 + 625 },
    ]);
    await clock.advance(5625);
    assert.deepEqual(crowd.order, [0, 1, 2]);
  });

  it('lets a waiter go at once when it is aborted, with its reason, and sets no alarm for nobody', async () => {
    const { clock, crowd } = create();
    await crowd.enter(0);
    crowd.at(0).refused(60_000);
    crowd.at(0).release();
    const abort = new AbortController();
    const waiting = crowd.enter(1, abort.signal);
    assert.equal(clock.pending(), 1);
    const reason = new Error('killed');
    abort.abort(reason);
    await assert.rejects(waiting, reason);
    assert.equal(clock.pending(), 0);
    void crowd.enter(2);
    await clock.advance(90_000);
    assert.deepEqual(crowd.order, [0, 2]);
    await assert.rejects(crowd.enter(3, abort.signal), reason);
  });
});
