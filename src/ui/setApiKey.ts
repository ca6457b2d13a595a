import * as vscode from 'vscode';
import { type CommandReply, cancelled, done, refused } from './commandReply.ts';

/** Where the key is kept. */
export interface KeyStore {
  readonly value: string | undefined;
  set(value: string | undefined): Promise<void>;
}

/** Stores the person's API key, given or asked for; an empty one is forgotten. The key is never shown, logged or returned. */
export async function setApiKey(store: KeyStore, given: unknown, useAnthropic: () => Promise<void>): Promise<CommandReply> {
  const text = typeof given === 'string' ? given : await askKey(store.value !== undefined);
  if (text === undefined) {
    return cancelled;
  }
  const key = text.trim();
  const problem = keyProblem(key);
  if (problem !== undefined) {
    return refused({ code: 'invalid', message: problem, next: 'Copy the key again, in full.' });
  }
  await store.set(key === '' ? undefined : key);
  if (typeof given !== 'string') {
    await tell(key !== '', useAnthropic);
  }
  return done;
}

function keyProblem(key: string): string | undefined {
  return /^[\x21-\x7e]{0,512}$/.test(key) ? undefined : 'This cannot be an API key: it has blanks, line breaks or characters no key has.';
}

async function askKey(hasKey: boolean): Promise<string | undefined> {
  return await vscode.window.showInputBox({
    title: 'Anthropic API Key',
    prompt: hasKey ? 'Replaces the stored key; leave it empty to forget the stored one.' : 'Kept in the secret storage of the editor.',
    placeHolder: 'sk-…',
    password: true,
    ignoreFocusOut: true,
    validateInput: (value) => keyProblem(value.trim()),
  });
}

async function tell(stored: boolean, useAnthropic: () => Promise<void>): Promise<void> {
  if (!stored) {
    vscode.window.setStatusBarMessage('Flotilla: the API key was forgotten.', 5000);
  } else if (vscode.workspace.getConfiguration('flotilla').get('provider') === 'practice') {
    const use = 'Use Anthropic';
    const message = 'The key is stored, but the setting flotilla.provider says to use the practice model.';
    if ((await vscode.window.showInformationMessage(message, use)) === use) {
      await useAnthropic();
    }
  } else {
    vscode.window.setStatusBarMessage('Flotilla: the API key is stored. New agents use it.', 5000);
  }
}
