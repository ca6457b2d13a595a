import type { Lane, Mark, Span } from '../../src/core/state.ts';
import { formatTokens } from '../../src/core/rowText.ts';
import { totalInput } from '../../src/core/usage.ts';
import { formatClock, formatDuration } from '../text/format.ts';
import { toVisibleLine } from '../text/visible.ts';
import { messageSigns, spanType, spanWords } from '../text/words.ts';
import { elapsedLabel } from './axis.ts';
import type { Bar } from './bars.ts';

/** The lines of a tooltip; the first is its title. */
export type TipText = readonly [title: string, ...details: string[]];

/** What there is to say of a bar. Times count from `origin` when it is given. */
export function barText(bar: Bar, lane: Lane, now: number, origin: number | undefined): TipText {
  return bar.count > 1
    ? [`${bar.count} spans`, 'Too short to be told apart here; zoom in.', ...(bar.trouble ? ['Some of them did not end well.'] : [])]
    : spanText(bar.span, lane, now, origin);
}

/** What there is to say of a span. */
export function spanText(span: Span, lane: Lane, now: number, origin: number | undefined): TipText {
  const words = spanWords[spanType(span)];
  const label = toVisibleLine(span.label).slice(0, 300);
  const length = formatDuration((span.to ?? now) - span.from);
  const lines = [
    `${momentText(span.from, origin)}, ${span.to === undefined ? `running for ${length}` : `took ${length}`}`,
    ...(span.turn > 0 ? [`Turn ${span.turn}`] : []),
    ...(span.kind === 'model' ? tokenLines(lane, span.turn) : []),
    ...(span.trouble === undefined ? [] : [troubleWords[span.trouble]]),
  ];
  return [label === '' || label === words ? words : `${words}: ${label}`, ...lines];
}

/** What there is to say of the moment a message was read. */
export function markText(mark: Mark, origin: number | undefined): TipText {
  const from = { person: 'you', agent: 'an agent', engine: 'the engine' }[mark.from];
  return [`${messageSigns[mark.kind].words} from ${from}`, `${momentText(mark.at, origin)}, read before turn ${mark.turn}`];
}

const troubleWords = {
  ok: 'Ended well',
  error: 'Ended with an error',
  denied: 'Was denied',
  skipped: 'Was skipped',
  cancelled: 'Was cancelled',
  unknown: 'Nobody knows how it ended',
  failed: 'The request failed',
} as const satisfies Record<NonNullable<Span['trouble']>, string>;

function momentText(at: number, origin: number | undefined): string {
  return origin === undefined ? formatClock(at) : `At ${elapsedLabel(Math.max(0, at - origin), 1_000)} (${formatClock(at)})`;
}

function tokenLines(lane: Lane, turn: number): readonly string[] {
  const point = lane.points.findLast((each) => each.turn === turn);
  if (point === undefined) {
    return [];
  }
  const { usage } = point;
  return [
    `${formatTokens(totalInput(usage))} tokens in, of them ${formatTokens(usage.cacheRead)} from the cache; ${formatTokens(usage.output)} out`,
  ];
}
