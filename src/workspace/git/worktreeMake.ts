import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { isInside } from '../workspacePath.ts';
import type { Repository } from './gitDir.ts';
import { type GitTrouble, trouble } from './gitResult.ts';
import type { Git } from './gitTypes.ts';
import { seedIndex, type Snapshot, type SnapshotLimits, takeSnapshot } from './snapshot.ts';
import type { Carry, WorktreeNote, WorktreeTrouble } from './worktreeTypes.ts';

/** Author of commits that keep a state and say nothing about whose it is. */
export const flotillaIdentity = { name: 'Flotilla', email: 'flotilla@localhost' };

/** Usual limits of what is carried into a worktree or kept when it goes. */
export const usualLimits: SnapshotLimits = { bytes: 512 * 1024 * 1024, files: 50_000, timeMs: 60_000 };

interface StartRequest {
  readonly indexFile: string;
  readonly carry: Carry;
  readonly from?: string | undefined;
  readonly limits: SnapshotLimits;
  readonly signal: AbortSignal | undefined;
}

/** Why an agent's worktree cannot be made of this repository at all. */
export async function refuseRepository(git: Git, repository: Repository, storage: string): Promise<WorktreeTrouble | undefined> {
  if (isInside(repository.workTree, storage)) {
    return {
      ok: false,
      kind: 'storage',
      text: `${storage} is no place for worktrees of ${repository.workTree}: it is inside of it.`,
      next: 'Open another folder as the workspace, or move the storage.',
    };
  }
  const settings = await git.settings(repository);
  if (!settings.ok) {
    return settings;
  }
  if (repository.kind === 'submodule') {
    return {
      ok: false,
      kind: 'submodule',
      text: `${repository.workTree} is a submodule; commands of Git in a worktree of it would work on ${repository.workTree} itself.`,
      next: 'Open the repository around it, clone the submodule on its own, or let the agents share one tree.',
    };
  }
  const setting = settings.entries.find(({ key }) => key === 'core.worktree');
  return setting === undefined
    ? undefined
    : {
        ok: false,
        kind: 'worktreeSetting',
        text: `core.worktree is set in ${setting.file}; commands of Git in a worktree would work on ${setting.value} instead.`,
        next: 'Remove the setting, or let the agents share one tree.',
      };
}

/** The commit an agent begins with, and what it does not hold. */
export async function makeStart(
  git: Git,
  repository: Repository,
  request: StartRequest,
): Promise<{ readonly ok: true; readonly commit: string; readonly leftOut: Snapshot['leftOut'] } | WorktreeTrouble> {
  if (request.from !== undefined) {
    return { ok: true, commit: request.from, leftOut: [] };
  }
  const head = await headOf(git, repository);
  if (!head.ok) {
    return head;
  }
  if (request.carry === 'head') {
    return head.commit === undefined
      ? {
          ok: false,
          kind: 'unborn',
          text: `${repository.workTree} has no commit yet to begin with.`,
          next: 'Commit something, or carry the working tree along.',
        }
      : { ok: true, commit: head.commit, leftOut: [] };
  }
  await seedIndex(repository, request.indexFile);
  const taken = await commitState(git, repository, {
    ...request,
    parent: head.commit,
    message: 'What the person saw when this agent began',
  });
  await rm(request.indexFile, { force: true });
  return taken;
}

/** The commit HEAD is at; undefined before the first one. */
export async function headOf(
  git: Git,
  repository: Repository,
): Promise<{ readonly ok: true; readonly commit: string | undefined } | GitTrouble> {
  const head = await git.run(repository, { args: ['rev-parse', '--verify', '--quiet'], revisions: ['HEAD^{commit}'], okCodes: [0, 1] });
  return head.ok ? { ok: true, commit: head.exitCode === 0 ? head.text : undefined } : head;
}

/** A commit of the working tree as it is; `parent` itself when nothing is different from it. */
export async function commitState(
  git: Git,
  repository: Repository,
  request: Omit<StartRequest, 'carry' | 'from'> & { readonly parent: string | undefined; readonly message: string },
): Promise<{ readonly ok: true; readonly commit: string; readonly leftOut: Snapshot['leftOut'] } | GitTrouble> {
  const { indexFile, limits, signal, parent } = request;
  const call = signal === undefined ? {} : { signal };
  const snapshot = await takeSnapshot(git, repository, { indexFile, limits, respectFilters: true, call });
  if (!snapshot.ok) {
    return snapshot;
  }
  if (parent !== undefined) {
    const same = await git.run(repository, { args: ['rev-parse', '--verify'], revisions: [`${parent}^{tree}`], ...call });
    if (!same.ok) {
      return same;
    }
    if (same.text === snapshot.tree) {
      return { ok: true, commit: parent, leftOut: snapshot.leftOut };
    }
  }
  const commit = await git.run(repository, {
    args: ['commit-tree', ...(parent === undefined ? [] : ['-p', parent]), '-m', request.message],
    revisions: [snapshot.tree],
    identity: flotillaIdentity,
    ...call,
  });
  return commit.ok ? { ok: true, commit: commit.text, leftOut: snapshot.leftOut } : commit;
}

/** Adds a worktree without files, then fills it; the two are apart so that only the first has to be done one at a time. */
export async function addWorktree(
  git: Git,
  repository: Repository,
  root: string,
  commit: string,
): Promise<{ readonly ok: true } | GitTrouble> {
  await mkdir(path.dirname(root), { recursive: true, mode: 0o700 });
  return git.run(repository, { args: ['worktree', 'add', '--quiet', '--detach', '--no-checkout', root], revisions: [commit] });
}

/** Writes the files of the worktree's commit, and says what is different from a plain checkout. */
export async function fillWorktree(
  git: Git,
  root: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly ok: true; readonly notes: readonly WorktreeNote[] } | GitTrouble> {
  const call = signal === undefined ? {} : { signal };
  const worktree = await git.open(root);
  if (!worktree.ok) {
    return worktree;
  }
  const filled = await git.run(worktree, { args: ['read-tree', '--reset', '-u'], revisions: ['HEAD'], timeoutMs: 600_000, ...call });
  if (!filled.ok) {
    return filled;
  }
  const listed = await git.run(worktree, { args: ['ls-files', '-z', '-s', '-t'], ...call });
  if (!listed.ok) {
    return listed;
  }
  const entries = parseStaged(listed.text);
  const submodules = entries.filter(({ mode }) => mode === '160000').map(({ name }) => name);
  const filtered = await filteredFiles(
    git,
    worktree,
    entries.map(({ name }) => name),
  );
  return filtered.ok
    ? {
        ok: true,
        notes: [
          ...(submodules.length === 0 ? [] : [{ kind: 'submodules' as const, paths: submodules }]),
          ...(entries.some(({ tag }) => tag === 'S') ? [{ kind: 'sparse' as const }] : []),
          ...filtered.notes,
        ],
      }
    : filtered;
}

interface StagedEntry {
  /** `S` for a file that a sparse checkout leaves out. */
  readonly tag: string;
  readonly mode: string;
  readonly name: string;
}

function parseStaged(text: string): readonly StagedEntry[] {
  return text.split('\0').flatMap((line) => {
    const [, tag, mode, name] = /^(\S) (\d+) \w+ \d\t(.+)$/s.exec(line) ?? [];
    return tag === undefined || mode === undefined || name === undefined ? [] : [{ tag, mode, name }];
  });
}

/** Which files stand there as they are stored, because a filter would have to unpack them. */
async function filteredFiles(
  git: Git,
  worktree: Repository,
  names: readonly string[],
): Promise<{ readonly ok: true; readonly notes: readonly WorktreeNote[] } | GitTrouble> {
  const rules = names.filter((name) => path.posix.basename(name) === '.gitattributes').map((name) => path.join(worktree.workTree, name));
  const texts = await Promise.all(
    [...rules, path.join(worktree.commonDir, 'info', 'attributes')].map((file) => readFile(file, 'utf8').catch(() => '')),
  );
  if (!texts.some((text) => text.includes('filter='))) {
    return { ok: true, notes: [] };
  }
  const answer = await git.run(worktree, { args: ['check-attr', '-z', '--stdin', 'filter'], input: names.join('\0') });
  if (!answer.ok) {
    return answer;
  }
  const values = answer.text.split('\0').filter((_, index) => index % 3 === 2);
  const filters = values.filter((value) => !['unspecified', 'unset', 'set', ''].includes(value));
  return {
    ok: true,
    notes: filters.length === 0 ? [] : [{ kind: 'filtered', files: filters.length, filters: [...new Set(filters)].sort() }],
  };
}

/** Takes away what Git keeps of a worktree whose folder is gone already. */
export async function forgetWorktree(git: Git, repository: Repository, root: string): Promise<{ readonly ok: true } | GitTrouble> {
  const removed = await git.run(repository, { args: ['worktree', 'remove', '--force', root] });
  return removed.ok || (removed.kind === 'failed' && /is not a working tree/.test(removed.text))
    ? { ok: true }
    : trouble(removed.kind, removed.text, removed.next);
}
