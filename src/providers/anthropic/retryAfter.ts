/** No endpoint may silence an agent for longer than this. */
const longestWaitMs = 120_000;

/**
 * How long an answer asks to wait, in ms and at most two minutes. Dates are measured against the answer's own date, so that a wrong clock on
 * either side does not matter; `now` serves where it has none. Undefined when nothing sensible was asked for.
 */
export function readRetryAfter(headers: Headers, now: number): number | undefined {
  const ms = toNumber(headers.get('retry-after-ms')) ?? readStandard(headers, now);
  return ms === undefined || ms < 0 ? undefined : Math.min(Math.ceil(ms), longestWaitMs);
}

function readStandard(headers: Headers, now: number): number | undefined {
  const value = headers.get('retry-after');
  const seconds = toNumber(value);
  if (value === null || seconds !== undefined) {
    return seconds === undefined ? undefined : seconds * 1000;
  }
  const sent = Date.parse(headers.get('date') ?? '');
  const wait = Date.parse(value) - (Number.isNaN(sent) ? now : sent);
  return Number.isNaN(wait) ? undefined : wait;
}

function toNumber(value: string | null): number | undefined {
  const number = value === null || value.trim() === '' ? Number.NaN : Number(value);
  return Number.isFinite(number) ? number : undefined;
}
