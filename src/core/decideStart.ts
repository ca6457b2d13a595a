import type { FleetCommand, SpawnRequest } from './commands.ts';
import { type PlanRequest, type PlanTemplate, type Spawner, spawnEvents } from './decideSpawn.ts';
import type { Decision } from './decision.ts';
import type { Actor, Budget, FleetEvent, Isolation, IsolationWish, SharedFiles, TaskSpec } from './events.ts';
import { isTaskIdText, type RunId, type TaskId, toId } from './ids.ts';
import { openingContextOf } from './context/openingContext.ts';
import type { Rejection } from './commands.ts';
import { type PlanDecider, refuse, rejectionOf } from './plan/planChange.ts';
import { taskOf } from './plan/planGraph.ts';
import { agentTasks, approvedSize, isReady } from './plan/planQueue.ts';
import { emptyPlan, newTask, specOf } from './plan/reducePlan.ts';
import type { Agent, FleetState, Plan } from './state.ts';
import { validatePlan } from './plan/validatePlan.ts';

/*
 * How runs and agents begin. Whatever is begun is a task of a plan.
 */

/** What beginning something needs from outside the state. */
export interface Starter extends Spawner, PlanDecider {
  /** The plan a workflow makes of a task; refuses what does not exist or lacks something. */
  readonly template: (request: PlanRequest) => PlanTemplate | Rejection;
  /** How many agents beside its first a run may have before the person is asked. */
  readonly fanOut: number;
  /** What the person lets every run use up; a workflow can only want less. */
  readonly budget: Budget;
  /** The rule of new runs for files that several agents write. */
  readonly sharedFiles: SharedFiles;
}

type CommandOf<T extends FleetCommand['type']> = Extract<FleetCommand, { type: T }>;

export function startRun(state: FleetState, command: CommandOf<'startRun'>, context: Starter): Decision {
  const task = command.task.trim();
  if (task === '') {
    return refuse('invalid', 'The task is empty.', 'Say in a sentence or two what the run should achieve.');
  }
  const { workflow, inputs = {}, place, by } = command;
  const template = context.template({ task, workflow, inputs, place });
  if ('code' in template) {
    return { ok: false, rejection: template };
  }
  const { errors } = validatePlan(template.tasks, context.limits);
  if (errors.length > 0) {
    return { ok: false, rejection: rejectionOf(errors) };
  }
  const budget = command.budget ?? stricter(template.budget, context.budget);
  const isolation = wishOfRun(command.isolation, template.isolation);
  const run = { label: command.label ?? labelOf(task), task, workflow: template.workflow, budget, by, ...(isolation && { isolation }) };
  const [only, ...others] = template.tasks;
  return only === undefined || others.length > 0 || only.gate?.kind === 'person'
    ? { ok: true, ...newRun(run, template.tasks, `Workflow ${template.workflow}`, context) }
    : begin(state, run, only, context);
}

function wishOfRun(argument: Isolation | undefined, file: Isolation | undefined): IsolationWish | undefined {
  if (argument !== undefined) {
    return { wish: argument, by: 'argument' };
  }
  return file === undefined ? undefined : { wish: file, by: 'file' };
}

/** A run of one task begins with its agent, slots or no slots, so that whoever started it has somebody to look at. */
function begin(state: FleetState, run: RunFacts, spec: TaskSpec, context: Starter): Decision {
  const started = newRun(run, [spec], `Workflow ${run.workflow ?? ''}`, context);
  const spawned = start(state, started.accepted.runId, undefined, spec, requestOf(spec), run.by, context);
  return spawned.ok ? { ...spawned, events: [...started.events, ...spawned.events] } : spawned;
}

/** For each part the smaller of two budgets; undefined when neither limits anything. */
function stricter(a: Budget | undefined, b: Budget): Budget | undefined {
  const least = (part: keyof Budget) => {
    const limits = [a?.[part], b[part]].filter((limit) => limit !== undefined);
    return limits.length === 0 ? undefined : Math.min(...limits);
  };
  const budget = { tokens: least('tokens'), minutes: least('minutes'), usd: least('usd') };
  return Object.values(budget).every((limit) => limit === undefined) ? undefined : budget;
}

interface RunFacts {
  readonly label: string;
  readonly task: string;
  readonly workflow?: string | undefined;
  readonly budget?: Budget | undefined;
  readonly isolation?: IsolationWish;
  readonly by: Actor;
}

function newRun(run: RunFacts, tasks: readonly TaskSpec[], reason: string, { mint, sharedFiles }: Pick<Starter, 'mint' | 'sharedFiles'>) {
  const runId = mint('run');
  const rule = sharedFiles === 'warn' ? {} : { sharedFiles };
  const events: FleetEvent[] = [
    { type: 'runStarted', runId, ...run, ...rule },
    { type: 'planChanged', runId, by: run.by, reason, changes: tasks.map((task) => ({ kind: 'add', task })) },
  ];
  return { events, accepted: { runId, reached: 0 } };
}

export function spawnAgent(state: FleetState, command: CommandOf<'spawnAgent'>, context: Starter): Decision {
  const objective = command.spawn.brief.objective.trim();
  if (objective === '') {
    return refuse('invalid', 'The objective is empty.', 'Say in a sentence or two what the agent should achieve.');
  }
  const parent = command.parentId === undefined ? undefined : state.agents[command.parentId];
  if (command.parentId !== undefined && parent === undefined) {
    return refuse('unknown', `There is no agent ${command.parentId}.`, 'Pick one from the Fleet view.');
  }
  const runId = parent?.runId ?? command.runId;
  if (runId === undefined) {
    const spec = specFor(emptyPlan(context.mint('run')), command.spawn, undefined);
    const budget = stricter(undefined, context.budget);
    return begin(state, { label: labelOf(objective), task: objective, budget, by: command.by }, spec, context);
  }
  if (state.runs[runId] === undefined) {
    return refuse('unknown', `There is no run ${runId}.`, 'Pick one from the Fleet view, or leave the run out to start a new one.');
  }
  const plan = state.plans[runId];
  return plan === undefined
    ? spawnEvents(state, { spawn: command.spawn, runId, parent, by: command.by }, context)
    : addTask(state, plan, parent, command, context);
}

/** The agent is a task of the plan; it starts at once if nothing is in its way, and otherwise when the engine finds it ready. */
function addTask(state: FleetState, plan: Plan, parent: Agent | undefined, command: CommandOf<'spawnAgent'>, context: Starter): Decision {
  const spec = specFor(plan, command.spawn, parent);
  const { runId } = plan;
  const spawned = start(state, runId, parent, spec, command.spawn, command.by, context);
  if (!spawned.ok) {
    return spawned;
  }
  const { errors, warnings } = validatePlan([...plan.tasks.map(specOf), spec], context.limits);
  if (errors.length > 0) {
    return { ok: false, rejection: rejectionOf(errors) };
  }
  const notes = warnings.filter((warning) => warning.taskIds.includes(spec.id)).map((warning) => `${warning.message} ${warning.next}`);
  const added: FleetEvent = { type: 'planChanged', runId, by: command.by, reason: 'Spawned', changes: [{ kind: 'add', task: spec }] };
  const task = newTask(spec, command.by, state.at);
  const grown = { ...plan, tasks: [...plan.tasks, task] };
  const fits = agentTasks(grown).length - 1 <= approvedSize(plan, context.fanOut);
  return isReady(grown, task) && fits && plan.held === undefined
    ? { ok: true, events: [added, ...spawned.events], accepted: { ...spawned.accepted, notes } }
    : { ok: true, events: [added], accepted: { runId, taskId: spec.id, reached: 0, notes } };
}

function start(
  state: FleetState,
  runId: RunId,
  parent: Agent | undefined,
  spec: TaskSpec,
  spawn: SpawnRequest,
  by: Actor,
  context: Starter,
): Decision {
  const given = openingContextOf(state, runId, newTask(spec, by, state.at));
  const decision = spawnEvents(state, { spawn, runId, parent, by, taskId: spec.id, given }, context);
  return decision.ok ? { ...decision, accepted: { ...decision.accepted, taskId: spec.id } } : decision;
}

/** What an agent of a task is asked to be. */
export function requestOf(spec: TaskSpec): SpawnRequest {
  const { title, agentType, brief, model, effort, isolation } = spec;
  return { label: title.slice(0, 80), agentType, brief, model, effort, isolation };
}

function specFor(plan: Plan, spawn: SpawnRequest, parent: Agent | undefined): TaskSpec {
  const { brief, dependencies = [], priority = 'medium', agentType = 'general', model, effort, isolation, needs, publishes } = spawn;
  const title = spawn.label?.trim() || agentType;
  const id = spawn.taskId ?? freeId(plan, title);
  return {
    id,
    title,
    agentType,
    brief,
    dependencies,
    priority,
    attempts: 1,
    owner: parent?.id,
    model,
    effort,
    isolation,
    needs,
    publishes,
  };
}

/** A task id from a title: its letters and digits, with a number when it is taken. */
export function freeId(plan: Plan, title: string): TaskId {
  const slug = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40);
  const wanted = isTaskIdText(slug) ? slug : 'task';
  let id = toId('task', wanted);
  for (let number = 2; taskOf(plan, id) !== undefined; number++) {
    id = toId('task', `${wanted}-${number}`);
  }
  return id;
}

/** The first line of a task, short enough for a row. */
function labelOf(task: string): string {
  const line = task.split('\n', 1)[0] ?? task;
  return line.length <= 60 ? line : `${line.slice(0, 59).trimEnd()}…`;
}
