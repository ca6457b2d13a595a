import * as vscode from 'vscode';
import type { FleetCommandInput } from '../../core/commands.ts';
import { isolationSchema } from '../../core/events.ts';
import { adviseOn, agentsPerLead } from '../../core/plan/advisor.ts';
import { aboutTokens, estimateText, historyOf } from '../../core/plan/estimate.ts';
import { isIdText, toId } from '../../core/ids.ts';
import type { FleetControl } from '../../orchestrator/ports.ts';
import { type CommandReply, cancelled } from '../commandReply.ts';
import type { Inputs, WorkflowFacts, Workflows } from '../workflowFacts.ts';
import { askInputs, pickWorkflow } from './askWorkflow.ts';
import type { CommandDeps } from './commandDeps.ts';
import { askTask, begin, notReady } from './runCommands.ts';

/** What starting a run needs. */
export interface StartDeps extends CommandDeps {
  readonly workflows: () => Workflows;
  /** How many agents may be at work at once. */
  readonly slots: () => number;
  /** Folders a workflow can be given, as agents write them. */
  readonly folders: () => readonly string[];
}

/** From code: `(task, { workflow?, inputs?, isolation? })`. By hand: asks for the task, the workflow, and what that needs. */
export async function startRun(deps: StartDeps, fleet: FleetControl, first: unknown, second: unknown): Promise<CommandReply> {
  if (typeof first === 'string') {
    return begin(deps, fleet, { type: 'startRun', task: first, ...readOptions(second) });
  }
  const failure = await notReady(deps);
  if (failure !== undefined) {
    return failure;
  }
  const task = await askRunTask(deps);
  if (task?.trim() === '') {
    return begin(deps, fleet, { type: 'startRun', task });
  }
  const workflow = task === undefined ? undefined : await pickWorkflow(deps.workflows().all(), 'New Run');
  return task === undefined || workflow === undefined ? cancelled : await startBy(deps, fleet, task, workflow);
}

/** From code: `(workflow, task, inputs?)`. By hand: begins with the list of workflows. */
export async function startWorkflow(deps: StartDeps, fleet: FleetControl, given: readonly unknown[]): Promise<CommandReply> {
  const [first, second, inputs] = given;
  if (typeof first === 'string' && typeof second === 'string') {
    return begin(deps, fleet, { type: 'startRun', task: second, ...readOptions({ workflow: first, inputs }) });
  }
  const failure = await notReady(deps);
  if (failure !== undefined) {
    return failure;
  }
  const all = deps.workflows().all();
  const workflow = all.find(({ name }) => name === first) ?? (await pickWorkflow(all, 'Start Workflow'));
  const task = workflow === undefined ? undefined : await askRunTask(deps);
  return task === undefined || workflow === undefined ? cancelled : await startBy(deps, fleet, task, workflow);
}

async function askRunTask(deps: StartDeps): Promise<string | undefined> {
  return await askTask('New Run', 'What should the fleet do?', deps.provider.label());
}

async function startBy(deps: StartDeps, fleet: FleetControl, task: string, workflow: WorkflowFacts): Promise<CommandReply> {
  if (task.trim() === '') {
    return begin(deps, fleet, { type: 'startRun', task });
  }
  const inputs = await askInputs(workflow, deps.folders());
  if (inputs === undefined) {
    return cancelled;
  }
  const start: Begin = { type: 'startRun', task, workflow: workflow.name, inputs };
  const command = await advised(deps, fleet, start, inputs);
  if (command === undefined) {
    return cancelled;
  }
  const reply = await begin(deps, fleet, command);
  if (reply.ok) {
    // A start takes a moment, and the person may be typing elsewhere by now.
    deps.openTimeline(reply.agentId !== undefined && isIdText(reply.agentId) ? toId('agent', reply.agentId) : undefined, {
      keepFocus: true,
    });
  }
  return reply;
}

type Begin = Extract<FleetCommandInput, { type: 'startRun' }>;

/** Says when one agent would be enough, and lets the person choose; undefined if the person closes the list. */
async function advised(deps: StartDeps, fleet: FleetControl, start: Begin, inputs: Inputs): Promise<Begin | SpawnOne | undefined> {
  const template = deps.workflows().template({ task: start.task, workflow: start.workflow, inputs, place: undefined });
  if ('code' in template) {
    // Starting it says what is wrong.
    return start;
  }
  const { state } = fleet;
  const history = historyOf(state);
  const advice = adviseOn({ task: start.task, tasks: template.tasks, history, agentsPerLead: agentsPerLead(state), slots: deps.slots() });
  const { single, run } = advice;
  if (single === undefined) {
    return start;
  }
  const one = {
    label: `$(person) One agent is enough (${aboutTokens(single.estimate.tokens)})`,
    detail: `${single.why} A ${single.agentType} agent does it.`,
  };
  const all = { label: `$(rocket) Start the run anyway (${aboutTokens(run.tokens)})`, detail: `${estimateText(run)}. ${run.basis}` };
  const picked = await vscode.window.showQuickPick([one, all], {
    title: 'New Run',
    placeHolder: 'A run with a lead may be more than this needs.',
  });
  if (picked === undefined) {
    return undefined;
  }
  return picked === one ? { type: 'spawnAgent', spawn: { agentType: single.agentType, brief: { objective: start.task } } } : start;
}

type SpawnOne = Extract<FleetCommandInput, { type: 'spawnAgent' }>;

/** Reads what code passed; anything that is not understood is left out, and the fleet refuses what is missing. */
function readOptions(value: unknown): Pick<Begin, 'workflow' | 'inputs' | 'isolation'> {
  if (typeof value !== 'object' || value === null) {
    return {};
  }
  const workflow = 'workflow' in value && typeof value.workflow === 'string' ? value.workflow : undefined;
  const given = 'inputs' in value && typeof value.inputs === 'object' && value.inputs !== null ? Object.entries(value.inputs) : [];
  const inputs = Object.fromEntries(given.filter((entry): entry is [string, string | string[]] => isInput(entry[1])));
  const isolation = isolationSchema.safeParse('isolation' in value ? value.isolation : undefined).data;
  const wish = isolation === undefined ? {} : { isolation };
  return { ...wish, ...(workflow === undefined ? {} : { workflow }), ...(given.length === 0 ? {} : { inputs }) };
}

function isInput(value: unknown): value is string | string[] {
  return typeof value === 'string' || (Array.isArray(value) && value.every((item) => typeof item === 'string'));
}
