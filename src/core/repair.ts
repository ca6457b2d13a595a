import { endingOf } from './ending.ts';
import type { FleetEvent } from './events.ts';
import { isLive } from './selectors.ts';
import type { FleetState } from './state.ts';

/**
 * The facts that close whatever a crash left open: after them nothing runs, waits or is asked. Nothing is ever run again by the machine; a call
 * that had started is recorded as unknown, and a person may resume what was interrupted. An agent whose kill was asked counts as killed.
 */
export function repair(state: FleetState): FleetEvent[] {
  return Object.values(state.agents)
    .filter(isLive)
    .flatMap((agent) => {
      const outcome = agent.killing === undefined ? ({ kind: 'interrupted' } as const) : ({ kind: 'killed', by: agent.killing } as const);
      return endingOf(state, agent, outcome, 'crash', undefined);
    });
}
