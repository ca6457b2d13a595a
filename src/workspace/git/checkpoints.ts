import { randomBytes } from 'node:crypto';
import { mkdir, realpath, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { toError } from '../../lib/errors.ts';
import type { Log } from '../../orchestrator/ports.ts';
import { createFileLock } from '../fileLock.ts';
import { changesOf, type TreeChange } from './checkpointChanges.ts';
import { type Restored, type RestoreDeps, type RestoreRequest, restoreFiles } from './checkpointRestore.ts';
import { seedExactly } from './checkpointSeed.ts';
import {
  copyExcludes,
  exactSettings,
  generationBytes,
  generationsOf,
  makeGeneration,
  repositoryOf,
  type Scope,
  scopeOf,
} from './checkpointStore.ts';
import { type GitTrouble, trouble } from './gitResult.ts';
import type { Git, GitCall } from './gitTypes.ts';
import { copyIndex, type LeftOut, type SnapshotLimits, takeSnapshot } from './snapshot.ts';

/** A state of a folder, kept by us alone. Plain data; can be part of a fact. */
export interface Checkpoint {
  readonly ok: true;
  /** Absolute. */
  readonly folder: string;
  /** Generation and tree. */
  readonly id: string;
  /** Repositories inside the folder, which are not part of it; each can have checkpoints of its own. */
  readonly leftOut: readonly LeftOut[];
}

export interface CheckpointLimits extends SnapshotLimits {
  /** Of all checkpoints of one folder together; older ones make room. */
  readonly storeBytes: number;
}

export interface CheckpointsDeps {
  readonly git: Git;
  /** Absolute, ours alone, outside of every workspace folder. */
  readonly storage: string;
  readonly now: () => number;
  readonly log: Log;
  readonly limits?: CheckpointLimits;
}

/**
 * Private snapshots of a folder that agents share. They live in a repository of ours with an index and objects of its own, so the person's
 * index, refs, stash and files are never written, and nothing that their repository's configuration names can run. Works without Git in the folder.
 */
export interface Checkpoints {
  /** The folder as it is; or why there is no checkpoint, which must be said before anything is written. Ignored files are not part of it. */
  readonly take: (folder: string, signal?: AbortSignal) => Promise<Checkpoint | GitTrouble>;
  /** What is different in `b`, with paths relative to the folder. Both of the same folder. */
  readonly changesBetween: (
    a: Checkpoint,
    b: Checkpoint,
    signal?: AbortSignal,
  ) => Promise<{ readonly ok: true; readonly changes: readonly TreeChange[] } | GitTrouble>;
  /** The bytes of one side of a change. */
  readonly read: (checkpoint: Checkpoint, blob: string) => Promise<{ readonly ok: true; readonly bytes: Buffer } | GitTrouble>;
  /** Gives files back as they were in `from`, each only if it is still as it was in `onlyIfNow`; says of every other one why it was left. */
  readonly restore: (request: RestoreRequest, deps: RestoreDeps) => Promise<Restored | GitTrouble>;
}

/** What may be kept of one folder without anybody waiting for it or missing the room. */
export const usualCheckpointLimits: CheckpointLimits = {
  bytes: 256 * 1024 * 1024,
  files: 20_000,
  timeMs: 15_000,
  storeBytes: 1024 * 1024 * 1024,
};

/** Makes the operations. */
export function createCheckpoints(deps: CheckpointsDeps): Checkpoints {
  return new PrivateCheckpoints(deps);
}

class PrivateCheckpoints implements Checkpoints {
  readonly #deps: CheckpointsDeps;
  readonly #limits: CheckpointLimits;
  readonly #turns = createFileLock();
  /** Bytes in the newest generation of each box: measured once, then counted. */
  readonly #bytes = new Map<string, number>();

  constructor(deps: CheckpointsDeps) {
    this.#deps = deps;
    this.#limits = deps.limits ?? usualCheckpointLimits;
  }

  readonly take = async (folder: string, signal?: AbortSignal): Promise<Checkpoint | GitTrouble> => {
    try {
      const scope = await this.#scope(folder);
      return scope.ok ? await this.#turns.hold(scope.box, () => this.#take(scope, signal)) : scope;
    } catch (error) {
      signal?.throwIfAborted();
      return trouble(
        'failed',
        `No checkpoint of ${folder}: ${toError(error).message}`,
        'See that there is room on the disk and that the folder can be read.',
      );
    }
  };

  readonly changesBetween = async (
    a: Checkpoint,
    b: Checkpoint,
    signal?: AbortSignal,
  ): Promise<{ readonly ok: true; readonly changes: readonly TreeChange[] } | GitTrouble> => {
    const [first, second] = [await this.#place(a), await this.#place(b)];
    if (!first.ok) {
      return first;
    }
    if (!second.ok) {
      return second;
    }
    return changesOf(
      (call) => this.#run(second, { ...call, ...withSignal(signal) }, [objectsOf(first)]),
      second.scope.within,
      first.tree,
      second.tree,
    );
  };

  readonly read = async (checkpoint: Checkpoint, blob: string): Promise<{ readonly ok: true; readonly bytes: Buffer } | GitTrouble> => {
    const place = await this.#place(checkpoint);
    if (!place.ok) {
      return place;
    }
    const answer = await this.#run(place, { args: ['cat-file', 'blob'], revisions: [blob] });
    return answer.ok ? { ok: true, bytes: answer.bytes } : answer;
  };

  readonly restore = async (request: RestoreRequest, deps: RestoreDeps): Promise<Restored | GitTrouble> => {
    const changes = await this.changesBetween(request.from, request.onlyIfNow);
    return changes.ok ? restoreFiles(this, request, changes.changes, deps) : changes;
  };

  async #scope(folder: string): Promise<Scope | GitTrouble> {
    await mkdir(this.#deps.storage, { recursive: true, mode: 0o700 });
    return scopeOf(this.#deps.git, await realpath(this.#deps.storage), folder);
  }

  async #take(scope: Scope, signal: AbortSignal | undefined): Promise<Checkpoint | GitTrouble> {
    const generation = await this.#generation(scope);
    if (typeof generation !== 'string') {
      return generation;
    }
    await copyExcludes(scope, generation);
    const repository = repositoryOf(scope, generation);
    const lasting = path.join(repository.gitDir, 'index');
    const indexFile = `${lasting}.${randomBytes(4).toString('hex')}`;
    const place: Place = { ok: true, scope, generation, tree: '' };
    const run = (call: GitCall) => this.#run(place, { ...call, indexFile, ...withSignal(signal) });
    try {
      const known = await copyIndex(lasting, indexFile);
      const seed =
        known || scope.person === undefined
          ? { ok: true as const, besides: [] }
          : await seedExactly(this.#deps.git, scope.person, indexFile, run);
      if (!seed.ok) {
        return seed;
      }
      const snapshot = await takeSnapshot(this.#deps.git, repository, {
        indexFile,
        within: scope.within,
        limits: this.#limits,
        besides: seed.besides,
        respectFilters: false,
        call: { otherObjects: personObjects(scope), ...withSignal(signal) },
        settings: exactSettings,
      });
      if (!snapshot.ok) {
        return snapshot;
      }
      // Only a whole state becomes what the next one is compared with.
      await rename(indexFile, lasting);
      this.#bytes.set(scope.box, (this.#bytes.get(scope.box) ?? 0) + snapshot.bytes);
      return { ok: true, folder: scope.folder, id: `${generation}.${snapshot.tree}`, leftOut: snapshot.leftOut };
    } finally {
      await rm(indexFile, { force: true });
      await rm(`${indexFile}.lock`, { force: true });
    }
  }

  /** The generation to write to: a new one when the newest is half of what all may take, and then at most one older one stays. */
  async #generation(scope: Scope): Promise<string | GitTrouble> {
    const all = await generationsOf(scope.box);
    const newest = all.at(-1);
    if (newest !== undefined) {
      const bytes = this.#bytes.get(scope.box) ?? (await generationBytes(scope.box, newest));
      this.#bytes.set(scope.box, bytes);
      if (bytes < this.#limits.storeBytes / 2) {
        return newest;
      }
    }
    const made = await makeGeneration(this.#deps.git, scope, Math.floor(this.#deps.now()));
    if (typeof made === 'string') {
      this.#bytes.set(scope.box, 0);
      await Promise.all(all.slice(0, -1).map((old) => rm(path.join(scope.box, old), { recursive: true, force: true })));
    }
    return made;
  }

  async #place(checkpoint: Checkpoint): Promise<Place | GitTrouble> {
    const [, generation, tree] = /^(g\d{14})\.([0-9a-f]{40,64})$/.exec(checkpoint.id) ?? [];
    const scope = await this.#scope(checkpoint.folder);
    if (!scope.ok) {
      return scope;
    }
    return generation !== undefined && tree !== undefined && (await generationsOf(scope.box)).includes(generation)
      ? { ok: true, scope, generation, tree }
      : trouble(
          'failed',
          `The checkpoint ${checkpoint.id} of ${checkpoint.folder} is no longer kept; newer ones needed the room.`,
          'Undo by hand, or with Git.',
        );
  }

  #run(place: Place, call: GitCall, otherObjects: readonly string[] = []) {
    const settings = [...exactSettings, ...(call.settings ?? [])];
    return this.#deps.git.run(repositoryOf(place.scope, place.generation), {
      ...call,
      settings,
      otherObjects: [...personObjects(place.scope), ...otherObjects],
    });
  }
}

interface Place {
  readonly ok: true;
  readonly scope: Scope;
  readonly generation: string;
  readonly tree: string;
}

function objectsOf({ scope, generation }: Place): string {
  return path.join(scope.box, generation, 'objects');
}

/** Files that the person has committed need not be kept twice. */
function personObjects({ person }: Scope): readonly string[] {
  return person === undefined ? [] : [path.join(person.commonDir, 'objects')];
}

function withSignal(signal: AbortSignal | undefined): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
