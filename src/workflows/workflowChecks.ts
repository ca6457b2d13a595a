import { toId } from '../core/ids.ts';
import { findCycle, upstreamOf } from '../core/plan/planGraph.ts';
import { personType } from '../core/plan/validatePlan.ts';
import { nearestName } from '../lib/nearest.ts';
import type { FieldPath, FieldSource } from './fields.ts';
import { checkTexts } from './textChecks.ts';
import type { WorkflowInput, WorkflowTask } from './workflow.ts';
import { dependenciesOf } from './workflowGraph.ts';

/*
 * What the parts of a workflow say about each other: names that must exist, and an order without circles.
 */

/** A task with where it stands in its file. */
export interface ReadTask {
  readonly path: FieldPath;
  readonly task: WorkflowTask;
}

export interface ReadPhase {
  readonly path: FieldPath;
  readonly id: string;
  readonly title: string;
  readonly tasks: readonly ReadTask[];
}

/** A whole file to be checked; problems go to its source. */
export interface ReadWorkflow {
  readonly source: FieldSource;
  readonly inputs: readonly WorkflowInput[];
  readonly phases: readonly ReadPhase[];
  readonly context: string;
  /** Undefined: any name may be an agent type. */
  readonly agentTypes: readonly string[] | undefined;
}

export function checkWorkflow(workflow: ReadWorkflow): void {
  const { source, phases } = workflow;
  const tasks = phases.flatMap((phase) => phase.tasks);
  checkTwice(source, 'phases', phases);
  checkTwice(
    source,
    'tasks',
    tasks.map(({ path, task }) => ({ path, id: task.id })),
  );
  const names = new Map(tasks.map(({ task }) => [task.id, task]));
  for (const one of tasks) {
    checkNames(source, one, names);
    checkAgents(source, one, workflow.agentTypes);
    checkNeeds(source, one, tasks);
    checkForEach(source, one, workflow.inputs);
  }
  checkOrder(source, phases, names);
  checkTexts(workflow);
}

function checkTwice(source: FieldSource, what: string, parts: readonly { readonly path: FieldPath; readonly id: string }[]): void {
  const seen = new Set<string>();
  for (const { path, id } of parts.filter((part) => part.id !== '')) {
    if (seen.has(id)) {
      source.error([...path, 'id'], `Two ${what} have the id "${id}". Give each an id of its own.`);
    }
    seen.add(id);
  }
}

/** Every task that one task names, with where it names it, and whether it must stand for a single task. */
function namedBy({ path, task }: ReadTask): readonly { readonly id: string; readonly path: FieldPath; readonly single: boolean }[] {
  const single = (id: string | undefined, ...rest: FieldPath) => (id === undefined ? [] : [{ id, path: [...path, ...rest], single: true }]);
  return [
    ...(task.dependsOn ?? []).map((id, index) => ({ id, path: [...path, 'dependsOn', index], single: false })),
    ...single(task.gate?.backTo, 'gate', 'backTo'),
    ...single(task.collects, 'collects'),
    ...single(task.forEach?.kind === 'findings' ? task.forEach.taskId : undefined, 'forEach', 'findings'),
  ];
}

function checkNames(source: FieldSource, one: ReadTask, names: ReadonlyMap<string, WorkflowTask>): void {
  for (const { id, path, single } of namedBy(one)) {
    const named = names.get(id);
    if (id === one.task.id) {
      source.error(path, `Task "${id}" names itself. Name another task.`);
    } else if (named === undefined) {
      source.error(path, `There is no task "${id}". ${advice(id, [...names.keys()], 'The tasks are')}`);
    } else if (single && named.forEach !== undefined) {
      source.error(path, `"${id}" has "forEach" and becomes several tasks, and here one is needed. Name a task without "forEach".`);
    }
  }
}

function checkAgents(source: FieldSource, { path, task }: ReadTask, agentTypes: readonly string[] | undefined): void {
  const isForPerson = task.gate?.kind === 'person';
  if (isForPerson && task.agentType !== personType) {
    source.error([...path, 'agent'], 'At a gate of kind "person" no agent works. Take "agent" out, or make it a gate of kind "verdict".');
  }
  if (!isForPerson && task.agentType === personType) {
    source.error([...path, 'agent'], 'Only a gate can be for the person. Add "gate: person", or name an agent type.');
  }
  if (isForPerson && task.gate.check !== undefined) {
    source.warn(
      [...path, 'gate', 'check'],
      'The person runs no command at a gate, so "check" is left out. Put it at a gate of kind "verdict".',
    );
  }
  const named = [
    { name: task.agentType, at: ['agent'] },
    { name: task.fallback?.agentType, at: ['fallback', 'agent'] },
  ];
  for (const { name, at } of named) {
    if (name !== undefined && name !== personType && agentTypes !== undefined && !agentTypes.includes(name)) {
      source.error([...path, ...at], `There is no agent type "${name}". ${advice(name, agentTypes, 'There are')}`);
    }
  }
}

function checkNeeds(source: FieldSource, { path, task }: ReadTask, tasks: readonly ReadTask[]): void {
  const published = tasks.flatMap((other) => other.task.publishes);
  for (const [index, name] of task.needs.entries()) {
    if (!published.includes(name)) {
      const help = published.length === 0 ? 'Add it to "publishes" of the task that makes it.' : advice(name, published, 'Published are');
      source.error([...path, 'needs', index], `No task publishes "${name}". ${help}`);
    }
  }
}

function checkForEach(source: FieldSource, { path, task }: ReadTask, inputs: readonly WorkflowInput[]): void {
  if (task.forEach?.kind !== 'input') {
    return;
  }
  const { name, orFolders } = task.forEach;
  const input = inputs.find((one) => one.name === name);
  const at = [...path, 'forEach'];
  if (input === undefined) {
    const names = inputs.map((one) => one.name);
    const help = names.length === 0 ? 'Declare it under "inputs", with "list: true".' : advice(name, names, 'The inputs are');
    source.error(at, `There is no input "${name}". ${help}`);
  } else if (!input.list) {
    source.error(at, `The input "${name}" takes one value only. Give it "list: true" where it is declared.`);
  } else if (!orFolders && !input.required && (input.fallback === undefined || input.fallback.length === 0)) {
    source.error(
      at,
      `Nothing is known to repeat the task for when "${name}" is not given. Give the input "required: true" or a "default".`,
    );
  }
}

function checkOrder(source: FieldSource, phases: readonly ReadPhase[], names: ReadonlyMap<string, WorkflowTask>): void {
  const tasks = phases.flatMap((phase) => phase.tasks);
  const before = dependenciesOf(phases.map((phase) => phase.tasks.map(({ task }) => task)));
  const nodes = [...names.values()].map((task) => ({
    id: toId('task', task.id),
    dependencies: (before.get(task.id) ?? []).filter((id) => names.has(id) && id !== task.id).map((id) => toId('task', id)),
    needs: [...task.needs],
    publishes: [...task.publishes],
  }));
  const cycle = findCycle(nodes);
  if (cycle !== undefined) {
    const first = tasks.find(({ task }) => task.id === cycle[0]);
    source.error(
      [...(first?.path ?? []), first?.task.dependsOn === undefined ? 'id' : 'dependsOn'],
      `These tasks wait for each other in a circle: ${cycle.join(' → ')}. Take one of these dependencies out.`,
    );
    return;
  }
  const upstream = upstreamOf(nodes);
  for (const { path, task } of tasks) {
    const backTo = task.gate?.backTo;
    if (
      backTo !== undefined &&
      names.has(backTo) &&
      backTo !== task.id &&
      !upstream.get(toId('task', task.id))?.has(toId('task', backTo))
    ) {
      source.error(
        [...path, 'gate', 'backTo'],
        `The gate would send work back to "${backTo}", but does not wait for it. Make "${task.id}" depend on it, directly or through other tasks.`,
      );
    }
  }
}

function advice(wanted: string, known: readonly string[], lead: string): string {
  const near = nearestName(wanted, known);
  return near === undefined ? `${lead}: ${known.join(', ')}.` : `Did you mean "${near}"?`;
}
