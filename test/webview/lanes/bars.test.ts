import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Span } from '../../../src/core/state.ts';
import { barAt, layoutBars } from '../../../webview/lanes/bars.ts';
import { indexSpans } from '../../../webview/lanes/laneIndex.ts';

const span = (from: number, to: number | undefined, kind: Span['kind'] = 'tool', trouble?: Span['trouble']): Span => ({
  kind,
  label: `${kind} ${from}`,
  turn: 1,
  from,
  to,
  trouble,
  ...(kind === 'wait' ? { wait: 'children' as const } : {}),
});
const lay = (spans: readonly Span[], from: number, to: number, width = to - from, now = to) =>
  layoutBars(indexSpans(spans), { from, to }, width, now);

describe('layoutBars', () => {
  it('places spans in px', () => {
    const [first, second] = lay([span(10, 30, 'model'), span(30, 70)], 0, 100, 200);
    assert.deepEqual([first?.x, first?.width, first?.type], [20, 40, 'model']);
    assert.deepEqual([second?.x, second?.width, second?.type], [60, 80, 'tool']);
  });

  it('lets open spans end now', () => {
    assert.deepEqual(
      lay([span(10, undefined)], 0, 100, 100, 60).map((bar) => [bar.x, bar.width]),
      [[10, 50]],
    );
  });

  it('cuts what reaches out of the range, and finds a long span that began far before it', () => {
    const spans = [span(0, 10_000, 'wait'), ...Array.from({ length: 500 }, (_, at) => span(1 + at * 2, 2 + at * 2))];
    const bars = lay(spans, 5_000, 5_100, 100, 10_000);
    assert.deepEqual(
      bars.map((bar) => [bar.type, bar.x, bar.width]),
      [['children', -1, 102]],
    );
  });

  it('puts spans side by side where they overlap, and gives the lane back where they do not', () => {
    const bars = lay([span(0, 40), span(10, 30), span(20, 60), span(80, 90)], 0, 100);
    assert.deepEqual(
      bars.map((bar) => `${bar.track} of ${bar.tracks}`),
      ['0 of 3', '1 of 3', '2 of 3', '0 of 1'],
    );
  });

  it('takes a stripe again as soon as it is free', () => {
    const bars = lay([span(0, 100), span(0, 20), span(20, 40), span(40, 60)], 0, 100);
    assert.deepEqual(
      bars.map((bar) => bar.track),
      [0, 1, 1, 1],
    );
  });

  it('merges spans too short to be seen into the type that lasts longest, and keeps their trouble', () => {
    const spans = [span(0, 1, 'model'), span(1, 8), span(8, 9, 'model', 'failed')];
    const bars = lay(spans, 0, 1_000, 100);
    assert.equal(bars.length, 1);
    assert.deepEqual([bars[0]?.type, bars[0]?.count, bars[0]?.trouble], ['tool', 3, true]);
  });

  it('shows a single span of no length', () => {
    const [bar] = lay([span(50, 50)], 0, 100);
    assert.ok(bar !== undefined && bar.width >= 1);
  });

  const anySpans = fc
    .array(
      fc.record({
        from: fc.integer({ min: 0, max: 1_000 }),
        length: fc.option(fc.integer({ min: 0, max: 300 })),
        kind: fc.constantFrom('model', 'tool', 'wait'),
      }),
      { maxLength: 80 },
    )
    .map((list) => list.map(({ from, length, kind }) => span(from, length === null ? undefined : from + length, kind)));

  it('draws no more bars than a few for each px, inside the range and never of no width', () => {
    fc.assert(
      fc.property(
        anySpans,
        fc.integer({ min: 0, max: 900 }),
        fc.integer({ min: 1, max: 1_000 }),
        fc.integer({ min: 1, max: 50 }),
        (spans, from, length, width) => {
          const bars = lay(spans, from, from + length, width, 1_000);
          assert.ok(bars.length <= spans.length);
          for (const bar of bars) {
            assert.ok(bar.width > 0 && bar.x >= -2 && bar.x <= width + 1 && bar.x + bar.width <= width + 3);
            assert.ok(bar.track < bar.tracks);
          }
        },
      ),
    );
  });

  it('loses no span that ends inside the range', () => {
    fc.assert(
      fc.property(anySpans, fc.integer({ min: 0, max: 900 }), fc.integer({ min: 10, max: 1_000 }), (spans, from, length) => {
        const to = from + length;
        const shown = lay(spans, from, to, 40, 1_000).reduce((sum, bar) => sum + bar.count, 0);
        const due = spans.filter((each) => each.from <= to && Math.max(each.from, Math.min(each.to ?? 1_000, 1_000)) > from).length;
        assert.ok(shown >= due, `${shown} of ${due}`);
      }),
    );
  });

  it('bounds the bars of a hundred thousand spans by the width', () => {
    const spans = Array.from({ length: 100_000 }, (_, at) => span(at * 10, at * 10 + 9, at % 2 === 0 ? 'model' : 'tool'));
    const bars = lay(spans, 0, 1_000_000, 800);
    assert.ok(bars.length <= 801);
    assert.equal(
      bars.reduce((sum, bar) => sum + bar.count, 0),
      100_000,
    );
  });
});

describe('barAt', () => {
  const bars = lay([span(0, 40), span(10, 30), span(50, 60)], 0, 100);

  it('finds the bar of the stripe under the pointer', () => {
    assert.equal(barAt(bars, 20, 0.1, 3)?.span.from, 0);
    assert.equal(barAt(bars, 20, 0.9, 3)?.span.from, 10);
  });

  it('finds a bar that is nearly hit, and none further away', () => {
    assert.equal(barAt(bars, 48, 0.5, 3)?.span.from, 50);
    assert.equal(barAt(bars, 70, 0.5, 3), undefined);
  });
});
