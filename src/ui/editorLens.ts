import * as vscode from 'vscode';
import { type FileWork, workOnFile } from '../core/fileWork.ts';
import { type Disposable, DisposableStore } from '../lib/disposables.ts';
import type { FleetDoor } from './fleetDoor.ts';

/** Lenses are worked out anew at most this often, in ms. */
const refreshMs = 300;
/** Says in an open file which agents work there, and lets a person act on them in place. */
export class EditorLens implements Disposable, vscode.CodeLensProvider {
  readonly #door: FleetDoor;
  readonly #display: (uri: vscode.Uri) => string | undefined;
  readonly #disposables = new DisposableStore();
  readonly #changed = this.#disposables.add(new vscode.EventEmitter<void>());
  #subscription: Disposable | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #shown = '[]';

  readonly onDidChangeCodeLenses = this.#changed.event;

  /** `display` gives the path of a file as agents write it; undefined outside the workspace. */
  constructor(door: FleetDoor, display: (uri: vscode.Uri) => string | undefined) {
    this.#door = door;
    this.#display = display;
    this.#disposables.add(vscode.languages.registerCodeLensProvider({ scheme: 'file' }, this));
    this.#disposables.add(door.onDidChange(() => this.#connect()));
    this.#connect();
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    return this.#work(document).flatMap((work) => lenses(work, document));
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscription?.dispose();
    this.#disposables.dispose();
  }

  #connect(): void {
    this.#subscription?.dispose();
    this.#subscription = this.#door.fleet?.subscribe(() => {
      this.#timer ??= setTimeout(() => this.#refresh(), refreshMs);
    });
    this.#changed.fire();
  }

  /** Editors are asked for their lenses again only when some visible one would show others. */
  #refresh(): void {
    this.#timer = undefined;
    const shown = JSON.stringify(vscode.window.visibleTextEditors.map((editor) => this.#work(editor.document)));
    if (shown !== this.#shown) {
      this.#shown = shown;
      this.#changed.fire();
    }
  }

  #work(document: vscode.TextDocument): readonly FileWork[] {
    const fleet = this.#door.fleet;
    const path = fleet === undefined ? undefined : this.#display(document.uri);
    return fleet === undefined || path === undefined ? [] : workOnFile(fleet.state, path);
  }
}

function lenses(work: FileWork, document: vscode.TextDocument): vscode.CodeLens[] {
  const line = Math.min(Math.max(work.line, 1), Math.max(document.lineCount, 1)) - 1;
  const range = new vscode.Range(line, 0, line, 0);
  const row = { kind: 'agent', agentId: work.agentId };
  const lens = (title: string, command: string, ...args: readonly unknown[]) =>
    new vscode.CodeLens(range, { title, command, arguments: [...args] });
  const label = work.label.replaceAll('$(', '$ (');
  const { icon, text } = doingLens[work.doing];
  return [
    lens(`$(${icon}) ${label} ${text} here`, 'flotilla.openTranscript', row),
    ...(work.askId === undefined ? [] : [lens('Review', 'flotilla.reviewApprovals', work.askId)]),
    lens('Steer', 'flotilla.steerAgent', row),
    lens('Wrap Up', 'flotilla.wrapUpAgent', row),
    lens('Kill', 'flotilla.killAgent', row),
  ];
}

const doingLens = {
  editing: { icon: 'edit', text: 'is editing' },
  reading: { icon: 'eye', text: 'is reading' },
  working: { icon: 'gear', text: 'is working' },
  asking: { icon: 'report', text: 'wants to make a change' },
} as const satisfies Record<FileWork['doing'], { icon: string; text: string }>;
