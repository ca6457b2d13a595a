import { type AskId, isIdText, toId } from '../ids.ts';
import { firstLine } from '../rowText.ts';
import { isLive } from '../selectors.ts';
import type { Agent, FleetState } from '../state.ts';
import type { TrainCommand } from './decideTrain.ts';
import type { Train } from './train.ts';
import { nextStep } from './trainSteps.ts';
import { blockedText, branchText, carText, conflictDetail, responsibleText, stopTitle, trainText } from './trainText.ts';

/*
 * What a merge train asks of the person.
 */

/** What a person can choose; each is the command of the same name. */
export type TrainChoice = TrainCommand['type'];

export interface TrainOption {
  readonly choice: TrainChoice;
  readonly label: string;
  readonly detail: string;
}

/** A merge train that goes on only when the person answers. */
export interface TrainRequest {
  /** Another one for each stop of a train. */
  readonly askId: AskId;
  /** When the train came to stand, in ms since the epoch. */
  readonly at: number;
  readonly train: Train;
  readonly title: string;
  /** All there is to know, as lines of text. Parts of it were written by agents and programs. */
  readonly detail: string;
  readonly options: readonly TrainOption[];
}

/** What merge trains ask, train by train. */
export function openTrainRequests(state: FleetState): readonly TrainRequest[] {
  return Object.values<Train>(state.trains).flatMap((train) => trainRequest(state, train) ?? []);
}

function trainRequest(state: FleetState, train: Train): TrainRequest | undefined {
  const asked = state.runs[train.runId] === undefined ? undefined : question(state, train);
  const askId = `${train.id}.${train.moved?.seq ?? 0}`;
  return asked === undefined || !isIdText(askId) ? undefined : { askId: toId('ask', askId), at: train.moved?.at ?? 0, train, ...asked };
}

type Question = Pick<TrainRequest, 'title' | 'detail' | 'options'>;

function question(state: FleetState, train: Train): Question | undefined {
  const step = nextStep(train);
  if (step.kind !== 'wait') {
    return undefined;
  }
  switch (step.for) {
    case 'answer':
      return stopQuestion(train);
    case 'byHand':
      return { title: trainText(train), detail: carList(train), options: [finish, giveUp, abort(train)] };
    case 'approval':
      return {
        title: trainText(train),
        detail: lines([carList(train), confinedText(train)]),
        options: [land(train, 'Move'), abort(train)],
      };
    case 'blocked': {
      const { message = '', next = '', files = [] } = train.blocked ?? {};
      return {
        title: message,
        detail: lines([next, ...files.map(blockedText), carList(train)]),
        options: [land(train, 'Try to move'), abort(train)],
      };
    }
    case 'fix':
      return fixQuestion(state, train);
    case 'nothing':
      return undefined;
  }
}

function stopQuestion(train: Train): Question | undefined {
  const { stop } = train;
  if (stop === undefined) {
    return undefined;
  }
  const title = stopTitle(train, stop);
  const why = responsibleText(train, stop);
  const label = train.cars.find((car) => car.agentId === stop.agentId)?.label ?? 'the agent';
  switch (stop.kind) {
    case 'conflict':
      return {
        title,
        detail: lines([why, ...stop.files.map((file) => conflictDetail(file, label))]),
        options: [sendBack, byHand, retry, skip, abort(train)],
      };
    case 'red':
      return {
        title,
        detail: lines([why, confinedText(train), `${train.check ?? ''}`, stop.output]),
        options: [sendBack, byHand, retry, accept, skip, abort(train)],
      };
    case 'refused':
      return { title, detail: why, options: [retry, sendBack, skip, abort(train)] };
  }
}

/** An agent that fixes its work needs nobody; one that ended otherwise than done does. */
function fixQuestion(state: FleetState, train: Train): Question | undefined {
  const left = train.cars.find((car) => car.status === 'sentBack' && !isFixing(state.agents[car.agentId]));
  return left === undefined
    ? undefined
    : {
        title: `${left.label} was to fix its work and has ended without a report`,
        detail: carList(train),
        options: [retry, skip, abort(train)],
      };
}

function isFixing(agent: Agent | undefined): boolean {
  return agent !== undefined && (isLive(agent) || (agent.phase.kind === 'ended' && agent.phase.outcome.kind === 'done'));
}

/** The command a choice stands for; undefined when the train no longer offers it. */
export function trainCommand({ train, options }: TrainRequest, choice: string, text = ''): TrainCommand | undefined {
  const option = options.find((one) => one.choice === choice);
  const agentId = train.stop?.agentId ?? train.cars.find((car) => car.status === 'sentBack')?.agentId;
  switch (option?.choice) {
    case 'land':
    case 'abort':
    case 'finishByHand':
    case 'giveUpByHand':
      return { type: option.choice };
    case 'retry':
    case 'accept':
    case 'openByHand':
      return agentId === undefined ? undefined : { type: option.choice, agentId };
    case 'skip':
      return agentId === undefined ? undefined : { type: 'skip', agentId, reason: text.trim() === '' ? 'left out by you' : text.trim() };
    case 'sendBack':
      return agentId === undefined ? undefined : { type: 'sendBack', agentId, note: text };
    case undefined:
      return undefined;
  }
}

/** Where the train of a run is, for the run's row; undefined once it was aborted. */
export function trainRowText(train: Train | undefined): string | undefined {
  return train === undefined || train.ended?.outcome === 'aborted' ? undefined : firstLine(trainText(train), 80);
}

/** The whole text of a request, for reading. */
export function trainRequestText({ title, detail, options }: TrainRequest): string {
  const choices = options.map((option) => `- ${option.label}: ${option.detail}`);
  return `${[title, detail, ['You can choose:', ...choices].join('\n')].join('\n\n')}\n`;
}

function confinedText({ unconfined }: Train): string {
  return unconfined === undefined ? '' : `The check ran unconfined, as you would run it: ${unconfined}`;
}

function carList(train: Train): string {
  return train.cars.map((car) => `${car.label}: ${carText(train, car)}`).join('\n');
}

function lines(parts: readonly string[]): string {
  return parts.filter((part) => part.trim() !== '').join('\n');
}

const sendBack: TrainOption = {
  choice: 'sendBack',
  label: 'Send Back to Its Agent',
  detail: 'The agent is told what does not fit and fixes it; its work is merged again then.',
};
const byHand: TrainOption = {
  choice: 'openByHand',
  label: 'Resolve by Hand',
  detail: 'The files open in a folder apart from yours; choose Done when you have saved them.',
};
const retry: TrainOption = { choice: 'retry', label: 'Try Again', detail: 'The work is merged and checked once more as it is now.' };
const accept: TrainOption = { choice: 'accept', label: 'Keep It All the Same', detail: 'The work stays although the check failed.' };
const skip: TrainOption = { choice: 'skip', label: 'Skip', detail: 'This work is left out, and what depends on it.' };
const finish: TrainOption = { choice: 'finishByHand', label: 'Done', detail: 'What you saved is taken as the merge.' };
const giveUp: TrainOption = { choice: 'giveUpByHand', label: 'Give Up', detail: 'What you began is kept aside, and you are asked again.' };

function land(train: Train, verb: string): TrainOption {
  const branch = branchText(train.branch);
  return {
    choice: 'land',
    label: `${verb} ${branch}`,
    detail: `${branch} is moved forward, and your files with it; what you changed yourself stays.`,
  };
}

function abort(train: Train): TrainOption {
  return { choice: 'abort', label: 'Abort the Merge', detail: `${branchText(train.branch)} stays as it is.` };
}
