import { findModel, type ModelFacts, type PriceEntry, type PriceTable } from './prices.ts';

/** What a person may say about a model: its prices, which replace ours whole, its size, or both. */
export interface ModelOverride {
  readonly contextWindow?: number | undefined;
  readonly maxOutput?: number | undefined;
  readonly prices?: readonly PriceEntry[] | undefined;
}

/** The table with a person's overrides, and one message for each override that was left out because it makes no sense. */
export interface MergedPrices {
  readonly table: PriceTable;
  readonly problems: readonly string[];
}

/** For models of which nothing but a price is known. */
const unknownSize = { contextWindow: 128_000, maxOutput: 8_192 };

/** Lays a person's overrides, read from settings and so of unknown shape, over a table. Bad entries are named and left out. */
export function mergePrices(table: PriceTable, overrides: unknown): MergedPrices {
  if (overrides === undefined || overrides === null) {
    return { table, problems: [] };
  }
  if (!isRecord(overrides)) {
    return { table, problems: ['Model prices must be an object whose keys are model names.'] };
  }
  const merged: Record<string, ModelFacts> = { ...table };
  const problems: string[] = [];
  for (const [model, override] of Object.entries(overrides)) {
    const problem = findOverrideProblem(override);
    if (problem !== undefined) {
      problems.push(`Model prices for "${model}": ${problem}`);
    } else if (isOverride(override)) {
      const known = merged[model] ?? findModel(table, model);
      merged[model] = {
        contextWindow: override.contextWindow ?? known?.contextWindow ?? unknownSize.contextWindow,
        maxOutput: override.maxOutput ?? known?.maxOutput ?? unknownSize.maxOutput,
        prices: override.prices ?? known?.prices ?? [],
      };
    }
  }
  return { table: merged, problems };
}

function isOverride(value: unknown): value is ModelOverride {
  return findOverrideProblem(value) === undefined;
}

function findOverrideProblem(value: unknown): string | undefined {
  if (!isRecord(value)) {
    return 'expected an object with "prices", "contextWindow" or "maxOutput".';
  }
  const size = ['contextWindow', 'maxOutput'].find((key) => value[key] !== undefined && !isPositiveInteger(value[key]));
  if (size !== undefined) {
    return `"${size}" must be a whole number above 0.`;
  }
  const { prices } = value;
  if (prices === undefined) {
    return undefined;
  }
  if (!Array.isArray(prices) || prices.length === 0) {
    return '"prices" must be a list with at least one entry.';
  }
  const found = prices.map((entry: unknown, index) => {
    const problem = findEntryProblem(entry);
    return problem === undefined ? undefined : `"prices[${index}]" ${problem}`;
  });
  return (
    found.find((problem) => problem !== undefined) ?? (isAscending(prices.map(fromOf)) ? undefined : '"prices" must be ordered by "from".')
  );
}

function findEntryProblem(entry: unknown): string | undefined {
  if (!isRecord(entry)) {
    return 'must be an object with "bands".';
  }
  const { from, bands } = entry;
  if (from !== undefined && !(typeof from === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(from) && !Number.isNaN(Date.parse(from)))) {
    return 'has a "from" that is not a day like 2026-10-07.';
  }
  if (!Array.isArray(bands) || bands.length === 0) {
    return 'must have a list "bands" with at least one band.';
  }
  const limits = bands.map((band: unknown) => (isRecord(band) ? band['upTo'] : undefined));
  if (!limits.slice(0, -1).every(isPositiveInteger) || limits.at(-1) !== undefined || !isAscending(limits.slice(0, -1).map(Number))) {
    return 'must give each band but the last a rising "upTo" in tokens, and the last none.';
  }
  return bands.map(findBandProblem).find((problem) => problem !== undefined);
}

function findBandProblem(band: unknown): string | undefined {
  if (!isRecord(band)) {
    return 'has a band that is not an object.';
  }
  const required = ['input', 'output'].find((key) => !isRate(band[key]));
  const optional = ['cacheWrite5m', 'cacheWrite1h', 'cacheRead'].find((key) => band[key] !== undefined && !isRate(band[key]));
  const bad = required ?? optional;
  return bad === undefined ? undefined : `has a band whose "${bad}" is not a price in US dollars per million tokens.`;
}

const fromOf = (entry: unknown): number =>
  isRecord(entry) && typeof entry['from'] === 'string' ? Date.parse(entry['from']) : Number.NEGATIVE_INFINITY;
const isAscending = (values: readonly number[]): boolean =>
  values.every((value, index) => index === 0 || value > (values[index - 1] ?? value));
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isRate = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const isPositiveInteger = (value: unknown): boolean => typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
