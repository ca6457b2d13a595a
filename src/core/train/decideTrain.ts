import type { Actor } from '../events.ts';
import type { AgentId } from '../ids.ts';
import { withDependents } from './carOrder.ts';
import { type Car, carOf, type Train } from './train.ts';
import type { TrainEvent } from './trainEvents.ts';
import { nextStep } from './trainSteps.ts';

/** What may be asked of a train. What needs the scratch worktree first is only checked here. */
export type TrainCommand =
  | { readonly type: 'skip'; readonly agentId: AgentId; readonly reason: string }
  | { readonly type: 'sendBack'; readonly agentId: AgentId; readonly note: string }
  | { readonly type: 'retry'; readonly agentId: AgentId }
  | { readonly type: 'accept'; readonly agentId: AgentId }
  | { readonly type: 'openByHand'; readonly agentId: AgentId }
  | { readonly type: 'finishByHand' }
  | { readonly type: 'giveUpByHand' }
  | { readonly type: 'land' }
  | { readonly type: 'abort' };

/** Facts to record, or why it cannot be done now and what can. */
export type TrainDecision =
  | { readonly ok: true; readonly events: readonly TrainEvent[] }
  | { readonly ok: false; readonly message: string; readonly next: string };

/**
 * What a command comes to. `sendBack`, `openByHand`, `finishByHand`, `giveUpByHand` and `abort` give no facts when they are allowed: what they become is known when the
 * scratch worktree has been looked at.
 */
export function decideTrain(train: Train, command: TrainCommand, by: Actor): TrainDecision {
  if (train.ended !== undefined) {
    return refuse('This merge train has ended.', 'Start a new one.');
  }
  switch (command.type) {
    case 'land':
      return land(train, by);
    case 'abort':
      return { ok: true, events: [] };
    case 'finishByHand':
    case 'giveUpByHand':
      return train.byHand === undefined ? nothingByHand() : { ok: true, events: [] };
    case 'skip':
    case 'sendBack':
    case 'retry':
    case 'accept':
    case 'openByHand':
      return aboutCar(train, command, by);
  }
}

type CarCommand = Extract<TrainCommand, { agentId: AgentId }>;

function aboutCar(train: Train, command: CarCommand, by: Actor): TrainDecision {
  const car = carOf(train, command.agentId);
  if (car === undefined) {
    return refuse('This agent has no part in the merge train.', 'Choose one of the agents that the train lists.');
  }
  if (train.byHand !== undefined) {
    const name = carOf(train, train.byHand.agentId)?.label ?? 'a car';
    return refuse(`${name} is being resolved by hand.`, 'Finish or give that up first.');
  }
  const { id: trainId } = train;
  const { agentId } = car;
  const stopped = train.stop?.agentId === agentId;
  switch (command.type) {
    case 'skip':
      return skip(train, car, command.reason, by);
    case 'sendBack':
    case 'openByHand':
      return stopped ? { ok: true, events: [] } : notStopped(car);
    case 'retry':
      return stopped || car.status === 'sentBack' ? { ok: true, events: [{ type: 'carRetried', trainId, agentId, by }] } : notStopped(car);
    case 'accept':
      return stopped && train.stop?.kind === 'red'
        ? { ok: true, events: [{ type: 'carAccepted', trainId, agentId, by }] }
        : refuse(`The check of ${car.label} has not failed.`, 'Only a car whose check failed can be kept all the same.');
  }
}

function skip(train: Train, car: Car, reason: string, by: Actor): TrainDecision {
  const stopped = train.stop?.agentId === car.agentId;
  if (car.status === 'skipped') {
    return refuse(`${car.label} is skipped already.`, 'Nothing needs to be done.');
  }
  if (car.status === 'done' || (car.status === 'merged' && !stopped)) {
    return refuse(`${car.label} is part of the train already.`, 'Abort the train and start one without it.');
  }
  const agentIds = withDependents(train.cars, car.agentId).filter((id) => {
    const status = carOf(train, id)?.status;
    return id === car.agentId || status === 'waiting' || status === 'sentBack';
  });
  return { ok: true, events: [{ type: 'carsSkipped', trainId: train.id, agentIds: [...agentIds], reason, by }] };
}

function land(train: Train, by: Actor): TrainDecision {
  const step = nextStep(train);
  if (step.kind === 'wait' && (step.for === 'approval' || step.for === 'blocked')) {
    return { ok: true, events: [{ type: 'landingApproved', trainId: train.id, by }] };
  }
  return refuse('The merge train is not ready to move your branch.', 'It is once every car is merged and checked, or skipped.');
}

function notStopped(car: Car): TrainDecision {
  return refuse(`The merge train does not wait for an answer about ${car.label}.`, 'Look at the train again: it has moved on.');
}

function nothingByHand(): TrainDecision {
  return refuse('Nothing is being resolved by hand.', 'Look at the train again: it has moved on.');
}

function refuse(message: string, next: string): TrainDecision {
  return { ok: false, message, next };
}
