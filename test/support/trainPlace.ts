import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AgentId, type RunId, toId, type TrainId } from '../../src/core/ids.ts';
import type { TrainCommand } from '../../src/core/train/decideTrain.ts';
import { reduceTrain, startTrain, type Train } from '../../src/core/train/train.ts';
import { type CarSpec, carSchema, type TrainEvent, trainEventSchemas } from '../../src/core/train/trainEvents.ts';
import type { GitTrouble } from '../../src/workspace/git/gitResult.ts';
import { createMergeTrains } from '../../src/workspace/git/mergeTrain.ts';
import type { CheckResult, MergeTrains, TrainAnswer } from '../../src/workspace/git/mergeTrainTypes.ts';
import { type GitPlace, gitPlace } from './gitPlace.ts';

export const trainId: TrainId = toId('train', 'train-1');
const runId: RunId = toId('run', 'run-1');
const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Thrown where a test has the host die. */
export class Died extends Error {}

/** What of a person's folder a merge train may not change. */
export interface Mine {
  readonly status: string;
  readonly staged: string;
  readonly head: string;
  readonly stash: string;
}

/** A person's repository with agents in worktrees of their own, and merge trains over it whose facts pass through their schemas. */
export class TrainPlace {
  readonly place: GitPlace = gitPlace();
  readonly folder: string;
  readonly facts: TrainEvent[] = [];
  readonly cars: CarSpec[] = [];
  readonly checked: string[] = [];
  unsaved: string[] = [];
  /** What the check says of a folder; green when it gives undefined. */
  check: (folder: string) => string | undefined = () => undefined;
  settle = async (car: CarSpec): Promise<{ readonly ok: true } | GitTrouble> => {
    if (car.start !== undefined) {
      this.git('update-ref', car.ref, this.#stateOf(this.agentFolder(car.label)));
    }
    return { ok: true };
  };
  /** How many more facts are recorded before the host dies: before the fact is on disk, or right after it. */
  dies: { facts: number; readonly after: boolean } | undefined;
  /** How many more calls of Git there are before the host dies. */
  calls = Number.POSITIVE_INFINITY;
  train: Train | undefined;
  trains: MergeTrains;
  #states = 0;

  constructor(files: Readonly<Record<string, string>>) {
    this.folder = this.place.repository('work', files);
    this.trains = this.open();
  }

  /** Merge trains as after a start of the host: nothing is known but the facts. */
  open(): MergeTrains {
    this.train = undefined;
    this.#fold(this.facts);
    this.trains = createMergeTrains({
      git: {
        ...this.place.git,
        run: async (repository, call) => this.#git(() => this.place.git.run(repository, { ...call, lockPatienceMs: 200 })),
      },
      scratchRoot: join(this.place.root, 'storage', 'trains'),
      folder: (name) => (name === 'work' ? this.folder : undefined),
      carFolder: (agentId) => this.agentFolder(agentId),
      settle: (car) => this.settle(car),
      runCheck: async ({ folder }) => this.#runCheck(folder),
      unsaved: () => this.unsaved,
      train: (id) => (this.train?.id === id ? this.train : undefined),
      record: async (events) => this.#record(events),
      log,
    });
    return this.trains;
  }

  agentFolder(name: string): string {
    return join(this.place.root, 'agents', name);
  }

  /** An agent that has done its work on a branch of its own. */
  agent(name: string, files: Readonly<Record<string, string>>, options: { after?: readonly string[]; from?: string } = {}): AgentId {
    const agentId = toId('agent', name);
    const folder = this.agentFolder(name);
    mkdirSync(join(this.place.root, 'agents'), { recursive: true });
    this.git('worktree', 'add', '-q', '-b', `agent/${name}`, folder, options.from ?? 'main');
    if (Object.keys(files).length > 0) {
      this.work(name, files);
    }
    const after = (options.after ?? []).map((one) => toId('agent', one));
    this.cars.push(carSchema.parse({ agentId, label: name, ref: `refs/heads/agent/${name}`, after, taskIds: [`task-${name}`] }));
    return agentId;
  }

  /** An agent in a worktree without a branch that began with everything the person saw, and whose work is in files alone. */
  loose(name: string, files: Readonly<Record<string, string>>): AgentId {
    const agentId = toId('agent', name);
    const folder = this.agentFolder(name);
    const start = this.#stateOf(this.folder);
    mkdirSync(join(this.place.root, 'agents'), { recursive: true });
    this.git('worktree', 'add', '-q', '--detach', folder, start);
    this.place.write(folder, files);
    this.cars.push(carSchema.parse({ agentId, label: name, ref: `refs/flotilla/cars/${name}`, start }));
    return agentId;
  }

  /** A folder as it is, as a commit, with nothing in the folder or its index changed. */
  #stateOf(folder: string): string {
    const index = join(this.place.root, 'state-index');
    const run = (...args: readonly string[]) =>
      execFileSync('git', ['-c', 'user.name=P', '-c', 'user.email=p@example.org', ...args], {
        cwd: folder,
        env: { PATH: process.env.PATH, HOME: this.place.home, GIT_INDEX_FILE: index },
        encoding: 'utf8',
      }).trim();
    run('read-tree', 'HEAD');
    run('add', '-A');
    return run('commit-tree', '-p', 'HEAD', '-m', `state ${this.#states++}`, run('write-tree'));
  }

  /** An agent changes files in its worktree and commits all of it. */
  work(name: string, files: Readonly<Record<string, string>>): void {
    const folder = this.agentFolder(name);
    this.place.write(folder, files);
    this.place.plain(folder, 'add', '-A');
    this.place.plain(folder, 'commit', '-q', '-m', `work of ${name}`);
  }

  git(...args: readonly string[]): string {
    return this.place.plain(this.folder, ...args);
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  write(files: Readonly<Record<string, string>>): void {
    this.place.write(this.folder, files);
  }

  writeBytes(folder: string, name: string, bytes: readonly number[]): void {
    writeFileSync(join(folder, name), Uint8Array.from(bytes));
  }

  /** What the person has in their folder that no merge train may touch. */
  mine(): Mine {
    return {
      status: this.git('status', '--porcelain', '--untracked-files=all'),
      staged: this.git('diff', '--cached', '--binary'),
      head: this.git('rev-parse', 'HEAD'),
      stash: this.git('stash', 'list'),
    };
  }

  async start(options: { check?: string | undefined; landing?: 'auto' | 'ask' } = {}): Promise<TrainAnswer> {
    const { check = 'check', landing = 'ask' } = options;
    return this.trains.start({
      trainId,
      runId,
      folder: 'work',
      cars: this.cars,
      check: 'check' in options && options.check === undefined ? undefined : check,
      landing,
      by: { kind: 'person' },
    });
  }

  async advance(): Promise<Train> {
    await this.trains.advance(trainId);
    return this.now();
  }

  async say(command: TrainCommand): Promise<TrainAnswer> {
    return this.trains.execute(trainId, command, { kind: 'person' });
  }

  now(): Train {
    if (this.train === undefined) {
      throw new Error('There is no train');
    }
    return this.train;
  }

  /** What became of the cars, in a line each. */
  states(): readonly string[] {
    return this.now().cars.map((car) => `${car.label} ${car.status}`);
  }

  /** Everything the trains have left in the repository and in storage. */
  leftovers(): readonly string[] {
    const refs = this.git('for-each-ref', '--format=%(refname)', 'refs/flotilla').split('\n');
    const trees = this.git('worktree', 'list', '--porcelain')
      .split('\n')
      .filter((line) => line.startsWith('worktree') && line.includes('/storage/'));
    return [...refs, ...trees].filter((line) => line !== '');
  }

  remove(): void {
    this.trains.dispose();
    this.place.remove();
  }

  async #git<T>(call: () => Promise<T>): Promise<T> {
    if (this.calls <= 0) {
      throw new Died('before a call of Git');
    }
    this.calls -= 1;
    return call();
  }

  #runCheck(folder: string): CheckResult {
    this.checked.push(this.place.plain(folder, 'rev-parse', 'HEAD'));
    const output = this.check(folder);
    return { kind: 'ended', exitCode: output === undefined ? 0 : 1, timedOut: false, output: output ?? 'fine' };
  }

  #record(events: readonly TrainEvent[]): void {
    for (const event of events) {
      const dies = this.dies;
      if (dies?.facts === 0 && !dies.after) {
        throw new Died('before a fact');
      }
      const parsed = trainEventSchemas.find((schema) => schema.shape.type.value === event.type)?.parse(JSON.parse(JSON.stringify(event)));
      if (parsed === undefined) {
        throw new Error(`No schema for ${event.type}`);
      }
      this.facts.push(parsed);
      this.#fold([parsed]);
      if (dies?.facts === 0) {
        throw new Died('after a fact');
      }
      if (dies !== undefined) {
        dies.facts -= 1;
      }
    }
  }

  #fold(events: readonly TrainEvent[]): void {
    for (const event of events) {
      this.train =
        this.train === undefined && event.type === 'trainStarted' ? startTrain(event) : this.train && reduceTrain(this.train, event);
    }
  }
}
