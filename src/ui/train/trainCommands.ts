import * as vscode from 'vscode';
import type { FleetState, Run } from '../../core/state.ts';
import type { Train } from '../../core/train/train.ts';
import { carsOfRun } from '../../core/train/trainCandidates.ts';
import { countText } from '../../core/rowText.ts';
import { type CommandReply, cancelled, refused } from '../commandReply.ts';
import { type CommandDeps, type CommandTable, withWritableFleet } from '../commands/commandDeps.ts';
import { chooseRun } from '../commands/runActs.ts';
import { toGiven } from '../targets.ts';

/** The commands that merge what agents did into the person's branch. */
export function createTrainCommands(deps: CommandDeps): CommandTable {
  return {
    'flotilla.mergeRun': (first, second) =>
      withWritableFleet(deps.door, async ({ state }) => {
        const given = toGiven(first);
        const question = { title: 'Merge Run', placeholder: 'Whose work should be merged into your branch?', fits: () => true };
        const run = await chooseRun(state, { ...question, none: 'There is no run yet.' }, given);
        if (run === undefined || 'ok' in run) {
          return run ?? cancelled;
        }
        const check = given.by === 'code' ? checkOf(second) : await askCheck(state, run);
        return check === undefined ? cancelled : await mergeRun(deps, run, check);
      }),
  };
}

async function mergeRun(deps: CommandDeps, run: Run, check: string): Promise<CommandReply> {
  const trains = deps.trains();
  if (trains === undefined) {
    return refused({ code: 'unavailable', message: 'The fleet is still being opened.', next: 'Try again in a moment.' });
  }
  const reply = await trains.mergeRun(run.id, check);
  return reply.ok ? { ok: true, reached: 1, runId: run.id } : refused({ code: 'unavailable', message: reply.message, next: reply.next });
}

/** From code: `(runId, { check? })`. */
function checkOf(options: unknown): string {
  return typeof options === 'object' && options !== null && 'check' in options && typeof options.check === 'string' ? options.check : '';
}

/** Asks for the check with the last one used filled in; nothing is asked when there is nothing to merge. */
async function askCheck(state: FleetState, run: Run): Promise<string | undefined> {
  const cars = carsOfRun(state, run.id).length;
  if (cars === 0) {
    return '';
  }
  const last = Object.values<Train>(state.trains).findLast((train) => train.check !== undefined);
  return await vscode.window.showInputBox({
    title: `Merge the work of ${countText(cars, 'agent')}`,
    prompt: 'A command that has to succeed after each agent’s work, for example your tests. Leave it empty to merge without a check.',
    ...(last?.check === undefined ? {} : { value: last.check }),
    ignoreFocusOut: true,
  });
}
