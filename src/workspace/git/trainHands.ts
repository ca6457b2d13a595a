import type { Actor } from '../../core/events.ts';
import type { AgentId } from '../../core/ids.ts';
import { type Car, carOf, tipOf, type Train } from '../../core/train/train.ts';
import type { TrainEvent } from '../../core/train/trainEvents.ts';
import { feedbackText } from '../../core/train/trainText.ts';
import type { Repository } from './gitDir.ts';
import { type GitTrouble, trouble } from './gitResult.ts';
import type { GitCall } from './gitTypes.ts';
import type { TrainGit } from './trainGit.ts';
import { commitCar, mergeCar } from './trainMerge.ts';
import { trainKey, type TrainScratch } from './trainScratch.ts';

/*
 * What people and agents do about a car that stopped a train.
 */

export interface HandParts {
  readonly git: TrainGit;
  readonly scratch: TrainScratch;
  readonly train: Train;
  readonly by: Actor;
}

/** Facts to record, with what the asker is told. */
export interface HandEnd {
  readonly ok: true;
  readonly events: readonly TrainEvent[];
  readonly folder?: string;
  readonly note?: string;
}

/** Leaves a car in the scratch worktree for the person: its conflict, or the merge whose check is red. */
export async function openByHand({ git, scratch, train, by }: HandParts, agentId: AgentId): Promise<HandEnd | GitTrouble> {
  const car = carOf(train, agentId);
  if (car === undefined) {
    return gone();
  }
  const never = new AbortController().signal;
  const merge = car.commit !== undefined && car.head !== undefined ? undefined : await mergeCar(git, train, car);
  if (merge?.ok === false) {
    return merge;
  }
  const head = merge?.head ?? car.head ?? '';
  const message = `Merge the work of ${car.label}`;
  const opened =
    merge === undefined
      ? await scratch.checkOut(car.commit ?? '', never)
      : await scratch.openMerge(merge.onto, head, merge.merged, message, never);
  return opened.ok
    ? { ok: true, folder: opened.workTree, events: [{ type: 'byHandOpened', trainId: train.id, agentId, head, by }] }
    : opened;
}

/** Ends work by hand: finished, given up, or with the whole train. What is not finished is kept under a ref of its own. */
export async function byHandFacts(parts: HandParts, how: 'finishByHand' | 'giveUpByHand' | 'abort'): Promise<HandEnd | GitTrouble> {
  const { train, by } = parts;
  const car = train.byHand === undefined ? undefined : carOf(train, train.byHand.agentId);
  if (how === 'finishByHand') {
    return car === undefined ? gone() : finish(parts, car, train.byHand?.head ?? '');
  }
  const kept = car === undefined ? undefined : await keepWork(parts, car, train.byHand?.head ?? '');
  if (kept?.ok === false) {
    return kept;
  }
  const where = kept?.ref === undefined ? {} : { kept: kept.ref };
  if (how === 'abort') {
    return { ok: true, events: [{ type: 'trainEnded', trainId: train.id, outcome: 'aborted', by, ...where }] };
  }
  return car === undefined ? gone() : { ok: true, events: [{ type: 'carRetried', trainId: train.id, agentId: car.agentId, by, ...where }] };
}

async function finish({ git, scratch, train }: HandParts, car: Car, head: string): Promise<HandEnd | GitTrouble> {
  const found = await scratch.find();
  if (found === undefined) {
    return trouble('failed', `The scratch worktree ${scratch.folder} is gone.`, 'Give up resolving by hand; the car is tried again then.');
  }
  const state = await scratch.treeOf(found);
  if (!state.ok) {
    return state;
  }
  if (state.undecided.length > 0) {
    return trouble(
      'failed',
      `It is not decided which commit these submodules are to be at: ${state.undecided.join(', ')}.`,
      `Run "git update-index --add --cacheinfo 160000,<commit>,<path>" in ${found.workTree} for each, then finish again.`,
    );
  }
  const onto = tipOf(train);
  // A line that either side has as it is was meant to be there.
  const [left, right] = [await git.markersIn(onto, state.tree), await git.markersIn(head, state.tree)];
  if (!left.ok) {
    return left;
  }
  if (!right.ok) {
    return right;
  }
  const marked = left.paths.filter((file) => right.paths.includes(file) || car.conflicted?.includes(file) === true);
  if (marked.length > 0) {
    return trouble('failed', `Conflict markers are left in ${marked.join(', ')}.`, `Resolve them in ${found.workTree}, then finish again.`);
  }
  return { ok: true, events: [await commitCar(git, train, car, { head, onto, tree: state.tree, byHand: true })] };
}

/** Keeps what is in the scratch worktree under a ref, if it is there. */
async function keepWork(
  { git, scratch, train }: HandParts,
  car: Car,
  head: string,
): Promise<{ readonly ok: true; readonly ref?: string } | GitTrouble> {
  const found = await scratch.find();
  if (found === undefined) {
    return { ok: true };
  }
  const state = await scratch.treeOf(found);
  if (!state.ok) {
    return state;
  }
  const commit = await git.commit(state.tree, [tipOf(train), head], `What was begun by hand for ${car.label}`);
  if (typeof commit !== 'string') {
    return commit;
  }
  const ref = `refs/flotilla/kept/${trainKey(train.id)}-${commit.slice(0, 12)}`;
  const kept = await git.keep(ref, commit);
  return kept ?? { ok: true, ref };
}

/**
 * Sends a car back. When its agent still has its folder, the other side is merged into that first, with conflict markers, so that the agent has
 * before it what it is to resolve; if that cannot be done, it is told in words.
 */
export async function sendBack(
  { git, train, by }: HandParts,
  agentId: AgentId,
  note: string,
  folder: string | undefined,
): Promise<HandEnd | GitTrouble> {
  const [car, stop] = [carOf(train, agentId), train.stop];
  if (car === undefined || stop === undefined) {
    return gone();
  }
  const brought = folder === undefined || stop.kind === 'refused' ? undefined : await bring(git, train, car, folder);
  const text = feedbackText(train, stop, brought !== undefined, note);
  const where = brought === undefined ? {} : { brought, ...(car.start === undefined ? {} : { start: tipOf(train) }) };
  return { ok: true, note: text, events: [{ type: 'carSentBack', trainId: train.id, agentId, note: text, ...where, by }] };
}

/** Merges the train into an agent's folder and ref, and gives the commit; undefined when something there is not in the car. */
async function bring(git: TrainGit, train: Train, car: Car, folder: string): Promise<string | undefined> {
  const merge = car.commit === undefined ? await mergeCar(git, train, car) : undefined;
  if (merge?.ok === false) {
    return undefined;
  }
  const [head, tree] = [merge?.head ?? car.head ?? '', merge?.merged.tree ?? (await git.treeOf(car.commit ?? ''))];
  const to =
    typeof tree === 'string' ? await git.commit(tree, [head, tipOf(train)], `Merge what was integrated before ${car.label}`) : tree;
  const place = await git.git.open(folder);
  if (typeof to !== 'string' || !place.ok || place.commonDir !== git.repository.commonDir || place.kind !== 'worktree') {
    return undefined;
  }
  if (!(await isAt(git, place, car.ref, head))) {
    return undefined;
  }
  const moved = await git.git.run(place, { args: ['merge'], revisions: [to] });
  return moved.ok && (await git.keep(car.ref, to)) === undefined ? to : undefined;
}

/** Makes an agent's folder stand at its own work as a commit, if it holds exactly that. Its files are not touched. */
async function isAt(git: TrainGit, place: Repository, ref: string, head: string): Promise<boolean> {
  const branch = await git.git.run(place, { args: ['symbolic-ref', '--quiet', 'HEAD'], okCodes: [0, 1] });
  const calls: readonly GitCall[] = [
    ...(branch.ok && branch.text === ref ? [] : [{ args: ['update-ref', '--no-deref'], revisions: ['HEAD', head] }]),
    { args: ['read-tree'], revisions: [head] },
    { args: ['update-index', '-q', '--refresh'], okCodes: [0, 1] },
  ];
  for (const call of calls) {
    if (!(await git.git.run(place, call)).ok) {
      return false;
    }
  }
  const status = await git.git.run(place, { args: ['status', '--porcelain', '--untracked-files=all'] });
  return status.ok && status.text === '';
}

function gone(): GitTrouble {
  return trouble('failed', 'The merge train has moved on.', 'Look at it again.');
}
