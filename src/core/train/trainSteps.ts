import type { AgentId } from '../ids.ts';
import { type Car, carOf, tipOf, type Train } from './train.ts';

/*
 * What follows for a merge train, from its state alone.
 */

/** What is done next without anybody being asked. `wait`: the person, an agent or nobody has to do something first. */
export type TrainStep =
  | { readonly kind: 'merge'; readonly car: Car; readonly onto: string }
  | { readonly kind: 'check'; readonly agentId?: AgentId | undefined; readonly commit: string; readonly command: string }
  | { readonly kind: 'land'; readonly commit: string }
  | { readonly kind: 'endEmpty' }
  | { readonly kind: 'wait'; readonly for: 'answer' | 'byHand' | 'fix' | 'approval' | 'blocked' | 'nothing' };

/** The next step of a train. */
export function nextStep(train: Train): TrainStep {
  if (train.ended !== undefined) {
    return { kind: 'wait', for: 'nothing' };
  }
  if (train.byHand !== undefined) {
    return { kind: 'wait', for: 'byHand' };
  }
  if (train.stop !== undefined) {
    return asksBase(train) ? { kind: 'check', commit: train.base, command: train.check ?? '' } : { kind: 'wait', for: 'answer' };
  }
  return checkStep(train) ?? mergeStep(train) ?? landStep(train);
}

/** Whether a red check is the car's doing is only known when the same check was green before it. */
function asksBase(train: Train): boolean {
  return train.stop?.kind === 'red' && train.baseCheck === undefined && !train.cars.some((car) => car.checked === 'passed');
}

function checkStep(train: Train): TrainStep | undefined {
  const car = train.cars.find((one) => one.status === 'merged');
  return car?.commit === undefined || train.check === undefined
    ? undefined
    : { kind: 'check', agentId: car.agentId, commit: car.commit, command: train.check };
}

function mergeStep(train: Train): TrainStep | undefined {
  const open = (id: AgentId) => {
    const status = carOf(train, id)?.status;
    return status === 'waiting' || status === 'sentBack';
  };
  const car = train.cars.find((one) => one.status === 'waiting' && !one.after.some(open));
  return car === undefined ? undefined : { kind: 'merge', car, onto: tipOf(train) };
}

function landStep(train: Train): TrainStep {
  if (train.cars.some((car) => car.status === 'sentBack' || car.status === 'waiting')) {
    return { kind: 'wait', for: 'fix' };
  }
  const tip = tipOf(train);
  if (tip === train.base) {
    return { kind: 'endEmpty' };
  }
  if (train.blocked !== undefined) {
    return { kind: 'wait', for: 'blocked' };
  }
  return train.approved ? { kind: 'land', commit: tip } : { kind: 'wait', for: 'approval' };
}
