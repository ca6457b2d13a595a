import type { Usage } from '../../src/core/events.ts';
import type { UsagePoint } from '../../src/core/state.ts';
import { cacheWrites } from '../scope.ts';

/** The kinds of token, from the bottom of the stack to its top. */
export const tokenKinds = ['output', 'input', 'cacheWrite', 'cacheRead'] as const;
export type TokenKind = (typeof tokenKinds)[number];

/** What each kind is called. */
export const tokenWords = {
  output: 'Output',
  input: 'Input',
  cacheWrite: 'Cache write',
  cacheRead: 'Cache read',
} as const satisfies Record<TokenKind, string>;

/** Tokens of one kind in a usage. */
export function tokensOfKind(usage: Usage, kind: TokenKind): number {
  switch (kind) {
    case 'output':
      return usage.output;
    case 'input':
      return usage.input;
    case 'cacheWrite':
      return cacheWrites(usage);
    case 'cacheRead':
      return usage.cacheRead;
  }
}

/** Tokens used so far at moments in order; each kind is stacked upon those before it in {@link tokenKinds}. */
export interface UsageSeries {
  /** Seconds since the start, strictly rising, as the chart wants them. */
  readonly seconds: readonly number[];
  readonly stacked: Readonly<Record<TokenKind, readonly number[]>>;
  /** The same without stacking, for the values under the pointer. */
  readonly plain: Readonly<Record<TokenKind, readonly number[]>>;
}

/**
 * Adds up points of one or many agents from `start` on (ms since the epoch). At most `max` moments remain: what cannot be told apart on
 * a chart that wide is summed.
 */
export function usageSeries(points: readonly UsagePoint[], start: number, end: number, max: number): UsageSeries {
  const sorted = points.toSorted((a, b) => a.at - b.at);
  const step = Math.max(1, (end - start) / Math.max(1, max));
  const seconds: number[] = [0];
  const plain: Record<TokenKind, number[]> = { output: [0], input: [0], cacheWrite: [0], cacheRead: [0] };
  const sums: Record<TokenKind, number> = { output: 0, input: 0, cacheWrite: 0, cacheRead: 0 };
  let bucket = 0;
  const write = (at: number): void => {
    const last = seconds.at(-1) ?? 0;
    const second = (at - start) / 1_000;
    const replace = second <= last && seconds.length > 1;
    for (const kind of tokenKinds) {
      plain[kind].splice(replace ? -1 : plain[kind].length, replace ? 1 : 0, sums[kind]);
    }
    if (!replace) {
      seconds.push(Math.max(second, last + 0.001));
    }
  };
  for (const [index, point] of sorted.entries()) {
    for (const kind of tokenKinds) {
      sums[kind] += tokensOfKind(point.usage, kind);
    }
    const next = sorted[index + 1];
    bucket = Math.floor((point.at - start) / step);
    if (next === undefined || Math.floor((next.at - start) / step) !== bucket) {
      write(point.at);
    }
  }
  if ((end - start) / 1_000 > (seconds.at(-1) ?? 0)) {
    write(end);
  }
  return { seconds, plain, stacked: stack(plain) };
}

function stack(plain: Readonly<Record<TokenKind, readonly number[]>>): UsageSeries['stacked'] {
  const stacked: Record<TokenKind, number[]> = { output: [], input: [], cacheWrite: [], cacheRead: [] };
  const below = plain.output.map(() => 0);
  for (const kind of tokenKinds) {
    stacked[kind] = plain[kind].map((value, at) => {
      const height = (below[at] ?? 0) + value;
      below[at] = height;
      return height;
    });
  }
  return stacked;
}
