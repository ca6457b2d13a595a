import type { Actor, FleetEvent, PlanChange, Report, TaskSpec } from '../events.ts';
import { type MintId, type TaskId, toId } from '../ids.ts';
import { isSettled, taskOf, upstreamOf } from './planGraph.ts';
import { gateQuestion, pointlessDecision, roundsAreUp, roundsQuestion } from './planQuestions.ts';
import {
  assigneeOf,
  awaitsSuccessor,
  handedOver,
  isForPerson,
  isReady,
  obstacleOf,
  openDecision,
  ownerLives,
  triesLeft,
} from './planQueue.ts';
import { roundOpening } from '../context/openingHeadings.ts';
import { specOf } from './reducePlan.ts';
import { renderReport, reportText } from '../brief/reportText.ts';
import { failureText } from '../rowText.ts';
import { isLive, outcomeOf, subtreeOf } from '../selectors.ts';
import type { Agent, FleetState, Plan, Task } from '../state.ts';

/*
 * What follows for a plan from what its agents did: which tasks are settled, skipped, opened again, or for the person to decide. Pure, and
 * computed from the state alone, so that a crash at any moment loses nothing: the same facts follow after it.
 */

const engine: Actor = { kind: 'engine' };

/** The next facts that follow from how a plan stands; none when it is as it should be. To be applied and asked again until there are none. */
export function settleFacts(state: FleetState, plan: Plan, mint: MintId): readonly FleetEvent[] {
  const pointless = pointlessDecision(state, plan);
  if (pointless !== undefined) {
    const { askId, runId } = pointless;
    return [{ type: 'decisionAnswered', askId, runId, choice: 'withdrawn', by: engine }];
  }
  for (const task of plan.tasks) {
    const facts = task.status === 'running' ? afterAttempt(state, plan, task, mint) : afterOthers(state, plan, task, mint);
    if (facts.length > 0) {
      return facts;
    }
  }
  return [];
}

/** What the end of a task's agent means for the task. */
function afterAttempt(state: FleetState, plan: Plan, task: Task, mint: MintId): readonly FleetEvent[] {
  const agent = assigneeOf(state, task);
  const outcome = agent === undefined ? undefined : outcomeOf(agent);
  if (agent === undefined) {
    return settled(state, plan, task, { status: 'failed', reason: 'its agent was deleted' }, mint);
  }
  switch (outcome?.kind) {
    case undefined:
    case 'interrupted':
      return [];
    case 'killed': {
      const who = outcome.by.kind === 'person' ? 'you' : outcome.by.kind === 'engine' ? 'the engine' : 'its lead';
      return settled(state, plan, task, { status: 'failed', reason: `killed by ${who}` }, mint);
    }
    case 'failed':
      return triesLeft(task, outcome.failure) > 0
        ? []
        : settled(state, plan, task, { status: 'failed', reason: failureText(outcome.failure) }, mint);
    case 'done':
      return handedOver(state, task) ? [] : afterReport(state, plan, task, agent, outcome.report, mint);
  }
}

function afterReport(state: FleetState, plan: Plan, task: Task, agent: Agent, report: Report, mint: MintId): readonly FleetEvent[] {
  if (report.handoff !== undefined) {
    return [
      ...settled(state, plan, task, { status: 'failed', reason: 'it was handed on too often without an end' }, mint),
      ...endBelow(state, agent),
    ];
  }
  if (task.gate === undefined) {
    return settled(state, plan, task, { status: 'done' }, mint);
  }
  // Asked something after its approval, an agent that answers without a verdict takes nothing back.
  if ((report.verdict ?? task.verdict) === 'approve') {
    return settled(state, plan, task, { status: 'done', verdict: 'approve' }, mint);
  }
  const { backTo } = task.gate;
  if (backTo === undefined) {
    return settled(state, plan, task, { status: 'failed', verdict: 'changes', reason: 'its verdict was: changes are needed' }, mint);
  }
  if (!roundsAreUp(task, report)) {
    return nextRound(plan, task, backTo, wantedBy(task, agent, report), engine);
  }
  return openDecision(plan, 'rounds', task.id) === undefined ? [roundsQuestion(plan, task, agent, report, mint)] : [];
}

function wantedBy(task: Task, agent: Agent, report: Report): string {
  return `"${task.title}" (${agent.label}) asks for changes:\n\n${renderReport(report)}`;
}

/** Opens the task a gate sends back to, and everything between the two, for another round. */
export function nextRound(plan: Plan, gate: Task, backTo: TaskId, wanted: string, by: Actor): readonly FleetEvent[] {
  const upstream = upstreamOf(plan.tasks);
  const between = plan.tasks.filter(
    (task) => task.id === backTo || task.id === gate.id || (upstream.get(gate.id)?.has(task.id) && upstream.get(task.id)?.has(backTo)),
  );
  const taskIds = between.filter((task) => task.status !== 'cancelled').map((task) => task.id);
  const of = Math.max(gate.gate?.rounds ?? 1, gate.round + 1);
  return [
    {
      type: 'tasksReopened',
      runId: plan.runId,
      taskIds,
      kind: 'round',
      note: `${roundOpening(gate.round + 1, of)} ${wanted}`,
      by,
    },
  ];
}

/** What the state of other tasks means for one that is not being worked on. */
function afterOthers(state: FleetState, plan: Plan, task: Task, mint: MintId): readonly FleetEvent[] {
  if (task.status !== 'waiting') {
    return [];
  }
  if (!ownerLives(state, task) && !ownerInterrupted(state, task) && !ownerHandsOver(state, task)) {
    return [cancelled(plan, task, 'Whoever asked for it has ended')];
  }
  const obstacle = obstacleOf(plan, task);
  if (obstacle !== undefined) {
    return settled(state, plan, task, { status: 'skipped', reason: obstacle }, mint);
  }
  if (!isReady(plan, task) || plan.held !== undefined) {
    return [];
  }
  if (task.forEach !== undefined) {
    return expanded(state, plan, task, task.forEach, mint);
  }
  return isForPerson(task) && openDecision(plan, 'gate', task.id) === undefined ? [gateQuestion(state, plan, task, mint)] : [];
}

function ownerInterrupted(state: FleetState, task: Task): boolean {
  const owner = task.owner === undefined ? undefined : state.agents[task.owner];
  return owner !== undefined && outcomeOf(owner)?.kind === 'interrupted';
}

function ownerHandsOver(state: FleetState, task: Task): boolean {
  const owner = task.owner === undefined ? undefined : state.agents[task.owner];
  return owner !== undefined && awaitsSuccessor(state, owner);
}

function cancelled(plan: Plan, task: Task, reason: string): FleetEvent {
  return { type: 'planChanged', runId: plan.runId, by: engine, reason, changes: [{ kind: 'cancel', taskId: task.id }] };
}

/** Most tasks that one template becomes. */
const mostExpanded = 40;

/** A template becomes one task for each file that the report it waited for names; none is an end as well. */
function expanded(state: FleetState, plan: Plan, task: Task, from: TaskId, mint: MintId): readonly FleetEvent[] {
  const source = taskOf(plan, from);
  const agent = source === undefined ? undefined : assigneeOf(state, source);
  const outcome = agent === undefined ? undefined : outcomeOf(agent);
  const findings = outcome?.kind === 'done' ? outcome.report.findings : [];
  const paths = [...new Set(findings.flatMap((finding) => finding.path ?? []))];
  if (paths.length === 0) {
    return settled(
      state,
      plan,
      task,
      { status: 'done', reason: `"${source?.title ?? from}" named no file, so there was nothing to do` },
      mint,
    );
  }
  const ids = freeIds(plan, task, paths.slice(0, mostExpanded));
  const into = paths.slice(0, mostExpanded).map((path, index): TaskSpec => {
    const own = findings.filter((finding) => finding.path === path);
    const { forEach: _, ...spec } = specOf(task);
    return {
      ...spec,
      id: ids[index] ?? task.id,
      title: `${task.title}: ${path}`,
      dependencies: withSource(spec, from),
      brief: briefFor(spec, path, own),
    };
  });
  const left = paths.length - into.length;
  const reason = `One task for each file that "${source?.title ?? from}" named${left > 0 ? `; ${left} more than ${mostExpanded} are left out` : ''}`;
  const change: PlanChange = { kind: 'expand', taskId: task.id, into };
  return [{ type: 'planChanged', runId: plan.runId, by: engine, reason, changes: [change] }];
}

function withSource(spec: TaskSpec, from: TaskId): TaskId[] {
  return spec.dependencies.includes(from) ? spec.dependencies : [...spec.dependencies, from];
}

function briefFor(spec: TaskSpec, path: string, findings: Report['findings']): TaskSpec['brief'] {
  const found = findings.map((finding) => `- ${path}${finding.line === undefined ? '' : `:${finding.line}`}: ${finding.text}`);
  return {
    ...spec.brief,
    objective: spec.brief.objective.replaceAll('{{item}}', path),
    scope: { ...spec.brief.scope, paths: [path] },
    context: [spec.brief.context?.replaceAll('{{item}}', path), `What was found in ${path}:\n${found.join('\n')}`]
      .filter((part) => part !== undefined && part !== '')
      .join('\n\n'),
  };
}

function freeIds(plan: Plan, task: Task, paths: readonly string[]): readonly TaskId[] {
  const taken = new Set<string>(plan.tasks.map((other) => other.id));
  return paths.map((path) => {
    const slug = path
      .replaceAll(/[^\w.-]+/g, '-')
      .replace(/^[-.]+/, '')
      .slice(-40);
    const wanted = `${task.id.slice(0, 20)}-${slug}`;
    let id = wanted;
    for (let number = 2; taken.has(id); number++) {
      id = `${wanted.slice(0, 58)}-${number}`;
    }
    taken.add(id);
    return toId('task', id);
  });
}

/** Nobody takes over from an agent: what it left at work is stopped, as at every other end. */
export function endBelow(state: FleetState, { id }: Agent): readonly FleetEvent[] {
  return subtreeOf(state, id)
    .filter((agent) => agent.id !== id && isLive(agent) && agent.killing === undefined)
    .map((agent) => ({ type: 'killAsked', agentId: agent.id, by: engine }));
}

/** How a task ends. */
type Settlement = Pick<Extract<FleetEvent, { type: 'taskSettled' }>, 'status' | 'reason' | 'verdict'>;

/** The facts that settle a task, with its result for whoever asked for it: one commit, so that a result is delivered exactly once. */
export function settled(
  state: FleetState,
  plan: Plan,
  task: Task,
  settlement: Settlement,
  mint: MintId,
  by: Actor = engine,
): readonly FleetEvent[] {
  return [{ type: 'taskSettled', runId: plan.runId, taskId: task.id, ...settlement, by }, ...toOwner(state, task, settlement, mint)];
}

function toOwner(state: FleetState, task: Task, { status, reason }: Settlement, mint: MintId): readonly FleetEvent[] {
  const owner = task.owner === undefined ? undefined : state.agents[task.owner];
  if (owner === undefined || !(awaitsReports(owner) || awaitsSuccessor(state, owner))) {
    return [];
  }
  const agent = status === 'cancelled' || status === 'skipped' ? undefined : assigneeOf(state, task);
  const outcome = agent === undefined ? undefined : outcomeOf(agent);
  const told = agent !== undefined && outcome !== undefined && outcome.kind !== 'interrupted';
  return [
    {
      type: 'messageQueued',
      messageId: mint('message'),
      to: owner.id,
      from: told ? { kind: 'agent', agentId: agent.id } : engine,
      sender: told ? `agent ${agent.label} (${agent.id})` : 'engine',
      kind: told ? 'report' : 'engine',
      text: told ? reportText(agent, outcome) : `Task ${task.id} ("${task.title}") was ${status}: ${reason ?? 'no reason was given'}.`,
      interrupt: false,
    },
  ];
}

/** Word to whoever asked for tasks that somebody else has taken away: it would wait for reports that never come. */
export function ownerNews(
  state: FleetState,
  tasks: readonly Task[],
  status: 'cancelled' | 'skipped',
  reason: string,
  by: Actor,
  mint: MintId,
): readonly FleetEvent[] {
  return tasks
    .filter((task) => !isSettled(task) && (by.kind !== 'agent' || by.agentId !== task.owner))
    .flatMap((task) => toOwner(state, task, { status, reason: reason === '' ? undefined : reason }, mint));
}

function awaitsReports(owner: Agent): boolean {
  return owner.killing === undefined && (owner.stage !== 'ended' || outcomeOf(owner)?.kind === 'interrupted');
}

/** Tasks of an agent that have not come to their end: it has work open below it as long as there are any. */
export function openTasksOf(plan: Plan | undefined, owner: Agent['id']): readonly Task[] {
  return plan === undefined ? [] : plan.tasks.filter((task) => task.owner === owner && !isSettled(task));
}
