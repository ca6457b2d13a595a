import { type Brief, type PlanChange, type TaskSpec, taskSpecSchema } from '../../core/events.ts';
import { type AgentId, type TaskId, toId } from '../../core/ids.ts';
import { taskOf } from '../../core/plan/planGraph.ts';
import type { Plan } from '../../core/state.ts';
import { type CheckBriefDeps, checkWholeBrief } from '../coordination/checkedBrief.ts';
import { ToolError } from '../defineTool.ts';
import type { AddedTask, ChangeInput, EditedTask } from './planFields.ts';

/** The steps of a change, and what its author is told about the briefs in it. */
export interface CheckedChanges {
  readonly changes: readonly PlanChange[];
  readonly notes: readonly string[];
}

/**
 * The steps of a change as a model asked for it, each new or changed brief linted. `owner`: the lead that gets the reports of the tasks it adds.
 * Throws a ToolError when it names what is not there or a brief has to be written anew.
 */
export async function changesOf(input: ChangeInput, plan: Plan, owner: AgentId | undefined, deps: CheckBriefDeps): Promise<CheckedChanges> {
  const added = (input.add ?? []).map((task) => checked('add', addedSpec(task, owner), deps));
  const edited = (input.edit ?? []).map((task) => {
    const spec = editedSpec(task, plan);
    return changesBrief(task) ? checked('edit', spec, deps) : { change: { kind: 'edit' as const, task: spec }, notes: [] };
  });
  const steps = await Promise.all([...added, ...edited]);
  const cancelled = (input.cancel ?? []).map((id): PlanChange => ({ kind: 'cancel', taskId: toTaskId(id) }));
  return { changes: [...steps.map(({ change }) => change), ...cancelled], notes: steps.flatMap(({ notes }) => notes) };
}

async function checked(kind: 'add' | 'edit', task: TaskSpec, deps: CheckBriefDeps) {
  const about = { agentType: task.agentType, waits: task.dependencies.length > 0, name: task.id };
  const { brief, notes } = await checkWholeBrief(task.brief, about, deps);
  return { change: { kind, task: { ...task, brief } }, notes: notes.map((note) => `${task.id}: ${note}`) };
}

/** An edit that leaves the brief alone is not the moment to find fault with it. */
function changesBrief({ objective, paths, focus, context, output_format: format, done_criteria: criteria }: EditedTask): boolean {
  return [objective, paths, focus, context, format, criteria].some((field) => field !== undefined);
}

/** Why a change cannot be meant as it stands, looking at the input alone. */
export function changeProblem({ reason, add = [], edit = [], cancel = [] }: ChangeInput): string | undefined {
  if (reason.trim() === '') {
    return 'The reason is empty.';
  }
  const ids = [...add.map((task) => task.id), ...edit.map((task) => task.id), ...cancel];
  if (ids.length === 0) {
    return 'There is nothing in add, edit or cancel.';
  }
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) {
    return `The task ${JSON.stringify(twice)} is named twice.`;
  }
  const same = edit.find((task) => Object.values(task).filter((value) => value !== undefined).length < 2);
  return same === undefined ? undefined : `The edit of ${JSON.stringify(same.id)} changes nothing.`;
}

function addedSpec(task: AddedTask, owner: AgentId | undefined): TaskSpec {
  const { publishes, needs } = task;
  return {
    id: toTaskId(task.id),
    title: task.title,
    agentType: task.agent_type,
    brief: briefOf(task, { objective: task.objective }),
    dependencies: (task.depends_on ?? []).map(toTaskId),
    priority: task.priority ?? 'medium',
    attempts: task.attempts ?? 1,
    ...(owner === undefined ? {} : { owner }),
    ...(publishes === undefined ? {} : { publishes }),
    ...(needs === undefined ? {} : { needs }),
  };
}

/** The task as it stands in the plan, with the given fields laid over it. */
function editedSpec(task: EditedTask, plan: Plan): TaskSpec {
  const current = taskOf(plan, toTaskId(task.id));
  if (current === undefined) {
    const known = plan.tasks.map(({ id }) => id).join(', ');
    throw new ToolError(`There is no task ${JSON.stringify(task.id)} in the plan; nothing was changed. The tasks are: ${known}.`);
  }
  // What became of the task is not part of what it is to be.
  const spec = taskSpecSchema.parse(current);
  return {
    ...spec,
    title: task.title ?? spec.title,
    agentType: task.agent_type ?? spec.agentType,
    brief: briefOf(task, spec.brief),
    dependencies: task.depends_on?.map(toTaskId) ?? spec.dependencies,
    priority: task.priority ?? spec.priority,
    attempts: task.attempts ?? spec.attempts,
    publishes: task.publishes ?? spec.publishes,
    needs: task.needs ?? spec.needs,
  };
}

function briefOf(task: EditedTask, base: Brief): Brief {
  const paths = task.paths ?? base.scope?.paths;
  const focus = given(task.focus, base.scope?.focus);
  const context = given(task.context, base.context);
  const outputFormat = given(task.output_format, base.outputFormat);
  const constraints = task.done_criteria === undefined ? base.constraints : { ...base.constraints, doneCriteria: task.done_criteria };
  const { scope: _, context: __, outputFormat: ___, constraints: ____, ...rest } = base;
  return {
    ...rest,
    objective: task.objective ?? base.objective,
    ...(paths === undefined && focus === undefined ? {} : { scope: { paths: paths ?? [], ...(focus === undefined ? {} : { focus }) } }),
    ...(context === undefined ? {} : { context }),
    ...(outputFormat === undefined ? {} : { outputFormat }),
    ...(constraints === undefined ? {} : { constraints }),
  };
}

/** A text that was given, where an empty one takes away what was there. */
function given(text: string | undefined, before: string | undefined): string | undefined {
  return text === undefined ? before : text.trim() === '' ? undefined : text;
}

function toTaskId(text: string): TaskId {
  return toId('task', text);
}
