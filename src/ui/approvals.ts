import * as vscode from 'vscode';
import type { Answer, FleetEvent } from '../core/events.ts';
import { askTexts, openAsks } from '../core/rows.ts';
import type { OpenAsk } from '../core/state.ts';
import type { FleetControl } from '../orchestrator/ports.ts';
import { type CommandReply, cancelled, done, refused, toReply } from './commandReply.ts';
import type { PlanDocuments } from './planDocuments.ts';

/** What a review needs beside the fleet. */
export interface ReviewDeps {
  readonly plans: PlanDocuments;
  /** Makes characters visible that could hide what a plan does. */
  readonly visible: (text: string) => string;
}

/** What a person decided about one ask: an answer, to leave it for later, or to stop reviewing. */
type Decision = Answer | 'later' | 'stop';

/** A plan longer than this is shown in an editor, where it can be scrolled, and not in a dialog. */
const dialogLines = 12;
const dialogCharacters = 1000;

/**
 * Asks the person about everything that waits, one by one, beginning with `first`. What is shown is the exact plan; closing a question
 * leaves it and all that follow for later.
 */
export async function reviewApprovals(fleet: FleetControl, deps: ReviewDeps, first: string | undefined): Promise<CommandReply> {
  const seen = new Set<string>();
  let reached = 0;
  for (let open = nextAsk(fleet, seen, first); open !== undefined; open = nextAsk(fleet, seen, undefined)) {
    seen.add(open.askId);
    const decision = await whileAsked(fleet, open, (token) => decideOn(fleet, open, deps, token));
    if (decision === 'stop') {
      return reached === 0 ? cancelled : { ...done, reached };
    }
    if (decision !== 'later') {
      const result = fleet.execute({ type: 'answer', askId: open.askId, answer: decision });
      if (!result.ok) {
        return toReply(result);
      }
      reached += 1;
    }
  }
  if (seen.size === 0) {
    return refused({ code: 'unknown', message: 'Nothing waits for your approval.', next: '' });
  }
  return { ...done, reached };
}

function nextAsk(fleet: FleetControl, seen: ReadonlySet<string>, first: string | undefined): OpenAsk | undefined {
  const waiting = openAsks(fleet.state).filter((open) => !seen.has(open.askId));
  return waiting.find((open) => open.askId === first) ?? waiting[0];
}

/** The facts that can end an ask. */
const endsAsks: ReadonlySet<FleetEvent['type']> = new Set(['personAnswered', 'agentEnded', 'agentDeleted']);

/** Takes a question back from the screen when it is answered elsewhere or its asker has ended; then the next one comes. */
async function whileAsked(
  fleet: FleetControl,
  open: OpenAsk,
  decide: (token: vscode.CancellationToken) => Promise<Decision>,
): Promise<Decision> {
  const source = new vscode.CancellationTokenSource();
  const isGone = () => fleet.state.asks[open.askId] === undefined;
  const watching = fleet.subscribe((entries) => {
    if (entries.some(({ event }) => endsAsks.has(event.type)) && isGone()) {
      source.cancel();
    }
  });
  try {
    const decision = await decide(source.token);
    return isGone() ? 'later' : decision;
  } finally {
    watching.dispose();
    source.dispose();
  }
}

async function decideOn(fleet: FleetControl, open: OpenAsk, deps: ReviewDeps, token: vscode.CancellationToken): Promise<Decision> {
  const waiting = openAsks(fleet.state).length;
  const who = fleet.state.agents[open.agentId]?.label ?? 'An agent';
  const title = `${who} ${askTexts[open.ask.kind]}${waiting > 1 ? ` (${waiting} wait for you)` : ''}`;
  switch (open.ask.kind) {
    case 'question':
      return await askQuestion(title, open.ask, token);
    case 'command': {
      const command = deps.visible(open.ask.command);
      const folder = open.ask.folder === '.' ? 'the workspace folder' : deps.visible(open.ask.folder);
      if (command.length <= dialogCharacters && command.split('\n').length <= dialogLines) {
        return await askInDialog(title, `${command}\n\nin ${folder}`);
      }
      await deps.plans.showText(open.askId, 'command.sh', `${command}\n`);
      return await closing(deps, open, () => askInList(title, `Run the command shown in the editor, in ${folder}?`, token));
    }
    case 'write': {
      await deps.plans.showChange(open, open.ask);
      const path = deps.visible(open.ask.path);
      return await closing(deps, open, () => askInList(title, `Make the change shown in the editor to ${path}?`, token));
    }
  }
}

async function closing(deps: ReviewDeps, open: OpenAsk, ask: () => Promise<Decision>): Promise<Decision> {
  try {
    return await ask();
  } finally {
    await deps.plans.close(open.askId);
  }
}

async function askInDialog(title: string, detail: string): Promise<Decision> {
  const picked = await vscode.window.showInformationMessage(
    title,
    { modal: true, detail },
    { title: 'Allow', choice: 'allow' },
    { title: 'Deny', choice: 'deny' },
    { title: 'Deny with Reason…', choice: 'reason' },
    { title: 'Later', choice: 'stop', isCloseAffordance: true },
  );
  switch (picked?.choice) {
    case 'allow':
      return { kind: 'allow' };
    case 'deny':
      return { kind: 'deny' };
    case 'reason':
      return await askReason();
    default:
      return 'stop';
  }
}

async function askInList(title: string, placeHolder: string, token: vscode.CancellationToken): Promise<Decision> {
  const picked = await vscode.window.showQuickPick(
    [
      { label: '$(check) Allow', choice: 'allow' },
      { label: '$(close) Deny', choice: 'deny' },
      { label: '$(comment) Deny with a reason…', choice: 'reason' },
      { label: '$(clock) Later', choice: 'later' },
    ] as const,
    { title, placeHolder, ignoreFocusOut: true },
    token,
  );
  switch (picked?.choice) {
    case 'allow':
    case 'deny':
      return { kind: picked.choice };
    case 'reason':
      return await askReason();
    case 'later':
      return 'later';
    case undefined:
      return 'stop';
  }
}

async function askReason(): Promise<Decision> {
  const reason = await vscode.window.showInputBox({
    title: 'Why not?',
    prompt: 'The agent reads this and looks for another way.',
    ignoreFocusOut: true,
  });
  return reason === undefined ? 'stop' : { kind: 'deny', ...(reason.trim() === '' ? {} : { reason: reason.trim() }) };
}

async function askQuestion(
  title: string,
  ask: Extract<OpenAsk['ask'], { kind: 'question' }>,
  token: vscode.CancellationToken,
): Promise<Decision> {
  if (ask.options.length > 0) {
    const own = { label: '$(comment) Another answer…', option: undefined };
    const items = [...ask.options.map((option) => ({ label: option.replaceAll('$(', '$\u200b('), option })), own];
    const picked = await vscode.window.showQuickPick(items, { title, placeHolder: ask.title, ignoreFocusOut: true }, token);
    if (picked === undefined) {
      return 'stop';
    }
    if (picked.option !== undefined) {
      return { kind: 'reply', text: picked.option };
    }
  }
  const text = await vscode.window.showInputBox({ title, prompt: ask.title, ignoreFocusOut: true, validateInput: notBlank }, token);
  return text === undefined ? 'stop' : { kind: 'reply', text };
}

function notBlank(text: string): string | undefined {
  return text.trim() === '' ? 'Write an answer, or press Escape to answer later.' : undefined;
}
