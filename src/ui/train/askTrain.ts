import * as vscode from 'vscode';
import type { CommandResult } from '../../core/commands.ts';
import type { AskId } from '../../core/ids.ts';
import { requestOf } from '../../core/openRequests.ts';
import { firstLine, sentence } from '../../core/rowText.ts';
import { type TrainRequest, trainCommand, trainRequestText } from '../../core/train/trainRequest.ts';
import type { FleetState } from '../../core/state.ts';
import type { TrainControl } from '../../orchestrator/ports.ts';
import { noIcons } from '../plainText.ts';
import type { PlanDocuments } from '../planDocuments.ts';
import { openConflicts } from './openConflicts.ts';

export interface AskTrainDeps {
  readonly plans: PlanDocuments;
  /** Makes characters visible that could hide something. */
  readonly visible: (text: string) => string;
  readonly trains: () => TrainControl | undefined;
  readonly logError: (error: unknown) => void;
}

/** Asks the person about a merge train; what it is about is read in an editor beside the list, as plain text. */
export async function askTrain(
  request: TrainRequest,
  title: string,
  deps: AskTrainDeps,
  token: vscode.CancellationToken,
): Promise<{ readonly choice: string; readonly text?: string } | 'later' | 'stop'> {
  const { askId, options } = request;
  await deps.plans.showText(askId, 'merge.txt', deps.visible(trainRequestText(request)));
  try {
    const items = options.map(({ choice, label, detail }) => ({ label: noIcons(label), detail: noIcons(detail), choice: `${choice}` }));
    const later = { label: '$(clock) Later', detail: '', choice: 'later' };
    const placeHolder = `${sentence(firstLine(deps.visible(request.title), 120))} Details are in the editor.`;
    const picked = await vscode.window.showQuickPick([...items, later], { title, placeHolder, ignoreFocusOut: true }, token);
    if (picked === undefined) {
      return 'stop';
    }
    if (picked.choice === 'later') {
      return 'later';
    }
    return picked.choice === 'sendBack' ? await withNote(request, token) : { choice: picked.choice };
  } finally {
    await deps.plans.close(askId);
  }
}

async function withNote(request: TrainRequest, token: vscode.CancellationToken): Promise<{ choice: string; text: string } | 'stop'> {
  const text = await vscode.window.showInputBox(
    {
      title: firstLine(request.title, 120),
      prompt: 'The agent is told what does not fit. Add what it should know besides; Enter alone adds nothing.',
      ignoreFocusOut: true,
    },
    token,
  );
  return text === undefined ? 'stop' : { choice: 'sendBack', text };
}

/** Carries an answer to a merge train out, and opens what the person is to resolve by hand. */
export async function answerTrain(
  state: FleetState,
  askId: AskId,
  { choice, text }: { readonly choice: string; readonly text?: string },
  deps: Pick<AskTrainDeps, 'trains' | 'logError'>,
): Promise<CommandResult> {
  const open = requestOf(state, askId);
  const trains = deps.trains();
  if (open?.kind !== 'train' || trains === undefined) {
    return refused('The merge has moved on.', 'Look at what waits for you now.');
  }
  const command = trainCommand(open.request, choice, text);
  if (command === undefined) {
    const names = open.request.options.map((option) => option.choice).join(', ');
    return refused(`The merge cannot be answered with "${choice}" now.`, `Answer with one of: ${names}.`);
  }
  const { train } = open.request;
  const reply = await trains.answer(train.id, command);
  if (!reply.ok) {
    return refused(reply.message, reply.next);
  }
  if (command.type === 'openByHand' && reply.folder !== undefined && train.stop?.kind === 'conflict') {
    await openConflicts(reply.folder, train.stop.files, deps.logError);
  }
  return { ok: true, accepted: { runId: train.runId, reached: 1 } };
}

function refused(message: string, next: string): CommandResult {
  return { ok: false, rejection: { code: 'unavailable', message, next } };
}
