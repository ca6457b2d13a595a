import path from 'node:path';
import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../lib/disposables.ts';
import { Emitter } from '../lib/emitter.ts';
import type { Log } from '../orchestrator/ports.ts';
import type { WorkspaceFolder } from '../workspace/workspacePath.ts';
import { type DefinitionFile, readDefinitions, userPlaces, workspacePlaces } from './readDefinitions.ts';

/** An editor that saves, or a checkout, touches several files at once; they are read once it has been quiet for this long, in ms. */
const quietMs = 200;

/** The files, the folders that hold them, and those above: a folder that comes or goes takes its files with it. */
const watchedGlobs = [
  ...workspacePlaces.map(({ folder }) => `${folder}/*.md`),
  `{${workspacePlaces.map(({ folder }) => folder).join(',')}}`,
  '{.flotilla,.claude,.github}',
];

export interface DefinitionFilesDeps {
  /** Under unique names, as paths are shown. */
  readonly folders: () => readonly WorkspaceFolder[];
  /** The user's own folder. */
  readonly home: string;
  readonly log: Log;
  readonly logError: (error: unknown) => void;
}

/** The files that define agent types and workflows, kept up to date. Nothing of a workspace that is not trusted is read. */
export class DefinitionFiles implements Disposable {
  readonly #deps: DefinitionFilesDeps;
  readonly #disposables = new DisposableStore();
  readonly #changed: Emitter<void>;
  #watchers = new DisposableStore();
  #files: readonly DefinitionFile[] = [];
  #leftOut: readonly string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Readings follow one another, so that an older one never replaces a newer. */
  #reading: Promise<void> = Promise.resolve();

  constructor(deps: DefinitionFilesDeps) {
    this.#deps = deps;
    this.#changed = this.#disposables.add(new Emitter<void>(deps.logError));
    this.#disposables.add(vscode.workspace.onDidChangeWorkspaceFolders(() => this.#restart()));
    this.#disposables.add(vscode.workspace.onDidGrantWorkspaceTrust(() => this.#restart()));
    this.#watch();
  }

  /** The same list until something in it changes. */
  get files(): readonly DefinitionFile[] {
    return this.#files;
  }

  onDidChange(listener: () => void): Disposable {
    return this.#changed.event(listener);
  }

  /** Reads everything again. Never rejects. */
  refresh(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#read()).catch(this.#deps.logError);
    return this.#reading;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#watchers.dispose();
    this.#disposables.dispose();
  }

  async #read(): Promise<void> {
    const folders = vscode.workspace.isTrusted ? this.#deps.folders() : [];
    const { files, leftOut } = await readDefinitions(folders, this.#deps.home);
    for (const text of leftOut.filter((one) => !this.#leftOut.includes(one))) {
      this.#deps.log.warn(`Definition not read: ${text}`);
    }
    this.#leftOut = leftOut;
    if (!areSame(files, this.#files)) {
      this.#files = files;
      this.#changed.fire();
    }
  }

  #restart(): void {
    this.#watch();
    this.#soon();
  }

  #soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.refresh(), quietMs);
  }

  #watch(): void {
    this.#watchers.dispose();
    this.#watchers = new DisposableStore();
    const patterns = [
      ...this.#deps
        .folders()
        .flatMap((folder) => watchedGlobs.map((glob) => new vscode.RelativePattern(vscode.Uri.file(folder.path), glob))),
      ...userPlaces.map(({ folder }) => new vscode.RelativePattern(vscode.Uri.file(path.join(this.#deps.home, folder)), '*.md')),
    ];
    for (const pattern of vscode.workspace.isTrusted ? patterns : []) {
      const watcher = this.#watchers.add(vscode.workspace.createFileSystemWatcher(pattern));
      this.#watchers.add(watcher.onDidCreate(() => this.#soon()));
      this.#watchers.add(watcher.onDidChange(() => this.#soon()));
      this.#watchers.add(watcher.onDidDelete(() => this.#soon()));
    }
  }
}

function areSame(a: readonly DefinitionFile[], b: readonly DefinitionFile[]): boolean {
  return a.length === b.length && a.every((file, index) => file.absolute === b[index]?.absolute && file.text === b[index].text);
}
