import * as vscode from 'vscode';
import { waitsFor } from '../../core/plan/planGraph.ts';
import { countText, formatDuration } from '../../core/rowText.ts';
import { reportOf } from '../../core/selectors.ts';
import type { Attempt, FleetState, Plan, Task } from '../../core/state.ts';
import { taskRows } from '../../core/plan/taskFields.ts';
import type { Disposable } from '../../lib/disposables.ts';
import { beginHover, hoverFact } from '../hover.ts';
import type { FleetDoor } from '../fleetDoor.ts';
import { factsOf, nameOf, type PlanTools } from './planTools.ts';
import { planScheme, runOfUri } from './planUri.ts';
import { toRange } from './toRange.ts';

/** Says in the documents of plans what a task waits for, what was tried and what came of it, and what a key means. */
export class PlanHover implements Disposable, vscode.HoverProvider {
  readonly #door: FleetDoor;
  readonly #tools: PlanTools;
  readonly #registration: Disposable;

  constructor(door: FleetDoor, tools: PlanTools) {
    this.#door = door;
    this.#tools = tools;
    this.#registration = vscode.languages.registerHoverProvider({ scheme: planScheme }, this);
  }

  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    const state = this.#door.fleet?.state;
    const runId = runOfUri(document.uri);
    const plan = runId === undefined ? undefined : state?.plans[runId];
    const word = document.getWordRangeAtPosition(position, /[A-Za-z0-9][\w.-]*/);
    if (state === undefined || plan === undefined || word === undefined) {
      return undefined;
    }
    const line = document.lineAt(position.line).text;
    const name = document.getText(word);
    const key = taskRows.find((row) => row.key === name);
    if (key !== undefined && /^\s*(?:- +)?$/.test(line.slice(0, word.start.character)) && line[word.end.character] === ':') {
      return new vscode.Hover(`${key.meaning}\n\nWants ${key.wants}.`, word);
    }
    const place = this.#tools.places(document.getText()).find(({ head }) => head.line === position.line);
    const names = /^\s*(?:- +)?(?:dependsOn|backTo|forEach|collects):|^\s*- +[\w.-]+\s*$/.test(line);
    const task = plan.tasks.find(({ id }) => id === (place?.id ?? (names ? name : undefined)));
    return task === undefined
      ? undefined
      : new vscode.Hover(this.#taskHover(state, plan, task), place === undefined ? word : toRange(place.head));
  }

  dispose(): void {
    this.#registration.dispose();
  }

  #taskHover(state: FleetState, plan: Plan, task: Task): vscode.MarkdownString {
    const hover = beginHover('checklist', task.title, this.#tools.status(plan, task, factsOf(state, plan)));
    const waits = waitsFor(plan, task).map(({ kind, name }) => (kind === 'artefact' ? `the artefact ${name}` : name));
    if (waits.length > 0) {
      hoverFact(hover, 'Waits for', waits.join(', '));
    }
    if (task.reason !== undefined && task.reason !== '') {
      hoverFact(hover, 'Reason', task.reason);
    }
    const agentId = task.history.at(-1)?.agentId;
    const agent = agentId === undefined ? undefined : state.agents[agentId];
    const report = agent === undefined ? undefined : reportOf(agent);
    if (report !== undefined) {
      hoverFact(hover, 'Report', report.summary);
      hoverFact(
        hover,
        'Found',
        `${countText(report.findings.length, 'finding')}, ${countText(report.filesChanged.length, 'file')} changed`,
      );
    }
    task.history.forEach((attempt, index) => hoverFact(hover, `Attempt ${index + 1}`, attemptText(state, attempt)));
    hoverFact(hover, 'Added by', nameOf(state, task.addedBy));
    return hover;
  }
}

function attemptText(state: FleetState, { agentId, startedAt, endedAt, outcome, failure, round }: Attempt): string {
  const took = endedAt === undefined ? 'at work' : `${outcome ?? 'ended'} after ${formatDuration(endedAt - startedAt)}`;
  const parts = [state.agents[agentId]?.label ?? 'a deleted agent', round > 1 ? `round ${round}` : undefined, took, failure];
  return parts.filter((part) => part !== undefined).join(' · ');
}
