import * as vscode from 'vscode';
import type { FleetCommandInput } from '../../core/commands.ts';
import { isIdText, type RunId, toId } from '../../core/ids.ts';
import { isSettled } from '../../core/plan/planGraph.ts';
import { runRow } from '../../core/plan/planRows.ts';
import { countText } from '../../core/rowText.ts';
import { agentsOfRun, isLive, type RunPhase, runPhase } from '../../core/selectors.ts';
import type { FleetState, Plan, Run } from '../../core/state.ts';
import type { FleetControl } from '../../orchestrator/ports.ts';
import { type CommandReply, cancelled, refused, toReply } from '../commandReply.ts';
import { type Given, toGiven } from '../targets.ts';
import { type CommandDeps, type CommandTable, withWritableFleet } from './commandDeps.ts';

/** One thing a person can do to a run as a whole. */
interface RunAct {
  readonly question: RunQuestion;
  /** What to ask before doing it by hand. */
  readonly confirm?: (state: FleetState, run: Run) => { readonly message: string; readonly detail: string; readonly button: string };
  readonly command: (runId: RunId) => FleetCommandInput;
}

/** A question to the person: which run? */
export interface RunQuestion {
  readonly title: string;
  readonly placeholder: string;
  /** Only runs for which the command can work are offered. */
  readonly fits: (phase: RunPhase) => boolean;
  /** Said when there is no run it could be done to. */
  readonly none: string;
}

/** The commands about one run. */
export function createRunActs(deps: CommandDeps): CommandTable {
  return Object.fromEntries(
    Object.entries(acts).map(([id, act]) => [
      id,
      (first: unknown) => withWritableFleet(deps.door, (fleet) => carryOut(fleet, act, toGiven(first))),
    ]),
  );
}

/** Does to a run what a command about agents does to an agent, where there is such a thing; undefined where there is not. */
export function actOnRun(fleet: FleetControl, agentCommand: string, given: Given): Promise<CommandReply> | undefined {
  const act = acts[likewise[agentCommand] ?? ''];
  const isRun = given.by === 'row' ? given.target.kind === 'run' : given.by === 'code' && isRunId(fleet.state, given.id);
  // Runs from before there were plans can only be acted on through their agents.
  const runId = isRun ? runOfGiven(fleet.state, given)?.id : undefined;
  return act === undefined || runId === undefined || fleet.state.plans[runId] === undefined ? undefined : carryOut(fleet, act, given);
}

const likewise: Readonly<Record<string, string>> = {
  'flotilla.killAgent': 'flotilla.killRun',
  'flotilla.pauseAgent': 'flotilla.pauseRun',
  'flotilla.resumeAgent': 'flotilla.resumeRun',
  'flotilla.retryAgent': 'flotilla.retryRun',
};

async function carryOut(fleet: FleetControl, act: RunAct, given: Given): Promise<CommandReply> {
  const run = await chooseRun(fleet.state, act.question, given);
  if (run === undefined || 'ok' in run) {
    return run ?? cancelled;
  }
  const question = given.by === 'code' ? undefined : act.confirm?.(fleet.state, run);
  if (question !== undefined) {
    const { message, detail, button } = question;
    if ((await vscode.window.showWarningMessage(message, { modal: true, detail }, button)) !== button) {
      return cancelled;
    }
  }
  return toReply(fleet.execute(act.command(run.id)));
}

/** The run a command is about: given, or picked by the person; undefined when the person closes the list. */
export async function chooseRun(state: FleetState, question: RunQuestion, given: Given): Promise<Run | CommandReply | undefined> {
  if (given.by !== 'palette') {
    return (
      runOfGiven(state, given) ?? refused({ code: 'unknown', message: 'There is no such run.', next: 'Pick one from the Fleet view.' })
    );
  }
  const runs = Object.values<Run>(state.runs)
    .filter((run) => question.fits(runPhase(state, run)))
    .toReversed();
  if (runs.length === 0) {
    return refused({ code: 'unknown', message: question.none, next: 'Start a run first, or pick another command.' });
  }
  const items = runs.map((run) => {
    const row = runRow(run, runPhase(state, run), agentsOfRun(state, run.id), undefined, state.plans[run.id]);
    return { label: `$(${row.icon}) ${row.label}`, description: row.description, detail: run.task.slice(0, 200), run };
  });
  const { title, placeholder } = question;
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: placeholder,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked?.run;
}

function runOfGiven(state: FleetState, given: Given): Run | undefined {
  if (given.by === 'code') {
    return isRunId(state, given.id) ? state.runs[toId('run', given.id)] : undefined;
  }
  if (given.by === 'palette') {
    return undefined;
  }
  switch (given.target.kind) {
    case 'run':
    case 'task':
      return state.runs[given.target.runId];
    case 'agent': {
      const agent = state.agents[given.target.agentId];
      return agent === undefined ? undefined : state.runs[agent.runId];
    }
    default:
      return undefined;
  }
}

function isRunId(state: FleetState, id: string): boolean {
  return isIdText(id) && state.runs[toId('run', id)] !== undefined;
}

const isUnderWay = (phase: RunPhase) => phase === 'running' || phase === 'paused';

const acts: Readonly<Record<string, RunAct>> = {
  'flotilla.killRun': {
    question: { title: 'Kill Run', placeholder: 'Which run should stop now?', fits: isUnderWay, none: 'No run is under way.' },
    confirm: killConfirmation,
    command: (runId) => ({ type: 'killRun', runId }),
  },
  'flotilla.pauseRun': {
    question: {
      title: 'Pause Run',
      placeholder: 'Which run should pause?',
      fits: (phase) => phase === 'running',
      none: 'No run is at work.',
    },
    command: (runId) => ({ type: 'pauseRun', runId }),
  },
  'flotilla.resumeRun': {
    question: {
      title: 'Resume Run',
      placeholder: 'Which run should go on?',
      fits: (phase) => phase === 'paused' || phase === 'interrupted',
      none: 'No run is paused or interrupted.',
    },
    command: (runId) => ({ type: 'resumeRun', runId }),
  },
  'flotilla.retryRun': {
    question: {
      title: 'Retry Failed Tasks',
      placeholder: 'In which run should what failed be done again?',
      fits: (phase) => phase === 'partial' || phase === 'failed' || phase === 'killed',
      none: 'No run has failed tasks.',
    },
    command: (runId) => ({ type: 'retryRun', runId }),
  },
};

function killConfirmation(state: FleetState, run: Run) {
  const live = agentsOfRun(state, run.id).filter(isLive).length;
  const plan: Plan | undefined = state.plans[run.id];
  const waiting = (plan?.tasks ?? []).filter((task) => !isSettled(task) && task.history.length === 0).length;
  const parts = [countText(live, 'agent'), waiting === 0 ? undefined : countText(waiting, 'waiting task')];
  return {
    message: `Kill the run “${run.label}” with ${parts.filter((part) => part !== undefined).join(' and ')}?`,
    detail: 'Its agents stop at once, with the commands they run, and no further task starts. What they changed stays.',
    button: 'Kill Run',
  };
}
