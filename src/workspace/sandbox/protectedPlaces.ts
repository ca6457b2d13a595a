import { readdir } from 'node:fs/promises';
import path from 'node:path';
import picomatch from 'picomatch';
import { isProtectedPath } from '../../policy/protectedPaths.ts';
import { isSecretFile } from '../../policy/secretPlaces.ts';
import { errorCode, type Refusal, refuse } from '../refusal.ts';

/** What lies below the folders a command may write to. All paths are absolute. */
export interface ProtectedPlaces {
  readonly ok: true;
  /** Protected files and folders that are there, the outermost of each. */
  readonly protected: readonly string[];
  /** Files that most likely hold secrets. */
  readonly secrets: readonly string[];
  /** What may not be written: `protected`, gathered into folders where they are many. */
  readonly denyWrite: readonly string[];
  /** Folders that are not there, or empty, and must stay so. */
  readonly mustNotAppear: readonly string[];
}

/** Folders that take effect the moment there is something in them, whoever made them. */
const takeEffectAtOnce = [
  '.git',
  '.vscode',
  '.idea',
  '.devcontainer',
  '.husky',
  '.flotilla',
  '.claude',
  '.codex',
  '.cursor',
  '.gemini',
  '.roo',
];

/** Each costs about half a millisecond when a command starts. */
const maxPlaces = 300;
const manyInOneFolder = 8;
const maxEntries = 300_000;

/**
 * Finds the protected paths below folders, and those that match globs of absolute paths. Packages in `node_modules` are not looked at: they are full of names that mean something in
 * a project and nothing there. Refuses when there are more than a command can be kept from in reasonable time.
 */
export async function findProtectedPlaces(
  roots: readonly string[],
  globs: readonly string[],
  signal?: AbortSignal,
): Promise<ProtectedPlaces | Refusal> {
  const isDenied = picomatch([...globs], { dot: true, nocase: true });
  const found: string[] = [];
  const secrets: string[] = [];
  let entries = 0;
  const queue = [...roots].map((root) => ({ root, folder: root }));
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    signal?.throwIfAborted();
    const { root, folder } = next;
    for (const entry of await list(folder)) {
      if (++entries > maxEntries) {
        return refuse(`The command cannot be confined: there are more than ${maxEntries} files below ${roots.join(', ')}.`);
      }
      const full = path.join(folder, entry.name);
      if (isProtectedPath(path.relative(root, full)) || isDenied(full)) {
        // Commands that run just now have empty ones in their place.
        if (!(folder === root && entry.isDirectory() && takeEffectAtOnce.includes(entry.name) && (await list(full)).length === 0)) {
          found.push(full);
        }
      } else if (entry.isDirectory() && entry.name !== 'node_modules') {
        queue.push({ root, folder: full });
      }
      if (!entry.isDirectory() && isSecretFile(entry.name)) {
        secrets.push(full);
      }
    }
  }
  const denyWrite = gather(found, roots);
  const there = new Set(found);
  const mustNotAppear = roots.flatMap((root) => takeEffectAtOnce.map((name) => path.join(root, name))).filter((place) => !there.has(place));
  if (denyWrite.length + secrets.length > maxPlaces) {
    return refuse(
      `The command cannot be confined: ${denyWrite.length + secrets.length} protected places below ${roots.join(', ')} are too many.`,
    );
  }
  return { ok: true, protected: found.sort(), secrets, denyWrite, mustNotAppear };
}

async function list(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ELOOP'].includes(errorCode(error) ?? '')) {
      // Gone by now, or not ours to read; the command, which is us too, cannot read it either.
      return [];
    }
    throw error;
  }
}

/** A folder with many protected entries is denied as a whole; never one of the folders themselves. */
function gather(found: readonly string[], roots: readonly string[]): readonly string[] {
  const byFolder = new Map<string, string[]>();
  for (const place of found) {
    const folder = path.dirname(place);
    byFolder.set(folder, [...(byFolder.get(folder) ?? []), place]);
  }
  return [...byFolder].flatMap(([folder, places]) => (places.length >= manyInOneFolder && !roots.includes(folder) ? [folder] : places));
}
