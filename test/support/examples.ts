const scale = Number(process.env.FLOTILLA_EXAMPLES ?? '1');

/**
 * How many random examples a law is tried on. `npm run check` takes a quarter of what `npm test` takes (`FLOTILLA_EXAMPLES` is the factor), because it is run at every change.
 * @param usual what `npm test` takes
 */
export function examples(usual: number): { numRuns: number } {
  return { numRuns: Math.max(4, Math.round(usual * scale)) };
}
