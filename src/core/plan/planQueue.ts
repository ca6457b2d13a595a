import type { Failure, Priority } from '../events.ts';
import type { AgentId, TaskId } from '../ids.ts';
import { isSettled, remainingPaths, taskOf, waitsFor } from './planGraph.ts';
import { isLive, outcomeOf, reportOf } from '../selectors.ts';
import type { Agent, Decision, FleetState, Plan, Task } from '../state.ts';
import { personType } from './validatePlan.ts';

/*
 * Which tasks of a plan may start now, and in which order.
 */

/** A task that may start: by a fresh agent, or by the one that has worked on it before. */
export type Start =
  | { readonly kind: 'fresh'; readonly task: Task; readonly fallback: boolean; readonly takesOver: AgentId | undefined }
  | { readonly kind: 'goOn'; readonly task: Task; readonly agentId: AgentId };

/** Every task that may start now, the most urgent first: by priority, then by how much waits for it, then in the plan's order. */
export function readyTasks(state: FleetState, plan: Plan, fanOut: number): readonly Start[] {
  if (plan.held !== undefined) {
    return [];
  }
  const mayFanOut = agentTasks(plan).length - 1 <= approvedSize(plan, fanOut);
  const remaining = remainingPaths(plan.tasks, () => 1);
  return plan.tasks
    .filter((task, index) => mayFanOut || index === 0 || task.history.length > 0)
    .flatMap((task) => startOf(state, plan, task) ?? [])
    .map((start, order) => ({ start, order }))
    .sort(
      (a, b) =>
        ranks[a.start.task.priority] - ranks[b.start.task.priority] ||
        (remaining.get(b.start.task.id) ?? 0) - (remaining.get(a.start.task.id) ?? 0) ||
        a.order - b.order,
    )
    .map(({ start }) => start);
}

const ranks = { high: 0, medium: 1, low: 2 } as const satisfies Record<Priority, number>;

function startOf(state: FleetState, plan: Plan, task: Task): Start | undefined {
  if (task.status === 'running') {
    return nextAttempt(state, task);
  }
  if (!isReady(plan, task) || isForPerson(task) || task.forEach !== undefined || !ownerLives(state, task)) {
    return undefined;
  }
  const assignee = assigneeOf(state, task);
  if (assignee !== undefined && isLive(assignee)) {
    return undefined; // A follow-up has it at work; the task goes on with what it is asked now when it has ended.
  }
  const last = task.tries === 0 ? assignee : undefined;
  return task.round > 1 && last !== undefined && outcomeOf(last)?.kind === 'done'
    ? { kind: 'goOn', task, agentId: last.id }
    : { kind: 'fresh', task, fallback: false, takesOver: undefined };
}

/** A running task whose agent has ended without settling it: what its policy gives it next. */
function nextAttempt(state: FleetState, task: Task): Start | undefined {
  const last = assigneeOf(state, task);
  const outcome = last === undefined ? undefined : outcomeOf(last);
  if (last === undefined || outcome === undefined) {
    return undefined;
  }
  if (outcome.kind === 'done') {
    return handedOver(state, task) ? { kind: 'fresh', task, fallback: false, takesOver: last.id } : undefined;
  }
  return outcome.kind === 'failed' && triesLeft(task, outcome.failure) > 0
    ? { kind: 'fresh', task, fallback: task.tries >= task.attempts, takesOver: undefined }
    : undefined;
}

/** Failures that another try meets again: a person must act first. */
const hopeless: ReadonlySet<Failure['kind']> = new Set(['auth', 'unknownModel', 'spendLimit', 'storage']);

/** How many tries a task has left after a failure. */
export function triesLeft(task: Task, failure: Failure): number {
  const all = task.attempts + (task.fallback === undefined ? 0 : 1);
  return hopeless.has(failure.kind) ? 0 : Math.max(0, all - task.tries);
}

/** How often a task may be handed to a fresh agent: one that never ends must not go on for ever. */
const mostHandovers = 8;

/** Whether a task's agent ended by handing it to a fresh one, which is no end of the task. */
export function handedOver(state: FleetState, task: Task): boolean {
  const handoffs = task.history.map((attempt) => {
    const agent = state.agents[attempt.agentId];
    return agent !== undefined && reportOf(agent)?.handoff !== undefined;
  });
  return handoffs.at(-1) === true && handoffs.filter((handoff) => handoff).length <= mostHandovers;
}

/** Whether everything a waiting task depends on is there. */
export function isReady(plan: Plan, task: Task): boolean {
  if (task.status !== 'waiting' || waitsFor(plan, task).length > 0) {
    return false;
  }
  return obstacleOf(plan, task) === undefined;
}

/** Why a waiting task can never start, once that is so. */
export function obstacleOf(plan: Plan, task: Task): string | undefined {
  const before = task.dependencies.map((id) => taskOf(plan, id)).filter((other) => other !== undefined);
  const broken = before.filter((other) => other.status === 'failed' || other.status === 'skipped');
  const names = broken.map((other) => `"${other.title}"`).join(', ');
  if (broken.length > 0 && task.partial !== true) {
    return `${names} did not succeed`;
  }
  if (broken.length > 0 && before.every(isSettled) && !before.some((other) => other.status === 'done')) {
    return `none of ${names} succeeded`;
  }
  const template = taskOf(plan, task.forEach);
  if (template !== undefined && isSettled(template) && template.status !== 'done') {
    return `"${template.title}" did not succeed`;
  }
  return lostArtefact(plan, task);
}

function lostArtefact(plan: Plan, task: Task): string | undefined {
  const published = new Set(plan.artefacts.map((artefact) => artefact.name));
  const lost = (task.needs ?? []).find(
    (name) => !published.has(name) && plan.tasks.every((other) => other.publishes?.includes(name) !== true || isSettled(other)),
  );
  return lost === undefined ? undefined : `"${lost}" was never published`;
}

/** Whether a task waits for a person's verdict and not for an agent. */
export function isForPerson(task: Task): boolean {
  return task.gate?.kind === 'person' || task.agentType === personType;
}

/** The agent of a task's last attempt, if it is still there. */
export function assigneeOf(state: FleetState, task: Task): Agent | undefined {
  const id = task.history.at(-1)?.agentId;
  return id === undefined ? undefined : state.agents[id];
}

/** Whether nobody asked for a task or whoever did can still take its report. */
export function ownerLives(state: FleetState, task: Task): boolean {
  const owner = task.owner === undefined ? undefined : state.agents[task.owner];
  return task.owner === undefined || (owner !== undefined && owner.stage !== 'ended' && owner.killing === undefined);
}

/** Whether an agent has handed over and its successor is still to come: what it asked for goes on meanwhile, and its messages wait. */
export function awaitsSuccessor(state: FleetState, agent: Agent): boolean {
  const task = state.plans[agent.runId]?.tasks.find((one) => one.id === agent.taskId);
  return task?.status === 'running' && task.history.at(-1)?.agentId === agent.id && reportOf(agent)?.handoff !== undefined;
}

/** The tasks that take an agent each. */
export function agentTasks(plan: Plan): readonly Task[] {
  return plan.tasks.filter((task) => !isForPerson(task) && task.forEach === undefined && task.status !== 'cancelled');
}

/** How many agents beside its first a run may have without the person being asked again. */
export function approvedSize(plan: Plan, fanOut: number): number {
  const approved = plan.decisions.flatMap((decision) => (isApproved(decision) ? [decision.size ?? 0] : []));
  return Math.max(fanOut, ...approved);
}

function isApproved({ purpose, answer }: Decision): boolean {
  return purpose === 'fanOut' && answer?.choice === 'approve';
}

/** What the person has not decided yet, about a task if one is named. */
export function openDecision(plan: Plan, purpose: Decision['purpose'], taskId?: TaskId): Decision | undefined {
  return plan.decisions.find(
    (decision) => decision.purpose === purpose && decision.answer === undefined && (taskId === undefined || decision.taskId === taskId),
  );
}
