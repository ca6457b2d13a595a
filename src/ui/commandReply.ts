import * as vscode from 'vscode';
import type { CommandResult, Rejection } from '../core/commands.ts';
import { noLinks } from './plainText.ts';

/** What a command returns to code that called it: plain JSON. `cancelled`: the person closed a question. */
export type CommandReply =
  | { readonly ok: true; readonly reached: number; readonly runId?: string; readonly agentId?: string }
  | { readonly ok: false; readonly code: Rejection['code'] | 'cancelled'; readonly message: string; readonly next: string };

/** The reply of a command that the person broke off; nothing is shown for it. */
export const cancelled: CommandReply = { ok: false, code: 'cancelled', message: 'Cancelled.', next: '' };

/** The reply of a command that had nothing to tell but that it worked. */
export const done = { ok: true, reached: 1 } as const satisfies CommandReply;

export function refused(rejection: Rejection): CommandReply {
  return { ok: false, ...rejection };
}

export function toReply(result: CommandResult): CommandReply {
  if (!result.ok) {
    return refused(result.rejection);
  }
  const { reached, runId, agentId } = result.accepted;
  return { ok: true, reached, ...(runId === undefined ? {} : { runId }), ...(agentId === undefined ? {} : { agentId }) };
}

/** A button that leads out of a refusal. */
export interface WayOut {
  readonly title: string;
  readonly command: string;
  readonly args: readonly unknown[];
}

/** Shows a refusal once, with buttons for the ways out there are; does not wait for the person. */
export function showRefusal(reply: CommandReply, log: (error: unknown) => void, more: readonly WayOut[] = []): void {
  if (reply.ok || reply.code === 'cancelled') {
    return;
  }
  const ways = [...more, ...waysOut(reply.code)];
  vscode.window.showWarningMessage(noLinks(`${reply.message} ${reply.next}`.trim()), ...ways.map((way) => way.title)).then((title) => {
    const way = ways.find((candidate) => candidate.title === title);
    if (way !== undefined) {
      vscode.commands.executeCommand(way.command, ...way.args).then(undefined, log);
    }
  }, log);
}

function waysOut(code: Rejection['code'] | 'cancelled'): readonly WayOut[] {
  switch (code) {
    case 'noWorkspace':
      return [{ title: 'Open Folder…', command: 'workbench.action.files.openFolder', args: [] }];
    case 'untrusted':
      return [{ title: 'Manage Trust', command: 'workbench.trust.manage', args: [] }];
    case 'cap':
      return [{ title: 'Open Settings', command: 'workbench.action.openSettings', args: ['flotilla.max'] }];
    case 'readOnly':
      return [{ title: 'Open Fleet Again', command: 'flotilla.reopenFleet', args: [] }];
    case 'unavailable':
      return [{ title: 'Show Log', command: 'flotilla.showLog', args: [] }];
    default:
      return [];
  }
}
