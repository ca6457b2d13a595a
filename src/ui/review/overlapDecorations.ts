import * as vscode from 'vscode';
import { noOverlaps, type Overlaps, overlapsOf } from '../../core/review/overlaps.ts';
import type { AgentId } from '../../core/ids.ts';
import { emptyFleet, type FleetState } from '../../core/state.ts';
import { type Disposable, DisposableStore } from '../../lib/disposables.ts';
import type { FleetDoor } from '../fleetDoor.ts';

/** Decorations are worked out anew at most this often, in ms. */
const refreshMs = 300;

/** What marking files needs. */
export interface OverlapDecorationsDeps {
  readonly door: FleetDoor;
  /** The path of a file as agents write it; undefined outside the workspace. */
  readonly display: (uri: vscode.Uri) => string | undefined;
  /** The file a path names in the open folders, or where an agent works; undefined outside of them. */
  readonly resolve: (path: string, agentId: AgentId | undefined) => Promise<vscode.Uri | undefined>;
  readonly logError: (error: unknown) => void;
}

/** Marks files that two agents change at the same time, in the explorer, in tabs and wherever else the editor names files. */
export class OverlapDecorations implements Disposable, vscode.FileDecorationProvider {
  readonly #deps: OverlapDecorationsDeps;
  readonly #disposables = new DisposableStore();
  readonly #changed = this.#disposables.add(new vscode.EventEmitter<vscode.Uri[]>());
  #overlaps: Overlaps = noOverlaps;
  /** Files of overlaps in the folders of agents, by address. */
  #apart: ReadonlyMap<string, string> = new Map();
  #subscription: Disposable | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly onDidChangeFileDecorations = this.#changed.event;

  constructor(deps: OverlapDecorationsDeps) {
    this.#deps = deps;
    this.#disposables.add(vscode.window.registerFileDecorationProvider(this));
    this.#disposables.add(deps.door.onDidChange(() => this.#connect()));
    this.#connect();
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    const path = this.#overlaps.byPath.size === 0 ? undefined : (this.#apart.get(uri.toString()) ?? this.#deps.display(uri));
    const overlap = path === undefined ? undefined : this.#overlaps.byPath.get(path);
    if (overlap === undefined) {
      return undefined;
    }
    const names = overlap.agents.map((id) => this.#state.agents[id]?.label ?? id);
    const isApart = overlap.agents.some((id) => this.#state.agents[id]?.workplace !== undefined);
    const how = isApart ? 'apart from each other; that is not merged yet' : 'at the same time';
    const tooltip = `${names.slice(0, -1).join(', ')} and ${names.at(-1)} change this file ${how}`;
    return new vscode.FileDecoration('⇄', tooltip, new vscode.ThemeColor('charts.yellow'));
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscription?.dispose();
    this.#disposables.dispose();
  }

  get #state(): FleetState {
    return this.#deps.door.fleet?.state ?? emptyFleet;
  }

  #connect(): void {
    this.#subscription?.dispose();
    this.#subscription = this.#deps.door.fleet?.subscribe(() => this.#schedule());
    this.#schedule();
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#refresh().catch(this.#deps.logError);
    }, refreshMs);
  }

  async #refresh(): Promise<void> {
    const before = this.#overlaps;
    this.#overlaps = overlapsOf(this.#state, before);
    if (this.#overlaps.byPath === before.byPath) {
      return;
    }
    const paths = [...new Set([...before.byPath.keys(), ...this.#overlaps.byPath.keys()])].filter(
      (path) => before.byPath.get(path)?.agents.join() !== this.#overlaps.byPath.get(path)?.agents.join(),
    );
    const apart = await this.#findApart(this.#overlaps);
    const uris = await Promise.all(paths.map((path) => this.#deps.resolve(path, undefined)));
    const known = uris.filter((uri) => uri !== undefined);
    const touched = [...new Set([...this.#apart.keys(), ...apart.keys()])].map((text) => vscode.Uri.parse(text));
    this.#apart = apart;
    if (known.length + touched.length > 0) {
      this.#changed.fire([...known, ...touched]);
    }
  }

  async #findApart({ byPath }: Overlaps): Promise<ReadonlyMap<string, string>> {
    const wanted = [...byPath.values()].flatMap(({ path, agents }) =>
      agents.flatMap((id) => (this.#state.agents[id]?.workplace === undefined ? [] : [{ path, id }])),
    );
    const found = await Promise.all(wanted.map(async ({ path, id }) => ({ path, uri: await this.#deps.resolve(path, id) })));
    return new Map(found.flatMap(({ path, uri }) => (uri === undefined ? [] : [[uri.toString(), path]])));
  }
}
