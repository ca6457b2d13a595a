import type { Decision } from '../decision.ts';
import type { Actor, FleetEvent } from '../events.ts';
import type { TaskId } from '../ids.ts';
import { idleTasks, refuse, released, skipTasks, withdrawDecisions } from './planChange.ts';
import { isSettled, taskOf } from './planGraph.ts';
import { agentsOfRun, isLive, outcomeOf } from '../selectors.ts';
import type { FleetState, Plan, Task } from '../state.ts';

/** What failed for good is opened again, with everything that was skipped because of it or because the run was ended. */
export function retryRun(state: FleetState, plan: Plan, by: Actor): Decision {
  const all = plan.tasks.filter((task) => task.status === 'failed' || task.status === 'skipped');
  const again = new Set<TaskId>(all.filter((task) => canBeTaken(state, plan, task)).map((task) => task.id));
  if (again.size === 0) {
    return all.length === 0
      ? refuse('ended', 'No task of this run has failed.', 'Give one of its agents a follow-up task instead.')
      : refuse(
          'ended',
          'Whoever asked for what failed has ended and cannot take its result.',
          'Give that agent a follow-up task, or retry the agent that failed.',
        );
  }
  const { runId } = plan;
  const reopened: FleetEvent = { type: 'tasksReopened', runId, taskIds: [...again], kind: 'retry', note: '', by };
  return { ok: true, events: [...released(plan, by), reopened], accepted: { runId, reached: again.size } };
}

/** Whether whoever asked for a failed task is there for its result, or is done again itself and asks anew. */
function canBeTaken(state: FleetState, plan: Plan, task: Task): boolean {
  const owner = task.owner === undefined ? undefined : state.agents[task.owner];
  if (owner === undefined) {
    return task.owner === undefined;
  }
  const own = taskOf(plan, owner.taskId)?.status;
  return isLive(owner) || outcomeOf(owner)?.kind === 'interrupted' || own === 'failed' || own === 'skipped';
}

export function killRun(state: FleetState, plan: Plan, by: Actor): Decision {
  const { runId } = plan;
  const events = [...skipTasks(plan, idleTasks(state, plan), 'The run was killed', by), ...withdrawDecisions(plan, by)];
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
