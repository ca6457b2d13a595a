import type { Usage } from '../../core/events.ts';

/**
 * Usage after one more report of the endpoint. Reports are running totals: they replace what was known and are never added. What is
 * missing keeps its value; what is no count (negative, fractional, not a number) is brought to one.
 */
export function readUsage(known: Usage, report: unknown): Usage {
  if (!isRecord(report)) {
    return known;
  }
  const writes = readCacheWrites(known, report);
  return {
    input: toCount(report['input_tokens'], known.input),
    output: toCount(report['output_tokens'], known.output),
    cacheRead: toCount(report['cache_read_input_tokens'], known.cacheRead),
    ...writes,
  };
}

/** A report may split cache writes by lifetime, or give their sum only; a sum is then split as far as is known. */
function readCacheWrites(known: Usage, report: Readonly<Record<string, unknown>>): Pick<Usage, 'cacheWrite5m' | 'cacheWrite1h'> {
  const split = report['cache_creation'];
  if (isRecord(split)) {
    return {
      cacheWrite5m: toCount(split['ephemeral_5m_input_tokens'], known.cacheWrite5m),
      cacheWrite1h: toCount(split['ephemeral_1h_input_tokens'], known.cacheWrite1h),
    };
  }
  const sum = toCount(report['cache_creation_input_tokens'], known.cacheWrite5m + known.cacheWrite1h);
  const cacheWrite1h = Math.min(known.cacheWrite1h, sum);
  return { cacheWrite5m: sum - cacheWrite1h, cacheWrite1h };
}

/** Far above any request, and far below what sums of many would lose digits at. */
const mostTokens = 1_000_000_000;

function toCount(value: unknown, known: number): number {
  if (typeof value !== 'number' || Number.isNaN(value)) {
    return known;
  }
  return Math.min(Math.max(0, Math.ceil(value)), mostTokens);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
