import * as vscode from 'vscode';
import { changesOf, type ReviewFile, type ReviewScope } from '../../core/review/changes.ts';
import { isIdText, toId } from '../../core/ids.ts';
import { type Disposable, DisposableStore } from '../../lib/disposables.ts';
import type { FleetDoor } from '../fleetDoor.ts';
import { acceptedOf } from './reviewedFiles.ts';
import type { PlacesOf } from './reviewPort.ts';

const scheme = 'flotilla-before';

type FileName = Pick<ReviewFile, 'path' | 'place'>;

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
    const address = addressOf(uri);
    if (state === undefined || address === undefined) {
      return 'The fleet is not open. Open it again to see what this file was.\n';
    }
    const { scope } = address;
    const [file] = changesOf(state, scope, address.file);
    if (file === undefined) {
      return 'Who changed this file is no longer in the fleet.\n';
    }
    const text = await this.#placesOf(file).files.baseText(file, acceptedOf(state, scope, file));
    return typeof text === 'string' ? text : `${text.text}\n`;
  }

  /** Has open documents of a file read again. */
  refresh(scope: ReviewScope, file: FileName, uri: vscode.Uri): void {
    this.#changed.fire(baseUri(scope, file, uri));
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}

/** The address of what a file was before the changes of a scope. The editor takes a file at another place for one that was moved. */
export function baseUri(scope: ReviewScope, { path, place }: FileName, file: vscode.Uri): vscode.Uri {
  const id = scope.kind === 'run' ? scope.runId : scope.agentId;
  const where = place === undefined ? [] : [place];
  return vscode.Uri.from({ scheme, path: file.path, query: JSON.stringify([scope.kind, id, path, ...where]) });
}

/** Whose changes a document of this kind belongs to, and the file as agents call it. */
export function addressOf(uri: vscode.Uri): { readonly scope: ReviewScope; readonly file: FileName } | undefined {
  const parts = uri.scheme === scheme ? readParts(uri.query) : [];
  const [kind, id, path, place] = parts;
  if (typeof path !== 'string' || typeof id !== 'string' || !isIdText(id)) {
    return undefined;
  }
  const file = { path, ...(typeof place === 'string' ? { place } : {}) };
  if (kind === 'run') {
    return { scope: { kind: 'run', runId: toId('run', id) }, file };
  }
  return kind === 'agent' ? { scope: { kind: 'agent', agentId: toId('agent', id) }, file } : undefined;
}

function readParts(query: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(query);
    return Array.isArray(parts) ? parts : [];
  } catch {
    // An address that somebody made up.
    return [];
  }
}
