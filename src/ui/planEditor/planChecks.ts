import * as vscode from 'vscode';
import type { Plan } from '../../core/state.ts';
import { type Disposable, DisposableStore } from '../../lib/disposables.ts';
import type { FleetDoor } from '../fleetDoor.ts';
import { factsOf, type PlanTools, type ReadText, type TextProblem } from './planTools.ts';
import { planScheme, runOfUri } from './planUri.ts';
import { toRange } from './toRange.ts';

/** A text is checked this long after the last key, in ms. */
const typingMs = 250;

export interface PlanCheckDeps {
  readonly door: FleetDoor;
  readonly tools: PlanTools;
  /** Reads a text against the plan as it is now. */
  readonly read: (text: string, plan: Plan) => ReadText;
}

/** Says in the documents of plans what is wrong, while they are being written, and offers ways out where they and the plan differ. */
export class PlanChecks implements Disposable, vscode.CodeActionProvider {
  readonly #deps: PlanCheckDeps;
  readonly #disposables = new DisposableStore();
  readonly #diagnostics = this.#disposables.add(vscode.languages.createDiagnosticCollection('flotilla plan'));
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  #subscription: Disposable | undefined;

  constructor(deps: PlanCheckDeps) {
    this.#deps = deps;
    const own = (item: Disposable) => this.#disposables.add(item);
    own(vscode.workspace.onDidOpenTextDocument((document) => this.#check(document)));
    own(vscode.workspace.onDidChangeTextDocument(({ document }) => this.#checkSoon(document)));
    own(vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#forget(uri)));
    own(
      vscode.languages.registerCodeActionsProvider({ scheme: planScheme }, this, {
        providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
      }),
    );
    own(deps.door.onDidChange(() => this.#connect()));
    this.#connect();
  }

  dispose(): void {
    for (const timer of this.#timers.values()) {
      clearTimeout(timer);
    }
    this.#timers.clear();
    this.#subscription?.dispose();
    this.#disposables.dispose();
  }

  provideCodeActions(document: vscode.TextDocument, range: vscode.Range): vscode.CodeAction[] {
    const here = this.#problems(document)?.filter(
      ({ clash, range: place }) => clash !== undefined && toRange(place).intersection(range) !== undefined,
    );
    if (here === undefined || here.length === 0) {
      return [];
    }
    const mine = this.#settled(document, 'mine');
    const theirs = this.#settled(document, 'theirs');
    return [
      ...(mine === undefined ? [] : [replaceAll(document, 'Keep My Version, and Take In All Other Changes', mine)]),
      ...(theirs === undefined ? [] : [replaceAll(document, 'Take the Plan’s Version Here, and Keep My Other Changes', theirs)]),
    ];
  }

  #connect(): void {
    this.#subscription?.dispose();
    this.#subscription = this.#deps.door.fleet?.subscribe((entries) => {
      const runs = new Set(entries.map(({ event }) => ('runId' in event ? event.runId : undefined)));
      for (const document of openPlans()) {
        if (runs.has(runOfUri(document.uri))) {
          this.#checkSoon(document);
        }
      }
    });
    openPlans().forEach((document) => this.#checkSoon(document));
  }

  #checkSoon(document: vscode.TextDocument): void {
    if (document.uri.scheme === planScheme) {
      const key = document.uri.toString();
      clearTimeout(this.#timers.get(key));
      this.#timers.set(
        key,
        setTimeout(() => this.#check(document), typingMs),
      );
    }
  }

  #check(document: vscode.TextDocument): void {
    this.#timers.delete(document.uri.toString());
    if (document.uri.scheme === planScheme && !document.isClosed) {
      this.#diagnostics.set(document.uri, this.#problems(document)?.map(toDiagnostic));
    }
  }

  #forget(uri: vscode.Uri): void {
    clearTimeout(this.#timers.get(uri.toString()));
    this.#timers.delete(uri.toString());
    this.#diagnostics.delete(uri);
  }

  #problems(document: vscode.TextDocument): readonly TextProblem[] | undefined {
    const plan = this.#plan(document);
    return plan === undefined ? undefined : this.#deps.read(document.getText(), plan).problems;
  }

  #settled(document: vscode.TextDocument, keep: 'mine' | 'theirs'): string | undefined {
    const state = this.#deps.door.fleet?.state;
    const plan = this.#plan(document);
    return state === undefined || plan === undefined
      ? undefined
      : this.#deps.tools.settle(document.getText(), plan, plan.revisions.length, factsOf(state, plan), keep);
  }

  #plan(document: vscode.TextDocument): Plan | undefined {
    const runId = runOfUri(document.uri);
    return runId === undefined ? undefined : this.#deps.door.fleet?.state.plans[runId];
  }
}

function openPlans(): readonly vscode.TextDocument[] {
  return vscode.workspace.textDocuments.filter(({ uri, isClosed }) => uri.scheme === planScheme && !isClosed);
}

function toDiagnostic({ severity, message, range }: TextProblem): vscode.Diagnostic {
  const level = severity === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning;
  const diagnostic = new vscode.Diagnostic(toRange(range), message, level);
  diagnostic.source = 'Flotilla';
  return diagnostic;
}

function replaceAll(document: vscode.TextDocument, title: string, text: string): vscode.CodeAction {
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  action.edit = new vscode.WorkspaceEdit();
  action.edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text);
  return action;
}
