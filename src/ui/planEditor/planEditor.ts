import * as vscode from 'vscode';
import type { Plan, Run } from '../../core/state.ts';
import type { PlanLimits } from '../../core/plan/validatePlan.ts';
import { type Disposable, DisposableStore } from '../../lib/disposables.ts';
import type { FleetDoor } from '../fleetDoor.ts';
import { PlanChecks } from './planChecks.ts';
import { PlanCompletion } from './planCompletion.ts';
import { PlanFiles } from './planFiles.ts';
import { PlanHistory } from './planHistory.ts';
import { PlanHover } from './planHover.ts';
import { PlanLens } from './planLens.ts';
import { nameOf, type PlanTools, type ReadText, type TypeFacts } from './planTools.ts';
import { planLanguage, planScheme, planUri } from './planUri.ts';

export interface PlanEditorDeps {
  readonly door: FleetDoor;
  readonly tools: PlanTools;
  readonly agentTypes: () => readonly TypeFacts[];
  readonly limits: () => PlanLimits;
  readonly now: () => number;
  readonly logError: (error: unknown) => void;
}

/** Shows the plans of runs as documents that a person can edit, and their histories. */
export class PlanEditor implements Disposable {
  readonly #disposables = new DisposableStore();
  readonly #history: PlanHistory;

  constructor(deps: PlanEditorDeps) {
    const { door, tools, agentTypes, now, logError } = deps;
    const read = (text: string, plan: Plan) => readText(deps, text, plan);
    this.#disposables.add(new PlanFiles({ door, tools, now, read }));
    this.#disposables.add(new PlanChecks({ door, tools, read }));
    this.#disposables.add(new PlanLens(door, tools));
    this.#disposables.add(new PlanHover(door, tools));
    this.#disposables.add(new PlanCompletion(door, tools, agentTypes));
    this.#history = this.#disposables.add(new PlanHistory(door));
    const speak = (document: vscode.TextDocument) => void inOwnLanguage(document).then(undefined, logError);
    this.#disposables.add(vscode.workspace.onDidOpenTextDocument(speak));
    vscode.workspace.textDocuments.forEach(speak);
  }

  async open(run: Run): Promise<void> {
    const document = await inOwnLanguage(await vscode.workspace.openTextDocument(planUri(run)));
    await vscode.window.showTextDocument(document, { preview: false });
  }

  async openHistory(run: Run): Promise<void> {
    await this.#history.show(run);
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}

function readText({ door, tools, limits }: PlanEditorDeps, text: string, plan: Plan): ReadText {
  const state = door.fleet?.state;
  return tools.read(text, plan, plan.revisions.length, {
    limits: limits(),
    nameOf: (actor) => (state === undefined ? actor.kind : nameOf(state, actor)),
  });
}

/** No pattern of names is ours alone, so that the language is given to each document when it is opened. */
async function inOwnLanguage(document: vscode.TextDocument): Promise<vscode.TextDocument> {
  return document.uri.scheme === planScheme && document.languageId !== planLanguage
    ? await vscode.languages.setTextDocumentLanguage(document, planLanguage)
    : document;
}
