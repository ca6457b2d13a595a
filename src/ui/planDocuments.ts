import * as vscode from 'vscode';
import type { AgentId, AskId } from '../core/ids.ts';
import type { OpenAsk } from '../core/state.ts';
import type { Disposable } from '../lib/disposables.ts';
import { applyUnifiedDiff } from './unifiedDiff.ts';

const scheme = 'flotilla-plan';

/** Shows exact plans as read-only documents, and takes them away again once they are decided. */
export class PlanDocuments implements Disposable, vscode.TextDocumentContentProvider {
  readonly #texts = new Map<string, string>();
  readonly #registration: Disposable;
  readonly #resolve: (path: string, agentId: AgentId) => Promise<vscode.Uri | undefined>;

  /** `resolve` finds the file a path names to an agent; undefined if it is outside. */
  constructor(resolve: (path: string, agentId: AgentId) => Promise<vscode.Uri | undefined>) {
    this.#resolve = resolve;
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  /** Shows a text that is too long for a dialog. */
  async showText(askId: AskId, name: string, text: string): Promise<void> {
    const document = await vscode.workspace.openTextDocument(this.#put(askId, name, text));
    await toLowerGroup();
    await vscode.window.showTextDocument(document, { preview: true, preserveFocus: true });
  }

  /** Shows a change beside the file as it is now; as the plain diff when it no longer fits, and the plain diff says so. */
  async showChange(open: OpenAsk, ask: Extract<OpenAsk['ask'], { kind: 'write' }>): Promise<void> {
    const file = await this.#resolve(ask.path, open.agentId);
    const now = file === undefined ? undefined : await readText(file);
    const after = applyUnifiedDiff(now ?? '', ask.diff);
    if (file === undefined || after === undefined) {
      await this.showText(open.askId, `${ask.path}.diff`, ask.diff);
      return;
    }
    const left = now === undefined ? this.#put(open.askId, `before/${ask.path}`, '') : file;
    const right = this.#put(open.askId, `after/${ask.path}`, after);
    const title = `${ask.path} (${now === undefined ? 'new file' : 'now ↔ proposed'})`;
    await toLowerGroup();
    await vscode.commands.executeCommand('vscode.diff', left, right, title, { preview: true, preserveFocus: true });
  }

  /** Closes the editors that show the plan of an ask, and forgets its texts. */
  async close(askId: AskId): Promise<void> {
    const belongs = (uri: vscode.Uri) => uri.scheme === scheme && uri.authority === authority(askId);
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs).filter((tab) => tabUris(tab).some(belongs));
    for (const key of [...this.#texts.keys()]) {
      if (belongs(vscode.Uri.parse(key))) {
        this.#texts.delete(key);
      }
    }
    const groups = new Set(tabs.map((tab) => tab.group));
    if (tabs.length > 0) {
      await vscode.window.tabGroups.close(tabs, true);
    }
    // Some people have VS Code keep empty groups.
    for (const group of vscode.window.tabGroups.all.filter((one) => one.tabs.length === 0 && groups.has(one))) {
      await vscode.window.tabGroups.close(group, true);
    }
  }

  dispose(): void {
    this.#registration.dispose();
    this.#texts.clear();
  }

  #put(askId: AskId, name: string, text: string): vscode.Uri {
    const uri = vscode.Uri.from({ scheme, authority: authority(askId), path: `/${name}` });
    this.#texts.set(uri.toString(), text);
    return uri;
  }
}

/** A list of choices comes down over the beginning of the upper editor, so what it is about is shown in a group below. */
async function toLowerGroup(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.newGroupBelow');
}

/** Ids may hold characters that a URI authority may not. */
function authority(askId: AskId): string {
  return [...askId]
    .map((character) => (/[A-Za-z0-9]/.test(character) ? character.toLowerCase() : character.charCodeAt(0).toString(16)))
    .join('');
}

function tabUris(tab: vscode.Tab): readonly vscode.Uri[] {
  if (tab.input instanceof vscode.TabInputTextDiff) {
    return [tab.input.original, tab.input.modified];
  }
  return tab.input instanceof vscode.TabInputText ? [tab.input.uri] : [];
}

async function readText(uri: vscode.Uri): Promise<string | undefined> {
  try {
    return (await vscode.workspace.openTextDocument(uri)).getText();
  } catch {
    // Not there or not text: the change is shown as it is.
    return undefined;
  }
}
