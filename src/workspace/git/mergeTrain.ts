import { decideTrain, type TrainCommand } from '../../core/train/decideTrain.ts';
import { carOf, type Train } from '../../core/train/train.ts';
import { mostOutput, type TrainEvent } from '../../core/train/trainEvents.ts';
import { nextStep, type TrainStep } from '../../core/train/trainSteps.ts';
import { branchText } from '../../core/train/trainText.ts';
import type { Actor } from '../../core/events.ts';
import type { TrainId } from '../../core/ids.ts';
import { fastForward } from './fastForward.ts';
import { type GitTrouble, trouble } from './gitResult.ts';
import type { MergeTrainDeps, MergeTrains, StartTrain, TrainAnswer } from './mergeTrainTypes.ts';
import { byHandFacts, openByHand, sendBack } from './trainHands.ts';
import { TrainGit } from './trainGit.ts';
import { carRef, mergeFacts, refused } from './trainMerge.ts';
import { TrainScratch } from './trainScratch.ts';

/** The first Git with merge-tree --write-tree. */
const oldestGit = [2, 38] as const;

/** Makes the merge trains of one workspace. */
export function createMergeTrains(deps: MergeTrainDeps): MergeTrains {
  return new Trains(deps);
}

class Trains implements MergeTrains {
  readonly #deps: MergeTrainDeps;
  readonly #queues = new Map<TrainId, Promise<unknown>>();
  readonly #running = new Map<TrainId, AbortController>();
  #disposed = false;

  constructor(deps: MergeTrainDeps) {
    this.#deps = deps;
  }

  readonly start = async ({ trainId, runId, folder, cars, check, landing, by }: StartTrain): Promise<TrainAnswer> => {
    const version = await this.#deps.git.version();
    if (!version.ok) {
      return answer(version);
    }
    const [major, minor] = version.numbers;
    if (major < oldestGit[0] || (major === oldestGit[0] && minor < oldestGit[1])) {
      return answer(
        trouble(
          'oldGit',
          `Git ${version.numbers.join('.')} cannot merge without a working tree.`,
          `Install Git ${oldestGit.join('.')} or later.`,
        ),
      );
    }
    const git = await this.#open(folder);
    if (!git.ok) {
      return answer(git);
    }
    const branch = await git.git.run({ args: ['symbolic-ref', '--quiet', 'HEAD'], okCodes: [0, 1] });
    const base = await git.git.commitOf('HEAD');
    if (!branch.ok || branch.exitCode !== 0) {
      return answer(
        trouble('failed', `No branch is checked out in ${folder}.`, 'Switch to the branch that is to get the work, then try again.'),
      );
    }
    if (base === undefined) {
      return answer(trouble('failed', `${branchText(branch.text)} has no commit yet.`, 'Commit something first, then try again.'));
    }
    const checked = check === undefined ? {} : { check };
    await this.#deps.record([
      { type: 'trainStarted', trainId, runId, by, folder, branch: branch.text, base, ...checked, landing, cars: [...cars] },
    ]);
    return { ok: true };
  };

  readonly advance = (trainId: TrainId): Promise<void> =>
    this.#inTurn(trainId, async () => {
      const abort = new AbortController();
      this.#running.set(trainId, abort);
      try {
        await this.#advance(trainId, abort.signal);
      } catch (error) {
        if (!abort.signal.aborted) {
          throw error;
        }
      } finally {
        this.#running.delete(trainId);
      }
    });

  readonly execute = (trainId: TrainId, command: TrainCommand, by: Actor): Promise<TrainAnswer> => {
    if (command.type === 'abort') {
      this.#running.get(trainId)?.abort(new Error('The merge train was aborted'));
    }
    return this.#inTurn(trainId, () => this.#execute(trainId, command, by));
  };

  readonly byHandFolder = async (trainId: TrainId): Promise<string | undefined> => {
    const train = this.#deps.train(trainId);
    const git = train?.byHand === undefined ? undefined : await this.#open(train.folder);
    return git?.ok === true ? (await this.#scratch(git.git, trainId).find())?.workTree : undefined;
  };

  readonly tidy = async (ended: readonly Train[]): Promise<void> => {
    for (const train of ended.filter((one) => one.ended !== undefined)) {
      const git = await this.#open(train.folder);
      if (git.ok) {
        await this.#inTurn(train.id, () => this.#cleanUp(git.git, train));
      }
    }
  };

  readonly dispose = (): void => {
    this.#disposed = true;
    for (const abort of this.#running.values()) {
      abort.abort(new Error('Flotilla is shutting down'));
    }
  };

  async #advance(trainId: TrainId, signal: AbortSignal): Promise<void> {
    for (;;) {
      const train = this.#deps.train(trainId);
      const step = train === undefined ? undefined : nextStep(train);
      if (train === undefined || step === undefined || step.kind === 'wait' || this.#disposed) {
        return;
      }
      const git = await this.#open(train.folder);
      signal.throwIfAborted();
      const events = git.ok ? await this.#perform(git.git, train, step, signal) : [this.#stuck(train, step, git)];
      await this.#deps.record(events);
      if (this.#deps.train(trainId) === train) {
        throw new Error(`Merge train ${trainId} did not move on after ${step.kind}`);
      }
      if (git.ok && events.some((event) => event.type === 'trainEnded')) {
        await this.#cleanUp(git.git, train);
      }
    }
  }

  #perform(git: TrainGit, train: Train, step: Exclude<TrainStep, { kind: 'wait' }>, signal: AbortSignal): Promise<readonly TrainEvent[]> {
    switch (step.kind) {
      case 'merge':
        return this.#merge(git, train, step);
      case 'check':
        return this.#check(git, train, step, signal);
      case 'land':
        return this.#land(git, train, step.commit, signal);
      case 'endEmpty':
        return Promise.resolve([{ type: 'trainEnded', trainId: train.id, outcome: 'nothing', by: { kind: 'engine' } }]);
    }
  }

  async #merge(git: TrainGit, train: Train, { car }: Extract<TrainStep, { kind: 'merge' }>): Promise<readonly TrainEvent[]> {
    const settled = await this.#deps.settle(car);
    return settled.ok ? mergeFacts(git, train, car) : [refused(train, car, settled)];
  }

  async #check(
    git: TrainGit,
    train: Train,
    step: Extract<TrainStep, { kind: 'check' }>,
    signal: AbortSignal,
  ): Promise<readonly TrainEvent[]> {
    const { commit, command, agentId } = step;
    const who = agentId === undefined ? {} : { agentId };
    const scratch = await this.#scratch(git, train.id).checkOut(commit, signal);
    if (!scratch.ok) {
      return [this.#stuck(train, step, scratch)];
    }
    const result = await this.#deps.runCheck({ command, folder: scratch.workTree, trainId: train.id }, signal);
    signal.throwIfAborted();
    if (result.kind === 'notRun') {
      return [this.#stuck(train, step, trouble('failed', `the check could not be run. ${result.text}`, result.next))];
    }
    const { exitCode, timedOut, unconfined } = result;
    const how = unconfined === undefined ? {} : { unconfined };
    if (exitCode === 0 && !timedOut) {
      return [{ type: 'checkPassed', trainId: train.id, ...who, commit, ...how }];
    }
    const output = result.output.slice(-mostOutput);
    return [{ type: 'checkFailed', trainId: train.id, ...who, commit, exitCode, ...(timedOut ? { timedOut } : {}), output, ...how }];
  }

  async #land(git: TrainGit, train: Train, to: string, signal: AbortSignal): Promise<readonly TrainEvent[]> {
    const changed = await git.changed(train.base, to);
    const attributes = changed.ok && changed.paths.some((file) => file.endsWith('.gitattributes'));
    const scratch = attributes ? await this.#scratch(git, train.id).checkOut(to, signal) : changed;
    if (!scratch.ok) {
      return [{ type: 'landingBlocked', trainId: train.id, message: scratch.text, next: scratch.next, files: [] }];
    }
    const { branch, base: from, id: trainId } = train;
    const end = await fastForward(git, { branch, from, to, unsaved: this.#deps.unsaved(), ...('gitDir' in scratch ? { scratch } : {}) });
    if (end.kind === 'done') {
      return [{ type: 'trainEnded', trainId, outcome: 'landed', commit: to, by: { kind: 'engine' } }];
    }
    return end.kind === 'moved'
      ? [{ type: 'trainRebased', trainId, base: end.to }]
      : [{ type: 'landingBlocked', trainId, message: end.message, next: end.next, files: [...end.files] }];
  }

  /** What stopped a step, as a fact about the car it was for. */
  #stuck(train: Train, step: TrainStep, problem: GitTrouble): TrainEvent {
    const agentId = step.kind === 'merge' ? step.car.agentId : step.kind === 'check' ? (step.agentId ?? train.stop?.agentId) : undefined;
    const car = agentId === undefined ? undefined : carOf(train, agentId);
    return car === undefined
      ? { type: 'landingBlocked', trainId: train.id, message: problem.text, next: problem.next, files: [] }
      : refused(train, car, problem);
  }

  async #execute(trainId: TrainId, command: TrainCommand, by: Actor): Promise<TrainAnswer> {
    const train = this.#deps.train(trainId);
    if (train === undefined) {
      return { ok: false, message: 'There is no such merge train.', next: 'Start one.' };
    }
    const decision = decideTrain(train, command, by);
    if (!decision.ok) {
      return decision;
    }
    if (decision.events.length > 0) {
      await this.#deps.record(decision.events);
      return { ok: true };
    }
    const git = await this.#open(train.folder);
    return git.ok ? this.#byHands(git.git, train, command, by) : answer(git);
  }

  async #byHands(git: TrainGit, train: Train, command: TrainCommand, by: Actor): Promise<TrainAnswer> {
    const scratch = this.#scratch(git, train.id);
    const parts = { git, scratch, train, by };
    switch (command.type) {
      case 'openByHand':
        return this.#recorded(await openByHand(parts, command.agentId));
      case 'sendBack':
        return this.#recorded(await sendBack(parts, command.agentId, command.note, this.#deps.carFolder(command.agentId)));
      case 'finishByHand':
      case 'giveUpByHand':
      case 'abort': {
        const answered = await this.#recorded(await byHandFacts(parts, command.type));
        if (answered.ok && command.type === 'abort') {
          await this.#cleanUp(git, train);
        }
        return answered;
      }
      default:
        throw new Error(`A merge train has no way to ${command.type} by hand`);
    }
  }

  async #recorded(
    result: (Extract<TrainAnswer, { ok: true }> & { readonly events: readonly TrainEvent[] }) | GitTrouble,
  ): Promise<TrainAnswer> {
    if (!result.ok) {
      return answer(result);
    }
    const { events, ...rest } = result;
    await this.#deps.record(events);
    return rest;
  }

  async #cleanUp(git: TrainGit, train: Train): Promise<void> {
    const problem = await this.#scratch(git, train.id).remove();
    const refs = train.cars.map((car) => `delete ${carRef(train, car)}\n`).join('');
    const forgotten = await git.run({ args: ['update-ref', '--stdin'], input: refs });
    for (const one of [problem, forgotten]) {
      if (one?.ok === false) {
        this.#deps.log.warn(`Something of an ended merge train was not removed: ${one.text}`);
      }
    }
  }

  async #open(folderName: string): Promise<{ readonly ok: true; readonly git: TrainGit } | GitTrouble> {
    const folder = this.#deps.folder(folderName);
    if (folder === undefined) {
      return trouble('noRepository', `The folder ${folderName} is not open any more.`, 'Open it again, then try again.');
    }
    const repository = await this.#deps.git.open(folder);
    if (!repository.ok) {
      return repository;
    }
    const person = await this.#deps.git.person(repository);
    return { ok: true, git: new TrainGit(this.#deps.git, repository, person ?? { name: 'Flotilla', email: 'flotilla@localhost' }) };
  }

  #scratch(git: TrainGit, trainId: TrainId): TrainScratch {
    const { scratchRoot: root, prepare, log, train } = this.#deps;
    return new TrainScratch(git, { root, prepare: train(trainId)?.check === undefined ? undefined : prepare, log }, trainId);
  }

  /** One thing after the other for each train. */
  #inTurn<T>(trainId: TrainId, work: () => Promise<T>): Promise<T> {
    const turn = (this.#queues.get(trainId) ?? Promise.resolve()).then(work, work);
    const done = turn
      .catch(() => undefined)
      .then(() => {
        if (this.#queues.get(trainId) === done) {
          this.#queues.delete(trainId);
        }
      });
    this.#queues.set(trainId, done);
    return turn;
  }
}

function answer({ text, next }: GitTrouble): TrainAnswer {
  return { ok: false, message: text, next };
}
