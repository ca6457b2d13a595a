import * as vscode from 'vscode';
import { changesOf, type ReviewScope } from '../../core/review/changes.ts';
import { isIdText, toId } from '../../core/ids.ts';
import { type Disposable, DisposableStore } from '../../lib/disposables.ts';
import type { FleetDoor } from '../fleetDoor.ts';
import { acceptedOf } from './reviewedFiles.ts';
import type { PlacesOf } from './reviewPort.ts';

const scheme = 'flotilla-before';

/** Files as they were before agents changed them, as read-only documents; what the person accepts becomes part of them. */
export class BaseDocuments implements Disposable, vscode.TextDocumentContentProvider {
  readonly #door: FleetDoor;
  readonly #placesOf: PlacesOf;
  readonly #disposables = new DisposableStore();
  readonly #changed = this.#disposables.add(new vscode.EventEmitter<vscode.Uri>());

  readonly onDidChange = this.#changed.event;

  constructor(door: FleetDoor, placesOf: PlacesOf) {
    this.#door = door;
    this.#placesOf = placesOf;
    this.#disposables.add(vscode.workspace.registerTextDocumentContentProvider(scheme, this));
  }

  /** From the address alone, so that an editor that a reload brings back shows the same. */
  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const state = this.#door.fleet?.state;
    const scope = scopeOf(uri);
    if (state === undefined || scope === undefined) {
      return 'The fleet is not open. Open it again to see what this file was.\n';
    }
    const file = changesOf(state, scope).find(({ path }) => path === uri.path.slice(1));
    if (file === undefined) {
      return 'Who changed this file is no longer in the fleet.\n';
    }
    const text = await this.#placesOf(scope).files.baseText(file, acceptedOf(state, scope, file));
    return typeof text === 'string' ? text : `${text.text}\n`;
  }

  /** Has open documents of a file read again. */
  refresh(scope: ReviewScope, path: string): void {
    this.#changed.fire(baseUri(scope, path));
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}

/** The address of what a file was before the changes of a scope. */
export function baseUri(scope: ReviewScope, path: string): vscode.Uri {
  const query = scope.kind === 'run' ? `run=${scope.runId}` : `agent=${scope.agentId}`;
  return vscode.Uri.from({ scheme, path: `/${path}`, query });
}

/** Whose changes a document of this kind belongs to. */
export function scopeOf(uri: vscode.Uri): ReviewScope | undefined {
  const [kind, ...rest] = uri.scheme === scheme ? uri.query.split('=') : [];
  const id = rest.join('=');
  if (!isIdText(id)) {
    return undefined;
  }
  if (kind === 'run') {
    return { kind: 'run', runId: toId('run', id) };
  }
  return kind === 'agent' ? { kind: 'agent', agentId: toId('agent', id) } : undefined;
}
