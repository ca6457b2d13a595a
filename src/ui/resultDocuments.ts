import * as vscode from 'vscode';
import { isIdText, type RunId, toId } from '../core/ids.ts';
import { metricsOf } from '../core/result/runMetrics.ts';
import { resultOf } from '../core/result/runResult.ts';
import { resultText } from '../core/result/runResultText.ts';
import type { FleetState } from '../core/state.ts';
import { type Disposable, DisposableStore } from '../lib/disposables.ts';
import type { FleetDoor } from './fleetDoor.ts';

const scheme = 'flotilla-result';

/** An open result is brought up to date at most this often, in ms. */
const refreshMs = 1000;

/** What the documents need. */
export interface ResultDocumentsDeps {
  readonly door: FleetDoor;
  readonly now: () => number;
  /** Makes characters visible that could hide something. */
  readonly visible: (text: string) => string;
}

/** The results of runs as read-only Markdown documents that grow while the run goes on. */
export class ResultDocuments implements Disposable, vscode.TextDocumentContentProvider {
  readonly #deps: ResultDocumentsDeps;
  readonly #disposables = new DisposableStore();
  readonly #changed = this.#disposables.add(new vscode.EventEmitter<vscode.Uri>());
  /** What each open document showed last. */
  readonly #shown = new Map<string, string>();
  #subscription: Disposable | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly onDidChange = this.#changed.event;

  constructor(deps: ResultDocumentsDeps) {
    this.#deps = deps;
    this.#disposables.add(vscode.workspace.registerTextDocumentContentProvider(scheme, this));
    this.#disposables.add(vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#shown.delete(uri.toString())));
    this.#disposables.add(deps.door.onDidChange(() => this.#connect()));
    this.#connect();
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const text = this.#textOf(uri);
    this.#shown.set(uri.toString(), text);
    return text;
  }

  /** Opens the result of a run as it reads, not as it is written. */
  async show(state: FleetState, runId: RunId): Promise<void> {
    const name = (state.runs[runId]?.label ?? runId).replaceAll(/[\\/:*?"<>|\p{Cc}]/gu, ' ').trim();
    const uri = vscode.Uri.from({ scheme, path: `/${name === '' ? runId : name}.md`, query: runId });
    const document = await vscode.workspace.openTextDocument(uri);
    try {
      await vscode.commands.executeCommand('markdown.showPreview', uri);
    } catch {
      // The preview is an extension of the editor, which a person may have disabled; as written it reads well enough.
      await vscode.window.showTextDocument(document, { preview: true });
    }
  }

  /** The result of a run as Markdown; undefined when there is no such run. */
  textOf(state: FleetState, runId: RunId): string | undefined {
    const run = state.runs[runId];
    const result = resultOf(state, runId);
    return run === undefined || result === undefined
      ? undefined
      : resultText(result, metricsOf(state, run, this.#deps.now()), { visible: this.#deps.visible });
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscription?.dispose();
    this.#disposables.dispose();
  }

  #connect(): void {
    this.#subscription?.dispose();
    this.#subscription = this.#deps.door.fleet?.subscribe(() => this.#schedule());
    this.#schedule();
  }

  #schedule(): void {
    if (this.#shown.size > 0) {
      this.#timer ??= setTimeout(() => this.#refresh(), refreshMs);
    }
  }

  #refresh(): void {
    this.#timer = undefined;
    for (const [key, text] of this.#shown) {
      const uri = vscode.Uri.parse(key);
      if (this.#textOf(uri) !== text) {
        this.#changed.fire(uri);
      }
    }
  }

  #textOf(uri: vscode.Uri): string {
    const state = this.#deps.door.fleet?.state;
    if (state === undefined) {
      return 'The fleet is not open. Open it again to see this result.\n';
    }
    const text = isIdText(uri.query) ? this.textOf(state, toId('run', uri.query)) : undefined;
    return text ?? 'This run is no longer in the fleet.\n';
  }
}
