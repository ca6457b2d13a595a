import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { timeTicks } from '../../../webview/lanes/axis.ts';

const start = Date.UTC(2026, 10, 21, 9, 30, 17);
const labels = (ms: number, width = 800): readonly string[] =>
  timeTicks({ from: start, to: start + ms }, width, 90, start).map((tick) => tick.label);

describe('timeTicks', () => {
  it('counts from the start of the run in round steps', () => {
    assert.deepEqual(labels(60_000), ['0', '10 s', '20 s', '30 s', '40 s', '50 s', '1:00']);
    assert.deepEqual(labels(3_600_000 * 3, 400), ['0', '1:00:00', '2:00:00', '3:00:00']);
    assert.deepEqual(labels(2_000, 500), ['0', '500 ms', '1.0 s', '1.5 s', '2.0 s']);
  });

  it('does not count what came before the start', () => {
    const ticks = timeTicks({ from: start - 60_000, to: start + 60_000 }, 800, 90, start);
    assert.ok(ticks.every((tick) => tick.at >= start));
    assert.equal(ticks[0]?.label, '0');
  });

  it('shows times of day when there are many runs', () => {
    const ticks = timeTicks({ from: start, to: start + 7_200_000 }, 800, 90, undefined);
    assert.ok(ticks.length > 2);
    for (const tick of ticks) {
      assert.match(tick.label, /^\d\d:\d\d$/);
    }
  });

  it('is never crowded, whatever the range', () => {
    fc.assert(
      fc.property(fc.double({ min: 20, max: 1e10, noNaN: true }), fc.integer({ min: 100, max: 4_000 }), (length, width) => {
        const ticks = timeTicks({ from: start, to: start + length }, width, 90, start);
        for (const [at, tick] of ticks.entries()) {
          const before = ticks[at - 1];
          assert.ok(before === undefined || ((tick.at - before.at) * width) / length >= 89.9 || length < width / 90);
        }
      }),
    );
  });

  it('is empty where there is no room', () => {
    assert.deepEqual(timeTicks({ from: 0, to: 1_000 }, 0, 90, 0), []);
  });
});
