import type { Manifest } from '../events.ts';
import { countText, formatTokens } from '../rowText.ts';

/** What an agent was given, in one line: how much and in how many parts, and how much there was that it was not given. */
export function manifestSummary({ given, withheld }: Manifest): string {
  const tokens = given.reduce((sum, part) => sum + part.tokens, 0);
  const left = withheld.length === 0 ? 'nothing withheld' : `${withheld.length} withheld`;
  return `about ${formatTokens(tokens)} tokens in ${countText(given.length, 'part')}, ${left}`;
}
