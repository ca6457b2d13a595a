import type { Decision } from '../decision.ts';
import { type PlanCommand, refuse } from '../plan/planChange.ts';
import type { FleetState, Plan } from '../state.ts';

/** Records what a person decided about changes of a file. Undoing what is rejected comes before it and is done by whoever asks. */
export function reviewChanges(state: FleetState, plan: Plan, command: Extract<PlanCommand, { type: 'reviewChanges' }>): Decision {
  const { agentId, path, base, verdict, by } = command;
  if (agentId !== undefined && state.agents[agentId]?.runId !== plan.runId) {
    return refuse('unknown', 'There is no such agent in this run.', 'Open the changes again from the Fleet view.');
  }
  const known = new Set(
    (plan.reviews ?? [])
      .filter((review) => review.path === path && review.base === base && review.verdict === verdict)
      .flatMap(({ hunks }) => hunks),
  );
  const hunks = [...new Set(command.hunks)].filter((hunk) => verdict === 'rejected' || !known.has(hunk));
  const accepted = { runId: plan.runId, agentId, reached: hunks.length };
  return hunks.length === 0
    ? { ok: true, events: [], accepted }
    : { ok: true, events: [{ type: 'changesReviewed', runId: plan.runId, agentId, path, base, hunks, verdict, by }], accepted };
}
