import type { Rejection } from '../core/commands.ts';
import type { PlanTemplate } from '../core/decideSpawn.ts';
import type { Brief, Gate, Place, TaskSpec } from '../core/events.ts';
import { toId } from '../core/ids.ts';
import { type GivenInputs, readInputValues } from './inputValues.ts';
import { fillPlaceholders } from './placeholders.ts';
import { briefOfTask } from './renderBrief.ts';
import { instanceIds } from './taskIds.ts';
import type { ForEach, Workflow, WorkflowTask } from './workflow.ts';
import { dependenciesOf } from './workflowGraph.ts';

/** What a workflow is made a plan for. */
export interface WorkflowUse {
  /** What the person asks for. */
  readonly task: string;
  readonly inputs: GivenInputs;
  /** What `forEach: folders` stands for: the workspace folders, or the top-level folders of the only one, as paths that agents can use. */
  readonly folders: () => readonly string[];
  /** The place in the editor that the task is about; the scope of every task that names no paths itself. */
  readonly place: Place | undefined;
}

/** The plan that a workflow makes of a task, or why it cannot. The same use gives the same plan. */
export function expandWorkflow(workflow: Workflow, use: WorkflowUse): PlanTemplate | Rejection {
  const { values, problems } = readInputValues(workflow, use.inputs);
  if (problems.length > 0) {
    return { code: 'invalid', message: problems.join(' '), next: 'Start the run again with these inputs put right.' };
  }
  const filling: Filling = { workflow, use, values };
  const tasks = workflow.phases.flatMap((phase) => phase.tasks);
  const items = new Map(tasks.map((task) => [task.id, itemsOf(task.forEach, filling)]));
  const empty = tasks.find((task) => items.get(task.id)?.length === 0);
  if (empty !== undefined) {
    return nothingToRepeat(workflow, empty);
  }
  const ids = instanceIds(tasks.map((task) => ({ id: task.id, items: items.get(task.id) })));
  const before = dependenciesOf(workflow.phases.map((phase) => phase.tasks));
  const specs = workflow.phases.flatMap((phase) =>
    phase.tasks.flatMap((task) => {
      const dependencies = (before.get(task.id) ?? []).flatMap((id) => ids.get(id) ?? [id]);
      return (ids.get(task.id) ?? [task.id]).map((id, index) =>
        specOf(task, { ...filling, phase: phase.title, id, dependencies, item: items.get(task.id)?.[index] }),
      );
    }),
  );
  const blank = specs.find((spec) => spec.brief.objective === '');
  if (blank !== undefined) {
    return {
      code: 'invalid',
      message: `The task "${blank.id}" of the workflow ${workflow.name} would have no objective.`,
      next: 'Say in a sentence or two what the run should achieve, and give the inputs the workflow asks for.',
    };
  }
  return { workflow: workflow.name, tasks: specs, budget: workflow.budget, isolation: workflow.isolation };
}

interface Filling {
  readonly workflow: Workflow;
  readonly use: WorkflowUse;
  readonly values: ReadonlyMap<string, readonly string[]>;
}

/** One task of the plan to be made. */
interface Instance extends Filling {
  readonly phase: string;
  readonly id: string;
  readonly dependencies: readonly string[];
  readonly item: string | undefined;
}

/** What a task is repeated for, each once; undefined for a task that stays one. */
function itemsOf(forEach: ForEach | undefined, { use, values }: Filling): readonly string[] | undefined {
  switch (forEach?.kind) {
    case undefined:
    case 'findings':
      return undefined;
    case 'folders':
      return distinct(use.folders());
    case 'items':
      return distinct(forEach.items);
    case 'input':
      return distinct(values.get(forEach.name) ?? (forEach.orFolders ? use.folders() : []));
  }
}

function distinct(items: readonly string[]): readonly string[] {
  return [...new Set(items)];
}

function nothingToRepeat(workflow: Workflow, { title, forEach }: WorkflowTask): Rejection {
  const input = forEach?.kind === 'input' ? forEach.name : undefined;
  return {
    code: 'invalid',
    message: `The workflow ${workflow.name} repeats "${title}" for each folder, and there is none.`,
    next:
      input === undefined ? 'Open a workspace with folders in it.' : `Give the input "${input}", or open a workspace with folders in it.`,
  };
}

function specOf(task: WorkflowTask, instance: Instance): TaskSpec {
  const { id, phase, dependencies } = instance;
  const gate = task.gate && gateOf(task.gate, instance);
  return {
    id: toId('task', id),
    title: oneLine(fill(task.title, instance)) || id,
    agentType: task.agentType,
    brief: briefOf(task, instance),
    dependencies: dependencies.map((one) => toId('task', one)),
    priority: task.priority,
    phase,
    attempts: task.attempts,
    ...given({ model: task.model, effort: task.effort, gate, fallback: task.fallback }),
    ...(task.partial ? { partial: true } : {}),
    ...(task.rollback ? { rollback: true } : {}),
    ...(task.publishes.length > 0 ? { publishes: [...task.publishes] } : {}),
    ...(task.needs.length > 0 ? { needs: [...task.needs] } : {}),
    ...(task.forEach?.kind === 'findings' ? { forEach: toId('task', task.forEach.taskId) } : {}),
    ...(task.collects === undefined ? {} : { collects: toId('task', task.collects) }),
  };
}

function gateOf({ kind, rounds, backTo, check }: NonNullable<WorkflowTask['gate']>, instance: Instance): Gate {
  const command = kind === 'person' || check === undefined ? '' : fill(check, instance);
  return {
    kind,
    rounds,
    ...(backTo === undefined ? {} : { backTo: toId('task', backTo) }),
    ...(command === '' ? {} : { check: command }),
  };
}

function briefOf(task: WorkflowTask, instance: Instance): Brief {
  const text = (value: string | undefined) => (value === undefined ? undefined : fill(value, instance) || undefined);
  const texts = (values: readonly string[]) => values.map((value) => fill(value, instance)).filter((value) => value !== '');
  const paths = texts(task.paths);
  const doneCriteria = texts(task.doneCriteria);
  return {
    objective: fill(task.objective, instance),
    ...given({ scope: scopeOf(paths, text(task.focus), instance.use.place) }),
    ...given({ context: text(instance.workflow.context), outputFormat: text(task.outputFormat) }),
    ...(doneCriteria.length > 0 ? { constraints: { doneCriteria } } : {}),
  };
}

function scopeOf(own: readonly string[], focus: string | undefined, place: Place | undefined): Brief['scope'] {
  const ofPlace = own.length > 0 ? undefined : briefOfTask('', place).scope;
  const focuses = [ofPlace?.focus, focus].filter((part) => part !== undefined);
  const paths = ofPlace?.paths ?? [...own];
  return paths.length + focuses.length === 0 ? undefined : { paths, ...(focuses.length === 0 ? {} : { focus: focuses.join('; ') }) };
}

function fill(text: string, { use, values, item }: Instance): string {
  return fillPlaceholders(text, { task: use.task.trim(), item, input: (name) => values.get(name)?.join(', ') }).trim();
}

/** What is not undefined, for fields that may be missing but not empty. */
function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

const longestTitle = 100;

function oneLine(title: string): string {
  const line = title.replace(/\s+/g, ' ').trim();
  return line.length > longestTitle ? `${line.slice(0, longestTitle - 1).trimEnd()}…` : line;
}
