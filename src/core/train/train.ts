import type { AgentId, RunId, TrainId } from '../ids.ts';
import type { FleetEvent } from '../events.ts';
import type { BlockedFile, CarSpec, ConflictFile, Counterpart, TrainEvent } from './trainEvents.ts';

/*
 * What a merge train is, as a fold of its facts.
 */

/**
 * Where a car is. `waiting`: to be merged. `sentBack`: its agent fixes it. `merged`: merged and not yet checked, or checked and red.
 * `done`: part of the train for good. `skipped`: left out.
 */
export type CarStatus = 'waiting' | 'sentBack' | 'merged' | 'done' | 'skipped';

/** A car and what became of it. */
export interface Car extends CarSpec {
  readonly status: CarStatus;
  /** Where its branch was when it was merged or last tried. */
  readonly head?: string | undefined;
  /** The train after it; absent before it is merged. */
  readonly commit?: string | undefined;
  readonly files?: number | undefined;
  readonly byHand?: boolean | undefined;
  /** `passed` or taken although it is red; absent without a check. */
  readonly checked?: 'passed' | 'accepted' | undefined;
  /** Why it was skipped or sent back. */
  readonly note?: string | undefined;
  /** Files of its last conflict. They may hold no conflict marker when it comes back. */
  readonly conflicted?: readonly string[] | undefined;
  /** Where its branch was when the other side had been merged into it: unchanged, it holds what nobody has looked at. */
  readonly brought?: string | undefined;
  /** How it was merged before the train was moved to another base: done again in the same way, so that what was resolved stays resolved. */
  readonly replay?: { readonly head: string; readonly commit: string; readonly byHand: boolean } | undefined;
}

/** Why a train waits for the person. */
export type TrainStop =
  | {
      readonly kind: 'conflict';
      readonly agentId: AgentId;
      readonly files: readonly ConflictFile[];
      readonly counterparts: readonly Counterpart[];
    }
  | {
      readonly kind: 'red';
      readonly agentId: AgentId;
      readonly exitCode: number | null;
      readonly timedOut: boolean;
      readonly output: string;
    }
  | { readonly kind: 'refused'; readonly agentId: AgentId; readonly message: string; readonly next: string };

/** One merge train. */
export interface Train {
  readonly id: TrainId;
  readonly runId: RunId;
  readonly folder: string;
  readonly branch: string;
  /** Where the person's branch was when the train was last set on it. */
  readonly base: string;
  readonly check?: string | undefined;
  readonly landing: 'auto' | 'ask';
  readonly cars: readonly Car[];
  /** The cars that were merged, in the order in which they were. */
  readonly order: readonly AgentId[];
  /** Set while it waits for the person's answer about one car. */
  readonly stop?: TrainStop | undefined;
  /** Set while the person works on a car in the scratch worktree. */
  readonly byHand?: { readonly agentId: AgentId; readonly head: string; readonly stop: TrainStop } | undefined;
  /** What the check said of the base by itself; it is only asked when the first car is red. */
  readonly baseCheck?: 'passed' | 'failed' | undefined;
  /** Why the last check ran outside the sandbox, as a sentence; absent when it was confined. */
  readonly unconfined?: string | undefined;
  readonly approved: boolean;
  readonly blocked?: { readonly message: string; readonly next: string; readonly files: readonly BlockedFile[] } | undefined;
  /** How often it was moved to another base. */
  readonly rebases: number;
  /** The fact that last changed it: its place in the journal, and when, in ms since the epoch. */
  readonly moved?: { readonly seq: number; readonly at: number } | undefined;
  readonly ended?: { readonly outcome: 'landed' | 'nothing' | 'aborted'; readonly commit?: string; readonly kept?: string } | undefined;
}

/** The car of an agent. */
export function carOf(train: Train, agentId: AgentId): Car | undefined {
  return train.cars.find((car) => car.agentId === agentId);
}

/** The last commit that is part of the train for good: the base, before any car is. */
export function tipOf(train: Train): string {
  const done = train.order.filter((id) => carOf(train, id)?.status === 'done').at(-1);
  return (done === undefined ? undefined : carOf(train, done)?.commit) ?? train.base;
}

/** Every kind of fact about trains. */
const kinds = {
  trainStarted: true,
  carMerged: true,
  carConflicted: true,
  carRefused: true,
  checkPassed: true,
  checkFailed: true,
  carsSkipped: true,
  carSentBack: true,
  carRetried: true,
  carAccepted: true,
  byHandOpened: true,
  trainRebased: true,
  landingApproved: true,
  landingBlocked: true,
  trainEnded: true,
} as const satisfies Record<TrainEvent['type'], true>;

/** Whether a fact is about a merge train. */
export function isTrainEvent(event: FleetEvent): event is TrainEvent {
  return event.type in kinds;
}

/** The train that a first fact begins. */
export function startTrain(event: Extract<TrainEvent, { type: 'trainStarted' }>): Train {
  const { trainId, runId, folder, branch, base, check, landing, cars } = event;
  return {
    id: trainId,
    runId,
    folder,
    branch,
    base,
    check,
    landing,
    cars: cars.map((car) => ({ ...car, status: 'waiting' })),
    order: [],
    approved: landing === 'auto',
    rebases: 0,
  };
}

/** What one fact makes of a train. A fact of another train, or one that cannot apply, changes nothing. */
export function reduceTrain(train: Train, event: TrainEvent): Train {
  if (event.trainId !== train.id || train.ended !== undefined) {
    return train;
  }
  switch (event.type) {
    case 'trainStarted':
      return train;
    case 'carMerged':
      return carMerged(train, event);
    case 'carConflicted': {
      const { agentId, head, files, counterparts } = event;
      const stopped = withCar(train, agentId, (car) => ({ ...car, head, conflicted: files.map((file) => file.path) }));
      return { ...stopped, stop: { kind: 'conflict', agentId, files, counterparts } };
    }
    case 'carRefused':
      return { ...train, stop: { kind: 'refused', agentId: event.agentId, message: event.message, next: event.next } };
    case 'checkPassed':
      return confined(checkPassed(train, event), train, event);
    case 'checkFailed':
      return confined(checkFailed(train, event), train, event);
    case 'carsSkipped':
      return released(
        event.agentIds.reduce((left, id) => withCar(left, id, (car) => ({ ...fresh(car), status: 'skipped', note: event.reason })), train),
      );
    case 'carSentBack':
      return released(
        withCar(train, event.agentId, (car) => ({
          ...fresh(car),
          head: car.head,
          status: 'sentBack',
          note: event.note,
          brought: event.brought,
          start: event.start ?? car.start,
        })),
      );
    case 'carRetried':
      return released(withCar(train, event.agentId, (car) => ({ ...fresh(car), status: 'waiting' })));
    case 'carAccepted':
      return released(
        withCar(train, event.agentId, (car) => (car.status === 'merged' ? { ...car, status: 'done', checked: 'accepted' } : car)),
      );
    case 'byHandOpened':
      return train.stop === undefined
        ? train
        : { ...train, byHand: { agentId: event.agentId, head: event.head, stop: train.stop }, stop: undefined };
    case 'trainRebased':
      return rebased(train, event.base);
    case 'landingApproved':
      return { ...train, approved: true, blocked: undefined };
    case 'landingBlocked':
      return { ...train, blocked: { message: event.message, next: event.next, files: event.files } };
    case 'trainEnded': {
      const { outcome, commit, kept } = event;
      const ended = { outcome, ...(commit === undefined ? {} : { commit }), ...(kept === undefined ? {} : { kept }) };
      return { ...released(train), ended };
    }
  }
}

function withCar(train: Train, agentId: AgentId, change: (car: Car) => Car): Train {
  return { ...train, cars: train.cars.map((car) => (car.agentId === agentId ? change(car) : car)) };
}

/** Nothing is asked of the person any more. */
function released(train: Train): Train {
  const order = train.order.filter((id) => {
    const status = carOf(train, id)?.status;
    return status === 'done' || status === 'merged';
  });
  return { ...train, order, stop: undefined, byHand: undefined };
}

/** A car without anything of how it was merged; the files of its conflict stay known until it is merged. */
function fresh({ agentId, label, taskIds, ref, start, after, status, conflicted, brought, replay }: Car): Car {
  return { agentId, label, taskIds, ref, start, after, status, conflicted, brought, replay };
}

function carMerged(train: Train, event: Extract<TrainEvent, { type: 'carMerged' }>): Train {
  const { agentId, head, commit, files, byHand } = event;
  const settled = train.check === undefined || commit === tipOf(train);
  const merged = withCar(train, agentId, (car) => ({
    ...fresh(car),
    conflicted: undefined,
    brought: undefined,
    replay: undefined,
    status: settled ? 'done' : 'merged',
    head,
    commit,
    files,
    byHand,
  }));
  return { ...released(merged), order: [...train.order.filter((id) => id !== agentId), agentId] };
}

function isChecked(car: Car, commit: string): boolean {
  return car.status === 'merged' && car.commit === commit;
}

/** What a check said counts, and so does how it ran; one that is about nothing any more changes nothing. */
function confined(after: Train, before: Train, { unconfined }: { readonly unconfined?: string | undefined }): Train {
  return after === before || after.unconfined === unconfined ? after : { ...after, unconfined };
}

function checkPassed(train: Train, { agentId, commit }: Extract<TrainEvent, { type: 'checkPassed' }>): Train {
  if (agentId === undefined) {
    return onBase(train, commit, 'passed');
  }
  return withCar(train, agentId, (car) => (isChecked(car, commit) ? { ...car, status: 'done', checked: 'passed' } : car));
}

function onBase(train: Train, commit: string, baseCheck: 'passed' | 'failed'): Train {
  return commit === train.base ? { ...train, baseCheck } : train;
}

function checkFailed(train: Train, event: Extract<TrainEvent, { type: 'checkFailed' }>): Train {
  const { agentId, exitCode, timedOut, output, commit } = event;
  if (agentId === undefined) {
    return onBase(train, commit, 'failed');
  }
  const car = carOf(train, agentId);
  if (car === undefined || !isChecked(car, commit)) {
    return train;
  }
  return { ...train, stop: { kind: 'red', agentId, exitCode, timedOut: timedOut === true, output } };
}

/** Cars that were done are merged again as they were; a question about a car is void, because the car is tried again. */
function rebased(train: Train, base: string): Train {
  const again = train.cars.map((car): Car => {
    if (car.status !== 'done' && car.status !== 'merged') {
      return car;
    }
    const { head, commit, files = 0, byHand } = car;
    const replay = head === undefined || commit === undefined || files === 0 ? undefined : { head, commit, byHand: byHand === true };
    return { ...fresh(car), status: 'waiting', replay };
  });
  return {
    ...train,
    base,
    cars: again,
    order: [],
    stop: undefined,
    byHand: undefined,
    baseCheck: undefined,
    blocked: undefined,
    rebases: train.rebases + 1,
  };
}
