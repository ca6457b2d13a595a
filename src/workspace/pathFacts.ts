import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { PathFact } from '../core/brief/briefPaths.ts';
import type { PathFacts } from '../orchestrator/ports.ts';
import { shownPath, startsOf } from './findFiles.ts';
import { errorCode } from './refusal.ts';
import { walk } from './walk.ts';
import type { WorkspacePaths } from './workspacePath.ts';

/** Namesakes are looked for among so many entries; in a larger workspace the rest goes unlooked. */
const mostEntries = 50_000;
const mostNamesakes = 20;

/** Tells what there is at paths of the workspace, and where else what is missing might be. */
export function createPathFacts(paths: WorkspacePaths): PathFacts {
  return {
    look: async (texts) => {
      const found = await Promise.all(texts.map(async (text) => [text, await lookAt(paths, text)] as const));
      const missing = new Set(found.flatMap(([text, fact]) => (fact.kind === 'missing' ? [path.posix.basename(text)] : [])));
      const namesakes = missing.size === 0 ? new Map<string, string[]>() : await findNamesakes(paths, missing);
      return new Map(
        found.map(([text, fact]) => {
          const candidates = namesakes.get(path.posix.basename(text)) ?? [];
          return [text, fact.kind === 'missing' ? { ...fact, candidates } : fact];
        }),
      );
    },
  };
}

async function lookAt(paths: WorkspacePaths, text: string): Promise<PathFact> {
  const folders = paths.folders();
  if (folders.length > 1 && text === '.') {
    return { kind: 'folder', path: '.' };
  }
  const place = await paths.resolve(text, 'read');
  if (!place.ok) {
    return { kind: 'outside', why: place.text };
  }
  const kind = await kindAt(place.absolute);
  return kind === 'missing'
    ? { kind, candidates: [], inFolder: (await kindAt(path.dirname(place.absolute))) === 'folder' }
    : { kind, path: place.display };
}

async function kindAt(absolute: string): Promise<'file' | 'folder' | 'missing'> {
  try {
    return (await stat(absolute)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    if (errorCode(error) === undefined) {
      throw error;
    }
    return 'missing';
  }
}

/** Where there is something with one of the names, by name; what .gitignore leaves out does not count. */
async function findNamesakes(paths: WorkspacePaths, names: ReadonlySet<string>): Promise<ReadonlyMap<string, string[]>> {
  const byName = new Map<string, string[]>();
  const starts = await startsOf(paths, undefined);
  let entries = 0;
  for (const start of starts.ok ? starts.starts : []) {
    const options = { top: start.top, start: start.absolute, depth: Number.POSITIVE_INFINITY };
    for await (const entry of walk(options, new AbortController().signal)) {
      const name = entry.names.at(-1) ?? '';
      const known = byName.get(name) ?? [];
      if (names.has(name) && (entry.kind === 'file' || entry.kind === 'folder') && known.length < mostNamesakes) {
        byName.set(name, [...known, shownPath(start, entry.names)]);
      }
      entries += 1;
      if (entries >= mostEntries) {
        return byName;
      }
    }
  }
  return byName;
}
