import type { Usage } from './events.ts';
import { totalInput } from './usage.ts';

/** US dollars per million tokens. Without a cache price the usual multiples of `input` hold: 1.25, 2 and 0.1. */
export interface Rates {
  readonly input: number;
  readonly output: number;
  readonly cacheWrite5m?: number | undefined;
  readonly cacheWrite1h?: number | undefined;
  readonly cacheRead?: number | undefined;
}

/** Rates for requests whose whole prompt, cached tokens included, has at most `upTo` tokens; without `upTo`, for all longer ones. */
export interface Band extends Rates {
  readonly upTo?: number | undefined;
}

/** What a model costs from a day on. */
export interface PriceEntry {
  /** First day (UTC, `YYYY-MM-DD`) these rates hold; absent: since ever. */
  readonly from?: string | undefined;
  /** Shortest prompts first; the last band has no `upTo`. */
  readonly bands: readonly Band[];
}

/** What is known of a model: its size in tokens and its prices, oldest first. */
export interface ModelFacts {
  readonly contextWindow: number;
  readonly maxOutput: number;
  readonly prices: readonly PriceEntry[];
}

/** Facts by model name without a date. */
export type PriceTable = Readonly<Record<string, ModelFacts>>;

/** What costOf needs; `at` is the time of the request in ms since the epoch. */
export interface Charge {
  readonly model: string;
  readonly at: number;
  readonly usage: Usage;
  readonly table: PriceTable;
}

/** US dollars of one request, or undefined when the table has no price for that model on that day. */
export function costOf({ model, at, usage, table }: Charge): number | undefined {
  const entry = findModel(table, model)?.prices.findLast(({ from }) => from === undefined || Date.parse(from) <= at);
  const prompt = totalInput(usage);
  const band = entry?.bands.find(({ upTo }) => upTo === undefined || prompt <= upTo);
  if (band === undefined) {
    return undefined;
  }
  const millionths =
    usage.input * band.input +
    usage.output * band.output +
    usage.cacheWrite5m * (band.cacheWrite5m ?? band.input * 1.25) +
    usage.cacheWrite1h * (band.cacheWrite1h ?? band.input * 2) +
    usage.cacheRead * (band.cacheRead ?? band.input * 0.1);
  return millionths / 1_000_000;
}

/** A dated or aliased release of a model: `-20251001`, `@20251001`, `-20251001-v1:0`, `-latest`, `[1m]`. */
const releaseSuffix = /^(?:[-@]\d{8}(?:-v\d+(?::\d+)?)?|-latest)?(?:\[\w+\])?$/;

/**
 * Facts of a model named with or without a vendor's prefix and a release date. A longer name that is not a release, as a later
 * version would have, is another model and is not found.
 */
export function findModel(table: PriceTable, model: string): ModelFacts | undefined {
  const claude = model.indexOf('claude-');
  const name = claude > 0 ? model.slice(claude) : model;
  const key = Object.keys(table)
    .filter((candidate) => name.startsWith(candidate) && releaseSuffix.test(name.slice(candidate.length)))
    .reduce<string | undefined>((best, candidate) => (best === undefined || candidate.length > best.length ? candidate : best), undefined);
  return key === undefined ? undefined : table[key];
}

const flat = (rates: Rates): readonly PriceEntry[] => [{ bands: [rates] }];
const large = { contextWindow: 1_000_000, maxOutput: 128_000 } as const;

/**
 * List prices as known on 21 November 2026. Uncertain: claude-fable-5-2 (only seen quoted by a reseller), the one-hour cache write of
 * claude-sonnet-5-5 and all cache prices left out here (the usual multiples), and the cache reads of claude-sonnet-5-5 before its cut.
 */
export const listPrices: PriceTable = {
  'claude-fable-5-2': { ...large, prices: flat({ input: 8, output: 40, cacheWrite5m: 10, cacheRead: 0.2 }) },
  'claude-fable-5-1': { ...large, prices: flat({ input: 10, output: 50 }) },
  'claude-opus-5-5': { ...large, prices: flat({ input: 4, output: 20, cacheWrite5m: 5, cacheWrite1h: 8, cacheRead: 0.2 }) },
  'claude-opus-5': { ...large, prices: flat({ input: 5, output: 25, cacheWrite5m: 6.25, cacheWrite1h: 10, cacheRead: 0.5 }) },
  'claude-sonnet-5-5': {
    ...large,
    prices: [
      { bands: [{ input: 2, output: 10, cacheWrite5m: 2.5, cacheWrite1h: 4, cacheRead: 0.2 }] },
      { from: '2026-10-07', bands: [{ input: 2, output: 10, cacheWrite5m: 2.5, cacheWrite1h: 4, cacheRead: 0.1 }] },
    ],
  },
  'claude-haiku-5-5': {
    ...large,
    prices: [
      {
        bands: [
          { upTo: 100_000, input: 0.1, output: 0.5, cacheWrite5m: 0.125, cacheWrite1h: 0.2, cacheRead: 0.01 },
          { input: 0.5, output: 2.5, cacheWrite5m: 0.625, cacheWrite1h: 1, cacheRead: 0.05 },
        ],
      },
    ],
  },
  'claude-haiku-4-5': { contextWindow: 200_000, maxOutput: 64_000, prices: flat({ input: 1, output: 5 }) },
};
