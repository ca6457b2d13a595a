import * as vscode from 'vscode';
import { planHistoryText } from '../../core/plan/planHistoryText.ts';
import type { Run } from '../../core/state.ts';
import { type Disposable, DisposableStore } from '../../lib/disposables.ts';
import type { FleetDoor } from '../fleetDoor.ts';
import { nameOf } from './planTools.ts';
import { historyScheme, historyUri, runOfUri } from './planUri.ts';

/** Shows every change of a plan as a document that nobody can edit, and keeps it up to date. */
export class PlanHistory implements Disposable, vscode.TextDocumentContentProvider {
  readonly #door: FleetDoor;
  readonly #disposables = new DisposableStore();
  readonly #changed = this.#disposables.add(new vscode.EventEmitter<vscode.Uri>());
  #subscription: Disposable | undefined;

  readonly onDidChange = this.#changed.event;

  constructor(door: FleetDoor) {
    this.#door = door;
    this.#disposables.add(vscode.workspace.registerTextDocumentContentProvider(historyScheme, this));
    this.#disposables.add(door.onDidChange(() => this.#connect()));
    this.#connect();
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const state = this.#door.fleet?.state;
    const runId = runOfUri(uri);
    const plan = runId === undefined ? undefined : state?.plans[runId];
    if (state === undefined || plan === undefined) {
      return 'There is no such plan, or its fleet is not open yet.\n';
    }
    return planHistoryText(plan, {
      label: state.runs[plan.runId]?.label ?? plan.runId,
      nameOf: (actor) => nameOf(state, actor),
      timeOf: (at) => new Date(at).toLocaleString(),
    });
  }

  async show(run: Run): Promise<void> {
    const document = await vscode.workspace.openTextDocument(historyUri(run));
    await vscode.window.showTextDocument(document, { preview: false });
  }

  dispose(): void {
    this.#subscription?.dispose();
    this.#disposables.dispose();
  }

  #connect(): void {
    this.#subscription?.dispose();
    this.#subscription = this.#door.fleet?.subscribe((entries) => {
      const changed = entries.flatMap(({ event }) =>
        event.type === 'planChanged' || event.type === 'changeProposed' || event.type === 'proposalSettled' ? [event.runId] : [],
      );
      this.#renew((uri) => changed.some((runId) => runId === runOfUri(uri)));
    });
    this.#renew(() => true);
  }

  #renew(fits: (uri: vscode.Uri) => boolean): void {
    for (const { uri } of vscode.workspace.textDocuments) {
      if (uri.scheme === historyScheme && fits(uri)) {
        this.#changed.fire(uri);
      }
    }
  }
}
