import { lstat, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { BlockedFile } from '../../core/train/trainEvents.ts';
import { orUndefined } from './absent.ts';
import type { FastForward } from './fastForward.ts';
import type { Repository } from './gitDir.ts';
import type { GitTrouble } from './gitResult.ts';
import { fields, type Paths, type TrainGit } from './trainGit.ts';

/** The files of the person's that a move of the branch would overwrite in the working tree that has it checked out, each with the reason. */
export async function filesInTheWay(
  git: TrainGit,
  place: Repository,
  request: FastForward,
): Promise<{ readonly ok: true; readonly files: readonly BlockedFile[] } | GitTrouble> {
  const { from, to, unsaved, scratch } = request;
  const changed = await git.changed(from, to);
  if (!changed.ok) {
    return changed;
  }
  const status = await git.git.run(place, { args: ['status', '--porcelain', '-z', '--no-renames', '--untracked-files=no'] });
  const before = await git.run({ args: ['ls-tree', '-r', '-z', '--name-only'], revisions: [from] });
  if (!status.ok) {
    return status;
  }
  if (!before.ok) {
    return before;
  }
  const own = new Map(fields(status).map((line) => [line.slice(3), line.slice(0, 2)]));
  const known = new Set(fields(before));
  const open = await relativeTo(place.workTree, unsaved);
  const filtered = await filteredOf(git, place, scratch, changed.paths);
  if (!filtered.ok) {
    return filtered;
  }
  const files: BlockedFile[] = [];
  for (const file of changed.paths) {
    const why = reason(own.get(file), open.has(file), filtered.paths.includes(file));
    const there = why === undefined && !known.has(file) ? await untrackedAt(place.workTree, file, known) : undefined;
    if (why !== undefined || there !== undefined) {
      files.push(why === undefined ? { path: there ?? file, why: 'untracked' } : { path: file, why });
    }
  }
  return { ok: true, files };
}

function reason(status: string | undefined, unsaved: boolean, filtered: boolean): BlockedFile['why'] | undefined {
  if (status !== undefined && status[0] !== ' ') {
    return 'staged';
  }
  return status !== undefined ? 'changed' : unsaved ? 'unsaved' : filtered ? 'filtered' : undefined;
}

/** What stands where a new file is to be: itself or something above it, whether Git ignores it or not. */
async function untrackedAt(root: string, file: string, known: ReadonlySet<string>): Promise<string | undefined> {
  const parts = file.split('/');
  for (let count = 1; count <= parts.length; count++) {
    const current = parts.slice(0, count).join('/');
    const info = await lstat(path.join(root, current)).catch(orUndefined);
    if (info === undefined || known.has(current)) {
      return undefined;
    }
    if (!info.isDirectory() || (count === parts.length && ![...known].some((one) => one.startsWith(`${current}/`)))) {
      return current;
    }
  }
  return undefined;
}

async function relativeTo(root: string, absolute: readonly string[]): Promise<ReadonlySet<string>> {
  const real = await Promise.all(absolute.map(async (file) => (await realpath(file).catch(orUndefined)) ?? file));
  return new Set(real.map((file) => path.relative(root, file).split(path.sep).join('/')));
}

/** Files that go through a filter: we run none, so we would write something else than the person's own Git. */
async function filteredOf(
  git: TrainGit,
  place: Repository,
  scratch: Repository | undefined,
  files: readonly string[],
): Promise<Paths | GitTrouble> {
  const found = new Set<string>();
  for (const where of [place, ...(scratch === undefined ? [] : [scratch])]) {
    const input = files.map((file) => `${file}\0`).join('');
    const said = await git.git.run(where, { args: ['check-attr', '-z', '--stdin', 'filter'], input });
    if (!said.ok) {
      return said;
    }
    const all = said.bytes.toString('utf8').split('\0');
    for (let index = 0; index + 2 < all.length; index += 3) {
      if (all[index + 2] !== 'unspecified' && all[index + 2] !== 'unset') {
        found.add(all[index] ?? '');
      }
    }
  }
  return { ok: true, paths: [...found] };
}
