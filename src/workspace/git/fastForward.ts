import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { BlockedFile } from '../../core/train/trainEvents.ts';
import { branchText } from '../../core/train/trainText.ts';
import { orUndefined } from './absent.ts';
import type { Repository } from './gitDir.ts';
import type { GitTrouble } from './gitResult.ts';
import { filesInTheWay } from './filesInTheWay.ts';
import type { TrainGit } from './trainGit.ts';

/** What is to be moved. */
export interface FastForward {
  /** Full name of the branch. */
  readonly branch: string;
  /** Where it must be; from anywhere else it is not moved. */
  readonly from: string;
  readonly to: string;
  /** Absolute paths of files with unsaved changes in an editor. */
  readonly unsaved: readonly string[];
  /** A working tree that holds `to`, whose attributes count too. */
  readonly scratch?: Repository | undefined;
}

export type FastForwardEnd =
  /** The branch has all of `to`. */
  | { readonly kind: 'done' }
  /** The branch is elsewhere; nothing was touched. */
  | { readonly kind: 'moved'; readonly to: string }
  /** Nothing was touched. */
  | { readonly kind: 'blocked'; readonly message: string; readonly next: string; readonly files: readonly BlockedFile[] };

/** A large working tree takes long to update, and an interrupted update is half an update. */
const updateTimeoutMs = 30 * 60_000;

/**
 * Moves a branch forward and never otherwise. In the working tree that has it checked out, files that the person has changed, staged, opened
 * without saving, or that Git does not know are never touched: if the move needs one of them, it does not happen at all.
 */
export async function fastForward(git: TrainGit, request: FastForward): Promise<FastForwardEnd> {
  const { branch, from, to } = request;
  const name = branchText(branch);
  const now = await git.commitOf(branch);
  if (now === undefined) {
    return blocked(`There is no branch ${name} any more.`, `Make it again at ${short(from)}, or abort the merge train.`);
  }
  if (now !== from) {
    return now === to || (await git.contains(now, to)) ? { kind: 'done' } : { kind: 'moved', to: now };
  }
  const places = await placesOf(git, branch);
  if ('ok' in places) {
    return blockedBy(places);
  }
  if (places.rewriting !== undefined) {
    return blocked(`A rebase of ${name} is going on in ${places.rewriting}.`, 'Finish or abort it, then try again.');
  }
  const [place, second] = places.folders;
  if (place === undefined) {
    const moved = await git.run({ args: ['update-ref', '-m', 'flotilla: merge train'], revisions: [branch, to, from] });
    return moved.ok ? { kind: 'done' } : after(git, request, moved);
  }
  if (second !== undefined) {
    return blocked(
      `${name} is checked out in two folders: ${place} and ${second}.`,
      'Switch one of them to another branch, then try again.',
    );
  }
  const found = await git.git.open(place);
  return found.ok ? update(git, found, request) : blockedBy(found);
}

async function update(git: TrainGit, place: Repository, request: FastForward): Promise<FastForwardEnd> {
  const { branch, from, to } = request;
  const found = await filesInTheWay(git, place, request);
  if (!found.ok) {
    return blockedBy(found);
  }
  const { files } = found;
  if (files.length > 0) {
    return blocked(
      `${branchText(branch)} was not moved, because ${files.length === 1 ? 'a file' : `${files.length} files`} in ${place.workTree} would be overwritten.`,
      files.every((file) => file.why === 'filtered')
        ? `Run "git merge --ff-only ${short(to)}" there yourself, so that your filters are used.`
        : 'Commit, stash or save these files, or put them elsewhere, then try again.',
      files,
    );
  }
  const head = await git.git.run(place, { args: ['symbolic-ref', '--quiet', 'HEAD'], okCodes: [0, 1] });
  if (!head.ok || head.text !== branch) {
    return blocked(`${place.workTree} was switched to another branch just now.`, 'Try again.');
  }
  // Not with the signal of the train: once begun, it is finished.
  const merged = await git.git.run(place, { args: ['merge'], revisions: [to], timeoutMs: updateTimeoutMs });
  return after(git, { branch, from, to }, merged.ok ? undefined : merged);
}

/** What it came to, by where the branch is and not by what was said. */
async function after(
  git: TrainGit,
  { branch, from, to }: Pick<FastForward, 'branch' | 'from' | 'to'>,
  said: GitTrouble | undefined,
): Promise<FastForwardEnd> {
  const now = await git.commitOf(branch);
  if (now !== undefined && now !== from) {
    return now === to || (await git.contains(now, to)) ? { kind: 'done' } : { kind: 'moved', to: now };
  }
  return said === undefined
    ? blocked(`${branchText(branch)} was not moved, because another branch was checked out at the same moment.`, 'Try again.')
    : blockedBy(said);
}

interface Places {
  /** Working trees that have the branch checked out. */
  readonly folders: readonly string[];
  /** A working tree in which the branch is being rebased. */
  readonly rewriting?: string | undefined;
}

async function placesOf(git: TrainGit, branch: string): Promise<Places | GitTrouble> {
  const listed = await git.run({ args: ['worktree', 'list', '--porcelain'] });
  if (!listed.ok) {
    return listed;
  }
  const all = listed.text.split(/\n\n+/).map((block) => block.split('\n'));
  const folderOf = (lines: readonly string[]) => lines.find((line) => line.startsWith('worktree '))?.slice('worktree '.length) ?? '';
  const folders = all.filter((lines) => lines.includes(`branch ${branch}`)).map(folderOf);
  const detached = all.filter((lines) => lines.includes('detached')).map(folderOf);
  for (const folder of detached) {
    if (await isRewriting(git, folder, branch)) {
      return { folders, rewriting: folder };
    }
  }
  return { folders };
}

/** While a branch is rebased its name stands in a file, and HEAD is detached. Source: wt_status_check_rebase of Git. */
async function isRewriting(git: TrainGit, folder: string, branch: string): Promise<boolean> {
  const found = await git.git.open(folder);
  if (!found.ok) {
    return false;
  }
  const names = await Promise.all(
    ['rebase-merge', 'rebase-apply'].map((name) => readFile(path.join(found.gitDir, name, 'head-name'), 'utf8').catch(orUndefined)),
  );
  return names.some((name) => name?.trim() === branch);
}

function blockedBy({ text, next }: GitTrouble): FastForwardEnd {
  return blocked(text, next);
}

function blocked(message: string, next: string, files: readonly BlockedFile[] = []): FastForwardEnd {
  return { kind: 'blocked', message, next, files };
}

function short(commit: string): string {
  return commit.slice(0, 12);
}
