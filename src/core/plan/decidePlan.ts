import { answerDecision } from './decideAnswer.ts';
import { publish } from './decideArtefact.ts';
import type { Decision } from '../decision.ts';
import { propose, settleProposal } from './decideProposal.ts';
import { killRun, pauseRun, resumeRun, retryRun } from './decideRun.ts';
import type { RunId } from '../ids.ts';
import { change, type PlanCommand, type PlanDecider, refuse } from './planChange.ts';
import { reviewChanges } from '../review/decideReview.ts';
import type { FleetState, Plan } from '../state.ts';

/** All rules about plans: the facts a command makes, or why it is refused. Pure. */
export function decidePlan(state: FleetState, command: PlanCommand, context: PlanDecider): Decision {
  if (command.type === 'publishArtefact') {
    return publish(state, command, context);
  }
  const plan = command.type === 'decide' ? planOfDecision(state, command.askId) : state.plans[command.runId];
  if (plan === undefined) {
    return command.type === 'decide'
      ? refuse('unknown', 'This has been decided already, or the run is gone.', 'Nothing was done.')
      : noPlan(state, command.runId);
  }
  switch (command.type) {
    case 'changePlan':
      return change(state, plan, command.changes, command.reason, command.by, context);
    case 'proposeChange':
      return propose(state, plan, command, context);
    case 'settleProposal':
      return settleProposal(state, plan, command, context);
    case 'decide':
      return answerDecision(state, plan, command, context);
    case 'retryRun':
      return retryRun(state, plan, command.by);
    case 'killRun':
      return killRun(state, plan, command.by);
    case 'pauseRun':
      return pauseRun(state, plan, command.by);
    case 'resumeRun':
      return resumeRun(state, plan, command.by);
    case 'reviewChanges':
      return reviewChanges(state, plan, command);
  }
}

function planOfDecision(state: FleetState, askId: Extract<PlanCommand, { type: 'decide' }>['askId']): Plan | undefined {
  return Object.values<Plan>(state.plans).find((plan) =>
    plan.decisions.some((decision) => decision.askId === askId && decision.answer === undefined),
  );
}

function noPlan(state: FleetState, runId: RunId): Decision {
  return state.runs[runId] === undefined
    ? refuse('unknown', `There is no run ${runId}.`, 'Pick one from the Fleet view.')
    : refuse('unavailable', 'This run was made before runs had plans.', 'Start a new run to have one.');
}
