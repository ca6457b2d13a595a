import { rename, rm } from 'node:fs/promises';
import { toError } from '../../lib/errors.ts';
import { errorCode } from '../refusal.ts';
import type { Repository } from './gitDir.ts';
import { type GitTrouble, trouble } from './gitResult.ts';
import type { Git } from './gitTypes.ts';
import { keepSalvage } from './salvage.ts';
import { captureIn, openOurs } from './worktreeCapture.ts';
import { type Captured, isThere, type WorktreesDeps } from './worktreeDeps.ts';
import { forgetWorktree } from './worktreeMake.ts';
import { placesOf, startRef, writeRecord } from './worktreeRecord.ts';
import type { Removal, WorktreeRecord } from './worktreeTypes.ts';

/** Removes a worktree, after keeping what would be lost with it. */
export async function remove(
  deps: WorktreesDeps,
  record: WorktreeRecord,
  options: { readonly landed?: string; readonly signal?: AbortSignal },
): Promise<Removal> {
  const { git, storage } = deps;
  const { box, root, leaving } = placesOf(storage, record.id);
  const repository = await git.open(record.workTree);
  if (!repository.ok) {
    return repository;
  }
  if (record.state === 'saved') {
    return finish(deps, repository, record, {
      ok: true,
      ignoredFiles: 0,
      ...(record.salvage === undefined ? {} : { salvage: record.salvage }),
    });
  }
  if (record.state === 'making') {
    await takeBack(deps, repository, record);
    return (await isThere(box)) ? trouble('failed', `${box} could not be removed.`, 'Try again.') : { ok: true, ignoredFiles: 0 };
  }
  // A removal that was interrupted before everything was kept begins again.
  if ((await isThere(leaving)) && !(await isThere(root))) {
    await rename(leaving, root);
  }
  if (!(await isThere(root))) {
    return finish(deps, repository, record, { ok: true, ignoredFiles: 0 });
  }
  const worktree = await openOurs(deps, record, root);
  if (!worktree.ok) {
    return worktree;
  }
  // Under another name nobody who knows its path can write to it any more, so what is kept is all there is.
  const moved = await moveAway(root, leaving);
  if (moved !== undefined) {
    return moved;
  }
  const saved = await keepAll(deps, { ...worktree, workTree: leaving }, record, options).catch(async (error: unknown) => {
    await rename(leaving, root);
    throw error;
  });
  if (!saved.ok) {
    await rename(leaving, root);
    return saved;
  }
  // From here on a crash loses nothing, and the next sweep goes on where this one ended.
  await writeRecord(storage, { ...record, state: 'saved', ...(saved.salvage === undefined ? {} : { salvage: saved.salvage }) });
  return finish(deps, repository, record, saved);
}

async function finish(deps: WorktreesDeps, repository: Repository, record: WorktreeRecord, removal: Removal): Promise<Removal> {
  const gone = await forget(deps, repository, record);
  if (!gone.ok) {
    return gone;
  }
  await rm(placesOf(deps.storage, record.id).box, { recursive: true, force: true });
  return removal;
}

async function moveAway(root: string, leaving: string): Promise<GitTrouble | undefined> {
  try {
    await rename(root, leaving);
    return undefined;
  } catch (error) {
    if (errorCode(error) === undefined) {
      throw error;
    }
    return trouble(
      'failed',
      `${root} cannot be removed now (${errorCode(error)}); a program may still use it.`,
      'End what runs in it, then try again.',
    );
  }
}

/** Keeps what would be lost with the worktree. */
async function keepAll(
  deps: WorktreesDeps,
  worktree: Repository,
  record: WorktreeRecord,
  { landed, signal }: { readonly landed?: string; readonly signal?: AbortSignal },
): Promise<Removal> {
  const { git } = deps;
  const captured = await captureIn(deps, worktree, record, signal);
  if (!captured.ok) {
    return captured;
  }
  if (captured.leftOut.length > 0) {
    const paths = captured.leftOut.map((item) => item.path).join(', ');
    return {
      ok: false,
      kind: 'kept',
      items: captured.leftOut,
      text: `The worktree of ${record.agent} was not removed: ${paths} cannot be kept in a commit.`,
      next: `Save them from ${placesOf(deps.storage, record.id).root}, remove them there, and remove the worktree again.`,
    };
  }
  const ignored = await git.run(worktree, { args: ['ls-files', '-z', '-o', '-i', '--exclude-standard', '--directory'] });
  if (!ignored.ok) {
    return ignored;
  }
  const ignoredFiles = ignored.text.split('\0').filter((name) => name !== '').length;
  const safe = await isSafe(git, worktree, captured, landed);
  if (!safe.ok) {
    return safe;
  }
  if (safe.safe) {
    return { ok: true, ignoredFiles };
  }
  const salvage = await keepSalvage(git, worktree, record, captured.commit);
  return salvage.ok ? { ok: true, salvage: { ref: salvage.ref, commit: salvage.commit, start: salvage.start }, ignoredFiles } : salvage;
}

/** Whether the work is somewhere else too: nothing was done, it is merged, or its commit is on a branch or tag. */
async function isSafe(
  git: Git,
  worktree: Repository,
  captured: Captured,
  landed: string | undefined,
): Promise<{ readonly ok: true; readonly safe: boolean } | GitTrouble> {
  if (captured.commit === captured.start) {
    return { ok: true, safe: true };
  }
  if (landed !== undefined) {
    const trees = await git.run(worktree, { args: ['rev-parse'], revisions: [`${captured.commit}^{tree}`, `${landed}^{tree}`] });
    if (!trees.ok) {
      return trees;
    }
    const [ours, theirs] = trees.text.split('\n');
    if (ours === theirs) {
      return { ok: true, safe: true };
    }
  }
  const holders = await git.run(worktree, {
    args: ['for-each-ref', '--count=1', '--contains', captured.commit, '--format=%(refname)', 'refs/heads', 'refs/tags', 'refs/remotes'],
  });
  return holders.ok ? { ok: true, safe: holders.text !== '' } : holders;
}

/** Removes a worktree that was not finished. Nobody has worked in it yet, so nothing has to be kept. */
export async function takeBack(deps: WorktreesDeps, repository: Repository, record: WorktreeRecord): Promise<void> {
  const { box, root } = placesOf(deps.storage, record.id);
  try {
    await rm(root, { recursive: true, force: true });
    const gone = await forget(deps, repository, record);
    if (!gone.ok) {
      deps.log.warn(`A worktree that was not finished is left for the next sweep: ${gone.text}`);
      return;
    }
    await rm(box, { recursive: true, force: true });
  } catch (error) {
    deps.log.warn(`A worktree that was not finished is left for the next sweep: ${toError(error).message}`);
  }
}

/** Takes away what the repository keeps of a worktree whose folder is gone. */
async function forget(
  { git, storage, lock }: WorktreesDeps,
  repository: Repository,
  record: WorktreeRecord,
): Promise<{ readonly ok: true } | GitTrouble> {
  const removed = await lock.hold(repository.commonDir, () => forgetWorktree(git, repository, placesOf(storage, record.id).root));
  if (!removed.ok) {
    return removed;
  }
  return git.run(repository, { args: ['update-ref', '-d'], revisions: [startRef(record)] });
}
