import { branchText } from '../train/trainText.ts';
import type { TrainRequest } from '../train/trainRequest.ts';
import { isSettled, taskOf, waitsFor } from './planGraph.ts';
import { countText, firstLine } from '../rowText.ts';
import { agentTexts, askAge, outcomeIcons, type Row } from '../rows.ts';
import { isLive, isQueued, type RunPhase } from '../selectors.ts';
import type { Agent, Decision, Plan, Run, Task } from '../state.ts';
import { personType } from './validatePlan.ts';

/*
 * The rows of runs, of tasks that have no agent yet, and of what the engine asks.
 */

/** The row of a run: how far its plan is, who is at work, and the totals of its agents. */
export function runRow(
  run: Run,
  phase: RunPhase,
  agents: readonly Agent[],
  provider: string | undefined,
  plan?: Plan,
  train?: string,
): Row {
  const description = [...progressTexts(phase, agents, plan), train, ...agentTexts(agents), provider]
    .filter((part) => part !== undefined)
    .join(' · ');
  const { icon, color } = runIcons[phase];
  const live = phase === 'running' || phase === 'paused';
  return {
    label: run.label,
    description,
    icon,
    color,
    context: `run ${live ? 'live' : 'ended'} ${phase}${plan === undefined ? '' : ' planned'}`,
    needsPerson: false,
    ariaLabel: `Run ${run.label}, ${description}`,
  };
}

function progressTexts(phase: RunPhase, agents: readonly Agent[], plan: Plan | undefined): readonly string[] {
  const tasks = (plan?.tasks ?? []).filter((task) => task.status !== 'cancelled');
  const done = tasks.filter((task) => task.status === 'done').length;
  const queued = agents.filter(isQueued).length;
  const atWork = agents.filter((agent) => isLive(agent) && agent.stage !== 'paused').length - queued;
  // A plan of one task says nothing that the agent's own row does not say.
  const ofTasks = tasks.length < 2 ? undefined : `${done} of ${tasks.length} tasks done`;
  const parts =
    phase === 'running'
      ? [ofTasks, `${atWork} at work`, queued === 0 ? undefined : `${queued} queued`]
      : [phase, ofTasks ?? countText(agents.length, 'agent')];
  return parts.filter((part) => part !== undefined);
}

const runIcons = {
  ...outcomeIcons,
  running: { icon: 'rocket', color: 'charts.blue' },
  paused: { icon: 'debug-pause', color: 'charts.yellow' },
  partial: { icon: 'warning', color: 'charts.yellow' },
} as const satisfies Record<RunPhase, { icon: string; color: string }>;

/** The row of a task that nobody works on yet, or ever did. */
export function taskRow(plan: Plan, task: Task): Row {
  const type =
    task.agentType === personType || task.title.toLowerCase().startsWith(task.agentType.toLowerCase()) ? undefined : task.agentType;
  const priority = task.priority === 'medium' || isSettled(task) ? undefined : `${task.priority} priority`;
  const description = [taskText(plan, task), priority, type].filter((part) => part !== undefined).join(' · ');
  const { icon, color } = taskIcon(task);
  return {
    label: firstLine(task.title, 80),
    description,
    icon,
    color,
    context: `task ${isSettled(task) ? 'settled' : 'open'} ${task.status}`,
    needsPerson: task.agentType === personType && task.status === 'running',
    ariaLabel: `Task ${task.title}, ${description}`,
  };
}

/** What a task waits for, or what became of it. */
export function taskText(plan: Plan, task: Task): string {
  const why = task.reason === undefined ? '' : `: ${firstLine(task.reason, 80)}`;
  switch (task.status) {
    case 'waiting':
      return waitingText(plan, task);
    case 'running':
      return task.agentType === personType ? 'waits for you' : 'starting';
    case 'done':
      return task.verdict === undefined ? `done${why}` : `${task.verdict === 'approve' ? 'approved' : 'changes asked for'}${why}`;
    case 'failed':
    case 'skipped':
    case 'cancelled':
      return `${task.status}${why}`;
  }
}

/** Most names a row has room for. */
const namedWaits = 3;

function waitingText(plan: Plan, task: Task): string {
  const waits = waitsFor(plan, task);
  if (waits.length > 0) {
    const names = waits.slice(0, namedWaits).map(({ kind, name }) => firstLine(kind === 'artefact' ? `artefact ${name}` : name, 40));
    const more = waits.length - names.length;
    return `waits for ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  }
  if (plan.held !== undefined) {
    return `ready, the run is ${plan.held}`;
  }
  if (plan.decisions.some((decision) => decision.purpose === 'fanOut' && decision.answer === undefined)) {
    return 'ready, waits for your approval';
  }
  return task.agentType === personType ? 'ready, you are asked next' : 'ready, waits for a slot';
}

function taskIcon(task: Task): { readonly icon: string; readonly color: string | undefined } {
  switch (task.status) {
    case 'waiting':
      return { icon: task.gate === undefined ? 'circle-outline' : 'milestone', color: undefined };
    case 'running':
      return { icon: 'question', color: 'charts.yellow' };
    case 'done':
      return outcomeIcons.done;
    case 'failed':
      return outcomeIcons.failed;
    case 'skipped':
    case 'cancelled':
      return outcomeIcons.killed;
  }
}

/** The row of something the engine asks about a run. */
export function decisionRow(decision: Decision, run: Run | undefined, now: number): Row {
  const label = firstLine(decision.ask.title, 80);
  const waited = askAge(now - decision.at);
  const about = run === undefined ? '' : `${run.label} · `;
  return {
    label,
    description: `${about}your decision · ${waited}`,
    icon: 'question',
    color: 'charts.yellow',
    context: `ask decision ${decision.purpose}`,
    needsPerson: true,
    ariaLabel: `Decision: ${label}, ${about}waiting for ${waited}`,
  };
}

/** The row of something a merge train asks. */
export function trainRequestRow({ title, train, at }: TrainRequest, run: Run | undefined, now: number): Row {
  const label = firstLine(title, 80);
  const waited = askAge(now - at);
  const about = run === undefined ? '' : `${run.label} · `;
  return {
    label,
    description: `${about}merge into ${branchText(train.branch)} · ${waited}`,
    icon: 'git-merge',
    color: 'charts.yellow',
    context: 'ask train',
    needsPerson: true,
    ariaLabel: `Merge: ${label}, ${about}waiting for ${waited}`,
  };
}

/** Named facts of a task, for its hover. */
export function taskFacts(plan: Plan, task: Task): readonly { readonly name: string; readonly value: string }[] {
  const before = task.dependencies.map((id) => taskOf(plan, id)?.title ?? id);
  const { scope, constraints } = task.brief;
  const facts = [
    ['Task', task.brief.objective],
    ['Type', task.agentType],
    ['Part', task.phase],
    ['After', before.join(', ')],
    ['Needs', (task.needs ?? []).join(', ')],
    ['Publishes', (task.publishes ?? []).join(', ')],
    ['Paths', (scope?.paths ?? []).join(', ')],
    ['Done when', (constraints?.doneCriteria ?? []).join('; ')],
    ['Round', task.round > 1 ? String(task.round) : undefined],
    ['Why', task.reason],
  ] as const;
  return facts.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [{ name, value }]));
}
