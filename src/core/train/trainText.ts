import { countText } from '../rowText.ts';
import { type Car, carOf, type Train, type TrainStop } from './train.ts';
import type { BlockedFile, ConflictFile, ConflictKind, Counterpart } from './trainEvents.ts';
import { nextStep } from './trainSteps.ts';

/*
 * Merge trains in words, for people and for the agents whose cars are sent back.
 */

/** The name of a branch as people write it. */
export function branchText(ref: string): string {
  return ref.replace(/^refs\/heads\//, '');
}

/** Where a train is, in one line. */
export function trainText(train: Train): string {
  const branch = branchText(train.branch);
  if (train.ended !== undefined) {
    return endText(train, train.ended.outcome);
  }
  const step = nextStep(train);
  switch (step.kind) {
    case 'merge':
      return `Merging ${step.car.label}`;
    case 'check':
      return step.agentId === undefined ? `Checking ${branch} as it is` : `Checking ${nameOf(train, step.agentId)}`;
    case 'land':
      return `Moving ${branch} forward`;
    case 'endEmpty':
      return `Nothing to move ${branch} to`;
    case 'wait':
      return waitText(train, step.for);
  }
}

function endText(train: Train, outcome: 'landed' | 'nothing' | 'aborted'): string {
  const branch = branchText(train.branch);
  const merged = train.cars.filter((car) => car.status === 'done').length;
  if (outcome === 'landed') {
    return `${branch} has the work of ${countText(merged, 'agent')}`;
  }
  return outcome === 'nothing' ? `Nothing was left to merge into ${branch}` : `Aborted; ${branch} was not moved`;
}

function waitText(train: Train, what: 'answer' | 'byHand' | 'fix' | 'approval' | 'blocked' | 'nothing'): string {
  const branch = branchText(train.branch);
  switch (what) {
    case 'answer':
      return train.stop === undefined ? 'Waits for you' : stopTitle(train, train.stop);
    case 'byHand':
      return `You are resolving ${train.byHand === undefined ? 'a car' : nameOf(train, train.byHand.agentId)} by hand`;
    case 'fix': {
      const names = train.cars.filter((car) => car.status === 'sentBack').map((car) => car.label);
      return `Waits for a fix by ${listText(names)}`;
    }
    case 'approval':
      return `Ready: ${countText(train.cars.filter((car) => (car.files ?? 0) > 0 && car.status === 'done').length, 'agent')} for ${branch}`;
    case 'blocked':
      return train.blocked?.message ?? `${branch} was not moved`;
    case 'nothing':
      return 'Ended';
  }
}

/** What is to be decided, in one sentence. */
export function stopTitle(train: Train, stop: TrainStop): string {
  const name = nameOf(train, stop.agentId);
  switch (stop.kind) {
    case 'conflict': {
      const who = counterpartNames(train, stop.counterparts);
      return `${name} conflicts with ${who} in ${countText(stop.files.length, 'file')}`;
    }
    case 'red':
      return `The check ${stop.timedOut ? 'did not end in time' : stop.exitCode === null ? 'was ended' : `failed with exit code ${stop.exitCode}`} with ${name}`;
    case 'refused':
      return `${name} cannot be merged: ${stop.message}`;
  }
}

/** Whose doing a stop is, in one sentence. */
export function responsibleText(train: Train, stop: TrainStop): string {
  const name = nameOf(train, stop.agentId);
  if (stop.kind === 'refused') {
    return `This is about the work of ${name}. ${stop.next}`;
  }
  if (stop.kind === 'conflict') {
    const lines = stop.counterparts.map((one) => {
      const where = listText(one.paths.slice(0, 3)) + (one.paths.length > 3 ? ` and ${one.paths.length - 3} more` : '');
      return one.how === 'lines'
        ? `${counterpartName(train, one)} changed the same lines of ${where}.`
        : `${counterpartName(train, one)} changed ${where} as well.`;
    });
    return [`The work of ${name} does not apply.`, ...lines].join(' ');
  }
  if (train.baseCheck === 'failed') {
    return `The check fails on ${branchText(train.branch)} without any agent's work too, so it need not be the doing of ${name}.`;
  }
  const accepted = train.cars.filter((car) => car.checked === 'accepted').map((car) => car.label);
  return accepted.length > 0
    ? `It had failed before with ${listText(accepted)}, which you kept all the same; ${name} is only the last that was merged.`
    : `It passed before the work of ${name} was merged.`;
}

const kindTexts: Readonly<Record<ConflictKind, string>> = {
  content: 'both changed the same lines',
  binary: 'both changed it, and it is not text',
  modifyDelete: 'one changed it, the other deleted it',
  bothAdded: 'both added it, with different content',
  rename: 'renamed or moved in different ways',
  fileFolder: 'a file for one, a folder for the other',
  mode: 'different kinds of file',
  submodule: 'both moved the submodule to different commits',
  other: 'the two sides do not fit together',
};

/** So many places of a file are quoted. */
const mostQuoted = 3;

/** One conflicted file in a line. */
export function conflictText(file: ConflictFile): string {
  const places = file.hunks.length + file.moreHunks;
  return `${file.path}: ${kindTexts[file.kind]}${places > 0 ? ` (${countText(places, 'place')}, first at line ${file.hunks[0]?.line ?? 1})` : ''}`;
}

/** One conflicted file for reading: both sides of its first places. */
export function conflictDetail(file: ConflictFile, label: string): string {
  const sides = file.hunks
    .slice(0, mostQuoted)
    .map((hunk) => `  At line ${hunk.line}, what is merged so far has:\n${quoted(hunk.ours)}\n  and ${label} has:\n${quoted(hunk.theirs)}`);
  return [conflictText(file), ...sides].join('\n');
}

/** What became of a car, for its row. */
export function carText(train: Train, car: Car): string {
  if (train.stop?.agentId === car.agentId) {
    return { conflict: 'conflict', red: 'check failed', refused: 'cannot be merged' }[train.stop.kind];
  }
  if (train.byHand?.agentId === car.agentId) {
    return 'being resolved by hand';
  }
  switch (car.status) {
    case 'waiting':
      return car.replay === undefined ? 'waiting' : 'to be merged again';
    case 'sentBack':
      return 'sent back to its agent';
    case 'merged':
      return 'merged, being checked';
    case 'skipped':
      return `skipped: ${car.note ?? 'left out'}`;
    case 'done':
      return doneText(train, car);
  }
}

function doneText(train: Train, car: Car): string {
  if ((car.files ?? 0) === 0) {
    return 'nothing new in it';
  }
  const check = train.check === undefined ? 'not checked' : car.checked === 'accepted' ? 'kept although the check failed' : 'check passed';
  return `${countText(car.files ?? 0, 'file')}${car.byHand === true ? ', resolved by hand' : ''}, ${check}`;
}

const blockedTexts: Readonly<Record<BlockedFile['why'], string>> = {
  staged: 'you have staged a change of it',
  changed: 'you have changed it',
  untracked: 'it is there and Git does not know it',
  unsaved: 'it is open with unsaved changes',
  filtered: 'it goes through a filter of yours (for example Git LFS), which Flotilla does not run',
};

/** A file that kept the branch from being moved, with the reason. */
export function blockedText(file: BlockedFile): string {
  return `${file.path}: ${blockedTexts[file.why]}`;
}

/**
 * What an agent is told whose car comes back.
 * @param brought whether the other side was merged into its folder already, with conflict markers where there are conflicts
 */
export function feedbackText(train: Train, stop: TrainStop, brought: boolean, note: string): string {
  const own = note.trim() === '' ? [] : [`The person adds: ${note.trim()}`];
  if (stop.kind === 'refused') {
    return [`Your work cannot be integrated: ${stop.message} ${stop.next}`, ...own].join('\n\n');
  }
  const end = 'Change nothing else, and report when it is done; your work is then integrated again.';
  if (stop.kind === 'red') {
    const where = brought
      ? 'Your folder now holds your work together with what was integrated before it, where the check fails.'
      : 'Your folder holds your work alone; what was integrated before it is not in it.';
    return [
      `Your work was integrated together with that of others, and this check failed then (${exitText(stop)}): ${train.check ?? ''}`,
      where,
      `The end of its output, quoted:\n${quoted(stop.output)}`,
      `Find out why, and fix it. ${end}`,
      ...own,
    ].join('\n\n');
  }
  const places = stop.files.flatMap((file) => [
    `- ${conflictText(file)}`,
    ...file.hunks.slice(0, mostQuoted).map((hunk) => `  The others have:\n${quoted(hunk.ours)}\n  You have:\n${quoted(hunk.theirs)}`),
  ]);
  const how = brought
    ? 'Your folder now holds both, with conflict markers (<<<<<<<, =======, >>>>>>>) in these files where there is text. Keep the purpose of both sides and remove every marker.'
    : 'Change your work so that it fits what the others have; their side is quoted here.';
  return [
    `Your work conflicts with what was integrated before it (${counterpartNames(train, stop.counterparts)}):`,
    places.join('\n'),
    `${how} ${end}`,
    ...own,
  ].join('\n\n');
}

function exitText(stop: Extract<TrainStop, { kind: 'red' }>): string {
  return stop.timedOut ? 'it did not end in time' : stop.exitCode === null ? 'it was ended by a signal' : `exit code ${stop.exitCode}`;
}

function quoted(text: string): string {
  return text
    .split('\n')
    .map((line) => `  > ${line}`)
    .join('\n');
}

function nameOf(train: Train, agentId: Car['agentId']): string {
  return carOf(train, agentId)?.label ?? agentId;
}

function counterpartName(train: Train, one: Counterpart): string {
  return one.agentId === undefined ? `What is on ${branchText(train.branch)}` : nameOf(train, one.agentId);
}

function counterpartNames(train: Train, counterparts: readonly Counterpart[]): string {
  const names = counterparts.map((one) => (one.agentId === undefined ? branchText(train.branch) : nameOf(train, one.agentId)));
  return names.length === 0 ? 'what was merged before' : listText([...new Set(names)]);
}

function listText(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
