import { type SearchStart, shownPath, startsOf } from './findFiles.ts';
import { compileGlob } from './glob.ts';
import { searchWithRegExp } from './regExpSearch.ts';
import type { LineMatch, SearchLimits, SearchOutcome, SearchQuery } from './lineMatch.ts';
import { type Refusal, refuse } from './refusal.ts';
import { searchWithRipgrep } from './ripgrep.ts';
import type { WorkspacePaths } from './workspacePath.ts';

/** Matching lines in the order of paths and lines. */
export interface FoundLines {
  readonly ok: true;
  readonly lines: readonly { readonly path: string; readonly line: number; readonly text: string }[];
  /** How many were found in all; `stopped` says why there may be more. */
  readonly total: number;
  readonly stopped: 'no' | 'cap' | 'time';
}

export interface SearchRequest extends SearchQuery {
  readonly path?: string | undefined;
  readonly glob?: string | undefined;
  readonly maxResults: number;
}

const defaultLimits: SearchLimits = { matches: 5000, timeMs: 20_000, fileMs: 2000 };

/** Searches the workspace with ripgrep when there is one and it understands the pattern, otherwise with JavaScript. */
export async function searchText(
  paths: WorkspacePaths,
  ripgrep: string | undefined,
  request: SearchRequest,
  signal: AbortSignal,
  limits: SearchLimits = defaultLimits,
): Promise<FoundLines | Refusal> {
  const glob = request.glob === undefined ? undefined : compileGlob(request.glob);
  if (glob?.ok === false) {
    return glob;
  }
  if (request.pattern === '') {
    return refuse('pattern is empty; give text or a regular expression to look for.');
  }
  const starts = await startsOf(paths, request.path);
  if (!starts.ok) {
    return starts;
  }
  const isWanted = glob === undefined ? () => true : glob.matches;
  const lines: FoundLines['lines'][number][] = [];
  let total = 0;
  let stopped: FoundLines['stopped'] = 'no';
  for (const start of starts.starts) {
    const outcome = await searchStart(start, ripgrep, request, isWanted, { ...limits, matches: limits.matches - total }, signal);
    if (!outcome.ok) {
      return outcome;
    }
    const matches = outcome.matches.toSorted(compareMatches);
    const room = request.maxResults - lines.length;
    lines.push(...matches.slice(0, room).map(({ names, line, text }) => ({ path: shownPath(start, names), line, text })));
    total += matches.length;
    stopped = outcome.stopped;
    if (stopped !== 'no') {
      break;
    }
  }
  return { ok: true, lines, total, stopped };
}

async function searchStart(
  start: SearchStart,
  ripgrep: string | undefined,
  query: SearchQuery,
  isWanted: (relative: string) => boolean,
  limits: SearchLimits,
  signal: AbortSignal,
): Promise<SearchOutcome> {
  const outcome = ripgrep === undefined ? undefined : await searchWithRipgrep(ripgrep)(start, query, isWanted, limits, signal);
  return outcome === undefined || (!outcome.ok && outcome.unsupported === true)
    ? searchWithRegExp(start, query, isWanted, limits, signal)
    : outcome;
}

function compareMatches(a: LineMatch, b: LineMatch): number {
  for (let index = 0; ; index++) {
    const left = a.names[index];
    const right = b.names[index];
    if (left === undefined || right === undefined) {
      return a.names.length - b.names.length || a.line - b.line;
    }
    if (left !== right) {
      return left < right ? -1 : 1;
    }
  }
}
