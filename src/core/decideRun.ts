import type { Decision } from './decision.ts';
import type { Actor, FleetEvent } from './events.ts';
import type { TaskId } from './ids.ts';
import { cancelWaiting, refuse, released, withdrawDecisions } from './planChange.ts';
import { dependentsOf, isSettled, taskOf } from './planGraph.ts';
import { agentsOfRun, isLive, outcomeOf } from './selectors.ts';
import { assigneeOf } from './planQueue.ts';
import type { FleetState, Plan, Task } from './state.ts';

/** What failed for good is opened again, with everything that was skipped because of it. */
export function retryRun(plan: Plan, by: Actor): Decision {
  const after = dependentsOf(plan.tasks);
  const failed = plan.tasks.filter((task) => task.status === 'failed');
  const again = new Set<TaskId>(failed.map((task) => task.id));
  for (const id of again) {
    for (const next of after.get(id) ?? []) {
      const status = taskOf(plan, next)?.status;
      if (status === 'skipped' || status === 'failed') {
        again.add(next);
      }
    }
  }
  if (again.size === 0) {
    return refuse('ended', 'No task of this run has failed.', 'Give one of its agents a follow-up task instead.');
  }
  const { runId } = plan;
  const reopened: FleetEvent = { type: 'tasksReopened', runId, taskIds: [...again], kind: 'retry', note: '', by };
  return { ok: true, events: [...released(plan, by), reopened], accepted: { runId, reached: again.size } };
}

export function killRun(state: FleetState, plan: Plan, by: Actor): Decision {
  const { runId } = plan;
  const atWork = (task: Task) => {
    const agent = assigneeOf(state, task);
    return agent !== undefined && isLive(agent);
  };
  // What an interrupted agent was at is over as well: nobody is left who could be killed for it.
  const events = [
    ...cancelWaiting(plan, 'The run was killed', by, (task) => !isSettled(task) && !atWork(task)),
    ...withdrawDecisions(plan, by),
  ];
  const live = agentsOfRun(state, runId).filter((agent) => isLive(agent) && agent.killing === undefined);
  if (events.length === 0 && live.length === 0) {
    return refuse('ended', 'Everything of this run has ended.', 'Delete its agents, or retry what failed.');
  }
  return {
    ok: true,
    events: [...events, ...live.map((agent): FleetEvent => ({ type: 'killAsked', agentId: agent.id, by }))],
    accepted: { runId, reached: live.length },
  };
}

export function pauseRun(state: FleetState, plan: Plan, by: Actor): Decision {
  const live = agentsOfRun(state, plan.runId).filter((agent) => isLive(agent) && agent.stage !== 'paused' && !agent.pausing);
  if (live.length === 0 && (plan.held !== undefined || plan.tasks.every(isSettled))) {
    return refuse('running', 'Nothing of this run is at work.', 'Resume it to let it go on.');
  }
  const { runId } = plan;
  const events: FleetEvent[] = [
    { type: 'runHeld', runId, reason: 'paused', by },
    ...live.map((agent): FleetEvent => ({ type: 'pauseAsked', agentId: agent.id, by })),
  ];
  return { ok: true, events, accepted: { runId, reached: live.length } };
}

export function resumeRun(state: FleetState, plan: Plan, by: Actor): Decision {
  const { runId } = plan;
  const events = [
    ...released(plan, by),
    ...agentsOfRun(state, runId).flatMap((agent): FleetEvent[] => {
      if (agent.stage === 'paused' || agent.pausing) {
        return [{ type: 'agentResumed', agentId: agent.id, by }];
      }
      return outcomeOf(agent)?.kind === 'interrupted' ? [{ type: 'agentContinued', agentId: agent.id, reason: 'resume', by }] : [];
    }),
  ];
  return events.length === 0
    ? refuse('notPaused', 'This run is neither paused nor interrupted.', 'Nothing to resume.')
    : { ok: true, events, accepted: { runId, reached: events.length } };
}
