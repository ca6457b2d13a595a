import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../lib/disposables.ts';
import { Emitter } from '../lib/emitter.ts';
import { type ParsedSettings, parseSettings, type Settings } from './parseSettings.ts';

const section = 'flotilla';

/**
 * The person's settings as they are now. All have application scope in package.json, so that the editor ignores what a workspace sets
 * (machine scope could be set by a container that comes with a repository). What a workspace tries to set is written to the log.
 */
export class LiveSettings implements Disposable {
  readonly #disposables = new DisposableStore();
  readonly #changed: Emitter<Settings>;
  readonly #warn: (problem: string) => void;
  #parsed: ParsedSettings;
  readonly onDidChange: Emitter<Settings>['event'];

  constructor(warn: (problem: string) => void, onError: (error: unknown) => void) {
    this.#warn = warn;
    this.#changed = this.#disposables.add(new Emitter<Settings>(onError));
    this.onDidChange = this.#changed.event;
    this.#parsed = read();
    this.#tell([]);
    this.#disposables.add(
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(section)) {
          const before = this.#parsed.problems;
          this.#parsed = read();
          this.#tell(before);
          this.#changed.fire(this.#parsed.settings);
        }
      }),
    );
  }

  get value(): Settings {
    return this.#parsed.settings;
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #tell(known: readonly string[]): void {
    for (const problem of this.#parsed.problems) {
      if (!known.includes(problem)) {
        this.#warn(problem);
      }
    }
  }
}

function read(): ParsedSettings {
  const configuration = vscode.workspace.getConfiguration(section);
  const ignored: string[] = [];
  const parsed = parseSettings((name) => {
    const found = configuration.inspect<unknown>(name);
    if (found?.workspaceValue !== undefined || found?.workspaceFolderValue !== undefined) {
      ignored.push(`flotilla.${name} in the settings of this workspace is ignored; it counts only in your user settings.`);
    }
    return found?.globalValue ?? found?.defaultValue;
  });
  return { settings: parsed.settings, problems: [...parsed.problems, ...ignored] };
}
