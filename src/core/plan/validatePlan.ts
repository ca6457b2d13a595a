import type { TaskSpec } from '../events.ts';
import { isTaskIdText, type TaskId } from '../ids.ts';
import { countText } from '../rowText.ts';
import { edgesOf, findCycle, upstreamOf } from './planGraph.ts';

/** What a plan is checked against. */
export interface PlanLimits {
  /** Names of the agent types there are. */
  readonly agentTypes: readonly string[];
  /** Whether agents of a type can change files. */
  readonly changesFiles: (agentType: string) => boolean;
  /** How many tasks one run may have in all. */
  readonly maxTasks: number;
}

/** Something wrong with a plan: what, which tasks, and what to do about it. */
export interface PlanProblem {
  readonly code: 'empty' | 'name' | 'duplicate' | 'self' | 'missing' | 'cycle' | 'total' | 'type' | 'gate' | 'artefact' | 'overlap';
  readonly message: string;
  readonly next: string;
  readonly taskIds: readonly TaskId[];
}

/** A plan's problems: with errors it is refused, warnings are told. */
export interface PlanCheck {
  readonly errors: readonly PlanProblem[];
  readonly warnings: readonly PlanProblem[];
}

/** The agent type of a task that only the person works on. */
export const personType = 'person';

/** Checks a whole plan, as it is after every change. */
export function validatePlan(tasks: readonly TaskSpec[], limits: PlanLimits): PlanCheck {
  const known = new Set(tasks.map((task) => task.id));
  const errors = [
    ...total(tasks, limits),
    ...duplicates(tasks),
    ...tasks.flatMap((task) => [...names(task), ...missing(task, known), ...types(task, limits)]),
    ...artefacts(tasks),
  ];
  const cycle = cycles(tasks);
  return {
    errors: [...errors, ...cycle, ...(cycle.length > 0 ? [] : gates(tasks))],
    warnings: errors.length + cycle.length > 0 ? [] : overlaps(tasks, limits),
  };
}

function total(tasks: readonly TaskSpec[], { maxTasks }: PlanLimits): PlanProblem[] {
  return tasks.length <= maxTasks
    ? []
    : [
        problem(
          'total',
          `The plan would have ${countText(tasks.length, 'task')}; flotilla.maxAgentsPerRun allows ${maxTasks}.`,
          'Leave tasks out or put some together, or have the person raise flotilla.maxAgentsPerRun.',
          [],
        ),
      ];
}

function duplicates(tasks: readonly TaskSpec[]): PlanProblem[] {
  const seen = new Set<TaskId>();
  const twice = new Set<TaskId>();
  for (const { id } of tasks) {
    (seen.has(id) ? twice : seen).add(id);
  }
  return [...twice].map((id) => problem('duplicate', `Two tasks have the id "${id}".`, 'Give each task an id of its own.', [id]));
}

function names({ id }: TaskSpec): PlanProblem[] {
  return isTaskIdText(id)
    ? []
    : [
        problem(
          'name',
          `"${id}" cannot be the id of a task.`,
          'Use up to 64 letters, digits, ".", "_" and "-", beginning with a letter or a digit.',
          [id],
        ),
      ];
}

function missing(task: TaskSpec, known: ReadonlySet<TaskId>): PlanProblem[] {
  const named = [...task.dependencies, task.forEach, task.collects, task.gate?.backTo].filter((id) => id !== undefined);
  return [...new Set(named)].flatMap((id) => {
    if (id === task.id) {
      return [problem('self', `Task "${id}" depends on itself.`, 'Take it out of its own dependencies.', [id])];
    }
    return known.has(id)
      ? []
      : [
          problem('missing', `Task "${task.id}" names "${id}", which is not in the plan.`, `The tasks are: ${list([...known])}.`, [
            task.id,
          ]),
        ];
  });
}

function types(task: TaskSpec, { agentTypes }: PlanLimits): PlanProblem[] {
  if (task.gate?.kind === 'person' || agentTypes.includes(task.agentType)) {
    return [];
  }
  return [
    problem(
      'type',
      `Task "${task.id}" wants an agent of type "${task.agentType}", which does not exist.`,
      `Use one of: ${list(agentTypes)}.`,
      [task.id],
    ),
  ];
}

function artefacts(tasks: readonly TaskSpec[]): PlanProblem[] {
  const published = new Set(tasks.flatMap((task) => task.publishes ?? []));
  return tasks.flatMap((task) =>
    (task.needs ?? [])
      .filter((name) => !published.has(name))
      .map((name) =>
        problem(
          'artefact',
          `Task "${task.id}" needs "${name}", which no task publishes.`,
          published.size === 0 ? 'Add the name to "publishes" of the task that makes it.' : `Published are: ${list([...published])}.`,
          [task.id],
        ),
      ),
  );
}

function cycles(tasks: readonly TaskSpec[]): PlanProblem[] {
  const known = new Set(tasks.map((task) => task.id));
  const edges = edgesOf(tasks);
  const clean = tasks.map((task) => ({
    id: task.id,
    dependencies: (edges.get(task.id) ?? []).filter((id) => id !== task.id && known.has(id)),
  }));
  const cycle = findCycle(clean);
  return cycle === undefined
    ? []
    : [
        problem('cycle', `These tasks wait for each other in a circle: ${cycle.join(' → ')}.`, 'Take one of these dependencies out.', [
          ...new Set(cycle),
        ]),
      ];
}

/** A gate can send back only what it has waited for. */
function gates(tasks: readonly TaskSpec[]): PlanProblem[] {
  const upstream = upstreamOf(tasks);
  return tasks.flatMap((task) => {
    const backTo = task.gate?.backTo;
    return backTo === undefined || upstream.get(task.id)?.has(backTo) === true
      ? []
      : [
          problem(
            'gate',
            `The gate "${task.id}" would send work back to "${backTo}", but does not wait for it.`,
            `Make "${task.id}" depend on "${backTo}", directly or through other tasks.`,
            [task.id],
          ),
        ];
  });
}

/** Two tasks that can change the same files and may be at work at the same time. */
function overlaps(tasks: readonly TaskSpec[], { changesFiles }: PlanLimits): PlanProblem[] {
  const upstream = upstreamOf(tasks);
  const writers = tasks.filter((task) => changesFiles(task.agentType) && (task.brief.scope?.paths.length ?? 0) > 0);
  return writers.flatMap((a, index) =>
    writers.slice(index + 1).flatMap((b) => {
      const ordered = upstream.get(a.id)?.has(b.id) === true || upstream.get(b.id)?.has(a.id) === true;
      const shared = ordered ? undefined : sharedPath(a.brief.scope?.paths ?? [], b.brief.scope?.paths ?? []);
      return shared === undefined
        ? []
        : [
            problem(
              'overlap',
              `Tasks "${a.id}" and "${b.id}" may change ${shared} at the same time.`,
              'Give them scopes of their own, or let one depend on the other.',
              [a.id, b.id],
            ),
          ];
    }),
  );
}

function sharedPath(a: readonly string[], b: readonly string[]): string | undefined {
  for (const one of a.map(plainPath)) {
    for (const other of b.map(plainPath)) {
      if (isWithin(one, other)) {
        return one;
      }
      if (isWithin(other, one)) {
        return other;
      }
    }
  }
  return undefined;
}

function isWithin(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}

function plainPath(path: string): string {
  return path
    .replace(/^(?:\.\/)+/, '')
    .replace(/\/+$/, '')
    .replace(/^\.$/, '');
}

function problem(code: PlanProblem['code'], message: string, next: string, taskIds: readonly TaskId[]): PlanProblem {
  return { code, message, next, taskIds };
}

function list(names: readonly string[]): string {
  return names.length === 0 ? 'none yet' : names.join(', ');
}
