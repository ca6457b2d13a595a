import * as vscode from 'vscode';
import { isSettled } from '../../core/plan/planGraph.ts';
import { isLive } from '../../core/selectors.ts';
import type { Agent, FleetState, Plan, Task } from '../../core/state.ts';
import { type Disposable, DisposableStore } from '../../lib/disposables.ts';
import type { FleetDoor } from '../fleetDoor.ts';
import { factsOf, type PlanTools } from './planTools.ts';
import { planScheme, runOfUri } from './planUri.ts';

/** Lenses are worked out anew at most this often, in ms. */
const refreshMs = 300;

/** Says over each task of a plan how it stands and who works on it, and lets a person act on it. */
export class PlanLens implements Disposable, vscode.CodeLensProvider {
  readonly #door: FleetDoor;
  readonly #tools: PlanTools;
  readonly #disposables = new DisposableStore();
  readonly #changed = this.#disposables.add(new vscode.EventEmitter<void>());
  #subscription: Disposable | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #shown = '';

  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor(door: FleetDoor, tools: PlanTools) {
    this.#door = door;
    this.#tools = tools;
    this.#disposables.add(vscode.languages.registerCodeLensProvider({ scheme: planScheme }, this));
    this.#disposables.add(door.onDidChange(() => this.#connect()));
    this.#connect();
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const found = this.#planOf(document);
    return found === undefined
      ? []
      : this.#tools.places(document.getText()).flatMap(({ id, head }) => {
          const task = found.plan.tasks.find((one) => one.id === id);
          const line = new vscode.Range(head.line, 0, head.line, 0);
          return task === undefined
            ? []
            : this.#lenses(found.state, found.plan, task, found.writable).map((command) => new vscode.CodeLens(line, command));
        });
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscription?.dispose();
    this.#disposables.dispose();
  }

  #planOf(document: vscode.TextDocument) {
    const fleet = this.#door.fleet;
    const runId = runOfUri(document.uri);
    const state = fleet?.state;
    const plan = runId === undefined ? undefined : state?.plans[runId];
    return fleet === undefined || state === undefined || plan === undefined
      ? undefined
      : { state, plan, writable: fleet.readOnly === undefined };
  }

  #lenses(state: FleetState, plan: Plan, task: Task, writable: boolean): readonly vscode.Command[] {
    const agent = assignee(state, task);
    const row = { kind: 'agent', agentId: agent?.id };
    const status = plainIcons(this.#tools.status(plan, task, factsOf(state, plan)).replaceAll(', ', ' · '));
    const turn = agent !== undefined && task.status === 'running' && agent.turn > 0 ? ` · turn ${agent.turn}` : '';
    return [
      {
        title: `$(${icons[task.status]}) ${status}${turn}`,
        command: agent === undefined ? '' : 'flotilla.openTranscript',
        arguments: [row],
      },
      ...(agent === undefined ? [] : [{ title: 'Open Transcript', command: 'flotilla.openTranscript', arguments: [row] }]),
      ...(isSettled(task) || !writable ? [] : [{ title: 'Cancel Task', command: 'flotilla.cancelTask', arguments: [plan.runId, task.id] }]),
      ...(task.status === 'failed' && agent !== undefined && !isLive(agent) && writable
        ? [{ title: 'Retry', command: 'flotilla.retryAgent', arguments: [row] }]
        : []),
    ];
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
    const documents = vscode.window.visibleTextEditors.map(({ document }) => document).filter(({ uri }) => uri.scheme === planScheme);
    const shown = JSON.stringify(documents.map((document) => this.provideCodeLenses(document).map(({ command }) => command?.title)));
    if (shown !== this.#shown) {
      this.#shown = shown;
      this.#changed.fire();
    }
  }
}

function assignee(state: FleetState, task: Task): Agent | undefined {
  const agentId = task.history.at(-1)?.agentId;
  return agentId === undefined ? undefined : state.agents[agentId];
}

function plainIcons(text: string): string {
  return text.replaceAll('$(', '$ (');
}

const icons = {
  waiting: 'circle-outline',
  running: 'sync',
  done: 'pass',
  failed: 'error',
  skipped: 'debug-step-over',
  cancelled: 'circle-slash',
} as const satisfies Record<Task['status'], string>;
