import type { Actor } from '../../core/events.ts';
import type { TaskId } from '../../core/ids.ts';
import { taskOf } from '../../core/plan/planGraph.ts';
import type { PlanChange } from '../../core/planEvents.ts';
import type { Plan } from '../../core/state.ts';
import { personType, type PlanLimits, validatePlan } from '../../core/plan/validatePlan.ts';
import { hasError, type Problem, type Range } from '../problem.ts';
import { specOf } from '../../core/plan/taskFields.ts';
import { type Clash, type Merge, mergeText, settle, type WrittenTask } from './mergeText.ts';
import { placements } from './order.ts';
import { planRange } from './planRange.ts';
import { type ReadPlan, readPlan, type TextTask } from './readPlan.ts';
import { type PlanFacts, type ShownTask, statusText, writePlan } from './writePlan.ts';

/** What the text of a plan is checked against. */
export interface TextContext {
  readonly limits: PlanLimits;
  /** Who somebody is, for people. */
  readonly nameOf: (actor: Actor) => string;
}

/** A problem of a text; with a clash, the text and the plan differ about a task. */
export interface PlanTextProblem extends Problem {
  readonly clash?: Clash | undefined;
}

/** What a text asks for. With an error among the problems there are no changes. */
export interface TextChanges {
  readonly changes: readonly PlanChange[];
  readonly problems: readonly PlanTextProblem[];
  /** Why, as the person wrote it. */
  readonly reason: string | undefined;
}

/** What has to change so that a plan becomes what a text says. `baseRevision` counts only when the text does not name its own. */
export function textToChanges(text: string, plan: Plan, baseRevision: number, context: TextContext): TextChanges {
  const { read, merge, problems: found } = understand(text, plan, baseRevision);
  const problems: PlanTextProblem[] = [...found];
  if (merge === undefined) {
    return { changes: [], problems, reason: read.reason };
  }
  problems.push(...merge.clashes.map((clash) => clashProblem(clash, read, context)));
  if (!hasError(problems)) {
    problems.push(...graphProblems(merge, plan, read, context));
  }
  if (!hasError(problems)) {
    problems.push(...advice(merge, plan, read));
  }
  return { changes: hasError(problems) ? [] : toChanges(merge, plan), problems, reason: read.reason };
}

/**
 * The text with the plan as it is now worked in. Where they clash, `mine` keeps the text's version and `theirs` the plan's. Undefined when
 * there are other errors in it, or a clash that the text cannot win.
 */
export function settleClashes(
  text: string,
  plan: Plan,
  baseRevision: number,
  facts: PlanFacts,
  keep: 'mine' | 'theirs',
): string | undefined {
  const { read, merge, problems } = understand(text, plan, baseRevision);
  if (merge === undefined || problems.length > 0) {
    return undefined;
  }
  const settled = settle(merge, plan, keep);
  if (settled === undefined) {
    return undefined;
  }
  const tasks = settled.map(({ id, spec }): ShownTask => {
    const task = taskOf(plan, id);
    return { spec, status: task === undefined ? 'new' : statusText(plan, task, facts) };
  });
  return writePlan(plan, facts, tasks, read.reason);
}

interface Understood {
  readonly read: ReadPlan;
  readonly merge: Merge | undefined;
  readonly problems: readonly Problem[];
}

function understand(text: string, plan: Plan, baseRevision: number): Understood {
  const read = readPlan(text);
  const problems: Problem[] = [...read.problems];
  const revision = read.revision ?? baseRevision;
  if (revision > plan.revisions.length) {
    const message = `"revision" says ${revision}, but the plan has been changed only ${plan.revisions.length} times. Undo to get it back.`;
    problems.push({ severity: 'error', message, range: read.revisionRange });
  }
  if (read.broken) {
    return { read, merge: undefined, problems };
  }
  const written = toWritten(read, plan, problems);
  return { read, merge: mergeText(written, plan, Math.min(revision, plan.revisions.length)), problems };
}

function toWritten(read: ReadPlan, plan: Plan, problems: Problem[]): readonly WrittenTask[] {
  const first = new Map<string, TextTask>();
  return read.tasks.flatMap((task): WrittenTask[] => {
    const twin = first.get(task.id);
    if (task.id !== '' && twin !== undefined) {
      const message = `Two tasks have the id "${task.id}"; the other one is on line ${twin.head.line + 1}. Give each an id of its own.`;
      problems.push({ severity: 'error', message, range: task.head });
      return [];
    }
    first.set(task.id, task);
    const previous = plan.tasks.find(({ id }) => id === task.id);
    const result = specOf(withPerson(task.values), previous);
    if ('spec' in result) {
      return [{ id: result.spec.id, spec: result.spec }];
    }
    for (const { key, index, message } of result.troubles) {
      problems.push({ severity: 'error', message, range: task.rangeOf(key, index) });
    }
    return previous === undefined ? [] : [{ id: previous.id, spec: previous }];
  });
}

/** Nobody but the person works on a gate of the person, so that its agent need not be written. */
function withPerson(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const gate = values['gate'];
  const byPerson = typeof gate === 'object' && gate !== null && 'kind' in gate && gate.kind === 'person';
  return byPerson && values['agent'] === undefined ? { ...values, agent: personType } : values;
}

function toChanges({ wanted, edited, added, cancelled }: Merge, plan: Plan): readonly PlanChange[] {
  const specs = new Map(wanted.map(({ id, spec }) => [id, spec]));
  const order = placements(
    plan.tasks.map(({ id }) => id),
    wanted.map(({ id }) => id),
  );
  return [
    ...cancelled.map((taskId): PlanChange => ({ kind: 'cancel', taskId })),
    ...edited.map(({ spec }): PlanChange => ({ kind: 'edit', task: spec })),
    ...order.flatMap(({ id, before }): PlanChange[] => {
      const place = before === undefined ? {} : { before };
      const spec = specs.get(id);
      return added.has(id) && spec !== undefined ? [{ kind: 'add', task: spec, ...place }] : [{ kind: 'move', taskId: id, ...place }];
    }),
  ];
}

function clashProblem(clash: Clash, read: ReadPlan, { nameOf }: TextContext): PlanTextProblem {
  const { id, kind, keys, rival } = clash;
  const who = rival === undefined ? 'The engine' : capital(nameOf(rival.by));
  const why = rival === undefined || rival.reason === '' ? '' : ` (${rival.reason})`;
  const what = keys.join(', ');
  const messages: Record<Clash['kind'], string> = {
    edited: `${who} changed "${id}" after this text was made: ${what}${why}. Choose whose version to keep with a quick fix.`,
    removed: `${who} changed "${id}", which you took out, after this text was made: ${what}${why}. Choose whose version to keep with a quick fix.`,
    added: `${who} added a task with the id "${id}" after this text was made${why}. Give yours another id.`,
    cancelled: `"${id}" is the id of a cancelled task. Give this task another id, or take it out.`,
    expanded: `"${id}" has become the tasks it stood for, so it cannot be changed any more. Take it out, and change those.`,
    started: `"${id}" has started, so its ${what} cannot be changed. Put it back as it was, steer its agent, or take the task out to cancel it.`,
    over: `"${id}" is over, so its ${what} cannot be changed. Put it back as it was, and add a new task for what is still to do.`,
    overRemoved: `"${id}" is over and stays in the plan. Put it back as it was.`,
  };
  return { severity: 'error', message: messages[kind], range: headOf(read, id), clash };
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function headOf(read: ReadPlan, id: TaskId): Range {
  return read.tasks.find((task) => task.id === id)?.head ?? read.top;
}

/** What is wrong with the plan as a whole, where the text says it. Cancelled tasks count, since others may name them. */
function graphProblems(merge: Merge, plan: Plan, read: ReadPlan, { limits }: TextContext): readonly Problem[] {
  const live = new Set(merge.wanted.map(({ id }) => id));
  const gone = plan.tasks.filter(({ id }) => !live.has(id));
  const check = validatePlan([...merge.wanted.map(({ spec }) => spec), ...gone], limits);
  return [
    ...check.errors.map(
      (problem): Problem => ({ severity: 'error', message: `${problem.message} ${problem.next}`, range: planRange(problem, read) }),
    ),
    ...check.warnings.map(
      (problem): Problem => ({ severity: 'warning', message: `${problem.message} ${problem.next}`, range: planRange(problem, read) }),
    ),
  ];
}

/** What can be done but may not be meant. */
function advice(merge: Merge, plan: Plan, read: ReadPlan): readonly Problem[] {
  const gone = new Set(merge.cancelled);
  const open = merge.wanted.filter(({ id }) => (taskOf(plan, id)?.status ?? 'waiting') === 'waiting');
  return open.flatMap(({ id, spec }): Problem[] => {
    const task = read.tasks.find((one) => one.id === id);
    const lost = spec.dependencies.filter((dependency) => gone.has(dependency));
    const problems: Problem[] = lost.map((dependency) => ({
      severity: 'warning',
      message: `"${id}" depends on "${dependency}", which you took out. It will start without waiting for it.`,
      range: task?.rangeOf('dependsOn', spec.dependencies.indexOf(dependency)) ?? read.top,
    }));
    const vague = spec.agentType !== personType && (spec.brief.constraints?.doneCriteria ?? []).length === 0;
    return vague && task !== undefined
      ? [
          ...problems,
          { severity: 'warning', message: `"${id}" has no "doneCriteria": its agent must guess when it is done.`, range: task.head },
        ]
      : problems;
  });
}
