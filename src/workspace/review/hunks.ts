import { createHash } from 'node:crypto';
import { diffArrays } from 'diff';
import type { Hunk } from '../../core/review/fileReview.ts';
import type { Splice } from '../fileText.ts';

/** Beyond this many changed lines the shortest diff takes seconds; then everything between the first and the last difference is one hunk. */
const maxEditLength = 1500;

/** What differs between two texts, by whole lines with their line ends; every run of changed lines is a hunk of its own. */
export function hunksOf(base: string, present: string): readonly Hunk[] {
  const [old, now] = [linesOf(base), linesOf(present)];
  const parts = diffArrays(old, now, { maxEditLength });
  if (parts === undefined) {
    return [betweenEnds(old, now)];
  }
  const hunks: Hunk[] = [];
  let [baseLine, line] = [1, 1];
  let [removed, added]: [string[], string[]] = [[], []];
  const close = () => {
    if (removed.length + added.length > 0) {
      hunks.push(hunk(baseLine - removed.length, removed, line - added.length, added));
      [removed, added] = [[], []];
    }
  };
  for (const part of parts) {
    if (part.removed) {
      removed.push(...part.value);
      baseLine += part.value.length;
    } else if (part.added) {
      added.push(...part.value);
      line += part.value.length;
    } else {
      close();
      baseLine += part.value.length;
      line += part.value.length;
    }
  }
  close();
  return hunks;
}

/** What makes the base of these hunks become the file: for all of them, exactly the text they were made from. */
export function splicesOnBase(base: string, hunks: readonly Hunk[]): readonly Splice[] {
  const offset = lineOffsets(base);
  return hunks.map(({ baseLine, baseLines, added }) => ({ start: offset(baseLine), end: offset(baseLine + baseLines), text: added }));
}

/** What takes these hunks back out of the file they were found in. */
export function splicesBack(present: string, hunks: readonly Hunk[]): readonly Splice[] {
  const offset = lineOffsets(present);
  return hunks.map(({ line, lines, removed }) => ({ start: offset(line), end: offset(line + lines), text: removed }));
}

/** The hunks that are left when others have been taken back: the same ones, at the lines where they stand then. */
export function withoutHunks(hunks: readonly Hunk[], taken: ReadonlySet<string>): readonly Hunk[] {
  let moved = 0;
  return hunks.flatMap((one) => {
    if (taken.has(one.id)) {
      moved += one.baseLines - one.lines;
      return [];
    }
    return [{ ...one, line: one.line + moved }];
  });
}

/** Identity of content at a place of a base. */
export function hunkId(baseLine: number, removed: string, added: string): string {
  return createHash('sha256')
    .update(JSON.stringify([baseLine, removed, added]))
    .digest('hex')
    .slice(0, 32);
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function hunk(baseLine: number, removed: readonly string[], line: number, added: readonly string[]): Hunk {
  const [before, after] = [removed.join(''), added.join('')];
  const id = hunkId(baseLine, before, after);
  return { id, baseLine, baseLines: removed.length, line, lines: added.length, removed: before, added: after };
}

function betweenEnds(old: readonly string[], now: readonly string[]): Hunk {
  const limit = Math.min(old.length, now.length);
  let before = 0;
  while (before < limit && old[before] === now[before]) {
    before++;
  }
  let after = 0;
  while (after < limit - before && old[old.length - 1 - after] === now[now.length - 1 - after]) {
    after++;
  }
  return hunk(before + 1, old.slice(before, old.length - after), before + 1, now.slice(before, now.length - after));
}

/** Where a line (from 1) begins; the line after the last one begins at the end. */
function lineOffsets(text: string): (line: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    starts.push(at + 1);
  }
  return (line) => starts[line - 1] ?? text.length;
}
