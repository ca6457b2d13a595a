import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { UsagePoint } from '../../../src/core/state.ts';
import { tokenKinds, usageSeries } from '../../../webview/usage/series.ts';

const point = (at: number, tokens: number): UsagePoint => ({
  at,
  turn: 1,
  usage: { input: tokens, output: 2 * tokens, cacheRead: 3 * tokens, cacheWrite5m: tokens, cacheWrite1h: tokens },
});

describe('usageSeries', () => {
  it('adds up and stacks, from the start to the end', () => {
    const series = usageSeries([point(2_000, 10), point(1_000, 1)], 0, 4_000, 100);
    assert.deepEqual(series.seconds, [0, 1, 2, 4]);
    assert.deepEqual(series.plain.output, [0, 2, 22, 22]);
    assert.deepEqual(series.plain.cacheWrite, [0, 2, 22, 22]);
    assert.deepEqual(series.stacked.input, [0, 3, 33, 33]);
    assert.deepEqual(series.stacked.cacheRead, [0, 8, 88, 88]);
  });

  it('starts at nothing when there is nothing', () => {
    assert.deepEqual(usageSeries([], 0, 2_000, 100).stacked.cacheRead, [0, 0]);
  });

  it('keeps the sum and rises strictly in time, however many points share a px', () => {
    const points = fc.array(fc.tuple(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 50 })), { maxLength: 200 });
    fc.assert(
      fc.property(points, fc.integer({ min: 1, max: 60 }), (list, max) => {
        const series = usageSeries(
          list.map(([at, tokens]) => point(at, tokens)),
          0,
          5_000,
          max,
        );
        const total = list.reduce((sum, [, tokens]) => sum + tokens, 0);
        assert.equal(series.stacked.cacheRead.at(-1), total * 8);
        assert.ok(series.seconds.every((second, at) => at === 0 || second > (series.seconds[at - 1] ?? 0)));
        assert.ok(series.seconds.length <= max + 4);
        assert.ok(tokenKinds.every((kind) => series.plain[kind].length === series.seconds.length));
      }),
    );
  });
});
