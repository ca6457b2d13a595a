import { endingOf } from './ending.ts';
import type { FleetEvent } from './events.ts';
import { isSettled } from './plan/planGraph.ts';
import { isLive } from './selectors.ts';
import type { FleetState, Plan } from './state.ts';

/**
 * The facts that close whatever a crash left open: after them nothing runs, waits or is asked. Nothing is ever run again by the machine; a call
 * that had started is recorded as unknown, and a person may resume what was interrupted. An agent whose kill was asked counts as killed.
 */
export function repair(state: FleetState): FleetEvent[] {
  return [...closeAgents(state), ...holdRuns(state)];
}

/** A run with anything left to do starts nothing by itself after a crash. */
function holdRuns(state: FleetState): FleetEvent[] {
  return Object.values<Plan>(state.plans)
    .filter((plan) => plan.held !== 'interrupted' && !plan.tasks.every(isSettled))
    .map(({ runId }) => ({ type: 'runHeld', runId, reason: 'interrupted', by: { kind: 'engine' } }));
}

function closeAgents(state: FleetState): FleetEvent[] {
  return Object.values(state.agents)
    .filter(isLive)
    .flatMap((agent) => {
      const outcome = agent.killing === undefined ? ({ kind: 'interrupted' } as const) : ({ kind: 'killed', by: agent.killing } as const);
      return endingOf(state, agent, outcome, 'crash', undefined);
    });
}
