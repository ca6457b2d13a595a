import { mkdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { toError } from '../../lib/errors.ts';
import type { Repository } from './gitDir.ts';
import { capture } from './worktreeCapture.ts';
import { type Captured, isThere, type WorktreesDeps } from './worktreeDeps.ts';
import { copyIgnored, fillDependencies } from './worktreeFill.ts';
import { addWorktree, fillWorktree, makeStart, refuseRepository, usualLimits } from './worktreeMake.ts';
import { placesOf, readRecord, readRecords, startRef, worktreeId, writeRecord } from './worktreeRecord.ts';
import { remove, takeBack } from './worktreeRemove.ts';
import type { Removal, SetUpEnd, Worktree, WorktreeNote, WorktreeRecord, WorktreeRequest, WorktreeTrouble } from './worktreeTypes.ts';

/** Folders of their own for agents: Git worktrees, detached, so that the person's list of branches stays theirs. */
export interface Worktrees {
  readonly create: (request: WorktreeRequest, signal?: AbortSignal) => Promise<Worktree | WorktreeTrouble>;
  /** The agent's work as one commit, the worktree left as it is; what the merge train integrates. */
  readonly capture: (record: WorktreeRecord, signal?: AbortSignal) => Promise<Captured | WorktreeTrouble>;
  /**
   * Removes a worktree. Work that is on no branch and is not `landed` (a commit with the same files, merged already) is kept as a salvage
   * first; what no commit can keep stops it.
   */
  readonly remove: (record: WorktreeRecord, options?: { readonly landed?: string; readonly signal?: AbortSignal }) => Promise<Removal>;
  readonly list: () => Promise<readonly WorktreeRecord[]>;
  /** Removes the worktrees of runs and agents that are no more, as `remove` does. */
  readonly sweep: (
    isLive: (record: WorktreeRecord) => boolean,
  ) => Promise<readonly { readonly record: WorktreeRecord; readonly removal: Removal }[]>;
}

/** Makes the operations. */
export function createWorktrees(given: WorktreesDeps): Worktrees {
  const ready = async (): Promise<WorktreesDeps> => ({ ...given, storage: await realFolder(given.storage) });
  return {
    create: async (request, signal) => create(await ready(), request, signal),
    capture: async (record, signal) => capture(await ready(), record, signal),
    remove: async (record, options = {}) => remove(await ready(), record, options),
    list: async () => readRecords((await ready()).storage),
    sweep: async (isLive) => {
      const deps = await ready();
      const swept: { record: WorktreeRecord; removal: Removal }[] = [];
      for (const record of await readRecords(deps.storage)) {
        if (!isLive(record)) {
          swept.push({ record, removal: await remove(deps, record, {}) });
        }
      }
      return swept;
    },
  };
}

/** Git names worktrees without symbolic links, and so must we. */
async function realFolder(folder: string): Promise<string> {
  if (!path.isAbsolute(folder)) {
    throw new RangeError(`The storage of worktrees must be absolute: ${folder}`);
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return realpath(folder);
}

async function create(deps: WorktreesDeps, request: WorktreeRequest, signal: AbortSignal | undefined): Promise<Worktree | WorktreeTrouble> {
  const { git, storage } = deps;
  if (![request.run, request.agent].every((name) => /^[\w-]{1,80}$/.test(name))) {
    return {
      ok: false,
      kind: 'badName',
      text: 'Run and agent are named by letters, digits, - and _.',
      next: 'This is a defect of Flotilla; please report it.',
    };
  }
  const repository = await git.open(request.folder);
  if (!repository.ok) {
    return repository;
  }
  const refused = await refuseRepository(git, repository, storage);
  if (refused !== undefined) {
    return refused;
  }
  const id = worktreeId(request.run, request.agent, repository.commonDir);
  const places = placesOf(storage, id);
  if ((await readRecord(storage, id)) !== undefined || (await isThere(places.root))) {
    return {
      ok: false,
      kind: 'taken',
      text: `${request.agent} has a worktree already: ${places.root}.`,
      next: 'Use that one, or remove it first.',
    };
  }
  const record: WorktreeRecord = {
    version: 1,
    id,
    run: request.run,
    agent: request.agent,
    workTree: repository.workTree,
    commonDir: repository.commonDir,
    within: path.relative(repository.workTree, path.resolve(request.folder)).split(path.sep).join('/'),
    start: '',
    madeAt: deps.now(),
    state: 'making',
  };
  await writeRecord(storage, record);
  let made: Worktree | WorktreeTrouble;
  try {
    made = await make(deps, repository, record, request, signal);
  } catch (error) {
    await takeBack(deps, repository, record);
    throw error;
  }
  if (!made.ok) {
    await takeBack(deps, repository, record);
  }
  return made;
}

async function make(
  { git, storage, lock }: WorktreesDeps,
  repository: Repository,
  begun: WorktreeRecord,
  request: WorktreeRequest,
  signal: AbortSignal | undefined,
): Promise<Worktree | WorktreeTrouble> {
  const { root, indexFile } = placesOf(storage, begun.id);
  const start = await makeStart(git, repository, {
    indexFile,
    carry: request.carry ?? 'everything',
    from: request.from,
    limits: request.limits ?? usualLimits,
    signal,
  });
  if (!start.ok) {
    return start;
  }
  const record: WorktreeRecord = { ...begun, start: start.commit };
  const kept = await git.run(repository, { args: ['update-ref'], revisions: [startRef(record), start.commit] });
  if (!kept.ok) {
    return kept;
  }
  const added = await lock.hold(repository.commonDir, () => addWorktree(git, repository, root, start.commit), signal);
  if (!added.ok) {
    return added;
  }
  const filled = await fillWorktree(git, root, signal);
  if (!filled.ok) {
    return filled;
  }
  const copied = await copyIgnored(git, repository, root, request.copy ?? [], signal);
  if (!copied.ok) {
    return copied;
  }
  const linked = request.dependencies === undefined ? copied : await fillDependencies(git, repository, root, request.dependencies, signal);
  if (!linked.ok) {
    return linked;
  }
  const leftOut: readonly WorktreeNote[] = start.leftOut.length === 0 ? [] : [{ kind: 'leftOut', items: start.leftOut }];
  const notes = [...leftOut, ...filled.notes, ...copied.notes, ...(linked === copied ? [] : linked.notes)];
  const worktree: Worktree = {
    ok: true,
    record: { ...record, state: 'ready' },
    root,
    folder: path.join(root, ...record.within.split('/')),
    notes,
  };
  const setUp = await setUpIn(worktree, request, signal);
  if (!setUp.ok) {
    return { ...setUp, kind: 'setUp' };
  }
  await writeRecord(storage, worktree.record);
  return { ...worktree, notes: [...notes, ...setUp.notes] };
}

async function setUpIn(worktree: Worktree, { setUp }: WorktreeRequest, signal: AbortSignal | undefined): Promise<SetUpEnd> {
  try {
    return (await setUp?.(worktree, signal)) ?? { ok: true, notes: [] };
  } catch (error) {
    signal?.throwIfAborted();
    return {
      ok: false,
      text: `The set-up of ${worktree.root} failed: ${toError(error).message}`,
      next: 'Correct the set-up command, or leave it out.',
    };
  }
}
