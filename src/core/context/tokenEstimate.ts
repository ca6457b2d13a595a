/** How many characters of mixed prose and code make one token, on average over current models. */
const charactersPerToken = 3.3;

/** Tokens of a text by its length: an estimate, off by a third either way, for showing proportions and never for billing. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / charactersPerToken);
}
