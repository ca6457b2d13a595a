import { structuredPatch } from 'diff';
import { linesOf } from './numberedText.ts';
import { textHash } from './readLedger.ts';

/** What changes between two texts. */
export interface FileDiff {
  /** Unified diff with three lines of context; what is left out of a long one is counted. */
  readonly text: string;
  readonly added: number;
  readonly removed: number;
  /** First changed line of the new text, from 1. */
  readonly line: number;
  /** Identity of the changed and surrounding lines, wherever they stand in the file. */
  readonly fingerprint: string;
}

interface Hunk {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  readonly lines: readonly string[];
}

const maxLines = 400;
const maxChars = 40_000;
const maxLineLength = 1000;
/** Beyond this many changed lines the shortest diff takes seconds and nobody reads it. */
const maxEditLength = 1500;

/** Compares texts with LF line ends; without an old text the file is new. */
export function diffTexts(oldText: string | undefined, newText: string, display: string): FileDiff {
  const patch = structuredPatch('', '', oldText ?? '', newText, undefined, undefined, { context: 3, maxEditLength });
  const hunks: readonly Hunk[] = patch?.hunks ?? [wholeHunk(linesOf(oldText ?? ''), linesOf(newText))];
  const all = hunks.flatMap((hunk) => hunk.lines);
  const names = [`--- ${oldText === undefined ? '/dev/null' : `a/${display}`}`, `+++ b/${display}`];
  const body = hunks.flatMap((hunk) => [
    `@@ -${rangeText(hunk.oldStart, hunk.oldLines)} +${rangeText(hunk.newStart, hunk.newLines)} @@`,
    ...hunk.lines,
  ]);
  return {
    text: [...names, ...bounded(body)].join('\n'),
    added: all.filter((line) => line.startsWith('+')).length,
    removed: all.filter((line) => line.startsWith('-')).length,
    line: firstChange(hunks[0]),
    fingerprint: textHash(hunks.map((hunk) => hunk.lines.join('\n')).join('\n@@\n')),
  };
}

/** One hunk for everything between the first and the last line that differ. */
function wholeHunk(oldLines: readonly string[], newLines: readonly string[]): Hunk {
  const limit = Math.min(oldLines.length, newLines.length);
  let before = 0;
  while (before < limit && oldLines[before] === newLines[before]) {
    before++;
  }
  let after = 0;
  while (after < limit - before && oldLines[oldLines.length - 1 - after] === newLines[newLines.length - 1 - after]) {
    after++;
  }
  const removed = oldLines.slice(before, oldLines.length - after);
  const added = newLines.slice(before, newLines.length - after);
  return {
    oldStart: before + 1,
    oldLines: removed.length,
    newStart: before + 1,
    newLines: added.length,
    lines: [...removed.map((line) => `-${line}`), ...added.map((line) => `+${line}`)],
  };
}

function rangeText(start: number, lines: number): string {
  return lines === 1 ? String(start) : `${lines === 0 ? start - 1 : start},${lines}`;
}

function firstChange(hunk: Hunk | undefined): number {
  if (hunk === undefined) {
    return 1;
  }
  const before = hunk.lines.findIndex((line) => !line.startsWith(' '));
  return Math.max(1, hunk.newStart + Math.max(0, before));
}

function bounded(lines: readonly string[]): readonly string[] {
  const kept: string[] = [];
  let chars = 0;
  for (const line of lines) {
    const rest = line.length - maxLineLength;
    const short = rest > 0 ? `${line.slice(0, maxLineLength)} … (${rest} more characters in this line)` : line;
    chars += short.length + 1;
    if (kept.length === maxLines || (chars > maxChars && kept.length > 0)) {
      return [...kept, `… ${lines.length - kept.length} more lines`];
    }
    kept.push(short);
  }
  return kept;
}
