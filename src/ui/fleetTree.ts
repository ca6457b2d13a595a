import * as vscode from 'vscode';
import type { AgentId, RunId, TaskId } from '../core/ids.ts';
import { type FleetTreeIndex, indexFleet, rowOwner } from '../core/fleetIndex.ts';
import { decisionRow, runRow, taskRow, trainRequestRow } from '../core/plan/planRows.ts';
import { trainOf } from '../core/train/trainCandidates.ts';
import { trainRowText } from '../core/train/trainRequest.ts';
import { badgeOf, openRequests, requestOf } from '../core/openRequests.ts';
import { agentRow, askRow, needsYouRow, type Row, type TypeDefinition } from '../core/rows.ts';
import { noOverlaps, type Overlaps, overlapsOf, overlapText } from '../core/review/overlaps.ts';
import { isLive, runPhase } from '../core/selectors.ts';
import { emptyFleet, type FleetState, type Plan, type Task } from '../core/state.ts';
import { type Disposable, DisposableStore } from '../lib/disposables.ts';
import type { FleetControl } from '../orchestrator/ports.ts';
import type { FleetDoor } from './fleetDoor.ts';
import { type FleetNode, FleetNodes } from './fleetNodes.ts';
import { nodeHover } from './nodeHover.ts';
import { rowItem } from './rowItem.ts';
import { type RowDifference, RowRefresh } from './rowRefresh.ts';
import { treeChanges } from './treeChanges.ts';

/** What the tree needs beside the fleet. */
export interface FleetTreeDeps {
  readonly door: FleetDoor;
  readonly providerLabel: (providerId: string) => string;
  /** Where an agent type is defined now. */
  readonly definitionOf: (agentType: string) => TypeDefinition | undefined;
  readonly now: () => number;
}

/** The sidebar's rows: what needs the person, then runs with their agents nested. */
export class FleetTree implements vscode.TreeDataProvider<FleetNode>, Disposable {
  readonly #deps: FleetTreeDeps;
  readonly #disposables = new DisposableStore();
  readonly #changed = this.#disposables.add(new vscode.EventEmitter<FleetNode[] | undefined>());
  readonly #refresh: RowRefresh;
  readonly #nodes = new FleetNodes();
  /** The row of each node as it was drawn last. */
  readonly #drawn = new Map<string, Row>();
  /** When an agent's model last said something, which is no fact and so not in the state. */
  readonly #heardAt = new Map<AgentId, number>();
  /** How a run was folded when it was drawn first; after that it is the person's choice. */
  readonly #folded = new Map<string, vscode.TreeItemCollapsibleState>();
  #fleet: FleetControl | undefined;
  #subscription: Disposable | undefined;
  #tick: ReturnType<typeof setInterval> | undefined;
  /** The state as it was looked at last; every row drawn together is of the same. */
  #state: FleetState = emptyFleet;
  #index: FleetTreeIndex = indexFleet(emptyFleet);
  #overlaps: Overlaps = noOverlaps;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(deps: FleetTreeDeps) {
    this.#deps = deps;
    this.#refresh = this.#disposables.add(
      new RowRefresh({
        now: deps.now,
        catchUp: () => this.#look(),
        isParent: (node) => this.#childrenOf(node).length > 0,
        difference: (node) => this.#difference(node),
        redraw: (nodes) => this.#redraw(nodes),
      }),
    );
    this.#disposables.add(deps.door.onDidChange(() => this.#connect(deps.door.fleet)));
    this.#connect(deps.door.fleet);
  }

  /** Hidden rows are not drawn; what changed meanwhile is drawn when they are seen again. */
  setVisible(visible: boolean): void {
    this.#look();
    this.#refresh.setVisible(visible);
    this.#keepTime();
  }

  getChildren(node?: FleetNode): FleetNode[] {
    this.#look();
    return this.#childrenOf(node);
  }

  #childrenOf(node: FleetNode | undefined): FleetNode[] {
    if (node === undefined) {
      const runs = this.#index.runs.map((runId) => this.#nodes.run(runId));
      return openRequests(this.#state).length > 0 ? [this.#nodes.needsYou, ...runs] : runs;
    }
    switch (node.kind) {
      case 'needsYou':
        return openRequests(this.#state).map((request) => this.#nodes.ask(request.askId));
      case 'run':
        return this.#rowsOf(node.runId, this.#index.rootsByRun.get(node.runId), this.#index.tasksByRun.get(node.runId));
      case 'agent': {
        const { childrenByAgent, tasksByAgent } = this.#index;
        const runId = this.#state.agents[node.agentId]?.runId;
        return runId === undefined ? [] : this.#rowsOf(runId, childrenByAgent.get(node.agentId), tasksByAgent.get(node.agentId));
      }
      case 'task':
      case 'ask':
        return [];
    }
  }

  #rowsOf(runId: RunId, agents: readonly AgentId[] = [], tasks: readonly Task[] = []): FleetNode[] {
    return [...agents.map((id) => this.#nodes.agent(id)), ...tasks.map((task) => this.#nodes.task(runId, task.id))];
  }

  getParent(node: FleetNode): FleetNode | undefined {
    if (node.kind === 'ask') {
      return this.#nodes.needsYou;
    }
    if (node.kind === 'task') {
      const owner = rowOwner(this.#state, this.#task(node.runId, node.taskId)?.task ?? {});
      return owner === undefined ? this.#nodes.run(node.runId) : this.#nodes.agent(owner);
    }
    const agent = node.kind === 'agent' ? this.#state.agents[node.agentId] : undefined;
    if (agent === undefined) {
      return undefined;
    }
    return agent.parentId === undefined || this.#state.agents[agent.parentId] === undefined
      ? this.#nodes.run(agent.runId)
      : this.#nodes.agent(agent.parentId);
  }

  getTreeItem(node: FleetNode): vscode.TreeItem {
    const row = this.#row(node);
    if (row === undefined) {
      // What has just gone is asked for once more before the view learns of it.
      return new vscode.TreeItem('');
    }
    this.#drawn.set(node.key, row);
    return rowItem(node, row, this.#fold(node));
  }

  resolveTreeItem(item: vscode.TreeItem, node: FleetNode): vscode.TreeItem {
    const tooltip = this.#hover(node);
    if (tooltip !== undefined) {
      item.tooltip = tooltip;
    }
    return item;
  }

  /** The node of an agent, for revealing it; undefined if there is no such agent. */
  agentNode(agentId: AgentId): FleetNode | undefined {
    this.#look();
    return this.#state.agents[agentId] === undefined ? undefined : this.#nodes.agent(agentId);
  }

  /** The badge of the view: how many agents need the person, and how many decisions. */
  badge(): vscode.ViewBadge | undefined {
    this.#look();
    return badgeOf(this.#state);
  }

  dispose(): void {
    clearInterval(this.#tick);
    this.#subscription?.dispose();
    this.#disposables.dispose();
  }

  #connect(fleet: FleetControl | undefined): void {
    this.#subscription?.dispose();
    const store = new DisposableStore();
    this.#subscription = store;
    this.#fleet = fleet;
    if (fleet !== undefined) {
      store.add(fleet.subscribe(() => this.#refresh.stale()));
      store.add(fleet.onDidChangeTail((ids) => ids.forEach((id) => this.#heardAt.set(id, this.#deps.now()))));
    }
    this.#look();
    this.#refresh.all();
  }

  /** Takes the fleet's state as it is now, and hands on what is different in it. */
  #look(): void {
    const before = this.#state;
    const state = this.#fleet?.state ?? emptyFleet;
    if (state === before) {
      return;
    }
    this.#state = state;
    if (state.agents !== before.agents || state.runs !== before.runs || state.plans !== before.plans) {
      this.#index = indexFleet(state);
    }
    this.#refresh.add(treeChanges(before, state, this.#nodes));
    this.#lookAtOverlaps();
    this.#keepTime();
  }

  /** One agent's change of a file may show in the row of another. */
  #lookAtOverlaps(): void {
    const before = this.#overlaps;
    this.#overlaps = overlapsOf(this.#state, before);
    if (this.#overlaps !== before) {
      const ids = [...before.byAgent.keys(), ...this.#overlaps.byAgent.keys()];
      this.#refresh.rows(ids.map((id) => this.#nodes.agent(id)));
    }
  }

  /** Rows that tell how long something takes are looked at once a second, while somebody sees them and there are any. */
  #keepTime(): void {
    const isTimed = Object.values(this.#state.agents).some(isLive) || openRequests(this.#state).length > 0;
    const needed = this.#refresh.visible && isTimed;
    if (!needed) {
      clearInterval(this.#tick);
      this.#tick = undefined;
    } else {
      this.#tick ??= setInterval(() => this.#refresh.rows(this.#timedNodes()), 1000);
    }
  }

  #timedNodes(): readonly FleetNode[] {
    const agents = Object.values(this.#state.agents).filter(isLive);
    return [
      ...agents.map((agent) => this.#nodes.agent(agent.id)),
      ...openRequests(this.#state).map((request) => this.#nodes.ask(request.askId)),
    ];
  }

  #redraw(nodes: FleetNode[] | undefined): void {
    if (nodes === undefined) {
      this.#nodes.keep((node) => this.#row(node) !== undefined);
    }
    this.#changed.fire(nodes);
  }

  #difference(node: FleetNode): RowDifference {
    const drawn = this.#drawn.get(node.key);
    const row = this.#row(node);
    if (drawn === undefined || row === undefined) {
      // A row that was never drawn is in a folded branch; the view asks when it opens.
      return 'none';
    }
    if (drawn.icon !== row.icon || drawn.color !== row.color || drawn.context !== row.context || drawn.label !== row.label) {
      return 'state';
    }
    return drawn.description === row.description ? 'none' : 'text';
  }

  #row(node: FleetNode): Row | undefined {
    const now = this.#deps.now();
    switch (node.kind) {
      case 'needsYou':
        return needsYouRow(this.#state);
      case 'ask': {
        const open = requestOf(this.#state, node.askId);
        if (open === undefined) {
          return undefined;
        }
        if (open.kind === 'train') {
          return trainRequestRow(open.request, this.#state.runs[open.request.train.runId], now);
        }
        return open.kind === 'ask'
          ? askRow(open.ask, this.#state.agents[open.ask.agentId], open.same.length, now)
          : decisionRow(open.decision, this.#state.runs[open.decision.runId], now);
      }
      case 'run': {
        const run = this.#state.runs[node.runId];
        const agents = this.#index.agentsByRun.get(node.runId) ?? [];
        const first = agents[0];
        const provider = first === undefined ? undefined : this.#deps.providerLabel(first.provider);
        const train = trainRowText(trainOf(this.#state, node.runId));
        return run === undefined
          ? undefined
          : runRow(run, runPhase(this.#state, run), agents, provider, this.#state.plans[node.runId], train);
      }
      case 'task': {
        const found = this.#task(node.runId, node.taskId);
        return found === undefined ? undefined : taskRow(found.plan, found.task);
      }
      case 'agent': {
        const agent = this.#state.agents[node.agentId];
        const heardAt = Math.max(agent?.lastActivityAt ?? 0, this.#heardAt.get(node.agentId) ?? 0);
        if (agent === undefined) {
          return undefined;
        }
        const overlap = overlapText(this.#state, agent.id, this.#overlaps.byAgent.get(agent.id) ?? []);
        return agentRow(agent, now, heardAt, this.#task(agent.runId, agent.taskId)?.task, overlap);
      }
    }
  }

  #task(runId: RunId, taskId: TaskId | undefined): { readonly plan: Plan; readonly task: Task } | undefined {
    const plan: Plan | undefined = this.#state.plans[runId];
    const task = plan?.tasks.find((one) => one.id === taskId);
    return plan === undefined || task === undefined ? undefined : { plan, task };
  }

  #fold(node: FleetNode): vscode.TreeItemCollapsibleState {
    if (node.kind === 'run') {
      const known = this.#folded.get(node.key);
      const run = this.#state.runs[node.runId];
      const open = run !== undefined && (this.#index.runs[0] === run.id || runPhase(this.#state, run) === 'running');
      const fold = known ?? (open ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed);
      this.#folded.set(node.key, fold);
      return fold;
    }
    return this.#childrenOf(node).length > 0 ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.None;
  }

  #hover(node: FleetNode): vscode.MarkdownString | undefined {
    const row = this.#row(node);
    return row === undefined ? undefined : nodeHover(node, row, this.#state, this.#deps);
  }
}
