import type { AgentId } from '../ids.ts';
import type { ConflictHunk, ConflictKind, Counterpart } from './trainEvents.ts';

/*
 * Reading conflicts: where they are in a file, of which kind, and whose earlier change the car does not fit.
 */

const mostHunks = 20;
const mostLines = 40;
const mostLength = 300;

/** The conflicts marked in a text, the first ones in full. */
export function hunksOf(text: string): { readonly hunks: readonly ConflictHunk[]; readonly moreHunks: number } {
  const all = markedPlaces(text.split(/\r?\n/));
  return { hunks: all.slice(0, mostHunks), moreHunks: Math.max(0, all.length - mostHunks) };
}

/**
 * Whether a text still holds a conflict marker: a line that begins like the first or the last of a conflict. A line of equals signs alone is
 * none, because it underlines headings.
 */
export function hasMarkers(text: string): boolean {
  return /^(?:<{7}|>{7}|\|{7})(?: |\r?$)/m.test(text);
}

function markedPlaces(lines: readonly string[]): readonly ConflictHunk[] {
  const found: ConflictHunk[] = [];
  let side: 'none' | 'ours' | 'base' | 'theirs' = 'none';
  let [start, ours, theirs]: [number, string[], string[]] = [0, [], []];
  for (const [index, line] of lines.entries()) {
    if (/^<{7}(?: |$)/.test(line)) {
      [side, start, ours, theirs] = ['ours', index + 1, [], []];
    } else if (side === 'ours' && /^\|{7}(?: |$)/.test(line)) {
      side = 'base';
    } else if ((side === 'ours' || side === 'base') && line === '=======') {
      side = 'theirs';
    } else if (side === 'theirs' && /^>{7}(?: |$)/.test(line)) {
      side = 'none';
      found.push({ line: start, ours: cut(ours), theirs: cut(theirs) });
    } else if (side === 'ours') {
      ours.push(line);
    } else if (side === 'theirs') {
      theirs.push(line);
    }
  }
  return found;
}

function cut(lines: readonly string[]): string {
  const shown = lines.slice(0, mostLines).map((line) => (line.length > mostLength ? `${line.slice(0, mostLength)} …` : line));
  const more = lines.length - shown.length;
  return [...shown, ...(more > 0 ? [`… ${more} more lines`] : [])].join('\n');
}

const kinds: readonly (readonly [pattern: RegExp, kind: ConflictKind])[] = [
  [/binary/, 'binary'],
  [/submodule/, 'submodule'],
  [/modify\/delete/, 'modifyDelete'],
  [/rename|directory rename/, 'rename'],
  [/file\/directory/, 'fileFolder'],
  [/modes/, 'mode'],
  [/add\/add/, 'bothAdded'],
  [/contents?/, 'content'],
];

/** The kind of a conflict by the names that git's merge-tree gives to what it reports about a file; the most particular one counts. */
export function conflictKind(types: readonly string[]): ConflictKind {
  const text = types.join(' ').toLowerCase();
  return kinds.find(([pattern]) => pattern.test(text))?.[1] ?? 'other';
}

/** What is known of one earlier change: where it alone conflicts with the car, and which of the conflicted files it changed at all. */
export interface EarlierChange {
  /** Absent for what was on the person's branch. */
  readonly agentId?: AgentId | undefined;
  readonly conflicts: readonly string[];
  readonly changed: readonly string[];
}

/** Whose changes a car does not fit: those that conflict with it alone, and for the files that leaves unexplained, those that changed them. */
export function counterpartsOf(paths: readonly string[], earlier: readonly EarlierChange[]): readonly Counterpart[] {
  const conflicted = new Set(paths);
  const explained = new Set(earlier.flatMap((change) => change.conflicts));
  return earlier.flatMap((change): Counterpart[] => {
    const who = change.agentId === undefined ? {} : { agentId: change.agentId };
    const lines = change.conflicts.filter((path) => conflicted.has(path));
    const files = change.changed.filter((path) => conflicted.has(path) && !explained.has(path));
    return [
      ...(lines.length > 0 ? [{ ...who, how: 'lines' as const, paths: lines }] : []),
      ...(files.length > 0 ? [{ ...who, how: 'files' as const, paths: files }] : []),
    ];
  });
}
