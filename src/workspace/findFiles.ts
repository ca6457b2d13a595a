import { lstat } from 'node:fs/promises';
import { compileGlob } from './glob.ts';
import { type Refusal, refuse, refuseSystemError } from './refusal.ts';
import { walk } from './walk.ts';
import type { ResolvedPath, WorkspacePaths } from './workspacePath.ts';

/** Paths that were found, in the order of names. */
export interface FoundPaths {
  readonly ok: true;
  readonly paths: readonly string[];
  /** More were there than are listed. */
  readonly more: boolean;
}

/** A folder to look in, and its name as the beginning of displayed paths (`''` for the only folder itself). */
export interface SearchStart {
  readonly top: string;
  readonly absolute: string;
  readonly prefix: string;
  readonly isFolder: boolean;
}

export const maxFoundPaths = 500;

/** Lists a folder some levels deep; folders end with a slash. */
export async function listEntries(
  paths: WorkspacePaths,
  pathText: string | undefined,
  depth: number,
  signal: AbortSignal,
): Promise<FoundPaths | Refusal> {
  const starts = await startsOf(paths, pathText);
  if (!starts.ok) {
    return starts;
  }
  const found: string[] = [];
  for (const start of starts.starts) {
    if (!start.isFolder) {
      return refuse(`${start.prefix} is a file, not a folder; use read_file.`);
    }
    for await (const entry of walk({ top: start.top, start: start.absolute, depth }, signal)) {
      if (found.length === maxFoundPaths) {
        return { ok: true, paths: found, more: true };
      }
      found.push(shownPath(start, entry.names) + (entry.kind === 'folder' ? '/' : ''));
    }
  }
  return { ok: true, paths: found, more: false };
}

/** Finds files by a glob, matched against the path from the start down. */
export async function findFiles(
  paths: WorkspacePaths,
  glob: string,
  pathText: string | undefined,
  signal: AbortSignal,
): Promise<FoundPaths | Refusal> {
  const compiled = compileGlob(glob);
  if (!compiled.ok) {
    return compiled;
  }
  const starts = await startsOf(paths, pathText);
  if (!starts.ok) {
    return starts;
  }
  const found: string[] = [];
  for (const start of starts.starts) {
    if (!start.isFolder) {
      return refuse(`${start.prefix} is a file, not a folder to look in.`);
    }
    for await (const entry of walk({ top: start.top, start: start.absolute, depth: Number.POSITIVE_INFINITY }, signal)) {
      if (entry.kind === 'folder' || !compiled.matches(entry.names.join('/'))) {
        continue;
      }
      if (found.length === maxFoundPaths) {
        return { ok: true, paths: found, more: true };
      }
      found.push(shownPath(start, entry.names));
    }
  }
  return { ok: true, paths: found, more: false };
}

/** Where to look: the given path, or all folders of the workspace. */
export async function startsOf(
  paths: WorkspacePaths,
  pathText: string | undefined,
): Promise<{ readonly ok: true; readonly starts: readonly SearchStart[] } | Refusal> {
  const folders = paths.folders();
  const several = folders.length > 1;
  const everywhere = pathText === undefined || /^(\.?\/?|)$/.test(pathText);
  const texts = everywhere && several ? folders.map((folder) => folder.name) : [everywhere ? '.' : pathText];
  const starts: SearchStart[] = [];
  for (const text of texts) {
    const place = await paths.resolve(text, 'read');
    if (!place.ok) {
      return place;
    }
    const start = await toStart(place);
    if ('ok' in start) {
      return start;
    }
    starts.push(start);
  }
  return { ok: true, starts };
}

/** The displayed path of something below a start. */
export function shownPath(start: SearchStart, names: readonly string[]): string {
  return [...(start.prefix === '' ? [] : [start.prefix]), ...names].join('/');
}

async function toStart(place: ResolvedPath): Promise<SearchStart | Refusal> {
  try {
    const stats = await lstat(place.absolute);
    if (!stats.isDirectory() && !stats.isFile()) {
      return refuse(`${place.display} is neither a file nor a folder.`);
    }
    const prefix = place.display === '.' ? '' : place.display;
    return { top: place.root, absolute: place.absolute, prefix, isFolder: stats.isDirectory() };
  } catch (error) {
    return refuseSystemError(error, place.display, ' Use list_files or find_files to see what there is.');
  }
}
