import { applyChanges } from './applyChanges.ts';
import type { Actor, EventOf, FleetEvent, Outcome, PlanChange, PlanEvent, TaskSpec } from '../events.ts';
import type { AgentId, RunId, TaskId } from '../ids.ts';
import { taskOf } from './planGraph.ts';
import { failureText } from '../rowText.ts';
import type { Attempt, Plan, Task } from '../state.ts';

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
  runDeleted: true,
  changesUndone: true,
  changesReviewed: true,
} as const satisfies Record<PlanEvent['type'], true>;

/** Whether a fact is about a run's plan. */
export function isPlanEvent(event: FleetEvent): event is PlanEvent {
  return event.type in planEvents;
}

/** What one fact makes of a plan. A fact that cannot apply changes nothing. */
export function reducePlan(plan: Plan, event: PlanEvent, at: number): Plan {
  switch (event.type) {
    case 'planChanged':
      return changed(plan, event, at);
    case 'taskSettled':
      return withTask(plan, event.taskId, (task) => ({
        ...task,
        status: event.status,
        reason: event.reason,
        verdict: event.verdict,
        settledAt: at,
      }));
    case 'tasksReopened':
      return { ...plan, tasks: plan.tasks.map((task) => (event.taskIds.includes(task.id) ? reopened(task, event) : task)) };
    case 'decisionAsked': {
      const { type: _, ...decision } = event;
      return { ...plan, decisions: [...plan.decisions, { ...decision, at }] };
    }
    case 'decisionAnswered': {
      const { choice, text } = event;
      return {
        ...plan,
        decisions: plan.decisions.map((decision) =>
          decision.askId === event.askId && decision.answer === undefined ? { ...decision, answer: { choice, text, at } } : decision,
        ),
      };
    }
    case 'changeProposed': {
      const { proposalId, by, reason, changes } = event;
      return { ...plan, proposals: [...plan.proposals, { id: proposalId, by, reason, changes, at }] };
    }
    case 'proposalSettled': {
      const { accepted, reason, by } = event;
      return {
        ...plan,
        proposals: plan.proposals.map((proposal) =>
          proposal.id === event.proposalId && proposal.settled === undefined
            ? { ...proposal, settled: { accepted, reason, by, at } }
            : proposal,
        ),
      };
    }
    case 'artefactPublished': {
      const { name, version, agentId, taskId, hash, bytes } = event;
      const others = plan.artefacts.filter((artefact) => artefact.name !== name);
      return { ...plan, artefacts: [...others, { name, version, agentId, taskId, hash, bytes, at }] };
    }
    case 'runHeld':
      return plan.held === event.reason ? plan : { ...plan, held: event.reason };
    case 'runReleased':
      return plan.held === undefined ? plan : { ...plan, held: undefined };
    case 'runDeleted':
      return plan;
    case 'changesUndone': {
      const { restored, kept, failure } = event;
      return event.taskId === undefined ? plan : withTask(plan, event.taskId, (task) => ({ ...task, undone: { restored, kept, failure } }));
    }
    case 'changesReviewed': {
      const { path, base, hunks, verdict } = event;
      return { ...plan, reviews: [...(plan.reviews ?? []), { path, base, hunks, verdict, at }] };
    }
  }
}

function changed(plan: Plan, { by, reason, changes, proposalId }: EventOf<'planChanged'>, at: number): Plan {
  return {
    ...plan,
    tasks: applyChanges<Task>(plan.tasks, changes, {
      added: (spec) => newTask(spec, by, at),
      edited: (task, spec) => ({ ...task, ...blank, ...spec }),
      cancelled: (task) => ({ ...task, status: 'cancelled', reason: reason === '' ? undefined : reason, settledAt: at }),
    }),
    revisions: [...plan.revisions, { at, by, reason, changes, was: before(plan, changes), proposalId }],
  };
}

/** The fields an edit may leave out, so that leaving one out takes it away. */
const blank = {
  phase: undefined,
  owner: undefined,
  model: undefined,
  effort: undefined,
  isolation: undefined,
  gate: undefined,
  fallback: undefined,
  partial: undefined,
  rollback: undefined,
  publishes: undefined,
  needs: undefined,
  forEach: undefined,
  collects: undefined,
} as const satisfies Partial<Record<keyof TaskSpec, undefined>>;

/** A task that has just been added. */
export function newTask(spec: TaskSpec, addedBy: Actor, addedAt: number): Task {
  return { ...spec, status: 'waiting', history: [], round: 1, tries: 0, addedAt, addedBy };
}

function before(plan: Plan, changes: readonly PlanChange[]): readonly TaskSpec[] {
  const ids = changes.flatMap((change) =>
    change.kind === 'edit' ? [change.task.id] : change.kind === 'cancel' || change.kind === 'expand' ? [change.taskId] : [],
  );
  return ids.flatMap((id) => {
    const task = taskOf(plan, id);
    return task === undefined ? [] : [specOf(task)];
  });
}

/** A task as it is to be done, without what became of it. */
export function specOf(task: Task): TaskSpec {
  const { status: _1, reason: _2, verdict: _3, history: _4, round: _5, tries: _6, note: _7, addedAt: _8, addedBy: _9, ...rest } = task;
  const { settledAt: _10, undone: _11, ...spec } = rest;
  return spec;
}

function reopened(task: Task, { kind, note }: EventOf<'tasksReopened'>): Task {
  return {
    ...task,
    status: 'waiting',
    reason: undefined,
    verdict: undefined,
    settledAt: undefined,
    undone: undefined,
    round: kind === 'round' ? task.round + 1 : task.round,
    tries: 0,
    // Whoever does a later round again must know what that round was for.
    note: note !== '' ? note : kind === 'retry' ? task.note : undefined,
  };
}

/** An agent began to work on a task, for the first time or again. Going on after an interruption is the same attempt. */
export function withAttempt(plan: Plan, taskId: TaskId, agentId: AgentId, kind: 'new' | 'resume' | 'again' | 'handover', at: number): Plan {
  return withTask(plan, taskId, (task) => {
    const last = task.history.at(-1);
    const goesOn = kind === 'resume' && last?.agentId === agentId;
    const earlier = goesOn ? task.history.slice(0, -1) : task.history;
    const attempt: Attempt = goesOn
      ? { ...last, endedAt: undefined, outcome: undefined, failure: undefined }
      : { agentId, round: task.round, startedAt: at };
    return {
      ...task,
      status: 'running',
      reason: undefined,
      settledAt: undefined,
      history: [...earlier, attempt],
      tries: kind === 'new' || kind === 'again' ? task.tries + 1 : task.tries,
    };
  });
}

/** The agent of a task's last attempt ended. What that means for the task is a fact of its own. */
export function withAttemptEnded(plan: Plan, taskId: TaskId, agentId: AgentId, outcome: Outcome, endedAt: number): Plan {
  return withTask(plan, taskId, (task) => {
    const last = task.history.at(-1);
    if (last === undefined || last.agentId !== agentId || last.endedAt !== undefined) {
      return task;
    }
    const failure = outcome.kind === 'failed' ? failureText(outcome.failure) : undefined;
    return { ...task, history: [...task.history.slice(0, -1), { ...last, endedAt, outcome: outcome.kind, failure }] };
  });
}

/** A fresh agent took over from one that is full: what it asked for is the fresh one's now. */
export function withOwner(plan: Plan, from: AgentId, to: AgentId): Plan {
  return plan.tasks.some((task) => task.owner === from)
    ? { ...plan, tasks: plan.tasks.map((task) => (task.owner === from ? { ...task, owner: to } : task)) }
    : plan;
}

function withTask(plan: Plan, id: TaskId, change: (task: Task) => Task): Plan {
  let found = false;
  const tasks = plan.tasks.map((task) => {
    if (task.id !== id) {
      return task;
    }
    const next = change(task);
    found ||= next !== task;
    return next;
  });
  return found ? { ...plan, tasks } : plan;
}
