import * as vscode from 'vscode';
import { metricsOf } from '../core/result/runMetrics.ts';
import { resultOf } from '../core/result/runResult.ts';
import { resultText } from '../core/result/runResultText.ts';
import { openAsks, openDecisions, openRequests } from '../core/openRequests.ts';
import { doingText } from '../core/rowText.ts';
import { agentsOfRun, phaseWord, runPhase, tokensOf } from '../core/selectors.ts';
import type { RunId } from '../core/ids.ts';
import type { FleetState, Run } from '../core/state.ts';
import { type Disposable, DisposableStore, toDisposable } from '../lib/disposables.ts';
import type { FleetControl } from '../orchestrator/ports.ts';
import { visibleText } from '../policy/visibleText.ts';
import type { FleetDoor } from './fleetDoor.ts';

/** How often a launcher is told about changes, at most, in ms. */
const tellMs = 100;

/** The part of the launcher's orders that this needs. */
export interface Orders {
  takeRun(): { readonly task: string; readonly workflow?: string } | undefined;
  readonly approve: boolean;
  tell(fact: Readonly<Record<string, unknown>>): void;
}

interface Facts {
  readonly now: () => number;
  /** The name for people of a provider, by its id. */
  readonly providerLabel: (id: string) => string;
}

/**
 * Lets the launcher of a development window see the fleet at work: opens the tree and the timeline, starts the ordered task, and tells
 * every change. Answers what is asked only if ordered to.
 */
export function obeyDevelopmentOrders(door: FleetDoor, orders: Orders, facts: Facts): Disposable {
  const store = new DisposableStore();
  const obey = (fleet: FleetControl): void => {
    orders.tell({ ready: true, readOnly: fleet.readOnly });
    const refuse = (error: unknown): void => orders.tell({ refused: String(error) });
    openViews().then(() => store.add(followRun(fleet, startTask(fleet, orders), orders, facts)), refuse);
  };
  const look = (): boolean => {
    const state = door.state;
    if (state.kind === 'open') {
      obey(state.fleet);
    } else if (state.kind !== 'opening') {
      orders.tell({ refused: `${state.rejection.message} ${state.rejection.next}` });
    }
    return state.kind === 'open';
  };
  if (!look()) {
    const waiting = store.add(door.onDidChange(() => look() && waiting.dispose()));
  }
  return store;
}

async function openViews(): Promise<void> {
  await vscode.commands.executeCommand('workbench.view.extension.flotilla');
  await vscode.commands.executeCommand('flotilla.openTimeline');
}

/** Starts the ordered task, if there is one left to start. */
function startTask(fleet: FleetControl, orders: Orders): RunId | undefined {
  const run = orders.takeRun();
  const result = run === undefined ? undefined : fleet.execute({ type: 'startRun', ...run });
  if (result?.ok === false) {
    orders.tell({ refused: `${result.rejection.message} ${result.rejection.next}` });
  }
  return result?.ok === true ? result.accepted.runId : undefined;
}

/** Tells about a run, or else about the newest one, until disposed. */
function followRun(fleet: FleetControl, runId: RunId | undefined, orders: Orders, facts: Facts): Disposable {
  let timer: NodeJS.Timeout | undefined;
  const tell = (): void => {
    timer = undefined;
    if (orders.approve) {
      answerAll(fleet);
    }
    const run = runId === undefined ? Object.values<Run>(fleet.state.runs).at(-1) : fleet.state.runs[runId];
    if (run !== undefined) {
      orders.tell(progressOf(fleet.state, run, facts));
    }
  };
  const listening = fleet.subscribe(() => {
    timer ??= setTimeout(tell, tellMs);
  });
  tell();
  return toDisposable(() => {
    listening.dispose();
    clearTimeout(timer);
  });
}

function answerAll(fleet: FleetControl): void {
  for (const decision of openDecisions(fleet.state)) {
    fleet.execute({ type: 'decide', askId: decision.askId, choice: decision.ask.options[0]?.choice ?? '' });
  }
  for (const { askId, ask } of openAsks(fleet.state)) {
    const reply = { kind: 'reply', text: ask.kind === 'question' ? (ask.options[0] ?? 'Do as you think best.') : '' } as const;
    fleet.execute({ type: 'answer', askId, answer: ask.kind === 'question' ? reply : { kind: 'allow' } });
  }
}

/** What came of the whole run, as a person reads it in a terminal. */
function resultOfRun(state: FleetState, run: Run, now: number): string | undefined {
  const result = resultOf(state, run.id);
  return result === undefined ? undefined : resultText(result, metricsOf(state, run, now), { visible: visibleText });
}

function progressOf(state: FleetState, run: Run, { now, providerLabel }: Facts): Readonly<Record<string, unknown>> {
  const agents = agentsOfRun(state, run.id);
  const phase = runPhase(state, run);
  return {
    run: { id: run.id, label: run.label, phase, report: phase === 'running' ? undefined : resultOfRun(state, run, now()) },
    agents: agents.map((agent) => ({
      id: agent.id,
      label: agent.label,
      depth: agent.depth,
      provider: providerLabel(agent.provider),
      phase: phaseWord(agent),
      wait: agent.phase.kind === 'waiting' ? agent.phase.wait : undefined,
      doing: doingText(agent, now()),
      tokens: tokensOf(agent),
      cost: agent.cost,
    })),
    asks: openRequests(state).map((request) => {
      if (request.kind === 'train') {
        return { id: request.askId, agentId: undefined, kind: 'train', title: request.request.title };
      }
      const { agentId, ask } = request.kind === 'ask' ? request.ask : request.decision;
      return { id: request.askId, agentId, kind: ask.kind, title: ask.title };
    }),
  };
}
