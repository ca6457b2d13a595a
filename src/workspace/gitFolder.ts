import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { foldName } from '../policy/foldName.ts';
import { errorCode } from './refusal.ts';

/** What makes any folder a repository for git, whatever its name: https://git-scm.com/docs/gitrepository-layout */
const marks = ['HEAD', 'objects', 'refs'] as const;

/** What git itself keeps in such a folder. */
const own: ReadonlySet<string> = new Set([
  'head',
  'objects',
  'refs',
  'config',
  'config.worktree',
  'hooks',
  'info',
  'packed-refs',
  'modules',
  'worktrees',
  'commondir',
  'gitdir',
  'index',
  'logs',
  'description',
  'branches',
  'shallow',
  'attributes',
]);

/**
 * Whether a file would lie in a folder that git takes for a repository without `.git` in its name, or would make a folder one. In a workspace
 * folder that is one itself, only what belongs to git counts, since its work trees lie there too. Both paths are absolute and without links.
 */
export async function isInBareRepository(root: string, absolute: string): Promise<boolean> {
  const names = path.relative(root, absolute).split(path.sep);
  for (let depth = 0; depth < names.length; depth++) {
    const next = foldName(names[depth] ?? '');
    if (depth === 0 && !own.has(next)) {
      continue;
    }
    const folder = path.join(root, ...names.slice(0, depth));
    const present = await Promise.all(marks.map(async (mark) => next === mark.toLowerCase() || (await exists(path.join(folder, mark)))));
    if (present.every(Boolean)) {
      return true;
    }
  }
  return false;
}

async function exists(absolute: string): Promise<boolean> {
  try {
    await lstat(absolute);
    return true;
  } catch (error) {
    if (errorCode(error) === undefined) {
      throw error;
    }
    return false;
  }
}
