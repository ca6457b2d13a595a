import type { WorkSource } from '../../core/isolation.ts';
import type { Repository } from './gitDir.ts';
import { type GitTrouble, trouble } from './gitResult.ts';
import type { Git } from './gitTypes.ts';
import { TrainGit } from './trainGit.ts';
import { flotillaIdentity } from './worktreeMake.ts';

/** One piece of work to begin with; `commit` holds all of it. */
export type KeptSource = Pick<WorkSource, 'label'> & { readonly commit: string };

/** The first Git with merge-tree --write-tree. */
const oldestGit = [2, 38] as const;

/**
 * One commit with the work of several agents, made without any working tree. Work that does not go together is a trouble that names the files
 * and the agents.
 */
export async function mergeSources(
  git: Git,
  repository: Repository,
  sources: readonly KeptSource[],
): Promise<{ readonly ok: true; readonly commit: string } | GitTrouble> {
  const [first, ...others] = sources;
  if (first === undefined) {
    return trouble('failed', 'There is no work to begin with.', 'This is a defect of Flotilla; please report it.');
  }
  const version = others.length === 0 ? undefined : await git.version();
  if (version !== undefined && (!version.ok || isTooOld(version.numbers))) {
    return version.ok
      ? trouble('oldGit', 'This Git cannot merge without a working tree.', `Install Git ${oldestGit.join('.')} or later.`)
      : version;
  }
  const train = new TrainGit(git, repository, flotillaIdentity);
  let commit = first.commit;
  const merged = [first.label];
  for (const { label, commit: theirs } of others) {
    const result = await train.merge(commit, theirs);
    if (!result.ok) {
      return result;
    }
    if (result.conflicts.length > 0) {
      const files = result.conflicts.map(({ path }) => path).join(', ');
      return trouble(
        'failed',
        `The work of ${label} and that of ${merged.join(' and ')} do not go together in ${files}.`,
        'Have one of these agents adapt its work to the other, or have the tasks done one after the other, then retry.',
      );
    }
    const made = await train.commit(result.tree, [commit, theirs], `The work of ${[...merged, label].join(', ')}`);
    if (typeof made !== 'string') {
      return made;
    }
    commit = made;
    merged.push(label);
  }
  return { ok: true, commit };
}

function isTooOld([major, minor]: readonly [number, number, number]): boolean {
  return major < oldestGit[0] || (major === oldestGit[0] && minor < oldestGit[1]);
}
