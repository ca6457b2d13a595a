import { rm } from 'node:fs/promises';
import type { Repository } from './gitDir.ts';
import { type GitTrouble, trouble } from './gitResult.ts';
import { seedIndex } from './snapshot.ts';
import type { Captured, WorktreesDeps } from './worktreeDeps.ts';
import { commitState, headOf, usualLimits } from './worktreeMake.ts';
import { placesOf } from './worktreeRecord.ts';
import type { WorktreeRecord, WorktreeTrouble } from './worktreeTypes.ts';

/** The work in a worktree as one commit. */
export async function capture(
  deps: WorktreesDeps,
  record: WorktreeRecord,
  signal: AbortSignal | undefined,
): Promise<Captured | WorktreeTrouble> {
  const { root } = placesOf(deps.storage, record.id);
  const worktree = await openOurs(deps, record, root);
  return worktree.ok ? captureIn(deps, worktree, record, signal) : worktree;
}

/** The same for a worktree that stands elsewhere for the moment. */
export async function captureIn(
  { git, storage }: WorktreesDeps,
  worktree: Repository,
  record: WorktreeRecord,
  signal: AbortSignal | undefined,
): Promise<Captured | WorktreeTrouble> {
  const head = await headOf(git, worktree);
  if (!head.ok) {
    return head;
  }
  const parent = head.commit ?? record.start;
  const indexFile = `${placesOf(storage, record.id).indexFile}.${process.pid}.${counter++}`;
  try {
    await seedIndex(worktree, indexFile);
    const message = `Work of ${record.agent} in run ${record.run}`;
    const state = await commitState(git, worktree, { indexFile, limits: usualLimits, signal, parent, message });
    if (!state.ok) {
      return state;
    }
    const trees = await git.run(worktree, { args: ['rev-parse'], revisions: [`${state.commit}^{tree}`, `${record.start}^{tree}`] });
    if (!trees.ok) {
      return trees;
    }
    const [now, begun] = trees.text.split('\n');
    return { ok: true, commit: state.commit, start: record.start, changed: now !== begun, leftOut: state.leftOut };
  } finally {
    await rm(indexFile, { force: true });
  }
}

let counter = 0;

/** A worktree of ours, and still one of the repository it was made of: its `.git` could have been written since. */
export async function openOurs({ git }: WorktreesDeps, record: WorktreeRecord, root: string): Promise<Repository | GitTrouble> {
  const worktree = await git.open(root);
  if (!worktree.ok) {
    return worktree;
  }
  return worktree.workTree === root && worktree.commonDir === record.commonDir && worktree.kind === 'worktree'
    ? worktree
    : trouble(
        'unsafe',
        `${root} no longer belongs to the repository ${record.workTree}.`,
        'Look at its .git; what is in the folder is left as it is.',
      );
}
