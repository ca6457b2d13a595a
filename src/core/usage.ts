import type { Usage } from './events.ts';

/** The sum of two usages, kind by kind. */
export function addUsage(a: Usage, b: Usage): Usage {
  return {
    input: a.input + b.input,
    output: a.output + b.output,
    cacheRead: a.cacheRead + b.cacheRead,
    cacheWrite5m: a.cacheWrite5m + b.cacheWrite5m,
    cacheWrite1h: a.cacheWrite1h + b.cacheWrite1h,
  };
}

/** All tokens a request sent, whether the cache served them, kept them, or neither: the length of its prompt. */
export function totalInput(usage: Usage): number {
  return usage.input + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h;
}

/** Tokens of context after a request: its prompt and its reply. */
export function contextTokens(usage: Usage): number {
  return totalInput(usage) + usage.output;
}
