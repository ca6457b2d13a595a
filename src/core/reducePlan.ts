import type { FleetEvent, PlanEvent } from './events.ts';
import type { RunId } from './ids.ts';
import type { Plan } from './state.ts';

/** The plan of a run that has just been started. */
export function emptyPlan(runId: RunId): Plan {
  return { runId, tasks: [], revisions: [], proposals: [], artefacts: [], decisions: [] };
}

const planEvents = {
  planChanged: true,
  taskSettled: true,
  tasksReopened: true,
  decisionAsked: true,
  decisionAnswered: true,
  changeProposed: true,
  proposalSettled: true,
  artefactPublished: true,
  runHeld: true,
  runReleased: true,
  changesUndone: true,
} as const satisfies Record<PlanEvent['type'], true>;

/** Whether a fact is about a run's plan. */
export function isPlanEvent(event: FleetEvent): event is PlanEvent {
  return event.type in planEvents;
}

/** What one fact makes of a plan. A fact that cannot apply changes nothing. */
export function reducePlan(plan: Plan, _event: PlanEvent, _at: number): Plan {
  return plan;
}
