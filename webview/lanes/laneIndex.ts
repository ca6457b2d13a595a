import type { Span } from '../../src/core/state.ts';
import { spanType, spanTypes } from '../text/words.ts';

/** A lane's spans in flat arrays, in order of their start, so that a hundred thousand of them are cheap to search. */
export interface LaneIndex {
  readonly spans: readonly Span[];
  readonly from: Float64Array;
  /** Infinity while a span is open. */
  readonly to: Float64Array;
  /** The latest end among this span and all before it: never falls, so it can be searched. */
  readonly latest: Float64Array;
  /** Position in {@link spanTypes}. */
  readonly type: Uint8Array;
  /** Which of `tracks` stripes of the lane a span takes, where spans overlap. */
  readonly track: Uint8Array;
  readonly tracks: Uint8Array;
  /** One bit for each type that occurs. */
  readonly types: number;
}

/** Overlapping spans beyond this many share the last stripe. */
const maxTracks = 4;

const typeNumbers = new Map(spanTypes.map((type, number) => [type, number]));

/** Builds the index of a lane. */
export function indexSpans(unsorted: readonly Span[]): LaneIndex {
  const spans = isSorted(unsorted) ? unsorted : unsorted.toSorted((a, b) => a.from - b.from);
  const count = spans.length;
  const index = {
    spans,
    from: new Float64Array(count),
    to: new Float64Array(count),
    latest: new Float64Array(count),
    type: new Uint8Array(count),
    track: new Uint8Array(count),
    tracks: new Uint8Array(count),
    types: 0,
  };
  let latest = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < count; at++) {
    const span = spans[at];
    if (span === undefined) {
      continue;
    }
    const to = span.to ?? Number.POSITIVE_INFINITY;
    const type = typeNumbers.get(spanType(span)) ?? 0;
    latest = Math.max(latest, to);
    index.from[at] = span.from;
    index.to[at] = to;
    index.latest[at] = latest;
    index.type[at] = type;
    index.types |= 1 << type;
  }
  assignTracks(index);
  return index;
}

/** The number of the first span that ends after `moment`. */
export function firstEndingAfter(index: LaneIndex, moment: number): number {
  return lowerBound(index.latest, (latest) => latest > moment);
}

/** The number of the first span that starts after `moment`. */
export function firstStartingAfter(index: LaneIndex, moment: number): number {
  return lowerBound(index.from, (from) => from > moment);
}

function lowerBound(values: Float64Array, isPast: (value: number) => boolean): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isPast(values[middle] ?? 0)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

/** Spans that touch form a group; each takes the lowest stripe that is free, and all of a group are as thin as it needs. */
function assignTracks(index: {
  readonly from: Float64Array;
  readonly to: Float64Array;
  readonly track: Uint8Array;
  readonly tracks: Uint8Array;
}): void {
  const ends = new Float64Array(maxTracks);
  let used = 0;
  let groupStart = 0;
  let groupEnd = Number.NEGATIVE_INFINITY;
  const count = index.from.length;
  for (let at = 0; at < count; at++) {
    const from = index.from[at] ?? 0;
    const to = index.to[at] ?? 0;
    if (from >= groupEnd) {
      index.tracks.fill(used, groupStart, at);
      groupStart = at;
      used = 0;
    }
    let track = 0;
    while (track < used && (ends[track] ?? 0) > from) {
      track++;
    }
    if (track === maxTracks) {
      track--;
      ends[track] = Math.max(ends[track] ?? 0, to);
    } else {
      ends[track] = to;
      used = Math.max(used, track + 1);
    }
    index.track[at] = track;
    groupEnd = Math.max(groupEnd, to);
  }
  index.tracks.fill(used, groupStart, count);
}

function isSorted(spans: readonly Span[]): boolean {
  return spans.every((span, at) => at === 0 || (spans[at - 1]?.from ?? 0) <= span.from);
}
