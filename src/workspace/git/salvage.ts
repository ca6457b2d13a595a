import type { Repository } from './gitDir.ts';
import { type GitTrouble, trouble } from './gitResult.ts';
import type { Git } from './gitTypes.ts';
import { salvageRef } from './worktreeRecord.ts';
import type { Salvage, WorktreeRecord } from './worktreeTypes.ts';

/** Keeps a commit under a new name of ours, never over another one. */
export async function keepSalvage(
  git: Git,
  repository: Repository,
  record: WorktreeRecord,
  commit: string,
): Promise<({ readonly ok: true } & Salvage) | GitTrouble> {
  for (let turn = 0; turn < 100; turn++) {
    const ref = salvageRef(record, turn);
    const there = await git.run(repository, { args: ['rev-parse', '--verify', '--quiet'], revisions: [ref], okCodes: [0, 1] });
    if (!there.ok) {
      return there;
    }
    if (there.exitCode === 0 && there.text === commit) {
      return { ok: true, ref, commit, start: record.start };
    }
    if (there.exitCode === 1) {
      // An empty old value means: only if there is none.
      const made = await git.run(repository, {
        args: ['update-ref', '--create-reflog', '-m', 'Flotilla: kept when its worktree was removed'],
        revisions: [ref, commit, '0'.repeat(commit.length)],
      });
      return made.ok ? { ok: true, ref, commit, start: record.start } : made;
    }
  }
  return trouble(
    'failed',
    `${repository.workTree} holds a hundred salvages of ${record.agent} already.`,
    'Remove those that are no longer needed (git update-ref -d).',
  );
}

/** All salvages of a repository, newest first. */
export async function listSalvages(
  git: Git,
  repository: Repository,
): Promise<
  { readonly ok: true; readonly salvages: readonly { readonly ref: string; readonly commit: string; readonly at: number }[] } | GitTrouble
> {
  const listed = await git.run(repository, {
    args: [
      'for-each-ref',
      '--sort=-committerdate',
      '--format=%(refname)%00%(objectname)%00%(committerdate:unix)',
      'refs/flotilla/salvage/',
    ],
  });
  if (!listed.ok) {
    return listed;
  }
  const salvages = listed.text.split('\n').flatMap((line) => {
    const [ref, commit, seconds] = line.split('\0');
    return ref === undefined || commit === undefined || seconds === undefined ? [] : [{ ref, commit, at: Number(seconds) * 1000 }];
  });
  return { ok: true, salvages };
}

/** Makes a branch of a salvage, so that the person can look at it, merge it or continue it with Git's usual means. Never moves a branch that exists. */
export async function restoreSalvage(
  git: Git,
  repository: Repository,
  ref: string,
  branch: string,
): Promise<{ readonly ok: true; readonly branch: string; readonly commit: string } | GitTrouble> {
  if (!ref.startsWith('refs/flotilla/salvage/')) {
    return trouble('failed', `${JSON.stringify(ref)} names no salvage.`, 'Choose one of the list.');
  }
  const valid = await git.run(repository, { args: ['check-ref-format', '--branch'], revisions: [branch], okCodes: [0, 1, 128] });
  if (!valid.ok) {
    return valid;
  }
  if (valid.exitCode !== 0 || valid.text !== branch) {
    return trouble('failed', `${JSON.stringify(branch)} is no name for a branch.`, 'Choose another name.');
  }
  const commit = await git.run(repository, { args: ['rev-parse', '--verify'], revisions: [`${ref}^{commit}`] });
  if (!commit.ok) {
    return commit;
  }
  const made = await git.run(repository, {
    args: ['update-ref'],
    revisions: [`refs/heads/${branch}`, commit.text, '0'.repeat(commit.text.length)],
  });
  return made.ok ? { ok: true, branch, commit: commit.text } : made;
}
