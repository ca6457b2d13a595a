import { field, type PastCall, type Story } from './story.ts';

/** One line of the workspace as a tool showed it. */
export interface SeenLine {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

/** The lines that searches found, with the call each came from. */
export function hitsOf(calls: readonly PastCall[]): readonly (SeenLine & { readonly pattern: string })[] {
  return calls.flatMap((call) => {
    if (call.name !== 'search_text' || call.result === undefined || call.result.isError) {
      return [];
    }
    const pattern = field(call.input, 'pattern') ?? '';
    return call.result.text.split('\n').flatMap((row) => {
      const match = /^(\S.*?):(\d+): ?(.*)$/.exec(row);
      return match === null ? [] : [{ pattern, path: cleanPath(match[1] ?? ''), line: Number(match[2]), text: match[3] ?? '' }];
    });
  });
}

/** A part of a file that was read. */
export interface ReadPart {
  readonly path: string;
  readonly total: number | undefined;
  readonly lines: ReadonlyMap<number, string>;
}

/** What reads showed, in order. */
export function readsOf(calls: readonly PastCall[]): readonly ReadPart[] {
  return calls.flatMap((call) => {
    const path = field(call.input, 'path');
    if (call.name !== 'read_file' || path === undefined || call.result === undefined || call.result.isError) {
      return [];
    }
    const rows = call.result.text.split('\n');
    const total = /\(lines? \d+(?:-\d+)? of (\d+)/.exec(rows[0] ?? '')?.[1];
    const lines = rows.slice(1).flatMap((row): [number, string][] => {
      const match = /^ *(\d+)\t(.*)$/.exec(row);
      return match === null ? [] : [[Number(match[1]), match[2] ?? '']];
    });
    return [{ path: cleanPath(path), total: total === undefined ? undefined : Number(total), lines: new Map(lines) }];
  });
}

/** What a path's lines were when they were last read: later reads win. */
export function linesRead(calls: readonly PastCall[]): ReadonlyMap<string, ReadonlyMap<number, string>> {
  const files = new Map<string, ReadonlyMap<number, string>>();
  for (const part of readsOf(calls)) {
    files.set(part.path, new Map([...(files.get(part.path) ?? []), ...part.lines]));
  }
  return files;
}

/** What an agent knows to be in the workspace. */
export interface Terrain {
  readonly files: readonly string[];
  /** Folders with the number of known files below each. */
  readonly folders: ReadonlyMap<string, number>;
  /** A listing said that there is more than it showed. */
  readonly partial: boolean;
}

const notAPath = /^(\(|\[|…|\.\.\.|no |nothing|there |showing|only the|the first)|\b(more|omitted|truncated|not shown)\b.*[)\].…]?$|:$/i;

/** Gathers paths from listings, searches and reads of all tasks so far. */
export function toTerrain(story: Pick<Story, 'calls' | 'earlierCalls'>): Terrain {
  const calls = [...story.earlierCalls, ...story.calls];
  const files = new Set<string>([...hitsOf(calls), ...readsOf(calls)].map((seen) => seen.path));
  const named = new Set<string>();
  let partial = false;
  for (const call of calls) {
    if ((call.name !== 'list_files' && call.name !== 'find_files') || call.result === undefined || call.result.isError) {
      continue;
    }
    for (const row of call.result.text.split('\n')) {
      const line = row.trim();
      if (line === '' || notAPath.test(line)) {
        partial ||= /more|limit|first|truncated|omitted|not shown/i.test(line);
      } else if (line.endsWith('/')) {
        named.add(cleanPath(line));
      } else {
        files.add(cleanPath(line));
      }
    }
  }
  const folders = countFolders([...files]);
  for (const folder of [...named].filter((name) => name !== '')) {
    folders.set(folder, folders.get(folder) ?? 0);
  }
  return { files: [...files].filter((file) => !folders.has(file)), folders, partial };
}

function countFolders(files: readonly string[]): Map<string, number> {
  const folders = new Map<string, number>();
  for (const file of files) {
    const parts = file.split('/');
    for (let depth = 1; depth < parts.length; depth++) {
      const folder = parts.slice(0, depth).join('/');
      folders.set(folder, (folders.get(folder) ?? 0) + 1);
    }
  }
  return folders;
}

/** A path without `./` before and `/` after it. */
export function cleanPath(path: string): string {
  return path.trim().replace(/^\.\//, '').replace(/\/+$/, '');
}

/** Whether a path is one of `scope` or below one of them; an empty scope holds everything. */
export function isWithin(path: string, scope: readonly string[]): boolean {
  return scope.length === 0 || scope.some((root) => path === root || path.startsWith(`${root}/`));
}
