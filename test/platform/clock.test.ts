import assert from 'node:assert/strict';
import { createClock } from '../../src/platform/clock.ts';

function setUp() {
  const time = { wall: 1_700_000_000_000, monotonic: 500 };
  const clock = createClock({ wall: () => time.wall, monotonic: () => time.monotonic });
  const pass = (ms: number): void => {
    time.wall += ms;
    time.monotonic += ms;
  };
  return { time, clock, pass };
}

describe('clock', () => {
  it('begins at the wall time and counts evenly', () => {
    const { clock, pass } = setUp();
    assert.equal(clock.now(), 1_700_000_000_000);
    pass(1234.5);
    assert.equal(clock.now(), 1_700_000_001_234.5);
  });

  it('never goes back when the system time is set back', () => {
    const { time, clock, pass } = setUp();
    time.wall -= 86_400_000;
    assert.equal(clock.now(), 1_700_000_000_000);
    pass(10);
    assert.equal(clock.now(), 1_700_000_000_010);
  });

  it('ignores small corrections and catches up after a sleep of the machine', () => {
    const { time, clock } = setUp();
    time.wall += 59_000;
    assert.equal(clock.now(), 1_700_000_000_000);
    time.wall += 3_600_000;
    assert.equal(clock.now(), 1_700_003_659_000);
    time.wall -= 3_600_000;
    time.monotonic += 1;
    assert.equal(clock.now(), 1_700_003_659_001);
  });

  it('wakes the sleeper whose time is over and no other', async () => {
    const clock = createClock();
    const controller = new AbortController();
    const long = clock.sleep(60_000, controller.signal).then(
      () => 'long',
      () => 'aborted',
    );
    assert.equal(await Promise.race([long, clock.sleep(2, controller.signal).then(() => 'short')]), 'short');
    controller.abort();
    assert.equal(await long, 'aborted');
  });

  it('ends a sleep with the reason of the signal', async () => {
    const clock = createClock();
    const reason = { kind: 'killed' };
    await assert.rejects(clock.sleep(60_000, AbortSignal.abort(reason)), (error) => error === reason);
    const controller = new AbortController();
    // Longer than one timer can be: without splitting it would end at once.
    const asleep = clock.sleep(2 ** 40, controller.signal);
    const first = await Promise.race([asleep.then(() => 'woke'), clock.sleep(5, new AbortController().signal).then(() => 'still asleep')]);
    assert.equal(first, 'still asleep');
    controller.abort(reason);
    await assert.rejects(asleep, (error) => error === reason);
  });
});
