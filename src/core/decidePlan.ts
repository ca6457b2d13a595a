import type { FleetCommand } from './commands.ts';
import type { Decision } from './decision.ts';
import type { FleetState } from './state.ts';

/** The commands about a run's plan. */
export type PlanCommand = Extract<
  FleetCommand,
  {
    type:
      | 'changePlan'
      | 'proposeChange'
      | 'settleProposal'
      | 'decide'
      | 'retryRun'
      | 'killRun'
      | 'pauseRun'
      | 'resumeRun'
      | 'publishArtefact';
  }
>;

/** All rules about plans: the facts a command makes, or why it is refused. Pure. */
export function decidePlan(_state: FleetState, _command: PlanCommand): Decision {
  return { ok: false, rejection: { code: 'unavailable', message: 'Plans cannot be changed yet.', next: '' } };
}
