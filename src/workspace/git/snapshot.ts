import type { Stats } from 'node:fs';
import { copyFile, lstat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../refusal.ts';
import type { ConfigOverride } from './gitConfig.ts';
import type { Repository } from './gitDir.ts';
import { type GitOutput, type GitTrouble, trouble } from './gitResult.ts';
import type { Git, GitCall } from './gitTypes.ts';

/** A path that a snapshot does not hold as it is on disk. */
export interface LeftOut {
  /** Relative to the working tree's root. */
  readonly path: string;
  /** A repository inside; or a file that a filter (Git LFS, git-crypt) would change, which we do not run. */
  readonly why: 'repository' | 'filter';
}

export interface SnapshotLimits {
  /** Of all files that differ from the index, together. */
  readonly bytes: number;
  readonly files: number;
  readonly timeMs: number;
}

export interface SnapshotRequest {
  /** Absolute; ours alone. What it says of unchanged files is believed. */
  readonly indexFile: string;
  /** Relative with forward slashes; all of the working tree when left out. */
  readonly within?: string;
  readonly limits: SnapshotLimits;
  /** Also looked at, though Git would ignore them; bytes of names as Latin-1. */
  readonly besides?: readonly string[];
  /** Keep filtered files as the index has them; otherwise they are taken as they are on disk. */
  readonly respectFilters: boolean;
  readonly call: Pick<GitCall, 'objectFolder' | 'otherObjects' | 'signal'>;
  readonly settings?: readonly ConfigOverride[];
}

export interface Snapshot {
  readonly ok: true;
  /** Object id of the tree. */
  readonly tree: string;
  readonly leftOut: readonly LeftOut[];
  /** Bytes that were read into it. */
  readonly bytes: number;
}

/** Files in our own index only, and one file for all of it: nothing is written beside it into the repository. */
const indexSettings: readonly ConfigOverride[] = [
  ['core.splitIndex', 'false'],
  ['core.untrackedCache', 'false'],
];

/**
 * Writes the working tree as it is, uncommitted and untracked files included and ignored ones not, as a tree object. Touches neither the
 * person's index nor any ref. Any file that cannot be read fails the whole: an old state is never taken for a new one.
 */
export async function takeSnapshot(git: Git, repository: Repository, request: SnapshotRequest): Promise<Snapshot | GitTrouble> {
  const deadline = Date.now() + request.limits.timeMs;
  const run = (call: GitCall): Promise<GitOutput | GitTrouble> => {
    const timeoutMs = deadline - Date.now();
    return timeoutMs <= 0
      ? Promise.resolve(
          trouble('timedOut', `Looking at ${repository.workTree} took longer than ${request.limits.timeMs} ms.`, tooLargeNext),
        )
      : git.run(repository, {
          ...request.call,
          ...call,
          indexFile: request.indexFile,
          settings: [...indexSettings, ...(request.settings ?? [])],
          timeoutMs,
        });
  };
  const listed = await changedNames(run, request.within);
  if (!listed.ok) {
    return listed;
  }
  const names = [...new Set([...listed.names, ...(request.besides ?? [])])];
  const leftOut: LeftOut[] = names.filter(isFolder).map((name) => ({ path: fromName(name), why: 'repository' }));
  const filtered = request.respectFilters ? await filteredNames(run, names) : { ok: true as const, names: new Set<string>() };
  if (!filtered.ok) {
    return filtered;
  }
  leftOut.push(...[...filtered.names].map((name): LeftOut => ({ path: fromName(name), why: 'filter' })));
  const taken = names.filter((name) => !isFolder(name) && !filtered.names.has(name));
  const measured = await measure(repository.workTree, taken, request.limits);
  if (!measured.ok) {
    return measured;
  }
  const added = await update(run, taken, await beyondLinks(repository.workTree, taken));
  if (!added.ok) {
    return added;
  }
  const tree = await run({ args: ['write-tree'] });
  return tree.ok ? { ok: true, tree: tree.text, leftOut, bytes: measured.bytes } : tree;
}

/** Runs Git with the index of a snapshot. */
export type Run = (call: GitCall) => Promise<GitOutput | GitTrouble>;
type Names = { readonly ok: true; readonly names: readonly string[] };

const tooLargeNext = 'Ignore what need not be kept (.gitignore), or commit it.';

/** The readable form of a name. Names are bytes; as Latin-1 each character is one of them and none is lost. */
export function fromName(name: string): string {
  return Buffer.from(name, 'latin1').toString('utf8').replace(/\/$/, '');
}

/** Where a name is on disk, byte for byte. */
export function onDisk(workTree: string, name: string): Buffer | string {
  return process.platform === 'win32'
    ? path.join(workTree, fromName(name))
    : Buffer.concat([Buffer.from(`${workTree}/`), Buffer.from(name, 'latin1')]);
}

/** Git lists a repository inside as a folder. */
function isFolder(name: string): boolean {
  return name.endsWith('/');
}

/** Splits what Git prints with `-z`, as Latin-1. */
export function splitNames(bytes: Buffer): readonly string[] {
  return bytes
    .toString('latin1')
    .split('\0')
    .filter((name) => name !== '');
}

async function changedNames(run: Run, within: string | undefined): Promise<Names | GitTrouble> {
  const paths = within === undefined || within === '' ? {} : { paths: [within] };
  const changed = await run({ args: ['ls-files', '-z', '-m', '-d', '-o', '--exclude-standard'], ...paths });
  if (!changed.ok) {
    return changed;
  }
  const unmerged = await run({ args: ['ls-files', '-z', '-u'], ...paths });
  return unmerged.ok
    ? { ok: true, names: [...splitNames(changed.bytes), ...splitNames(unmerged.bytes).map((line) => line.slice(line.indexOf('\t') + 1))] }
    : unmerged;
}

async function filteredNames(run: Run, names: readonly string[]): Promise<{ readonly ok: true; readonly names: Set<string> } | GitTrouble> {
  const found = new Set<string>();
  if (names.length === 0) {
    return { ok: true, names: found };
  }
  const answer = await run({ args: ['check-attr', '-z', '--stdin', 'filter'], input: joinNames(names) });
  if (!answer.ok) {
    return answer;
  }
  const fields = answer.bytes.toString('latin1').split('\0');
  for (let index = 0; index + 2 < fields.length; index += 3) {
    if (!['unspecified', 'unset', ''].includes(fields[index + 2] ?? '')) {
      found.add(fields[index] ?? '');
    }
  }
  return { ok: true, names: found };
}

function joinNames(names: readonly string[]): Buffer {
  return Buffer.from(names.map((name) => `${name}\0`).join(''), 'latin1');
}

async function measure(
  workTree: string,
  names: readonly string[],
  limits: SnapshotLimits,
): Promise<{ readonly ok: true; readonly bytes: number } | GitTrouble> {
  if (names.length > limits.files) {
    return trouble('tooMuch', `${names.length} files of ${workTree} are new or changed; at most ${limits.files} are kept.`, tooLargeNext);
  }
  let bytes = 0;
  for (const name of names) {
    bytes += (await statOf(onDisk(workTree, name)))?.size ?? 0;
    if (bytes > limits.bytes) {
      const most = Math.round(limits.bytes / 1024 / 1024);
      return trouble(
        'tooMuch',
        `New and changed files of ${workTree} are larger than ${most} MiB together, counted up to ${fromName(name)}.`,
        tooLargeNext,
      );
    }
  }
  return { ok: true, bytes };
}

/** Tracked paths whose folder has become a symbolic link: they are gone, whatever the link leads to. */
async function beyondLinks(workTree: string, names: readonly string[]): Promise<ReadonlySet<string>> {
  const links = new Map<string, boolean>();
  const isLink = async (folder: string): Promise<boolean> => {
    const known = links.get(folder);
    if (known !== undefined) {
      return known;
    }
    const parent = folder.lastIndexOf('/');
    const link =
      (parent > 0 && (await isLink(folder.slice(0, parent)))) || ((await statOf(onDisk(workTree, folder)))?.isSymbolicLink() ?? false);
    links.set(folder, link);
    return link;
  };
  const beyond = new Set<string>();
  for (const name of names) {
    const at = name.lastIndexOf('/');
    if (at > 0 && (await isLink(name.slice(0, at)))) {
      beyond.add(name);
    }
  }
  return beyond;
}

async function update(run: Run, names: readonly string[], gone: ReadonlySet<string>): Promise<{ readonly ok: true } | GitTrouble> {
  if (gone.size > 0) {
    const removed = await forget(run, [...gone]);
    if (!removed.ok) {
      return removed;
    }
  }
  const there = names.filter((name) => !gone.has(name));
  return there.length === 0
    ? { ok: true }
    : run({ args: ['update-index', '-z', '--add', '--remove', '--replace', '--stdin'], input: joinNames(there) });
}

/** Takes names out of the index. A mode of 0 means so to Git; the length of the id is that of its hashes. */
export async function forget(run: Run, names: readonly string[]): Promise<GitOutput | GitTrouble> {
  const format = await run({ args: ['rev-parse', '--show-object-format'] });
  if (!format.ok) {
    return format;
  }
  const none = '0'.repeat(format.text === 'sha256' ? 64 : 40);
  return run({
    args: ['update-index', '-z', '--index-info'],
    input: Buffer.from(names.map((name) => `0 ${none}\t${name}\0`).join(''), 'latin1'),
  });
}

/** Copies the working tree's index, so that unchanged files need not be read; false in a repository that has none yet. */
export function seedIndex(repository: Repository, indexFile: string): Promise<boolean> {
  return copyIndex(path.join(repository.gitDir, 'index'), indexFile);
}

/**
 * Copies an index; false when there is none. The copy is dated back to the full second: with the date of the copying, Git would believe
 * entries that were written in the same instant as the index. Source: racy-git in Git's documentation.
 */
export async function copyIndex(from: string, to: string): Promise<boolean> {
  try {
    const { mtimeMs } = await lstat(from);
    await copyFile(from, to);
    const second = Math.floor(mtimeMs / 1000);
    await utimes(to, second, second);
    return true;
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') {
      throw error;
    }
    return false;
  }
}

/** What is at a path, undefined for nothing that can be reached. */
export async function statOf(file: Buffer | string): Promise<Stats | undefined> {
  try {
    return await lstat(file);
  } catch (error) {
    if (errorCode(error) === undefined) {
      throw error;
    }
    return undefined;
  }
}
