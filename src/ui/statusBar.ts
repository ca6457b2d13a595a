import * as vscode from 'vscode';
import { countText, formatCost, formatTokens } from '../core/rowText.ts';
import { openRequests } from '../core/openRequests.ts';
import { type Totals, totalsOf } from '../core/selectors.ts';
import { emptyFleet, type FleetState } from '../core/state.ts';
import { type Disposable, DisposableStore } from '../lib/disposables.ts';
import type { FleetDoor } from './fleetDoor.ts';

/** The item is brought up to date at most this often, in ms. */
const refreshMs = 250;

/** The status bar item: how many agents are at work, how much needs the person, and what it cost. Opens the view. */
export class StatusBar implements Disposable {
  readonly #disposables = new DisposableStore();
  readonly #item = this.#disposables.add(vscode.window.createStatusBarItem('flotilla.status', vscode.StatusBarAlignment.Left, 0));
  readonly #door: FleetDoor;
  #subscription: Disposable | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(door: FleetDoor) {
    this.#door = door;
    this.#item.name = 'Flotilla';
    this.#item.command = 'flotilla.fleet.focus';
    this.#disposables.add(door.onDidChange(() => this.#connect()));
    this.#connect();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscription?.dispose();
    this.#disposables.dispose();
  }

  #connect(): void {
    this.#subscription?.dispose();
    this.#subscription = this.#door.fleet?.subscribe(() => {
      this.#timer ??= setTimeout(() => this.#draw(), refreshMs);
    });
    this.#draw();
  }

  #draw(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const state = this.#door.fleet?.state ?? emptyFleet;
    const totals = { ...totalsOf(state, Object.values(state.agents)), needsPerson: openRequests(state).length };
    this.#item.text = statusText(totals);
    this.#item.tooltip = statusTooltip(state, totals);
    this.#item.backgroundColor = totals.needsPerson > 0 ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.#item.accessibilityInformation = { label: `Flotilla: ${statusTooltip(state, totals)}` };
    if (totals.agents === 0 && totals.needsPerson === 0) {
      this.#item.hide();
    } else {
      this.#item.show();
    }
  }
}

function statusText(totals: Totals): string {
  return [
    `$(rocket) ${totals.live === 0 ? 'Flotilla' : workText(totals)}`,
    totals.needsPerson > 0 ? `$(report) ${totals.needsPerson}` : undefined,
    totals.cost > 0 ? formatCost(totals.cost, totals.costKnown) : undefined,
  ]
    .filter((part) => part !== undefined)
    .join('  ');
}

/** Agents that wait for a slot are not at work. */
function workText({ live, queued }: Totals): string {
  const atWork = live - queued;
  return atWork === 0 ? `${queued} queued` : `${atWork} running`;
}

function statusTooltip(state: FleetState, totals: Totals): string {
  const runs = countText(Object.keys(state.runs).length, 'run');
  const need = totals.needsPerson > 0 ? `, ${countText(totals.needsPerson, 'request')} for you` : '';
  const cost = totals.cost > 0 ? `, ${formatCost(totals.cost, totals.costKnown)}` : '';
  const queued = totals.queued > 0 ? `, ${totals.queued} queued` : '';
  return `${totals.live - totals.queued} of ${countText(totals.agents, 'agent')} at work in ${runs}${queued}${need}, ${formatTokens(totals.tokens)} tokens${cost}`;
}
