import { counterpartsOf, type EarlierChange } from '../../core/train/conflict.ts';
import { type Car, carOf, tipOf, type Train } from '../../core/train/train.ts';
import type { ConflictFile, Counterpart, TrainEvent } from '../../core/train/trainEvents.ts';
import { branchText } from '../../core/train/trainText.ts';
import { type GitTrouble, trouble } from './gitResult.ts';
import type { Merged, TrainGit } from './trainGit.ts';
import { trainKey } from './trainScratch.ts';

/** A car as it is merged now. */
export interface CarMerge {
  readonly ok: true;
  readonly head: string;
  readonly onto: string;
  readonly merged: Merged;
  /** Whether what was resolved by hand before is in it. */
  readonly byHand: boolean;
}

/** The ref that keeps the merge of a car, so that nothing of a train is collected as garbage. */
export function carRef(train: Train, car: Car): string {
  return `refs/flotilla/trains/${trainKey(train.id)}/${train.cars.findIndex((one) => one.agentId === car.agentId)}`;
}

/** Merges a car into the train without any working tree. A car that was merged before the train moved is merged as it was then. */
export async function mergeCar(git: TrainGit, train: Train, car: Car): Promise<CarMerge | GitTrouble> {
  const head = await git.commitOf(car.ref);
  if (head === undefined) {
    return trouble(
      'failed',
      `its branch ${branchText(car.ref)} does not exist.`,
      'Skip it, or have its agent do the work again; then try again.',
    );
  }
  const onto = tipOf(train);
  const again = car.replay !== undefined && (await git.same(car.replay.head, head)) ? car.replay : undefined;
  const merged = again === undefined ? await mergeWork(git, car, onto, head) : await git.apply(`${again.commit}^1`, again.commit, onto);
  return merged.ok ? { ok: true, head, onto, merged, byHand: again?.byHand === true } : merged;
}

function mergeWork(git: TrainGit, car: Car, onto: string, head: string): Promise<Merged | GitTrouble> {
  return car.start === undefined ? git.merge(onto, head) : git.apply(car.start, head, onto);
}

/** The facts of trying to merge a car: merged, conflicted or refused. */
export async function mergeFacts(git: TrainGit, train: Train, car: Car): Promise<readonly TrainEvent[]> {
  const found = await mergeCar(git, train, car);
  if (!found.ok) {
    return [refused(train, car, found)];
  }
  const { head, onto, merged, byHand } = found;
  const reason = await whyNot(git, train, car, found);
  if (reason !== undefined) {
    return [refused(train, car, reason)];
  }
  if (merged.conflicts.length > 0) {
    const counterparts = await findCounterparts(git, train, car, merged.conflicts, head);
    return [
      {
        type: 'carConflicted',
        trainId: train.id,
        agentId: car.agentId,
        head,
        files: [...merged.conflicts],
        counterparts: [...counterparts],
      },
    ];
  }
  return [await commitCar(git, train, car, { head, onto, tree: merged.tree, byHand })];
}

/** Makes the commit of a merged car and keeps it, unless it changes nothing. */
export async function commitCar(
  git: TrainGit,
  train: Train,
  car: Car,
  { head, onto, tree, byHand }: { readonly head: string; readonly onto: string; readonly tree: string; readonly byHand: boolean },
): Promise<TrainEvent> {
  const changed = await git.changed(onto, tree);
  if (!changed.ok) {
    return refused(train, car, changed);
  }
  const fact = { type: 'carMerged' as const, trainId: train.id, agentId: car.agentId, head, files: changed.paths.length };
  if (changed.paths.length === 0) {
    return { ...fact, commit: onto };
  }
  const parents = car.start === undefined ? [onto, head] : [onto];
  const commit = await git.commit(tree, parents, commitText(train, car));
  if (typeof commit !== 'string') {
    return refused(train, car, commit);
  }
  const kept = await git.keep(carRef(train, car), commit);
  return kept === undefined ? { ...fact, commit, ...(byHand ? { byHand } : {}) } : refused(train, car, kept);
}

/** That a car cannot be merged. */
export function refused(train: Train, car: Car, { text, next }: GitTrouble): TrainEvent {
  return { type: 'carRefused', trainId: train.id, agentId: car.agentId, message: text, next };
}

/** Why a car that could be merged must not be. */
async function whyNot(git: TrainGit, train: Train, car: Car, { head, onto, merged }: CarMerge): Promise<GitTrouble | undefined> {
  for (const skipped of car.start === undefined ? train.cars.filter((one) => one.status === 'skipped') : []) {
    const other = await git.commitOf(skipped.ref);
    if (other !== undefined && !(await git.contains(train.base, other)) && (await git.contains(head, other))) {
      return trouble(
        'failed',
        `it is built on the work of ${skipped.label}, which is skipped.`,
        'Skip it too, or abort the train and start one with both.',
      );
    }
  }
  if (car.brought !== undefined && (await git.same(car.brought, head))) {
    return trouble(
      'failed',
      'its agent has changed nothing since it was sent back.',
      'Send it back once more, resolve it by hand, or skip it.',
    );
  }
  const marked = car.conflicted === undefined ? undefined : await git.markersIn(onto, merged.tree);
  if (marked?.ok === false) {
    return marked;
  }
  const left = (marked?.paths ?? []).filter(
    (file) => car.conflicted?.includes(file) && !merged.conflicts.some(({ path }) => path === file),
  );
  return left.length === 0
    ? undefined
    : trouble('failed', `conflict markers are left in ${left.join(', ')}.`, 'Send it back once more, resolve it by hand, or skip it.');
}

/** Whose earlier changes a car does not fit: each is merged with it alone. */
async function findCounterparts(
  git: TrainGit,
  train: Train,
  car: Car,
  files: readonly ConflictFile[],
  head: string,
): Promise<readonly Counterpart[]> {
  const earlier: EarlierChange[] = [await branchChange(git, train, car, head)];
  for (const other of train.order.flatMap((id) => carOf(train, id) ?? [])) {
    if (other.status === 'done' && other.head !== undefined && other.commit !== undefined && (other.files ?? 0) > 0) {
      const alone = await aloneWith(git, car, other.head, other.commit, head);
      const changed = await git.changed(`${other.commit}^1`, other.commit);
      earlier.push({ agentId: other.agentId, conflicts: conflictsOf(alone), changed: changed.ok ? changed.paths : [] });
    }
  }
  return counterpartsOf(
    files.map((file) => file.path),
    earlier,
  );
}

/** What is on the person's branch and not in what the agent began with. */
async function branchChange(git: TrainGit, train: Train, car: Car, head: string): Promise<EarlierChange> {
  const found = await git.run({ args: ['merge-base'], revisions: [train.base, head], okCodes: [0, 1] });
  const start = car.start ?? (found.ok && found.exitCode === 0 ? found.text : train.base);
  const changed = await git.changed(start, train.base);
  return { conflicts: conflictsOf(await mergeWork(git, car, train.base, head)), changed: changed.ok ? changed.paths : [] };
}

/** A car with one other alone; for work without a history of its own, on what its agent began with. */
async function aloneWith(git: TrainGit, car: Car, otherHead: string, otherCommit: string, head: string): Promise<Merged | GitTrouble> {
  if (car.start === undefined) {
    return git.merge(otherHead, head);
  }
  const both = await git.apply(`${otherCommit}^1`, otherCommit, car.start);
  // When the other does not even apply there, nothing is known of the two alone, and the files have to tell.
  return both.ok && both.conflicts.length === 0 ? git.apply(car.start, head, both.tree) : { ok: true, tree: '', stages: [], conflicts: [] };
}

function conflictsOf(merged: Merged | GitTrouble): readonly string[] {
  return merged.ok ? merged.conflicts.map((file) => file.path) : [];
}

function commitText(train: Train, car: Car): string {
  const tasks = car.taskIds.length === 0 ? [] : ['', `Tasks: ${car.taskIds.join(', ')}`];
  return [`Merge the work of ${car.label.replaceAll(/\s+/g, ' ')} into ${branchText(train.branch)}`, ...tasks].join('\n');
}
