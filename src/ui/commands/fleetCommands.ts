import * as vscode from 'vscode';
import { countText } from '../../core/rowText.ts';
import { emptyRuns, isLive, subtreeOf } from '../../core/selectors.ts';
import type { Agent } from '../../core/state.ts';
import { type CommandReply, cancelled, refused, toReply } from '../commandReply.ts';
import { type CommandDeps, type CommandTable, withWritableFleet } from './commandDeps.ts';

/** The commands about all agents. Code that must not ask passes `true` as the first argument. */
export function createFleetCommands(deps: CommandDeps): CommandTable {
  return {
    'flotilla.killAll': (first) =>
      withWritableFleet(deps.door, async (fleet) => {
        const live = agents(deps).filter(isLive).length;
        if (live === 0) {
          return nothing('No agent is at work.');
        }
        const sure = first === true || (await confirm(`Kill all ${countText(live, 'agent')}?`, killDetail, 'Kill All'));
        return sure ? toReply(fleet.execute({ type: 'killAll' })) : cancelled;
      }),
    'flotilla.pauseAll': () =>
      withWritableFleet(deps.door, (fleet) => counted(toReply(fleet.execute({ type: 'pauseAll' })), 'No agent could pause.')),
    'flotilla.resumeAll': () =>
      withWritableFleet(deps.door, (fleet) => counted(toReply(fleet.execute({ type: 'resumeAll' })), 'No agent is paused.')),
    'flotilla.deleteEnded': (first) =>
      withWritableFleet(deps.door, async (fleet) => {
        const state = fleet.state;
        const ended = agents(deps).filter((agent) => subtreeOf(state, agent.id).every((other) => !isLive(other))).length;
        const empty = emptyRuns(state).length;
        if (ended + empty === 0) {
          return nothing('No agent has ended.');
        }
        const sure =
          first === true ||
          (await confirm(
            `Delete ${countText(ended, 'ended agent')}${empty === 0 ? '' : ` and ${countText(empty, 'run')} without agents`}?`,
            deleteDetail,
            'Delete',
          ));
        return sure ? toReply(fleet.execute({ type: 'deleteEnded' })) : cancelled;
      }),
  };
}

const killDetail = 'They stop at once, with the commands they run. What they changed stays. A killed agent can be retried.';
const deleteDetail = 'Their transcripts leave the fleet. Files they changed stay as they are.';

function agents(deps: CommandDeps): readonly Agent[] {
  return Object.values<Agent>(deps.door.fleet?.state.agents ?? {});
}

function counted(reply: CommandReply, none: string): CommandReply {
  return reply.ok && reply.reached === 0 ? nothing(none) : reply;
}

function nothing(message: string): CommandReply {
  return refused({ code: 'unknown', message, next: 'Nothing was done.' });
}

async function confirm(message: string, detail: string, button: string): Promise<boolean> {
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, button)) === button;
}
