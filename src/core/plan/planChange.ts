import { specsAfter } from './applyChanges.ts';
import type { FleetCommand, Rejection } from '../commands.ts';
import type { Decision } from '../decision.ts';
import type { Actor, FleetEvent, PlanChange, TaskSpec } from '../events.ts';
import type { MintId, TaskId } from '../ids.ts';
import { isSettled, taskOf } from './planGraph.ts';
import { assigneeOf } from './planQueue.ts';
import { specOf } from './reducePlan.ts';
import { loosenedGate } from './planGates.ts';
import { ownerNews } from './planSettle.ts';
import { isLive } from '../selectors.ts';
import type { FleetState, Plan, Task } from '../state.ts';
import { type PlanLimits, type PlanProblem, validatePlan } from './validatePlan.ts';

/*
 * Every change of a plan, whoever asks for it, goes through here.
 */

/** The commands about a run's plan. */
export type PlanCommand = Extract<
  FleetCommand,
  {
    type:
      | 'changePlan'
      | 'proposeChange'
      | 'settleProposal'
      | 'decide'
      | 'reviewChanges'
      | 'retryRun'
      | 'killRun'
      | 'pauseRun'
      | 'resumeRun'
      | 'publishArtefact';
  }
>;

/** What deciding about plans needs from outside the state. */
export interface PlanDecider {
  readonly mint: MintId;
  readonly limits: PlanLimits;
}

/** Changes a plan after checking what it would become, and tells or stops the agents whose work the change makes void. */
export function change(
  state: FleetState,
  plan: Plan,
  changes: readonly PlanChange[],
  reason: string,
  by: Actor,
  context: PlanDecider,
  proposalId?: Extract<FleetEvent, { type: 'planChanged' }>['proposalId'],
  /** Who stands for the change: of a proposal, whoever accepted it. */
  authority: Actor = by,
): Decision {
  const problem = changes.map((one) => problemOf(state, plan, one)).find((found) => found !== undefined);
  if (problem !== undefined) {
    return { ok: false, rejection: problem };
  }
  const all = [...changes, ...collected(state, plan, changes, by)];
  const check = validatePlan(specsAfter(plan.tasks.map(specOf), all), context.limits);
  if (check.errors.length > 0) {
    return { ok: false, rejection: rejectionOf(check.errors) };
  }
  const loosened = authority.kind === 'agent' ? loosenedGate(state, plan, all, authority) : undefined;
  if (loosened !== undefined) {
    return { ok: false, rejection: loosened };
  }
  const events: FleetEvent[] = [{ type: 'planChanged', runId: plan.runId, by, reason, changes: [...all], proposalId }];
  return {
    ok: true,
    events: [
      ...events,
      ...changes.flatMap((one) => consequences(state, plan, one, reason, by, context.mint)),
      ...ownerNews(state, cancelledBy(plan, changes), 'cancelled', reason, authority, context.mint),
    ],
    accepted: { runId: plan.runId, reached: changes.length, notes: check.warnings.map((warning) => `${warning.message} ${warning.next}`) },
  };
}

/** All reasons in one refusal, so that they can be put right in one go. */
export function rejectionOf(errors: readonly PlanProblem[]): Rejection {
  const [first] = errors;
  return errors.length === 1 && first !== undefined
    ? { code: 'invalid', message: first.message, next: first.next }
    : {
        code: 'invalid',
        message: `The plan would not hold, for ${errors.length} reasons. ${errors.map((error) => error.message).join(' ')}`,
        next: errors.map((error) => error.next).join(' '),
      };
}

/** Why one change cannot be made of the plan as it is. */
function problemOf(state: FleetState, plan: Plan, one: PlanChange): Rejection | undefined {
  if (one.kind === 'add') {
    const owner = one.task.owner === undefined ? undefined : state.agents[one.task.owner];
    return one.task.owner !== undefined && (owner === undefined || !isLive(owner))
      ? { code: 'ended', message: `Whoever asked for "${one.task.id}" has ended.`, next: 'Add it without an owner.' }
      : undefined;
  }
  const id = one.kind === 'edit' ? one.task.id : one.taskId;
  const task = taskOf(plan, id);
  if (task === undefined) {
    const known = plan.tasks.map((other) => other.id).join(', ');
    return { code: 'unknown', message: `There is no task "${id}" in the plan.`, next: `The tasks are: ${known}.` };
  }
  if (one.kind === 'move') {
    return undefined;
  }
  if (isSettled(task)) {
    return { code: 'ended', message: `Task "${id}" is ${task.status}.`, next: 'Add a new task for what is still to be done.' };
  }
  return one.kind === 'edit' && task.status === 'running' ? startedProblem(plan, task, one.task) : undefined;
}

/** A task at work can be told of a changed brief; what it waited for cannot change any more. */
function startedProblem(plan: Plan, task: Task, next: TaskSpec): Rejection | undefined {
  const unfinished = next.dependencies
    .filter((id) => !task.dependencies.includes(id))
    .map((id) => taskOf(plan, id))
    .find((other) => other !== undefined && !isSettled(other));
  if (unfinished !== undefined) {
    return {
      code: 'running',
      message: `Task "${task.id}" has started and can no longer wait for "${unfinished.id}".`,
      next: 'Cancel it and add a new task that depends on it.',
    };
  }
  return next.agentType === task.agentType
    ? undefined
    : {
        code: 'running',
        message: `Task "${task.id}" has started as a ${task.agentType}.`,
        next: 'Cancel it and add a new task of the other type.',
      };
}

/** Tasks that collect what an agent plans depend on what it adds, too. */
function collected(state: FleetState, plan: Plan, changes: readonly PlanChange[], by: Actor): readonly PlanChange[] {
  const author = by.kind === 'agent' ? state.agents[by.agentId]?.taskId : undefined;
  const added = changes.flatMap((one) => (one.kind === 'add' ? [one.task] : []));
  const waiting = new Set(plan.tasks.filter((task) => task.status === 'waiting').map((task) => task.id));
  const specs = specsAfter(plan.tasks.map(specOf), changes);
  const collectors = specs.filter((task) => author !== undefined && task.collects === author && waiting.has(task.id));
  return added.length === 0
    ? []
    : collectors.map((task) => ({
        kind: 'edit',
        task: { ...task, dependencies: [...new Set([...task.dependencies, ...added.map((spec) => spec.id)])] },
      }));
}

function cancelledBy(plan: Plan, changes: readonly PlanChange[]): readonly Task[] {
  return changes.flatMap((one) => (one.kind === 'cancel' ? (taskOf(plan, one.taskId) ?? []) : []));
}

/** Work that a change makes void is stopped; work whose brief it changes is told. */
function consequences(state: FleetState, plan: Plan, one: PlanChange, reason: string, by: Actor, mint: MintId): readonly FleetEvent[] {
  const task = one.kind === 'cancel' ? taskOf(plan, one.taskId) : one.kind === 'edit' ? taskOf(plan, one.task.id) : undefined;
  const agent = task?.status === 'running' ? assigneeOf(state, task) : undefined;
  if (agent === undefined || !isLive(agent) || agent.killing !== undefined) {
    return [];
  }
  if (one.kind === 'cancel') {
    return [{ type: 'killAsked', agentId: agent.id, by }];
  }
  if (one.kind !== 'edit' || JSON.stringify(one.task.brief) === JSON.stringify(task?.brief)) {
    return [];
  }
  const why = reason === '' ? '' : ` Reason: ${reason}.`;
  return [
    {
      type: 'messageQueued',
      messageId: mint('message'),
      to: agent.id,
      from: by.kind === 'agent' ? { kind: 'engine' } : by,
      sender: by.kind === 'person' ? 'person' : 'engine',
      kind: 'steer',
      text: `Your brief has changed.${why}\n${briefLines(one.task)}`,
      interrupt: false,
    },
  ];
}

function briefLines({ brief }: TaskSpec): string {
  const paths = brief.scope?.paths ?? [];
  return [
    `Objective: ${brief.objective}`,
    paths.length === 0 ? undefined : `Paths: ${paths.join(', ')}`,
    brief.scope?.focus === undefined ? undefined : `Focus: ${brief.scope.focus}`,
    brief.context === undefined ? undefined : `Context: ${brief.context}`,
    ...(brief.constraints?.doneCriteria ?? []).map((criterion) => `Done when: ${criterion}`),
  ]
    .filter((line) => line !== undefined)
    .join('\n');
}

/** Changes of a plan as a list for people and models. */
export function changesText(plan: Plan, changes: readonly PlanChange[]): string {
  const title = (id: TaskId) => taskOf(plan, id)?.title ?? id;
  return changes
    .map((one) => {
      switch (one.kind) {
        case 'add':
          return `- Add "${one.task.title}" (${one.task.id}, ${one.task.agentType}): ${one.task.brief.objective}`;
        case 'edit':
          return `- Change "${title(one.task.id)}" (${one.task.id}): ${one.task.brief.objective}`;
        case 'cancel':
          return `- Cancel "${title(one.taskId)}" (${one.taskId})`;
        case 'move':
          return `- Move "${title(one.taskId)}" ${one.before === undefined ? 'to the end' : `before "${title(one.before)}"`}`;
        case 'expand':
          return `- Divide "${title(one.taskId)}" into ${one.into.length} tasks`;
      }
    })
    .join('\n');
}

/** Tasks that have not come to their end and that no agent is at work on, those between two attempts included. */
export function idleTasks(state: FleetState, plan: Plan): readonly Task[] {
  return plan.tasks.filter((task) => {
    const agent = assigneeOf(state, task);
    return task.status === 'waiting' || (task.status === 'running' && (agent === undefined || !isLive(agent)));
  });
}

/** Takes tasks that nobody works on out of the plan. */
export function cancelTasks({ runId }: Plan, tasks: readonly Task[], reason: string, by: Actor): readonly FleetEvent[] {
  return tasks.length === 0
    ? []
    : [{ type: 'planChanged', runId, by, reason, changes: tasks.map((task) => ({ kind: 'cancel', taskId: task.id })) }];
}

/** Ends tasks that nobody works on because their run ends: they are not done, and a retry of the run takes them up again. */
export function skipTasks({ runId }: Plan, tasks: readonly Task[], reason: string, by: Actor): readonly FleetEvent[] {
  return tasks.map((task) => ({ type: 'taskSettled', runId, taskId: task.id, status: 'skipped', reason, by }));
}

/** Takes back everything the person has not decided. */
export function withdrawDecisions(plan: Plan, by: Actor): readonly FleetEvent[] {
  return plan.decisions
    .filter((decision) => decision.answer === undefined)
    .map(({ askId, runId }) => ({ type: 'decisionAnswered', askId, runId, choice: 'withdrawn', by }));
}

/** Lets tasks of a run start again, if it was held. */
export function released(plan: Plan | undefined, by: Actor): readonly FleetEvent[] {
  return plan?.held === undefined ? [] : [{ type: 'runReleased', runId: plan.runId, by }];
}

/** A refusal with its way out. */
export function refuse(code: Rejection['code'], message: string, next: string): Decision {
  return { ok: false, rejection: { code, message, next } };
}
