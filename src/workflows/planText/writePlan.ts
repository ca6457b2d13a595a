import { Document, isMap, isPair, isScalar, isSeq, Pair, Scalar, type YAMLMap } from 'yaml';
import type { AgentId } from '../../core/ids.ts';
import type { TaskSpec } from '../../core/planEvents.ts';
import { waitsFor } from '../../core/plan/planGraph.ts';
import { firstLine } from '../../core/rowText.ts';
import type { Plan, Task } from '../../core/state.ts';
import { fieldsOf } from '../../core/plan/taskFields.ts';

/** What the text of a plan says beside the plan itself. */
export interface PlanFacts {
  /** The run's name for people. */
  readonly label: string;
  /** An agent's name for people; undefined when it is deleted. */
  readonly agentLabel: (agentId: AgentId) => string | undefined;
}

const width = 100;

/** A task with what the comment behind its id says. */
export interface ShownTask {
  readonly spec: TaskSpec;
  readonly status: string;
}

/** A plan as a text that people can read and change. Cancelled tasks are left out: to cancel one is to remove it. */
export function planToText(plan: Plan, facts: PlanFacts): string {
  const shown = plan.tasks.filter((task) => task.status !== 'cancelled');
  const tasks = shown.map((task): ShownTask => ({ spec: task, status: statusText(plan, task, facts) }));
  return writePlan(plan, facts, tasks, undefined);
}

/** The text of a plan with these tasks, as made from the plan as it is now. */
export function writePlan(plan: Plan, facts: PlanFacts, shown: readonly ShownTask[], reason: string | undefined): string {
  const tasks = shown.map(({ spec }) => fieldsOf(spec));
  const document = new Document({ revision: plan.revisions.length, reason: reason ?? null, tasks });
  document.commentBefore = header(facts.label);
  const contents = document.contents;
  if (isMap(contents)) {
    dress(contents, shown);
  }
  const gone = plan.tasks.filter((task) => task.status === 'cancelled').map(({ id }) => id);
  if (gone.length > 0) {
    document.comment = ` Cancelled: ${gone.join(', ')}`;
  }
  return document.toString({ lineWidth: width, flowCollectionPadding: false, nullStr: '' });
}

function header(label: string): string {
  return [
    `Plan of the run "${firstLine(label, 70).replaceAll(/\p{Cc}/gu, ' ')}".`,
    'Edit and save. Every save is recorded as one change of the plan, with the reason you give below.',
    'Add, edit and reorder tasks that have not started. Remove a task to cancel it.',
    'A task that has started can only be cancelled; one that is over stays as it is.',
  ]
    .map((line) => ` ${line}`.trimEnd())
    .join('\n');
}

function dress(contents: YAMLMap, shown: readonly ShownTask[]): void {
  comment(contents, 'revision', 'what this text was made from');
  comment(contents, 'reason', 'why you change the plan, if you want to say');
  for (const pair of contents.items) {
    if (isPair(pair) && isScalar(pair.key) && pair.key.value === 'tasks') {
      pair.key.spaceBefore = true;
    }
  }
  const tasks = contents.get('tasks');
  if (!isSeq(tasks)) {
    return;
  }
  for (const [index, item] of tasks.items.entries()) {
    const task = shown[index];
    if (isMap(item) && task !== undefined) {
      item.spaceBefore = index > 0;
      comment(item, 'id', task.status);
      item.items.forEach(layOut);
    }
  }
}

function comment(map: YAMLMap, key: string, text: string): void {
  const node = map.get(key, true);
  if (isScalar(node)) {
    node.comment = ` ${text.replaceAll(/\p{Cc}/gu, ' ')}`;
  }
}

/** Long texts as blocks, short lists in one line. */
function layOut(pair: unknown): void {
  if (!(pair instanceof Pair)) {
    return;
  }
  const { value } = pair;
  if (value instanceof Scalar && typeof value.value === 'string') {
    value.type = styleOf(value.value);
  }
  if (isSeq(value)) {
    const items = value.items.map((item) => (isScalar(item) ? String(item.value) : ''));
    value.flow = items.every((item) => /^[\w./*-]+$/.test(item)) && items.join(', ').length < width - 30;
    for (const item of value.items) {
      if (item instanceof Scalar && typeof item.value === 'string') {
        item.type = styleOf(item.value);
      }
    }
  }
  if (isMap(value)) {
    value.items.forEach(layOut);
  }
}

function styleOf(text: string): Scalar.Type {
  if (/[^\P{Cc}\n]|[\p{Cf}\u2028\u2029\ufffe\uffff]|[\ud800-\udfff]/u.test(text)) {
    // What an editor or YAML might change is written with escapes.
    return Scalar.QUOTE_DOUBLE;
  }
  if (text.includes('\n')) {
    return /^\s|[ \t]$/m.test(text) && /^[ \n]/.test(text) ? Scalar.QUOTE_DOUBLE : Scalar.BLOCK_LITERAL;
  }
  return text.length > width - 20 && !/ {2}|^ | $/.test(text) ? Scalar.BLOCK_FOLDED : Scalar.PLAIN;
}

/** How a task stands, in a few words. */
export function statusText(plan: Plan, task: Task, facts: Pick<PlanFacts, 'agentLabel'>): string {
  const agentId = task.history.at(-1)?.agentId;
  const agent = agentId === undefined ? undefined : (facts.agentLabel(agentId) ?? 'a deleted agent');
  const round = task.round > 1 ? `round ${task.round}` : undefined;
  const reason = task.reason === undefined || task.reason === '' ? undefined : firstLine(task.reason, 60);
  const words: Record<Task['status'], readonly (string | undefined)[]> = {
    waiting: [waitingText(plan, task), round],
    running: ['running', agent, round],
    done: [task.verdict === 'changes' ? 'done, wants changes' : 'done', agent],
    failed: ['failed', agent, reason],
    skipped: ['skipped', reason],
    cancelled: ['cancelled', reason],
  };
  return words[task.status].filter((word) => word !== undefined).join(', ');
}

function waitingText(plan: Plan, task: Task): string {
  const names = waitsFor(plan, task).map(({ taskId, name }) => taskId ?? name);
  return names.length === 0 ? 'waiting to start' : `waiting for ${names.join(', ')}`;
}
