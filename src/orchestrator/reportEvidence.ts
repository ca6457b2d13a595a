import { changedForAgent, commandsRunBy, gateOfAgent, ranOk } from '../core/brief/reportEvidence.ts';
import type { FleetState } from '../core/state.ts';
import type { ReportEvidence } from './ports.ts';

/** Evidence from the fleet's state; `linesOf` looks at the workspace. */
export function createReportEvidence(state: () => FleetState, linesOf: ReportEvidence['linesOf']): ReportEvidence {
  return {
    agent: (id) => state().agents[id],
    gateOf: (id) => gateOfAgent(state(), id),
    linesOf,
    ranOk: (id, command) => ranOk(state(), id, command),
    ranAny: (id) => commandsRunBy(state(), id).length > 0,
    changedFor: (id) => changedForAgent(state(), id),
  };
}
