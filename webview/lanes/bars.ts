import type { Span } from '../../src/core/state.ts';
import { type SpanType, spanTypes } from '../text/words.ts';
import { firstEndingAfter, firstStartingAfter, type LaneIndex } from './laneIndex.ts';
import type { TimeRange } from './viewport.ts';

/** A rectangle of a lane, in px from its left border. */
export interface Bar {
  readonly x: number;
  readonly width: number;
  readonly type: SpanType;
  /** Stripe `track` of `tracks`. */
  readonly track: number;
  readonly tracks: number;
  /** The span, or the first of the `count` spans too short to be seen apart. */
  readonly span: Span;
  readonly count: number;
  readonly trouble: boolean;
}

/** Spans narrower than this are merged with their neighbours. */
const narrow = 1.5;

/**
 * The bars of one lane in a time range on `width` px; open spans end at `now`. The number of bars is bounded by the width, however
 * many spans there are: spans of the same px become one bar of the type that lasted longest in it.
 */
export function layoutBars(index: LaneIndex, range: TimeRange, width: number, now: number): readonly Bar[] {
  const scale = width / (range.to - range.from);
  const bars: Bar[] = [];
  const pixel = createPixel(bars);
  const end = firstStartingAfter(index, range.to);
  for (let at = firstEndingAfter(index, range.from); at < end; at++) {
    const from = index.from[at] ?? 0;
    const to = Math.min(index.to[at] ?? 0, Math.max(now, from));
    if (to < range.from) {
      continue;
    }
    const left = Math.max(-1, (from - range.from) * scale);
    const right = Math.min(width + 1, (to - range.from) * scale);
    const span = index.spans[at];
    if (span === undefined) {
      continue;
    }
    if (right - left < narrow) {
      pixel.add(Math.floor(left), right - left, index.type[at] ?? 0, span);
      continue;
    }
    pixel.flush();
    bars.push({
      x: left,
      width: right - left,
      type: spanTypes[index.type[at] ?? 0] ?? 'tool',
      track: index.track[at] ?? 0,
      tracks: index.tracks[at] ?? 1,
      span,
      count: 1,
      trouble: span.trouble !== undefined,
    });
  }
  pixel.flush();
  return bars;
}

/** Collects the narrow spans of one px; lives for one layout. */
function createPixel(bars: Bar[]) {
  const lengths = new Float64Array(spanTypes.length);
  let x = Number.NaN;
  let count = 0;
  let trouble = false;
  let first: Span | undefined;

  const flush = (): void => {
    if (first === undefined) {
      return;
    }
    const longest = lengths.reduce((best, length, type) => (length > (lengths[best] ?? 0) ? type : best), 0);
    const type = spanTypes[longest] ?? 'tool';
    const last = bars.at(-1);
    if (last !== undefined && last.count > 1 && count > 1 && last.type === type && last.trouble === trouble && last.x + last.width === x) {
      bars[bars.length - 1] = { ...last, width: last.width + 1, count: last.count + count };
    } else {
      bars.push({ x, width: count > 1 ? 1 : narrow, type, track: 0, tracks: 1, span: first, count, trouble });
    }
    lengths.fill(0);
    count = 0;
    trouble = false;
    first = undefined;
  };

  return {
    flush,
    add(at: number, length: number, type: number, span: Span): void {
      if (at !== x) {
        flush();
        x = at;
      }
      first ??= span;
      count++;
      trouble ||= span.trouble !== undefined;
      // A span of no length still counts for something.
      lengths[type] = (lengths[type] ?? 0) + length + 1e-6;
    },
  };
}

/** The bar at a point of a lane, or the nearest within `slack` px; `share` is the height in the lane from 0 (top) to 1. */
export function barAt(bars: readonly Bar[], x: number, share: number, slack: number): Bar | undefined {
  let best: Bar | undefined;
  let bestDistance = slack;
  for (const bar of bars) {
    if (Math.floor(Math.min(0.999, Math.max(0, share)) * bar.tracks) !== bar.track) {
      continue;
    }
    const distance = x < bar.x ? bar.x - x : Math.max(0, x - bar.x - bar.width);
    if (distance < bestDistance || (distance === 0 && best === undefined)) {
      best = bar;
      bestDistance = distance;
    }
  }
  return best;
}
