import * as vscode from 'vscode';
import type { FleetCommandInput } from '../../core/commands.ts';
import { type AgentId, isIdText, toId } from '../../core/ids.ts';
import { liveDescendants } from '../../core/rows.ts';
import { countText } from '../../core/rowText.ts';
import { isLive, outcomeOf, subtreeOf } from '../../core/selectors.ts';
import type { Agent, FleetState } from '../../core/state.ts';
import type { FleetControl } from '../../orchestrator/ports.ts';
import { type CommandReply, cancelled, refused, toReply } from '../commandReply.ts';
import { type AgentQuestion, agentOfTarget, offeredAgents, pickAgent, toGiven } from '../targets.ts';
import { actOnRun } from './runActs.ts';
import { type CommandDeps, type CommandHandler, type CommandTable, withWritableFleet } from './commandDeps.ts';

/** One thing a person can do to one agent. */
interface AgentAct {
  readonly question: AgentQuestion;
  /** Said when there is no agent it could be done to. */
  readonly none: string;
  /** A text the act needs and what to ask for it. */
  readonly text?: { readonly prompt: (agent: Agent) => string; readonly placeholder: string };
  /** What to ask before doing it by hand; undefined: nothing. */
  readonly confirm?: (state: FleetState, agent: Agent, byKey: boolean) => Confirmation | undefined;
  readonly command: (agentId: AgentId, text: string, rest: readonly unknown[]) => FleetCommandInput;
}

interface Confirmation {
  readonly message: string;
  readonly detail: string;
  readonly button: string;
}

/** Marks a call by a key pressed in the tree, as written in package.json. */
const fromTree = 'fromTree';

/** The commands about one agent. */
export function createAgentCommands(deps: CommandDeps): CommandTable {
  return Object.fromEntries(Object.entries(acts).map(([id, act]) => [id, handler(deps, id, act)]));
}

function handler(deps: CommandDeps, id: string, act: AgentAct): CommandHandler {
  return (first, second, ...rest) =>
    withWritableFleet(deps.door, async (fleet) => {
      const byKey = first === fromTree;
      const given = byKey ? selection(deps) : toGiven(first);
      const onRun = actOnRun(fleet, id, given);
      if (onRun !== undefined) {
        return await onRun;
      }
      const agent = await chooseAgent(fleet, act, given, deps.now());
      if (agent === undefined) {
        return cancelled;
      }
      if ('ok' in agent) {
        return agent;
      }
      if (given.by !== 'code' && !(await isConfirmed(act.confirm?.(fleet.state, agent, byKey)))) {
        return cancelled;
      }
      const text = act.text === undefined ? '' : await askText(act.text, agent, second);
      return text === undefined ? cancelled : toReply(fleet.execute(act.command(agent.id, text, rest)));
    });
}

function selection(deps: CommandDeps): ReturnType<typeof toGiven> {
  const target = deps.selected();
  return target === undefined ? { by: 'palette' } : { by: 'row', target };
}

async function chooseAgent(
  fleet: FleetControl,
  act: AgentAct,
  given: ReturnType<typeof toGiven>,
  now: number,
): Promise<Agent | CommandReply | undefined> {
  if (given.by === 'palette') {
    if (offeredAgents(fleet.state, act.question).length === 0) {
      return refused({ code: 'unknown', message: act.none, next: 'Start a run first, or pick another command.' });
    }
    const picked = await pickAgent(fleet.state, act.question, now);
    return picked === undefined ? undefined : fleet.state.agents[picked];
  }
  const agentId = given.by === 'row' ? agentOfTarget(fleet.state, given.target) : isIdText(given.id) ? toId('agent', given.id) : undefined;
  const agent = agentId === undefined ? undefined : fleet.state.agents[agentId];
  const next = 'Pick one from the Fleet view.';
  return agent ?? refused({ code: 'unknown', message: 'There is no such agent.', next });
}

async function isConfirmed(confirmation: Confirmation | undefined): Promise<boolean> {
  if (confirmation === undefined) {
    return true;
  }
  const { message, detail, button } = confirmation;
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, button)) === button;
}

async function askText(text: NonNullable<AgentAct['text']>, agent: Agent, given: unknown): Promise<string | undefined> {
  if (typeof given === 'string') {
    return given;
  }
  return await vscode.window.showInputBox({
    title: text.prompt(agent),
    placeHolder: text.placeholder,
    ignoreFocusOut: true,
    validateInput: (value) => (value !== '' && value.trim() === '' ? 'Write a sentence or two.' : undefined),
  });
}

const needsPerson = (agent: Agent) => (agent.phase.kind === 'waiting' && agent.phase.wait === 'answer' ? 1 : 0);
const isEnded = (agent: Agent) => !isLive(agent);

const acts: Readonly<Record<string, AgentAct>> = {
  'flotilla.steerAgent': {
    question: { title: 'Steer', placeholder: 'Which agent should change course?', fits: isLive, likely: needsPerson },
    none: 'No agent is at work.',
    text: {
      prompt: (agent) => `Steer ${agent.label}`,
      placeholder: 'What should it do differently? It reads this at its next step.',
    },
    command: (agentId, text, rest) => ({
      type: 'sendMessage',
      agentId,
      kind: 'steer',
      text,
      interrupt: rest[0] === true,
    }),
  },
  'flotilla.wrapUpAgent': {
    question: { title: 'Wrap Up', placeholder: 'Which agent should finish soon and report?', fits: (a) => isLive(a) && !a.wrappingUp },
    none: 'No agent is at work that is not wrapping up already.',
    command: (agentId) => ({ type: 'wrapUpAgent', agentId }),
  },
  'flotilla.killAgent': {
    question: { title: 'Kill', placeholder: 'Which agent should stop now?', fits: isLive },
    none: 'No agent is at work.',
    confirm: killConfirmation,
    command: (agentId) => ({ type: 'killAgent', agentId }),
  },
  'flotilla.pauseAgent': {
    question: { title: 'Pause', placeholder: 'Which agent should pause?', fits: (a) => isLive(a) && a.stage !== 'paused' && !a.pausing },
    none: 'No agent is at work that could pause.',
    command: (agentId) => ({ type: 'pauseAgent', agentId }),
  },
  'flotilla.resumeAgent': {
    question: {
      title: 'Resume',
      placeholder: 'Which agent should go on?',
      fits: (agent) => agent.stage === 'paused' || agent.pausing || outcomeOf(agent)?.kind === 'interrupted',
    },
    none: 'No agent is paused or interrupted.',
    command: (agentId) => ({ type: 'resumeAgent', agentId }),
  },
  'flotilla.retryAgent': {
    question: {
      title: 'Retry',
      placeholder: 'Which agent should try again?',
      fits: (agent) => isEnded(agent) && outcomeOf(agent)?.kind !== 'done',
      likely: (agent) => (outcomeOf(agent)?.kind === 'failed' ? 1 : 0),
    },
    none: 'No agent has failed.',
    command: (agentId) => ({ type: 'retryAgent', agentId }),
  },
  'flotilla.followUpAgent': {
    question: { title: 'Follow Up', placeholder: 'Which agent gets a new task, its context kept?', fits: isEnded },
    none: 'No agent has ended.',
    text: { prompt: (agent) => `A new task for ${agent.label}`, placeholder: 'What should it do next?' },
    command: (agentId, text) => ({ type: 'followUpAgent', agentId, task: text }),
  },
  'flotilla.deleteAgent': {
    question: { title: 'Delete', placeholder: 'Which agent should be deleted?', fits: isEnded },
    none: 'No agent has ended; only ended agents can be deleted.',
    confirm: deleteConfirmation,
    command: (agentId) => ({ type: 'deleteAgent', agentId }),
  },
};

/** A slip of the finger in the tree is caught always; otherwise only what takes other agents along asks first. */
function killConfirmation(state: FleetState, agent: Agent, byKey: boolean): Confirmation | undefined {
  const below = liveDescendants(state, agent.id).length;
  if (below === 0 && !byKey) {
    return undefined;
  }
  return {
    message: below === 0 ? `Kill ${agent.label}?` : `Kill ${agent.label} and ${countText(below, 'agent')} below it?`,
    detail: 'They stop at once, with the commands they run. What they changed stays. A killed agent can be retried.',
    button: 'Kill',
  };
}

function deleteConfirmation(state: FleetState, agent: Agent): Confirmation {
  const below = subtreeOf(state, agent.id).length - 1;
  return {
    message: below === 0 ? `Delete ${agent.label}?` : `Delete ${agent.label} and ${countText(below, 'agent')} below it?`,
    detail: 'Their transcripts leave the fleet. Files they changed stay as they are.',
    button: 'Delete',
  };
}
