import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { followToggled, panned, rangeOf, revealed, type Zoom, zoomedAt } from '../../../webview/lanes/viewport.ts';

const extent = { from: 1_000, to: 101_000 };
const anyZoom: fc.Arbitrary<Zoom> = fc.oneof(
  fc.constant<Zoom>({ kind: 'fit' }),
  fc.integer({ min: 20, max: 500_000 }).map((width): Zoom => ({ kind: 'follow', width })),
  fc
    .tuple(fc.integer({ min: -50_000, max: 150_000 }), fc.integer({ min: 20, max: 500_000 }))
    .map(([from, width]): Zoom => ({ kind: 'free', from, to: from + width })),
);

describe('viewport', () => {
  it('fits the whole extent with room on the right, and never less than a second', () => {
    const range = rangeOf({ kind: 'fit' }, extent);
    assert.ok(range.from <= extent.from && range.to > extent.to);
    const single = rangeOf({ kind: 'fit' }, { from: 5, to: 5 });
    assert.ok(single.to - single.from >= 1_000);
  });

  it('follows the end at a fixed width', () => {
    const later = { from: 1_000, to: 201_000 };
    const zoom: Zoom = { kind: 'follow', width: 10_000 };
    assert.equal(rangeOf(zoom, later).to - rangeOf(zoom, extent).to, 100_000);
    assert.ok(rangeOf(zoom, extent).to > extent.to);
  });

  it('keeps the moment under the pointer where it is while zooming', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), fc.double({ min: 0.3, max: 3, noNaN: true }), (at, factor) => {
        const before = rangeOf({ kind: 'fit' }, extent);
        const after = rangeOf(zoomedAt({ kind: 'fit' }, extent, at, factor), extent);
        const share = (range: typeof before): number => (at - range.from) / (range.to - range.from);
        assert.ok(Math.abs(share(before) - share(after)) < 1e-6);
      }),
    );
  });

  it('never zooms to nothing or to infinity, and goes on following', () => {
    fc.assert(
      fc.property(anyZoom, fc.double({ min: 1e-9, max: 1e9, noNaN: true }), (zoom, factor) => {
        const next = zoomedAt(zoom, extent, 50_000, factor);
        const { from, to } = rangeOf(next, extent);
        assert.ok(to - from >= 19 && to - from < 1e12);
        assert.equal(next.kind === 'follow', zoom.kind === 'follow');
      }),
    );
  });

  it('moves, but never so far that nothing is left to see', () => {
    fc.assert(
      fc.property(anyZoom, fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), (zoom, ms) => {
        const { from, to } = rangeOf(panned(zoom, extent, ms), extent);
        assert.ok(from < extent.to && to > extent.from);
      }),
    );
  });

  it('reveals a stretch that is outside, and leaves the zoom alone when it is inside', () => {
    const zoom: Zoom = { kind: 'free', from: 10_000, to: 20_000 };
    assert.equal(revealed(zoom, extent, 12_000, 15_000), zoom);
    const { from, to } = rangeOf(revealed(zoom, extent, 60_000, 90_000), extent);
    assert.ok(from <= 60_000 && to >= 90_000);
  });

  it('stops following where it is', () => {
    const followed = followToggled({ kind: 'fit' }, extent);
    assert.equal(followed.kind, 'follow');
    assert.deepEqual(rangeOf(followToggled(followed, extent), extent), rangeOf(followed, extent));
  });
});
