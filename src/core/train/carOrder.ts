import type { TaskSpec } from '../events.ts';
import type { AgentId, TaskId } from '../ids.ts';
import { inOrder, upstreamOf } from '../plan/planGraph.ts';
import type { CarSpec } from './trainEvents.ts';

/** The work of a finished agent that is to be integrated. */
export type CarCandidate = Pick<CarSpec, 'agentId' | 'label' | 'ref' | 'start'> & { readonly taskIds: readonly TaskId[] };

type Node = Pick<TaskSpec, 'id' | 'dependencies' | 'needs' | 'publishes' | 'forEach' | 'collects'>;

/**
 * The cars of a train in the order in which they are merged: none before one that its tasks depend on, directly or through tasks without a
 * car; otherwise as the tasks come in the plan, and work without a task last. Agents that share a branch are one car, of the one that is named
 * first. When sharing a branch makes two cars depend on one another, the one whose task comes first is merged first.
 */
export function carsInOrder(tasks: readonly Node[], candidates: readonly CarCandidate[]): readonly CarSpec[] {
  const place = new Map(inOrder(tasks).map((id, index) => [id, index]));
  const placeOf = (car: CarCandidate) => Math.min(tasks.length, ...car.taskIds.flatMap((id) => place.get(id) ?? []));
  const cars = joined(candidates).toSorted((a, b) => placeOf(a) - placeOf(b));
  const upstream = upstreamOf(tasks);
  const before = cars.map((car) => {
    const needed = new Set(car.taskIds.flatMap((id) => [...(upstream.get(id) ?? [])]));
    return cars.filter((other) => other !== car && other.taskIds.some((id) => needed.has(id)));
  });
  return sorted(cars, before)
    .map((index, at, order) => {
      const car = cars[index];
      const earlier = new Set(order.slice(0, at).map((one) => cars[one]?.agentId));
      const after = (before[index] ?? []).map((other) => other.agentId).filter((id) => earlier.has(id));
      return car === undefined ? [] : [{ ...car, taskIds: [...car.taskIds], after }];
    })
    .flat();
}

/** Repeatedly takes the first car for which nothing is missing; on a cycle, the first of all that are left. */
function sorted(cars: readonly CarCandidate[], before: readonly (readonly CarCandidate[])[]): readonly number[] {
  const left = new Set(cars.keys());
  const order: number[] = [];
  while (left.size > 0) {
    const waiting = new Set([...left].map((index) => cars[index]));
    const free = [...left].find((index) => (before[index] ?? []).every((car) => !waiting.has(car)));
    const [first] = left;
    const next = free ?? first;
    if (next === undefined) {
      return order;
    }
    left.delete(next);
    order.push(next);
  }
  return order;
}

function joined(candidates: readonly CarCandidate[]): readonly CarCandidate[] {
  const byRef = new Map<string, CarCandidate>();
  for (const car of candidates) {
    const known = byRef.get(car.ref);
    byRef.set(car.ref, known === undefined ? car : { ...known, taskIds: [...new Set([...known.taskIds, ...car.taskIds])] });
  }
  return [...byRef.values()];
}

/** A car and all cars that depend on it, directly or not. */
export function withDependents(cars: readonly Pick<CarSpec, 'agentId' | 'after'>[], agentId: AgentId): readonly AgentId[] {
  const found = new Set([agentId]);
  for (let size = 0; size < found.size; ) {
    size = found.size;
    for (const car of cars) {
      if (car.after.some((id) => found.has(id))) {
        found.add(car.agentId);
      }
    }
  }
  return cars.map((car) => car.agentId).filter((id) => found.has(id));
}
