import type { AgentId, RunId } from '../ids.ts';
import { workRef } from '../isolation.ts';
import { agentsOfRun, isLive } from '../selectors.ts';
import type { Agent, FleetState } from '../state.ts';
import { type CarCandidate, carsInOrder } from './carOrder.ts';
import type { CarSpec } from './trainEvents.ts';
import type { Train } from './train.ts';

/** The cars that a train of a run would have now: the kept work of its ended agents, as far as no train has landed it already. */
export function carsOfRun(state: FleetState, runId: RunId): readonly CarSpec[] {
  const found = agentsOfRun(state, runId).flatMap((agent) => candidateOf(state, agent) ?? []);
  return carsInOrder(state.plans[runId]?.tasks ?? [], found);
}

function candidateOf(state: FleetState, agent: Agent): CarCandidate | undefined {
  const { workplace, captured } = agent;
  if (workplace === undefined || captured?.changed !== true || isLive(agent)) {
    return undefined;
  }
  const taskIds = agent.taskId === undefined ? [] : [agent.taskId];
  const ref = workRef(workplace.id);
  return hasLanded(state, ref, lastCapture(state, agent.id))
    ? undefined
    : { agentId: agent.id, label: agent.label, taskIds, ref, start: workplace.start };
}

function hasLanded(state: FleetState, ref: string, commit: string | undefined): boolean {
  return Object.values<Train>(state.trains).some(
    (train) =>
      train.ended?.outcome === 'landed' && train.cars.some((car) => car.ref === ref && car.status === 'done' && car.head === commit),
  );
}

/** The agents whose work is in the same folder as that of an agent, itself included. */
export function sharers(state: Pick<FleetState, 'agents'>, agentId: AgentId): readonly Agent[] {
  const agent: Agent | undefined = state.agents[agentId];
  const place = agent?.workplace?.id;
  return agent === undefined
    ? []
    : agentsOfRun(state, agent.runId).filter((one) => one.id === agentId || (place !== undefined && one.workplace?.id === place));
}

/** The last kept commit of the folder an agent works in. Work goes on from one agent to the next, so the last one's holds all of it. */
export function lastCapture(state: Pick<FleetState, 'agents'>, agentId: AgentId): string | undefined {
  return sharers(state, agentId)
    .filter((agent) => agent.captured !== undefined)
    .toSorted((a, b) => a.lastActivityAt - b.lastActivityAt)
    .at(-1)?.captured?.commit;
}

/** The train of a run that has not ended, or else its last one. */
export function trainOf(state: FleetState, runId: RunId): Train | undefined {
  const trains = Object.values<Train>(state.trains).filter((train) => train.runId === runId);
  return trains.find((train) => train.ended === undefined) ?? trains.at(-1);
}
