import { fixProbes } from './fixes.ts';
import type { Probe } from './probes.ts';

/** The words of a task that ask for one kind of correction. */
const kinds: readonly { readonly words: RegExp; readonly probes: readonly Probe[] }[] = [
  { words: /\b(typos?|spell\w*|misspel\w*|slips?|wording|grammar)\b/i, probes: [fixProbes.typo, fixProbes.doubledWord] },
  { words: /\b(todos?|fixmes?|owners?)\b/i, probes: [fixProbes.ownerlessTodo] },
  { words: /\b(links?|https?|urls?)\b/i, probes: [fixProbes.plainLink] },
  { words: /\b(blanks?|whitespace|white space|trailing|formatting)\b/i, probes: [fixProbes.trailingBlank] },
];

/** The certain corrections that a task names; undefined when it names none. */
export function namedFixes(task: string): readonly Probe[] | undefined {
  const named = kinds.filter(({ words }) => words.test(task)).flatMap(({ probes }) => probes);
  return named.length === 0 ? undefined : named;
}
