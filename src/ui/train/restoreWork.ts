import * as vscode from 'vscode';
import { formatDuration } from '../../core/rowText.ts';
import type { KeptWork, KeptWorkControl } from '../../orchestrator/ports.ts';
import { type CommandReply, cancelled, done, refused } from '../commandReply.ts';
import { type CommandDeps, type CommandTable, withFleet } from '../commands/commandDeps.ts';
import { noIcons } from '../plainText.ts';

/** The command that brings back what was kept of agents whose folders are gone. */
export function createRestoreCommand(deps: CommandDeps): CommandTable {
  return {
    // From code: `(ref, branch)`.
    'flotilla.restoreWork': (ref, branch) =>
      withFleet(deps.door, async () => {
        const control = deps.keptWork();
        if (control === undefined) {
          return refused({ code: 'unavailable', message: 'The fleet is still being opened.', next: 'Try again in a moment.' });
        }
        const wanted = typeof ref === 'string' ? ref : await pick(control, deps.now());
        if (typeof wanted !== 'string') {
          return wanted ?? cancelled;
        }
        const name = typeof branch === 'string' ? branch : await askName(wanted);
        return name === undefined ? cancelled : await restore(deps, control, wanted, name);
      }),
  };
}

async function pick(control: KeptWorkControl, now: number): Promise<string | CommandReply | undefined> {
  const kept = await control.list();
  if (kept.length === 0) {
    const next = 'What agents did in worktrees is kept when a worktree is removed and its work is on no branch.';
    return refused({ code: 'unknown', message: 'No work of removed worktrees is kept in the open folder.', next });
  }
  const items = kept.map((one) => ({
    label: noIcons(nameOf(one)),
    description: `${formatDuration(now - one.at)} ago`,
    detail: noIcons(one.ref),
    ref: one.ref,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Restore Kept Work',
    placeHolder: 'Whose work should become a branch?',
  });
  return picked?.ref;
}

function nameOf({ ref }: KeptWork): string {
  return ref.split('/').slice(3).join(', ');
}

async function askName(ref: string): Promise<string | undefined> {
  return await vscode.window.showInputBox({
    title: 'Restore Kept Work',
    prompt: 'Name of the new branch. It is not checked out; look at it, merge it or go on with it in Git.',
    value: `flotilla/${ref.split('/').at(-1) ?? 'work'}`,
    ignoreFocusOut: true,
  });
}

async function restore(deps: CommandDeps, control: KeptWorkControl, ref: string, branch: string): Promise<CommandReply> {
  const reply = await control.restore(ref, branch.trim());
  if (!reply.ok) {
    return refused({ code: 'unavailable', message: reply.message, next: reply.next });
  }
  vscode.window.showInformationMessage(`The work is on the branch ${reply.branch} now.`).then(undefined, deps.logError);
  return done;
}
