import * as vscode from 'vscode';
import { isIdText, isTaskIdText, type RunId, type TaskId, toId } from '../../core/ids.ts';
import { requestOf } from '../../core/openRequests.ts';
import { dependentsOf, isSettled, taskOf } from '../../core/plan/planGraph.ts';
import { countText } from '../../core/rowText.ts';
import { isLive } from '../../core/selectors.ts';
import type { Agent, FleetState, Plan, Run } from '../../core/state.ts';
import { type CommandReply, cancelled, done, refused, toReply } from '../commandReply.ts';
import { toGiven } from '../targets.ts';
import { type CommandDeps, type CommandTable, withFleet, withWritableFleet } from './commandDeps.ts';

/** What the commands about plans need beside the fleet. */
export interface PlanCommandDeps extends CommandDeps {
  readonly openPlan: (run: Run) => Promise<void>;
  readonly openPlanHistory: (run: Run) => Promise<void>;
}

/** The commands about the plan of a run. */
export function createPlanCommands(deps: PlanCommandDeps): CommandTable {
  const show = (argument: unknown, title: string, open: (run: Run) => Promise<void>) =>
    withFleet(deps.door, async ({ state }) => {
      const chosen = await choosePlan(state, argument, title);
      if ('ok' in chosen) {
        return chosen;
      }
      await open(chosen.run);
      return { ...done, runId: chosen.run.id };
    });
  return {
    'flotilla.openPlan': (argument) => show(argument, 'Open Plan', deps.openPlan),
    'flotilla.openPlanHistory': (argument) => show(argument, 'Open Plan History', deps.openPlanHistory),
    'flotilla.cancelTask': (first, second) =>
      withWritableFleet(deps.door, async (fleet) => {
        const chosen = await choosePlan(fleet.state, first, 'Cancel Task');
        if ('ok' in chosen) {
          return chosen;
        }
        const given = toGiven(first);
        const named = given.by === 'row' && given.target.kind === 'task' ? given.target.taskId : second;
        const taskId = typeof named === 'string' ? named : await pickTask(chosen.plan);
        if (taskId === undefined) {
          return cancelled;
        }
        if (!isTaskIdText(taskId)) {
          return refused({ code: 'unknown', message: `There is no task "${taskId}" in the plan.`, next: 'See the plan for its tasks.' });
        }
        if (given.by === 'row' && !(await isConfirmed(fleet.state, chosen.plan, toId('task', taskId)))) {
          return cancelled;
        }
        const change = { kind: 'cancel', taskId: toId('task', taskId) } as const;
        return toReply(fleet.execute({ type: 'changePlan', runId: chosen.run.id, changes: [change], reason: 'Cancelled by hand' }));
      }),
  };
}

/** Asks before a task is cancelled, with what it leads to. */
async function isConfirmed(state: FleetState, plan: Plan, taskId: TaskId): Promise<boolean> {
  const task = taskOf(plan, taskId);
  const assignee = task?.history.at(-1)?.agentId;
  const agent: Agent | undefined = assignee === undefined ? undefined : state.agents[assignee];
  const behind = (dependentsOf(plan.tasks).get(taskId) ?? []).filter((id) => taskOf(plan, id)?.status === 'waiting').length;
  const detail = [
    agent !== undefined && isLive(agent) ? `Its agent ${agent.label} stops at once. What it changed stays.` : 'Nobody will work on it.',
    behind === 0 ? undefined : `${countText(behind, 'task')} that ${behind === 1 ? 'waits' : 'wait'} for it will not have its report.`,
  ];
  const button = 'Cancel Task';
  const message = `Cancel the task “${task?.title ?? taskId}”?`;
  const answer = await vscode.window.showWarningMessage(
    message,
    { modal: true, detail: detail.filter((line) => line !== undefined).join(' ') },
    // The dialog's own Cancel keeps the task, so it says that instead.
    { title: button },
    { title: 'Keep It', isCloseAffordance: true },
  );
  return answer?.title === button;
}

interface Chosen {
  readonly run: Run;
  readonly plan: Plan;
}

async function choosePlan(state: FleetState, argument: unknown, title: string): Promise<Chosen | CommandReply> {
  const given = toGiven(argument);
  const runId =
    given.by === 'palette' ? await pickRun(state, title) : given.by === 'row' ? runOfRow(state, given.target) : runOfCode(state, given.id);
  if (runId === undefined) {
    return given.by === 'palette' && Object.keys(state.plans).length > 0
      ? cancelled
      : given.by === 'palette'
        ? refused({ code: 'unknown', message: 'There is no run with a plan.', next: 'Start a run first.' })
        : refused({ code: 'unknown', message: 'There is no such run.', next: 'Pick one from the Fleet view.' });
  }
  const run = state.runs[runId];
  const plan = state.plans[runId];
  return run === undefined || plan === undefined
    ? refused({ code: 'unavailable', message: 'This run was made before runs had plans.', next: 'Start a new run to have one.' })
    : { run, plan };
}

function runOfRow(state: FleetState, target: Extract<ReturnType<typeof toGiven>, { by: 'row' }>['target']): RunId | undefined {
  switch (target.kind) {
    case 'run':
    case 'task':
      return state.runs[target.runId]?.id;
    case 'agent':
      return state.agents[target.agentId]?.runId;
    case 'ask': {
      const request = requestOf(state, target.askId);
      if (request?.kind === 'train') {
        return request.request.train.runId;
      }
      return request?.kind === 'ask' ? state.agents[request.ask.agentId]?.runId : request?.decision.runId;
    }
    default:
      return undefined;
  }
}

/** Code may name a run, or an agent of it. */
function runOfCode(state: FleetState, text: string): RunId | undefined {
  return isIdText(text) ? (state.runs[toId('run', text)]?.id ?? state.agents[toId('agent', text)]?.runId) : undefined;
}

/** Asks for a run that has a plan, the newest first; the only one is not asked for. */
async function pickRun(state: FleetState, title: string): Promise<RunId | undefined> {
  const runs = Object.values<Run>(state.runs)
    .filter(({ id }) => state.plans[id] !== undefined)
    .sort((a, b) => b.startedAt - a.startedAt);
  const [only] = runs;
  if (runs.length <= 1) {
    return only?.id;
  }
  const items = runs.map((run) => {
    const tasks = state.plans[run.id]?.tasks ?? [];
    const settled = tasks.filter(isSettled).length;
    return { label: run.label, description: `${settled} of ${tasks.length} tasks over`, detail: run.task.slice(0, 200), runId: run.id };
  });
  return (await vscode.window.showQuickPick(items, { title, placeHolder: 'Of which run?', matchOnDetail: true }))?.runId;
}

async function pickTask(plan: Plan): Promise<TaskId | undefined> {
  const items = plan.tasks
    .filter((task) => !isSettled(task))
    .map((task) => ({ label: task.id, description: `${task.title} · ${task.status}`, taskId: task.id }));
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Cancel Task',
    placeHolder: items.length === 0 ? 'No task is open' : 'Which task? Its agent is stopped if it has one.',
    matchOnDescription: true,
  });
  return picked?.taskId;
}
