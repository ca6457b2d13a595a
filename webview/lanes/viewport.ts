/** How much time the lanes show: everything, the latest stretch, or a stretch the person chose. Times in ms. */
export type Zoom =
  | { readonly kind: 'fit' }
  | { readonly kind: 'follow'; readonly width: number }
  | { readonly kind: 'free'; readonly from: number; readonly to: number };

/** A stretch of time, ms since the epoch, with `from` < `to`. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

const shortest = 20;
const longest = 400 * 24 * 3_600_000;
/** Room right of the last moment, as a share of the whole, so that the live end is not glued to the border. */
const room = 0.05;

/** The time range that a zoom shows of `extent`, whose end is now while anything is live. */
export function rangeOf(zoom: Zoom, extent: TimeRange): TimeRange {
  switch (zoom.kind) {
    case 'fit': {
      const width = Math.max(1_000, extent.to - extent.from);
      return { from: extent.from - width * 0.01, to: extent.from + width * (1 + room) };
    }
    case 'follow': {
      const to = extent.to + zoom.width * room;
      return { from: to - zoom.width, to };
    }
    case 'free':
      return { from: zoom.from, to: zoom.to };
  }
}

/** Zooms by `factor` (below 1: closer) around the moment `at`; following goes on following. */
export function zoomedAt(zoom: Zoom, extent: TimeRange, at: number, factor: number): Zoom {
  const range = rangeOf(zoom, extent);
  const width = range.to - range.from;
  const next = Math.min(longest, Math.max(shortest, width * factor));
  if (zoom.kind === 'follow') {
    return { kind: 'follow', width: next };
  }
  const share = (at - range.from) / width;
  const from = at - next * share;
  return { kind: 'free', from, to: from + next };
}

/** Moves the range by `ms`, but never so far that nothing of `extent` is left in it. */
export function panned(zoom: Zoom, extent: TimeRange, ms: number): Zoom {
  const range = rangeOf(zoom, extent);
  const width = range.to - range.from;
  const rest = width * 0.1;
  const from = Math.min(Math.max(range.from + ms, extent.from - width + rest), extent.to - rest);
  return { kind: 'free', from, to: from + width };
}

/** The range around a stretch that has to be seen, unchanged when it is seen already. */
export function revealed(zoom: Zoom, extent: TimeRange, from: number, to: number): Zoom {
  const range = rangeOf(zoom, extent);
  if (from >= range.from && to <= range.to) {
    return zoom;
  }
  const width = Math.max(range.to - range.from, (to - from) * 1.2);
  const middle = (from + to) / 2;
  return { kind: 'free', from: middle - width / 2, to: middle + width / 2 };
}

/** Turns following on (keeping the width that is shown) or off (keeping the range that is shown). */
export function followToggled(zoom: Zoom, extent: TimeRange): Zoom {
  const range = rangeOf(zoom, extent);
  return zoom.kind === 'follow'
    ? { kind: 'free', from: range.from, to: range.to }
    : { kind: 'follow', width: Math.min(range.to - range.from, 120_000) };
}
