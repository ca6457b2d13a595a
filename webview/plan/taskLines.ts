import type { AgentId, TaskId } from '../../src/core/ids.ts';
import { groupsOf, isSettled, waitsFor } from '../../src/core/plan/planGraph.ts';
import { taskText } from '../../src/core/plan/planRows.ts';
import { firstLine } from '../../src/core/rowText.ts';
import type { Agent, Plan, Task } from '../../src/core/state.ts';
import { toVisibleLine } from '../text/visible.ts';
import { agentSign, type Sign } from '../text/words.ts';

/** One task as the table shows it. */
export interface TaskLine {
  readonly task: Task;
  readonly sign: Sign;
  /** What it waits for, what its agent does, or why it ended as it did; shortened, with the whole as `detailTitle`. */
  readonly detail: string;
  readonly detailTitle: string;
  /** The agent that works on it or did last, unless it was deleted. */
  readonly agent: Agent | undefined;
  /** Which round and which attempt, where there is more than one. */
  readonly tries: string;
  /** From the start of each attempt to its end, or the time the person took, in ms; undefined before it has begun. */
  readonly ms: number | undefined;
  readonly critical: boolean;
  readonly cancellable: boolean;
}

/** Lines that stand together, with a letter when the plan is grouped. */
export interface LineGroup {
  readonly name: string | undefined;
  readonly lines: readonly TaskLine[];
}

/** What the lines are made from. */
export interface LineFacts {
  readonly plan: Plan;
  readonly agents: Readonly<Record<AgentId, Agent>>;
  readonly critical: ReadonlySet<TaskId>;
  /** Ms since the epoch, for what has not ended. */
  readonly now: number;
}

/** The tasks in the plan's order, as one group or in the groups that can be worked on at the same time. */
export function lineGroups(facts: LineFacts, grouped: boolean): readonly LineGroup[] {
  const lines = new Map(facts.plan.tasks.map((task) => [task.id, lineOf(facts, task)]));
  if (!grouped) {
    return [{ name: undefined, lines: [...lines.values()] }];
  }
  return groupsOf(facts.plan.tasks).map(({ name, taskIds }) => ({ name, lines: taskIds.flatMap((id) => lines.get(id) ?? []) }));
}

function lineOf({ plan, agents, critical, now }: LineFacts, task: Task): TaskLine {
  const last = task.history.at(-1);
  const agent: Agent | undefined = last === undefined ? undefined : agents[last.agentId];
  const asked = plan.decisions.find((decision) => decision.taskId === task.id && decision.answer === undefined);
  return {
    task,
    sign: taskSign(task, asked !== undefined),
    ...(asked === undefined ? detailOf(plan, task, agent, now) : cut(toVisibleLine(asked.ask.title))),
    agent,
    tries: triesText(task),
    ms: takenMs(plan, task, now),
    critical: critical.has(task.id),
    cancellable: !isSettled(task),
  };
}

/** How a task stands, as an icon and a word. `asked`: whether the person is to decide something about it. */
export function taskSign(task: Pick<Task, 'status' | 'gate' | 'verdict'>, asked: boolean): Sign {
  if (asked) {
    return { icon: 'question', words: 'Needs you', tone: 'person' };
  }
  switch (task.status) {
    case 'waiting':
      return { icon: task.gate === undefined ? 'circle-outline' : 'milestone', words: 'Waiting', tone: 'plain' };
    case 'running':
      return { icon: 'loading', words: 'Running', tone: 'busy' };
    case 'done':
      return { icon: 'pass-filled', words: task.verdict === 'approve' ? 'Approved' : 'Done', tone: 'good' };
    case 'failed':
      return { icon: 'error', words: 'Failed', tone: 'bad' };
    case 'skipped':
      return { icon: 'debug-step-over', words: 'Skipped', tone: 'plain' };
    case 'cancelled':
      return { icon: 'circle-slash', words: 'Cancelled', tone: 'plain' };
  }
}

function cut(text: string): Pick<TaskLine, 'detail' | 'detailTitle'> {
  return { detail: firstLine(text, 160), detailTitle: text };
}

/** Most names a line has room for. */
const namedWaits = 3;

function detailOf(plan: Plan, task: Task, agent: Agent | undefined, now: number): Pick<TaskLine, 'detail' | 'detailTitle'> {
  if (task.status === 'running') {
    return cut(agent === undefined ? taskText(plan, task) : agentSign(agent, now).words);
  }
  if (task.status !== 'waiting') {
    return cut(toVisibleLine(task.reason ?? ''));
  }
  const names = waitsFor(plan, task).map(({ kind, name }) => toVisibleLine(kind === 'artefact' ? `artefact ${name}` : name));
  if (names.length === 0) {
    return cut(taskText(plan, task));
  }
  const more = names.length - namedWaits;
  const shown = names.slice(0, namedWaits).map((name) => firstLine(name, 40));
  return {
    detail: `for ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
    detailTitle: `Waits for ${names.join(', ')}`,
  };
}

/** Which round of a review and which attempt a task is in; empty where there is and can be only one. */
export function triesText(task: Task): string {
  const attempt = task.history.filter((each) => each.round === task.round).length;
  const allowed = task.attempts + (task.fallback === undefined ? 0 : 1);
  const rounds = task.gate?.backTo === undefined ? '' : ` of ${task.gate.rounds}`;
  const parts = [
    task.round > 1 || (rounds !== '' && attempt > 0) ? `round ${task.round}${rounds}` : undefined,
    attempt > 1 || (attempt > 0 && allowed > 1) ? `attempt ${attempt}${attempt <= allowed ? ` of ${allowed}` : ''}` : undefined,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

function takenMs(plan: Plan, task: Task, now: number): number | undefined {
  const stretches =
    task.agentType === 'person'
      ? plan.decisions
          .filter((decision) => decision.purpose === 'gate' && decision.taskId === task.id)
          .map(({ at, answer }) => ({ from: at, to: answer?.at ?? now }))
      : task.history.map(({ startedAt, endedAt }) => ({ from: startedAt, to: endedAt ?? task.settledAt ?? now }));
  return stretches.length === 0 ? undefined : stretches.reduce((sum, { from, to }) => sum + Math.max(0, to - from), 0);
}
