import * as vscode from 'vscode';
import type { EventOf, Failure, JournalEntry } from '../core/events.ts';
import { isTrainEvent, type Train } from '../core/train/train.ts';
import { trainText } from '../core/train/trainText.ts';
import type { RunId, TrainId } from '../core/ids.ts';
import { type OpenRequest, openRequests } from '../core/openRequests.ts';
import { askText } from '../core/rows.ts';
import { failureText, firstLine, sentence } from '../core/rowText.ts';
import { type RunPhase, runPhase } from '../core/selectors.ts';
import type { FleetState, Run } from '../core/state.ts';
import { type Disposable, DisposableStore } from '../lib/disposables.ts';
import type { FleetControl } from '../orchestrator/ports.ts';
import type { WayOut } from './commandReply.ts';
import { noLinks } from './plainText.ts';
import type { FleetDoor } from './fleetDoor.ts';

/** How long to gather what needs the person before saying so, in ms. */
const gatherMs = 400;

/** What notifications need. */
export interface NotificationDeps {
  readonly door: FleetDoor;
  readonly review: () => void;
  /** The person is being asked already, so nothing needs saying. */
  readonly reviewing: () => boolean;
  readonly logError: (error: unknown) => void;
}

/** Speaks up only when something needs the person or a run has ended: one message at a time, however many agents there are. */
export class Notifications implements Disposable {
  readonly #deps: NotificationDeps;
  readonly #disposables = new DisposableStore();
  readonly #announced = new Set<string>();
  /** Runs that were at work when somebody last looked; each is told of once when it is over. */
  readonly #underWay = new Set<RunId>();
  #subscription: Disposable | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #open = false;
  readonly #kept: EventOf<'workplaceRemoved'>[] = [];
  #keptTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(deps: NotificationDeps) {
    this.#deps = deps;
    this.#disposables.add(deps.door.onDidChange(() => this.#connect()));
    this.#connect();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#keptTimer);
    this.#subscription?.dispose();
    this.#disposables.dispose();
  }

  #connect(): void {
    this.#subscription?.dispose();
    const fleet = this.#deps.door.fleet;
    this.#subscription = fleet?.subscribe((entries) => this.#hear(fleet, entries));
    if (fleet !== undefined) {
      this.#schedule(fleet);
      this.#tellEnded(fleet.state);
    }
  }

  #hear(fleet: FleetControl, entries: readonly JournalEntry[]): void {
    if (entries.some(({ event }) => event.type === 'personAsked' || event.type === 'decisionAsked' || isTrainEvent(event))) {
      this.#schedule(fleet);
    }
    this.#tellKept(entries);
    for (const { event } of entries) {
      if (event.type === 'trainEnded' && event.outcome !== 'aborted') {
        this.#tellMerged(fleet.state, event.trainId);
      }
    }
    if (entries.some(({ event }) => endings.has(event.type))) {
      this.#tellEnded(fleet.state);
    }
  }

  #schedule(fleet: FleetControl): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#tellWaiting(fleet);
    }, gatherMs);
  }

  #tellWaiting(fleet: FleetControl): void {
    const waiting = openRequests(fleet.state);
    const fresh = waiting.filter((open) => !this.#announced.has(open.askId));
    if (fresh.length === 0 || this.#open || this.#deps.reviewing() || fleet.readOnly !== undefined) {
      return;
    }
    waiting.forEach((open) => this.#announced.add(open.askId));
    this.#open = true;
    vscode.window.showInformationMessage(noLinks(waitingText(fleet.state, waiting)), 'Review').then(
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

  #tellEnded(state: FleetState): void {
    for (const run of Object.values<Run>(state.runs)) {
      const phase = runPhase(state, run);
      if (phase === 'running' || phase === 'paused') {
        this.#underWay.add(run.id);
      } else if (this.#underWay.delete(run.id)) {
        this.#tellRun(state, run, phase);
      }
    }
  }

  /** A run that the person stopped, or that only stopped with the window, needs no word. */
  #tellRun(state: FleetState, run: Run, phase: RunPhase): void {
    if (phase === 'failed') {
      this.#tellFailed(state, run);
    } else if (phase === 'done') {
      this.#tell(vscode.window.showInformationMessage, `Run “${run.label}” is done.`, [openResult(run.id)]);
    } else if (phase === 'partial') {
      const text = `Run “${run.label}” is done in part: something failed.`;
      this.#tell(vscode.window.showWarningMessage, text, [openResult(run.id), retryRun(run.id)]);
    }
  }

  /** A merge that the person broke off needs no word. */
  #tellMerged(state: FleetState, trainId: TrainId): void {
    const train: Train | undefined = state.trains[trainId];
    const run = train === undefined ? undefined : state.runs[train.runId];
    if (train !== undefined) {
      const text = `${run === undefined ? 'Merge' : `Run “${run.label}”`}: ${sentence(trainText(train))}`;
      this.#tell(vscode.window.showInformationMessage, text, run === undefined ? [] : [openResult(run.id)]);
    }
  }

  /** Deleting is done quickly, so the person hears that nothing was lost, and how to get it back. */
  #tellKept(entries: readonly JournalEntry[]): void {
    const kept = entries.flatMap(({ event }) => (event.type === 'workplaceRemoved' && event.salvage !== undefined ? [event] : []));
    this.#kept.push(...kept);
    if (kept.length > 0) {
      this.#keptTimer ??= setTimeout(() => {
        this.#keptTimer = undefined;
        const all = this.#kept.splice(0);
        this.#tell(vscode.window.showInformationMessage, keptText(all), [restoreWork(all)]);
      }, gatherMs);
    }
  }

  #tellFailed(state: FleetState, run: Run): void {
    const first = Object.values(state.agents).findLast((agent) => agent.runId === run.id && agent.parentId === undefined);
    const outcome = first?.phase.kind === 'ended' ? first.phase.outcome : undefined;
    const failure = outcome?.kind === 'failed' ? outcome.failure : undefined;
    const why = failure === undefined ? '' : ` ${failureText(failure)}`;
    const way = failure === undefined ? undefined : waysOut[failure.kind];
    const ways = [...(way === undefined ? [] : [way]), openResult(run.id), openTimeline];
    this.#tell(vscode.window.showErrorMessage, `Run “${run.label}” failed.${why}`, ways);
  }

  #tell(show: (text: string, ...buttons: string[]) => Thenable<string | undefined>, text: string, ways: readonly WayOut[]): void {
    show(noLinks(text), ...ways.map((way) => way.title)).then(
      async (title) => {
        const way = ways.find((one) => one.title === title);
        if (way !== undefined) {
          await vscode.commands.executeCommand(way.command, ...way.args);
        }
      },
      (error: unknown) => this.#deps.logError(error),
    );
  }
}

/** The facts that can begin or end a run, or make it go on. */
const endings: ReadonlySet<JournalEntry['event']['type']> = new Set([
  'runStarted',
  'agentSpawned',
  'agentContinued',
  'agentEnded',
  'taskSettled',
  'tasksReopened',
  'planChanged',
  'decisionAnswered',
]);

const openTimeline: WayOut = { title: 'Open Timeline', command: 'flotilla.openTimeline', args: [] };
const openResult = (runId: RunId): WayOut => ({ title: 'Open Result', command: 'flotilla.openResult', args: [runId] });
const retryRun = (runId: RunId): WayOut => ({ title: 'Retry Failed Tasks', command: 'flotilla.retryRun', args: [runId] });
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

const restoreWork = (kept: readonly EventOf<'workplaceRemoved'>[]): WayOut => ({
  title: 'Restore as Branch…',
  command: 'flotilla.restoreWork',
  args: kept.length === 1 ? [kept[0]?.salvage] : [],
});

/** What was kept of worktrees that are gone, and where. */
export function keptText(kept: readonly Pick<EventOf<'workplaceRemoved'>, 'agentId' | 'label' | 'salvage'>[]): string {
  const [first] = kept;
  return kept.length === 1
    ? `The worktree of ${first?.label ?? first?.agentId ?? ''} was removed. Its work is on no branch and is kept as ${first?.salvage ?? ''}.`
    : `${kept.length} worktrees were removed. Their work is on no branch and is kept below refs/flotilla/salvage.`;
}

/** One sentence for everything that waits: who wants what, and how many more. */
export function waitingText(state: FleetState, waiting: readonly OpenRequest[]): string {
  const first = waiting[0];
  if (first === undefined) {
    return '';
  }
  const one = requestText(state, first);
  return waiting.length === 1 ? one : `${waiting.length} questions wait for you. ${one}, and ${waiting.length - 1} more.`;
}

function requestText(state: FleetState, request: OpenRequest): string {
  if (request.kind === 'decision') {
    const { runId, ask } = request.decision;
    return `${state.runs[runId]?.label ?? 'A run'} needs your decision: ${firstLine(ask.title, 80)}`;
  }
  if (request.kind === 'train') {
    const { train, title } = request.request;
    return `${state.runs[train.runId]?.label ?? 'A run'} is being merged and needs you: ${firstLine(title, 80)}`;
  }
  const { agentId, ask } = request.ask;
  const what = ask.kind === 'command' ? firstLine(ask.command, 60) : ask.kind === 'write' ? ask.path : ask.title;
  return `${state.agents[agentId]?.label ?? 'An agent'} ${askText(ask.kind, request.same.length)}: ${firstLine(what, 80)}`;
}
