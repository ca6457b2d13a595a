import * as vscode from 'vscode';
import type { Failure, JournalEntry } from '../core/events.ts';
import type { AgentId } from '../core/ids.ts';
import { askTexts, openAsks } from '../core/rows.ts';
import { failureText, firstLine } from '../core/rowText.ts';
import { runPhase } from '../core/selectors.ts';
import type { FleetState, OpenAsk } from '../core/state.ts';
import { type Disposable, DisposableStore } from '../lib/disposables.ts';
import type { FleetControl } from '../orchestrator/ports.ts';
import type { WayOut } from './commandReply.ts';
import type { FleetDoor } from './fleetDoor.ts';

/** How long to gather what needs the person before saying so, in ms. */
const gatherMs = 400;

/** What notifications need. */
export interface NotificationDeps {
  readonly door: FleetDoor;
  readonly review: () => void;
  readonly openTimeline: () => void;
  /** The person is being asked already, so nothing needs saying. */
  readonly reviewing: () => boolean;
  readonly logError: (error: unknown) => void;
}

/** Speaks up only when agents need the person or a run failed: one message at a time, however many agents there are. */
export class Notifications implements Disposable {
  readonly #deps: NotificationDeps;
  readonly #disposables = new DisposableStore();
  readonly #announced = new Set<string>();
  #subscription: Disposable | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #open = false;

  constructor(deps: NotificationDeps) {
    this.#deps = deps;
    this.#disposables.add(deps.door.onDidChange(() => this.#connect()));
    this.#connect();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscription?.dispose();
    this.#disposables.dispose();
  }

  #connect(): void {
    this.#subscription?.dispose();
    const fleet = this.#deps.door.fleet;
    this.#subscription = fleet?.subscribe((entries) => this.#hear(fleet, entries));
    if (fleet !== undefined) {
      this.#schedule(fleet);
    }
  }

  #hear(fleet: FleetControl, entries: readonly JournalEntry[]): void {
    if (entries.some(({ event }) => event.type === 'personAsked')) {
      this.#schedule(fleet);
    }
    for (const { event } of entries) {
      if (event.type === 'agentEnded' && event.outcome.kind === 'failed') {
        this.#tellFailed(fleet.state, event.agentId);
      }
    }
  }

  #schedule(fleet: FleetControl): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#tellWaiting(fleet);
    }, gatherMs);
  }

  #tellWaiting(fleet: FleetControl): void {
    const waiting = openAsks(fleet.state);
    const fresh = waiting.filter((open) => !this.#announced.has(open.askId));
    if (fresh.length === 0 || this.#open || this.#deps.reviewing() || fleet.readOnly !== undefined) {
      return;
    }
    waiting.forEach((open) => this.#announced.add(open.askId));
    this.#open = true;
    vscode.window.showInformationMessage(waitingText(fleet.state, waiting), 'Review').then(
      (button) => {
        this.#open = false;
        if (button === 'Review') {
          this.#deps.review();
        } else {
          this.#schedule(fleet);
        }
      },
      (error: unknown) => this.#deps.logError(error),
    );
  }

  #tellFailed(state: FleetState, agentId: AgentId): void {
    const runId = state.agents[agentId]?.runId;
    const run = runId === undefined ? undefined : state.runs[runId];
    if (run === undefined || runPhase(state, run) !== 'failed') {
      return;
    }
    const first = Object.values(state.agents).find((agent) => agent.runId === run.id && agent.parentId === undefined);
    const outcome = first?.phase.kind === 'ended' ? first.phase.outcome : undefined;
    const failure = outcome?.kind === 'failed' ? outcome.failure : undefined;
    const why = failure === undefined ? '' : ` ${failureText(failure)}`;
    const way = failure === undefined ? undefined : waysOut[failure.kind];
    const buttons = [...(way === undefined ? [] : [way.title]), 'Open Timeline'];
    vscode.window.showErrorMessage(`Run “${run.label}” failed.${why}`, ...buttons).then(
      async (button) => {
        if (button !== undefined && button === way?.title) {
          await vscode.commands.executeCommand(way.command, ...way.args);
        } else if (button !== undefined) {
          this.#deps.openTimeline();
        }
      },
      (error: unknown) => this.#deps.logError(error),
    );
  }
}

const openModels: WayOut = { title: 'Open Settings', command: 'workbench.action.openSettings', args: ['flotilla.models'] };
const openEndpoint: WayOut = { title: 'Open Settings', command: 'workbench.action.openSettings', args: ['flotilla.anthropic.baseUrl'] };

/** What leads out of a failure, where one thing does. */
const waysOut: Readonly<Partial<Record<Failure['kind'], WayOut>>> = {
  auth: { title: 'Set API Key', command: 'flotilla.setApiKey', args: [] },
  unknownModel: openModels,
  endpoint: openEndpoint,
  storage: { title: 'Show Log', command: 'flotilla.showLog', args: [] },
  defect: { title: 'Show Log', command: 'flotilla.showLog', args: [] },
};

/** One sentence for everything that waits: who wants what, and how many more. */
export function waitingText(state: FleetState, waiting: readonly OpenAsk[]): string {
  const first = waiting[0];
  if (first === undefined) {
    return '';
  }
  const who = state.agents[first.agentId]?.label ?? 'An agent';
  const what =
    first.ask.kind === 'command' ? firstLine(first.ask.command, 60) : first.ask.kind === 'write' ? first.ask.path : first.ask.title;
  const one = `${who} ${askTexts[first.ask.kind]}: ${firstLine(what, 80)}`;
  return waiting.length === 1 ? one : `${waiting.length} questions wait for you. ${one}, and ${waiting.length - 1} more.`;
}
