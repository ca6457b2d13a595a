import * as vscode from 'vscode';
import type { RunId } from '../../core/ids.ts';
import type { Plan } from '../../core/state.ts';
import { type Disposable, DisposableStore } from '../../lib/disposables.ts';
import type { FleetControl } from '../../orchestrator/ports.ts';
import { type FleetDoor, rejectionText } from '../fleetDoor.ts';
import { factsOf, type PlanTools, type ReadText } from './planTools.ts';
import { planScheme, runOfUri } from './planUri.ts';

/** Reasons of changes that nobody gave a reason for. */
const plainReason = 'Edited in the plan document';
/** Documents are made anew at most this often, in ms. */
const refreshMs = 300;

/** What was last given to the editor. */
interface Given {
  readonly text: string;
  readonly modifiedAt: number;
}

export interface PlanFileDeps {
  readonly door: FleetDoor;
  readonly tools: PlanTools;
  readonly now: () => number;
  /** Reads a text against the plan as it is now. */
  readonly read: (text: string, plan: Plan) => ReadText;
}

/** The plans of runs as files: reading writes the plan down, saving changes the plan. */
export class PlanFiles implements Disposable, vscode.FileSystemProvider {
  readonly #deps: PlanFileDeps;
  readonly #disposables = new DisposableStore();
  readonly #changed = this.#disposables.add(new vscode.EventEmitter<vscode.FileChangeEvent[]>());
  readonly #given = new Map<string, Given>();
  #subscription: Disposable | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly onDidChangeFile = this.#changed.event;

  constructor(deps: PlanFileDeps) {
    this.#deps = deps;
    this.#disposables.add(vscode.workspace.registerFileSystemProvider(planScheme, this, { isCaseSensitive: true }));
    this.#disposables.add(
      vscode.workspace.onDidSaveTextDocument(({ uri }) => {
        if (uri.scheme === planScheme) {
          this.#renew(uri);
        }
      }),
    );
    this.#disposables.add(
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        this.#given.delete(uri.toString());
      }),
    );
    this.#disposables.add(deps.door.onDidChange(() => this.#connect()));
    this.#connect();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscription?.dispose();
    this.#disposables.dispose();
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  /**
   * The size is always 0: the editor refuses to save when a file has another size and a later time than the one it read, and the only way on
   * would be to overwrite it blindly or to drop what was typed. What others changed meanwhile is worked in, or told task by task.
   */
  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { fleet, plan } = await this.#find(uri);
    const { modifiedAt } = this.#give(uri, fleet, plan);
    const createdAt = fleet.state.runs[plan.runId]?.startedAt ?? 0;
    const stat = { type: vscode.FileType.File, ctime: createdAt, mtime: modifiedAt, size: 0 };
    return fleet.readOnly === undefined ? stat : { ...stat, permissions: vscode.FilePermission.Readonly };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const { fleet, plan } = await this.#find(uri);
    return new TextEncoder().encode(this.#give(uri, fleet, plan).text);
  }

  /** Changes the plan as the text says. Refuses, and so leaves the editor as it is, when it cannot be done. */
  async writeFile(uri: vscode.Uri, content: Uint8Array): Promise<void> {
    const { fleet, plan } = await this.#find(uri);
    if (fleet.readOnly !== undefined) {
      throw vscode.FileSystemError.NoPermissions(fleet.readOnly);
    }
    const { changes, problems, reason } = this.#deps.read(new TextDecoder().decode(content), plan);
    const errors = problems.filter(({ severity }) => severity === 'error');
    const [first] = errors;
    if (first !== undefined) {
      const more = errors.length > 1 ? ` And ${errors.length - 1} more: see the Problems view.` : '';
      throw refusal(`The plan was not changed. Line ${first.range.line + 1}: ${first.message}${more}`);
    }
    if (changes.length === 0) {
      return;
    }
    const result = fleet.execute({ type: 'changePlan', runId: plan.runId, changes: [...changes], reason: reason ?? plainReason });
    if (!result.ok) {
      throw refusal(`The plan was not changed. ${rejectionText(result.rejection)}`);
    }
  }

  readDirectory(): never {
    throw vscode.FileSystemError.Unavailable('Plans are opened one by one.');
  }

  createDirectory(): never {
    throw vscode.FileSystemError.NoPermissions('Plans belong to runs.');
  }

  delete(): never {
    throw vscode.FileSystemError.NoPermissions('Plans belong to runs.');
  }

  rename(): never {
    throw vscode.FileSystemError.NoPermissions('Plans belong to runs.');
  }

  /** The plan of a document. A window that has just been opened shows its documents before its fleet is there. */
  async #find(uri: vscode.Uri): Promise<{ readonly fleet: FleetControl; readonly plan: Plan }> {
    const runId = runOfUri(uri);
    const fleet = await this.#fleet();
    const plan = runId === undefined ? undefined : fleet.state.plans[runId];
    if (plan === undefined) {
      throw vscode.FileSystemError.FileNotFound(uri);
    }
    return { fleet, plan };
  }

  async #fleet(): Promise<FleetControl> {
    const { door } = this.#deps;
    if (door.state.kind === 'opening') {
      await new Promise<void>((resolve) => {
        const listening = door.onDidChange(({ kind }) => {
          if (kind !== 'opening') {
            listening.dispose();
            resolve();
          }
        });
      });
    }
    const { state } = door;
    if (state.kind !== 'open') {
      throw vscode.FileSystemError.Unavailable(rejectionText(state.rejection));
    }
    return state.fleet;
  }

  /** The text of a plan as it is now, with a time that moves whenever the text does. */
  #give(uri: vscode.Uri, { state }: FleetControl, plan: Plan): Given {
    const key = uri.toString();
    const last = this.#given.get(key);
    const text = this.#deps.tools.write(plan, factsOf(state, plan));
    if (last?.text === text) {
      return last;
    }
    const given = { text, modifiedAt: Math.max(this.#deps.now(), (last?.modifiedAt ?? 0) + 1) };
    this.#given.set(key, given);
    return given;
  }

  #connect(): void {
    this.#subscription?.dispose();
    this.#subscription = this.#deps.door.fleet?.subscribe(() => {
      if (this.#given.size > 0) {
        this.#timer ??= setTimeout(() => this.#refresh(), refreshMs);
      }
    });
  }

  /** Has the editor read again what has changed. It does so only for documents without unsaved changes. */
  #refresh(): void {
    this.#timer = undefined;
    const fleet = this.#deps.door.fleet;
    if (fleet === undefined) {
      return;
    }
    const events = [...this.#given].flatMap(([key, { text }]): vscode.FileChangeEvent[] => {
      const uri = vscode.Uri.parse(key);
      const plan = planOf(fleet, runOfUri(uri));
      if (plan === undefined) {
        return [{ type: vscode.FileChangeType.Deleted, uri }];
      }
      return this.#give(uri, fleet, plan).text === text ? [] : [{ type: vscode.FileChangeType.Changed, uri }];
    });
    if (events.length > 0) {
      this.#changed.fire(events);
    }
  }

  /** After a save, the editor shows what the person wrote; what the plan became is to take its place. */
  #renew(uri: vscode.Uri): void {
    const last = this.#given.get(uri.toString());
    if (last !== undefined) {
      this.#given.set(uri.toString(), { text: '', modifiedAt: last.modifiedAt });
      this.#changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
    }
  }
}

function planOf(fleet: FleetControl, runId: RunId | undefined): Plan | undefined {
  return runId === undefined ? undefined : fleet.state.plans[runId];
}

function refusal(message: string): Error {
  return new vscode.FileSystemError(message);
}
