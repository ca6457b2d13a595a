import { constants, type Dirent } from 'node:fs';
import { copyFile, cp, lstat, mkdir, readdir, readlink, realpath, symlink } from 'node:fs/promises';
import path from 'node:path';
import { toError } from '../../lib/errors.ts';
import { errorCode } from '../refusal.ts';
import { isInside } from '../workspacePath.ts';
import type { Repository } from './gitDir.ts';
import type { GitTrouble } from './gitResult.ts';
import type { Git } from './gitTypes.ts';
import type { Dependencies, WorktreeNote } from './worktreeTypes.ts';

/** All copied ignored files together; more is no set of small settings. */
const mostCopiedBytes = 256 * 1024 * 1024;

type Notes = { readonly ok: true; readonly notes: readonly WorktreeNote[] };

/** Copies ignored files that match `patterns`, lines of a .gitignore, from the person's tree into a worktree. */
export async function copyIgnored(
  git: Git,
  from: Repository,
  to: string,
  patterns: readonly string[],
  signal?: AbortSignal,
): Promise<Notes | GitTrouble> {
  if (patterns.length === 0) {
    return { ok: true, notes: [] };
  }
  const listed = await git.run(from, {
    args: ['ls-files', '-z', '-o', '-i', ...patterns.map((pattern) => `--exclude=${pattern}`)],
    ...(signal === undefined ? {} : { signal }),
  });
  if (!listed.ok) {
    return listed;
  }
  const matching = listed.text
    .split('\0')
    .filter((name) => name !== '' && !name.endsWith('/') && !name.split('/').includes('node_modules'));
  const untracked = await git.run(from, { args: ['ls-files', '-z', '-o', '--exclude-standard'] });
  if (!untracked.ok) {
    return untracked;
  }
  // What is not ignored is carried with the rest, or left behind on purpose.
  const plain = new Set(untracked.text.split('\0'));
  const names = matching.filter((name) => !plain.has(name));
  const failed = new Map<string, string>();
  let bytes = 0;
  for (const name of names) {
    const source = path.join(from.workTree, name);
    bytes += (await lstat(source)).size;
    const why = bytes > mostCopiedBytes ? 'Together they are larger than 256 MiB.' : await tried(() => copyInto(source, to, name));
    if (why !== undefined) {
      failed.set(name, why);
    }
  }
  return { ok: true, notes: notesOf(failed) };
}

async function copyInto(source: string, root: string, name: string): Promise<void> {
  const target = path.join(root, name);
  const info = await lstat(source);
  if (!info.isFile()) {
    throw new Error('It is no regular file.');
  }
  await mkdir(path.dirname(target), { recursive: true });
  if (!isInside(root, await realpath(path.dirname(target)))) {
    throw new Error('Its folder leads out of the worktree.');
  }
  try {
    await copyFile(source, target, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
  } catch (error) {
    // It is there already: carried with the rest.
    if (errorCode(error) !== 'EEXIST') {
      throw error;
    }
  }
}

/** Gives a worktree the ignored dependency folders of the person's tree. */
export async function fillDependencies(
  git: Git,
  from: Repository,
  to: string,
  { names, how }: Dependencies,
  signal?: AbortSignal,
): Promise<Notes | GitTrouble> {
  const listed = await git.run(from, {
    args: ['ls-files', '-z', '-o', '-i', '--exclude-standard', '--directory'],
    ...(signal === undefined ? {} : { signal }),
  });
  if (!listed.ok) {
    return listed;
  }
  const folders = listed.text.split('\0').filter((name) => name.endsWith('/') && names.includes(path.posix.basename(name)));
  const failed = new Map<string, string>();
  for (const name of folders) {
    signal?.throwIfAborted();
    const [source, target] = [path.join(from.workTree, name), path.join(to, name)];
    const why = await tried(async () => {
      await mkdir(path.dirname(target), { recursive: true });
      if (!isInside(to, await realpath(path.dirname(target)))) {
        throw new Error('Its folder leads out of the worktree.');
      }
      await (how === 'link'
        ? linkPackages(source, target)
        : cp(source, target, {
            recursive: true,
            verbatimSymlinks: true,
            errorOnExist: false,
            force: false,
            mode: constants.COPYFILE_FICLONE,
          }));
    });
    if (why !== undefined) {
      failed.set(name.slice(0, -1), why);
    }
  }
  return { ok: true, notes: notesOf(failed) };
}

/**
 * A folder of links rather than one link: `node_modules/` in a .gitignore matches folders alone, a new package stays in the worktree, and
 * a link to a package of the same workspace, being relative, leads to the worktree's own.
 */
async function linkPackages(source: string, target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  for (const entry of await readdir(source, { withFileTypes: true })) {
    await linkEntry(entry, path.join(source, entry.name), path.join(target, entry.name));
  }
}

async function linkEntry(entry: Dirent, source: string, target: string): Promise<void> {
  if (entry.isSymbolicLink()) {
    const to = await readlink(source);
    await unlessThere(() => symlink(to, target));
    return;
  }
  if (entry.isDirectory()) {
    const isGroup = entry.name.startsWith('@') || entry.name === '.bin';
    await (isGroup ? linkPackages(source, target) : unlessThere(() => symlink(source, target, 'junction')));
    return;
  }
  if (entry.isFile()) {
    await copyFile(source, target, constants.COPYFILE_FICLONE);
  }
}

/** What an earlier try that was broken off has made stays. */
async function unlessThere(make: () => Promise<void>): Promise<void> {
  try {
    await make();
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') {
      throw error;
    }
  }
}

async function tried(work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return toError(error).message;
  }
}

function notesOf(failed: ReadonlyMap<string, string>): readonly WorktreeNote[] {
  const byReason = new Map<string, string[]>();
  for (const [name, why] of failed) {
    byReason.set(why, [...(byReason.get(why) ?? []), name]);
  }
  return [...byReason].map(([why, paths]) => ({ kind: 'notCopied', paths, why }));
}
