import assert from 'node:assert/strict';
import { FakeClock } from './fakeClock.ts';

const never = new AbortController().signal;

describe('FakeClock', () => {
  it('wakes sleepers in the order they are due, at the time they are due', async () => {
    const clock = new FakeClock(100);
    const woken: string[] = [];
    const sleeper = async (name: string, ms: number): Promise<void> => {
      await clock.sleep(ms, never);
      woken.push(`${name} ${clock.now()}`);
    };
    const all = Promise.all([sleeper('late', 30), sleeper('early', 10), sleeper('also early', 10)]);
    await clock.advance(9);
    assert.deepEqual(woken, []);
    await clock.advance(21);
    assert.deepEqual(woken, ['early 110', 'also early 110', 'late 130']);
    assert.equal(clock.now(), 130);
    await all;
  });

  it('wakes those that fall asleep while time passes', async () => {
    const clock = new FakeClock(0);
    const ticks: number[] = [];
    const ticker = (async () => {
      while (ticks.length < 5) {
        await clock.sleep(10, never);
        ticks.push(clock.now());
      }
    })();
    await clock.advance(35);
    assert.deepEqual(ticks, [10, 20, 30]);
    assert.equal(clock.pending(), 1);
    await clock.advance(100);
    assert.deepEqual(ticks, [10, 20, 30, 40, 50]);
    await ticker;
  });

  it('rejects with the reason of the signal, before and during the sleep', async () => {
    const clock = new FakeClock();
    const reason = { kind: 'killed' };
    await assert.rejects(clock.sleep(10, AbortSignal.abort(reason)), (error) => error === reason);
    const controller = new AbortController();
    const asleep = clock.sleep(10, controller.signal);
    controller.abort(reason);
    await assert.rejects(asleep, (error) => error === reason);
    assert.equal(clock.pending(), 0);
  });

  it('does not wait at all for no time', async () => {
    const clock = new FakeClock(5);
    await clock.sleep(0, never);
    assert.deepEqual([clock.now(), clock.pending()], [5, 0]);
  });
});
