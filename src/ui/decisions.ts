import * as vscode from 'vscode';
import { decisionText } from '../core/openRequests.ts';
import { firstLine, sentence } from '../core/rowText.ts';
import type { Decision } from '../core/state.ts';
import { noIcons } from './plainText.ts';
import type { PlanDocuments } from './planDocuments.ts';

/** What a person chose, or to leave it for later, or to stop reviewing. */
export type Choice = { readonly choice: string; readonly text?: string } | 'later' | 'stop';

/** What asking needs. */
export interface DecisionDeps {
  readonly plans: PlanDocuments;
  /** Makes characters visible that could hide something. */
  readonly visible: (text: string) => string;
}

/** Choices that speak for themselves: nobody is asked for words with them. */
const plain: ReadonlySet<string> = new Set(['approve', 'accept', 'goOn', 'decline', 'finish', 'kill']);

/** Details longer than this are shown in an editor, where they can be scrolled. */
const longestInList = 200;

/** Asks the person to decide. What it is about is read in an editor beside the list, as plain text: models may have written parts of it. */
export async function askDecision(decision: Decision, title: string, deps: DecisionDeps, token: vscode.CancellationToken): Promise<Choice> {
  const { ask, askId } = decision;
  const detail = deps.visible(ask.detail).trim();
  const isLong = detail.length > longestInList || detail.includes('\n');
  if (isLong) {
    await deps.plans.showText(askId, 'decision.txt', deps.visible(decisionText(decision)));
  }
  try {
    const placeHolder = isLong
      ? `${sentence(firstLine(ask.title, 120))} Details are in the editor.`
      : `${sentence(firstLine(ask.title, 120))} ${detail}`.trim();
    const choice = await pickChoice(decision, title, placeHolder, token);
    if (choice === undefined) {
      return 'stop';
    }
    return choice === 'later' || ask.takesText !== true || plain.has(choice) ? toChoice(choice) : await withText(choice, ask.title, token);
  } finally {
    if (isLong) {
      await deps.plans.close(askId);
    }
  }
}

async function pickChoice(
  { ask }: Decision,
  title: string,
  placeHolder: string,
  token: vscode.CancellationToken,
): Promise<string | undefined> {
  const items = ask.options.map(({ choice, label, detail }) => ({
    label: noIcons(label),
    ...(detail === undefined ? {} : { detail: noIcons(detail) }),
    choice,
  }));
  const later = { label: '$(clock) Later', choice: 'later' };
  const picked = await vscode.window.showQuickPick([...items, later], { title, placeHolder, ignoreFocusOut: true }, token);
  return picked?.choice;
}

function toChoice(choice: string): Choice {
  return choice === 'later' ? 'later' : { choice };
}

async function withText(choice: string, title: string, token: vscode.CancellationToken): Promise<Choice> {
  const text = await vscode.window.showInputBox(
    {
      title: firstLine(title, 120),
      prompt: 'Say why or what is to be different. The agents read this. Enter alone leaves it out.',
      ignoreFocusOut: true,
    },
    token,
  );
  if (text === undefined) {
    return 'stop';
  }
  return text.trim() === '' ? { choice } : { choice, text: text.trim() };
}

/** Reads a choice that code passed to a command, as the public API writes it. */
export function readChoice(value: unknown): { readonly choice: string; readonly text?: string } | undefined {
  if (typeof value !== 'object' || value === null || !('choice' in value) || typeof value.choice !== 'string') {
    return undefined;
  }
  const text = 'text' in value && typeof value.text === 'string' ? value.text : undefined;
  return text === undefined ? { choice: value.choice } : { choice: value.choice, text };
}
