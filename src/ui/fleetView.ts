import * as vscode from 'vscode';
import type { AgentId } from '../core/ids.ts';
import { openRequests } from '../core/openRequests.ts';
import type { RowTarget } from '../core/rows.ts';
import { isLive } from '../core/selectors.ts';
import { type Disposable, DisposableStore } from '../lib/disposables.ts';
import { type FleetDoor, rejectionText } from './fleetDoor.ts';
import type { FleetNode } from './fleetNodes.ts';
import { FleetTree, type FleetTreeDeps } from './fleetTree.ts';

/** Title, badge and context keys follow the fleet at most this often, in ms. */
const refreshMs = 200;

/** What the view needs beside its tree. */
export interface FleetViewDeps extends FleetTreeDeps {
  /** Name for people of the provider that new agents get. */
  readonly currentProvider: () => string;
  readonly hasKey: () => boolean;
  /** Why nothing can be saved at the moment, if so. */
  readonly unsaved: () => string | undefined;
  readonly logError: (error: unknown) => void;
}

/** The view in the sidebar: its tree, badge, message, and the context keys that menus, keys and the welcome text look at. */
export class FleetView implements Disposable {
  readonly #deps: FleetViewDeps;
  readonly #disposables = new DisposableStore();
  readonly #tree: FleetTree;
  readonly #view: vscode.TreeView<FleetNode>;
  readonly #contexts = new Map<string, unknown>();
  #subscription: Disposable | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(deps: FleetViewDeps) {
    this.#deps = deps;
    this.#tree = this.#disposables.add(new FleetTree(deps));
    this.#view = this.#disposables.add(
      vscode.window.createTreeView('flotilla.fleet', { treeDataProvider: this.#tree, showCollapseAll: true }),
    );
    this.#disposables.add(this.#view.onDidChangeVisibility(({ visible }) => this.#tree.setVisible(visible)));
    this.#disposables.add(this.#view.onDidChangeSelection(() => this.refresh()));
    this.#disposables.add(deps.door.onDidChange(() => this.#connect(deps.door)));
    this.#tree.setVisible(this.#view.visible);
    this.#connect(deps.door);
  }

  /** The row that is selected. */
  selected(): RowTarget | undefined {
    return this.#view.selection[0];
  }

  /** Shows an agent's row without taking the focus. */
  async reveal(agentId: AgentId): Promise<void> {
    const node = this.#tree.agentNode(agentId);
    if (node !== undefined && this.#view.visible) {
      await this.#view.reveal(node, { select: true, focus: false });
    }
  }

  /** Brings everything but the rows up to date, because a setting or the key changed. */
  refresh(): void {
    this.#timer ??= setTimeout(() => this.#draw(), refreshMs);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscription?.dispose();
    this.#disposables.dispose();
  }

  #connect(door: FleetDoor): void {
    this.#subscription?.dispose();
    this.#subscription = door.fleet?.subscribe(() => this.refresh());
    this.#draw();
  }

  #draw(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { state: door, fleet } = this.#deps.door;
    const agents = Object.values(fleet?.state.agents ?? {});
    const readOnly = fleet?.readOnly !== undefined;
    this.#view.badge = readOnly ? undefined : this.#tree.badge();
    this.#view.description = fleet === undefined ? '' : this.#deps.currentProvider();
    this.#view.message = this.#message();
    this.#setContext('flotilla.door', door.kind);
    this.#setContext('flotilla.readOnly', readOnly);
    this.#setContext('flotilla.unsaved', !readOnly && fleet !== undefined && this.#deps.unsaved() !== undefined);
    this.#setContext('flotilla.hasKey', this.#deps.hasKey());
    this.#setContext('flotilla.hasLive', agents.some(isLive));
    this.#setContext(
      'flotilla.hasEnded',
      agents.some((agent) => !isLive(agent)),
    );
    this.#setContext('flotilla.hasAsks', fleet !== undefined && openRequests(fleet.state).length > 0);
    this.#setContext('flotilla.selectedLive', this.#isSelectionLive());
  }

  /** What must not be overlooked: why there is no fleet or only a view of it, or that all this is practice. */
  #message(): string {
    const { state: door, fleet } = this.#deps.door;
    if (door.kind === 'failed') {
      return rejectionText(door.rejection);
    }
    const latest = Object.values(fleet?.state.agents ?? {}).at(-1);
    const trouble = fleet === undefined ? undefined : (fleet.readOnly ?? this.#deps.unsaved());
    return trouble ?? (latest?.provider === 'practice' ? this.#deps.providerLabel(latest.provider) : '');
  }

  #isSelectionLive(): boolean {
    const target = this.selected();
    const state = this.#deps.door.fleet?.state;
    if (target === undefined || state === undefined) {
      return false;
    }
    return target.kind === 'agent'
      ? Object.values(state.agents).some((agent) => agent.id === target.agentId && isLive(agent))
      : target.kind === 'run' && Object.values(state.agents).some((agent) => agent.runId === target.runId && isLive(agent));
  }

  #setContext(key: string, value: unknown): void {
    if (this.#contexts.get(key) !== value) {
      this.#contexts.set(key, value);
      vscode.commands.executeCommand('setContext', key, value).then(undefined, this.#deps.logError);
    }
  }
}
