import * as assert from 'node:assert/strict';
import { formatBytes, formatClock, formatCount, formatDuration, formatShare } from '../../../webview/text/format.ts';

describe('formats of the timeline', () => {
  const durations: readonly (readonly [ms: number, text: string])[] = [
    [0, '0 ms'],
    [-5, '0 ms'],
    [Number.NaN, '0 ms'],
    [850.4, '850 ms'],
    [999.6, '1.0 s'],
    [4_230, '4.2 s'],
    [9_960, '10 s'],
    [59_400, '59 s'],
    [59_600, '1 m 00 s'],
    [185_000, '3 m 05 s'],
    [3_599_600, '1 h 00 m'],
    [7_500_000, '2 h 05 m'],
    [86_400_000 * 3 + 3_600_000 * 4, '3 d 4 h'],
  ];
  for (const [ms, text] of durations) {
    it(`writes ${ms} ms as ${text}`, () => assert.equal(formatDuration(ms), text));
  }

  it('groups counts, and keeps shares between 0 and 100 %', () => {
    assert.equal(formatCount(1_234_567.4), '1,234,567');
    assert.deepEqual([formatShare(-1), formatShare(0.425), formatShare(3)], ['0 %', '43 %', '100 %']);
  });

  it('writes sizes in the unit that is read at a glance', () => {
    assert.deepEqual([0, 812, 1_234, 999_400, 999_600].map(formatBytes), ['0 B', '812 B', '1.2 KB', '999.4 KB', '1.0 MB']);
  });

  it('writes a moment that is none as a dash', () => {
    assert.equal(formatClock(Number.NaN), '–');
    assert.match(formatClock(1_700_000_000_000), /^\d\d:\d\d:\d\d$/);
  });
});
