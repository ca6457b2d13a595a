const scale = Number(process.env.FLOTILLA_EXAMPLES ?? '1');

/** Whether this is `npm run test:deep`, which has the time to try everything. */
export const deepRun = scale > 1;

/**
 * How many random examples a law is tried on. `npm run check` takes a quarter of what `npm test` takes (`FLOTILLA_EXAMPLES` is the factor), because it is run at every change.
 * @param usual what `npm test` takes
 * @param deep what `npm run test:deep` takes at least, where a factor of `usual` would be too few
 */
export function examples(usual: number, deep = 0): { numRuns: number } {
  return { numRuns: Math.max(4, Math.round(usual * scale), deepRun ? deep : 0) };
}
