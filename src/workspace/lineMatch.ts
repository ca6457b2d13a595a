import type { SearchStart } from './findFiles.ts';
import type { Refusal } from './refusal.ts';

/** What to look for, line by line. */
export interface SearchQuery {
  readonly pattern: string;
  readonly literal: boolean;
  readonly ignoreCase: boolean;
}

/** A line that matches; `names` lead from the start of the search to the file, none if the start is the file. */
export interface LineMatch {
  readonly names: readonly string[];
  readonly line: number;
  readonly text: string;
}

/** What one way of searching found. `unsupported`: it cannot read the pattern, another way may. */
export type SearchOutcome =
  | { readonly ok: true; readonly matches: readonly LineMatch[]; readonly stopped: 'no' | 'cap' | 'time' }
  | (Refusal & { readonly unsupported?: boolean });

/** A way of searching a file or folder. Never follows links, never looks at binary files. */
export type SearchWay = (
  start: SearchStart,
  query: SearchQuery,
  isWanted: (relative: string) => boolean,
  limits: SearchLimits,
  signal: AbortSignal,
) => Promise<SearchOutcome>;

export interface SearchLimits {
  /** How many matches are collected before a search is broken off. */
  readonly matches: number;
  /** How long a search may take, in ms. */
  readonly timeMs: number;
  /** How long the matching of one file may take, in ms; some patterns take years. */
  readonly fileMs: number;
}

const maxShown = 300;
const shownBefore = 80;

/** The part of a line around a match, with marks where it was cut. */
export function shownLine(text: string, column: number): string {
  if (text.length <= maxShown) {
    return text;
  }
  const from = Math.max(0, Math.min(column - shownBefore, text.length - maxShown));
  const part = text.slice(from, from + maxShown).replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, '');
  return `${from > 0 ? '… ' : ''}${part}${from + maxShown < text.length ? ' …' : ''}`;
}
