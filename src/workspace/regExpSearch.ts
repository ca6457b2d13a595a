import path from 'node:path';
import { decodeFile, visibleText } from './fileText.ts';
import type { SearchStart } from './findFiles.ts';
import { createMatcher, readPattern } from './matcher.ts';
import { refuse } from './refusal.ts';
import { type LineMatch, type SearchWay, shownLine } from './lineMatch.ts';
import { readFileBytes } from './textFile.ts';
import { walk } from './walk.ts';

/** How many files are read while one is matched. */
const readAhead = 16;

/** Searches with JavaScript's regular expressions, in a thread that can be stopped. */
export const searchWithRegExp: SearchWay = async (start, query, isWanted, limits, signal) => {
  const pattern = readPattern(query);
  if (!pattern.ok) {
    return pattern;
  }
  if (!start.isFolder) {
    // A file that is asked for by name is not passed over in silence.
    const read = await readFileBytes(start.absolute, start.prefix);
    if (!read.ok) {
      return read;
    }
  }
  const matches: LineMatch[] = [];
  const deadline = performance.now() + limits.timeMs;
  const matcher = createMatcher(pattern, limits.fileMs);
  try {
    for await (const { names, text } of textsOf(start, isWanted, signal)) {
      const found = await matcher.match(text, limits.matches - matches.length);
      signal.throwIfAborted();
      if (found === 'tooSlow') {
        const where = [...(start.prefix === '' ? [] : [start.prefix]), ...names].join('/');
        return refuse(
          `The pattern takes too long (more than ${limits.fileMs / 1000} s in ${where}). Avoid nested repetitions like (a+)+, or set literal.`,
        );
      }
      matches.push(...found.map(({ line, column, text: whole }) => ({ names, line, text: shownLine(whole, column) })));
      if (matches.length >= limits.matches) {
        return { ok: true, matches, stopped: 'cap' };
      }
      if (performance.now() > deadline) {
        return { ok: true, matches, stopped: 'time' };
      }
    }
    return { ok: true, matches, stopped: 'no' };
  } finally {
    await matcher.close();
  }
};

interface NamedText {
  readonly names: readonly string[];
  readonly text: string;
}

async function* textsOf(start: SearchStart, isWanted: (relative: string) => boolean, signal: AbortSignal): AsyncGenerator<NamedText, void> {
  if (!start.isFolder) {
    const text = isWanted(path.basename(start.absolute)) ? await textOf(start.absolute) : undefined;
    if (text !== undefined) {
      yield { names: [], text };
    }
    return;
  }
  const reading: Promise<{ readonly names: readonly string[]; readonly text: string | undefined }>[] = [];
  for await (const entry of walk({ top: start.top, start: start.absolute, depth: Number.POSITIVE_INFINITY }, signal)) {
    if (entry.kind === 'file' && isWanted(entry.names.join('/'))) {
      reading.push(textOf(entry.absolute).then((text) => ({ names: entry.names, text })));
    }
    if (reading.length >= readAhead) {
      yield* settled(await reading.shift());
    }
  }
  for (const rest of reading) {
    yield* settled(await rest);
  }
}

function settled(read: { readonly names: readonly string[]; readonly text: string | undefined } | undefined): readonly NamedText[] {
  return read?.text === undefined ? [] : [{ names: read.names, text: read.text }];
}

/** The text of a file; files that are binary, too large or not readable have none. */
async function textOf(absolute: string): Promise<string | undefined> {
  const read = await readFileBytes(absolute, absolute);
  const file = read.ok && 'bytes' in read ? decodeFile(read.bytes) : undefined;
  return file === undefined ? undefined : visibleText(file);
}
