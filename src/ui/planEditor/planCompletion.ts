import * as vscode from 'vscode';
import { effortSchema, isolationSchema } from '../../core/eventParts.ts';
import { prioritySchema } from '../../core/planEvents.ts';
import type { Plan } from '../../core/state.ts';
import { taskRows } from '../../core/plan/taskFields.ts';
import type { Disposable } from '../../lib/disposables.ts';
import type { FleetDoor } from '../fleetDoor.ts';
import type { PlanTools, TypeFacts } from './planTools.ts';
import { planScheme, runOfUri } from './planUri.ts';

interface Offer {
  readonly label: string;
  readonly detail?: string | undefined;
}

const taskKeys: ReadonlySet<string> = new Set(['dependsOn', 'backTo', 'forEach', 'collects']);

/** Offers keys, agent types, task ids and the few words that some keys want. */
export class PlanCompletion implements Disposable, vscode.CompletionItemProvider {
  readonly #door: FleetDoor;
  readonly #tools: PlanTools;
  readonly #agentTypes: () => readonly TypeFacts[];
  readonly #registration: Disposable;

  constructor(door: FleetDoor, tools: PlanTools, agentTypes: () => readonly TypeFacts[]) {
    this.#door = door;
    this.#tools = tools;
    this.#agentTypes = agentTypes;
    this.#registration = vscode.languages.registerCompletionItemProvider({ scheme: planScheme }, this, ' ', '[', ',');
  }

  provideCompletionItems(document: vscode.TextDocument, position: vscode.Position): vscode.CompletionItem[] {
    const lines = document.getText().split(/\r\n|\r|\n/);
    const place = this.#tools.placeIn(lines, position.line, position.character);
    if (place === undefined) {
      return [];
    }
    const used = new Set(place.used);
    const word = document.getWordRangeAtPosition(position, /[A-Za-z0-9][\w.-]*/);
    const range = word === undefined ? undefined : new vscode.Range(word.start, position);
    if (place.kind === 'key') {
      return taskRows.filter(({ key }) => !used.has(key)).map((row, index) => keyItem(row, index, range));
    }
    return this.#offers(place.key, document)
      .filter(({ label }) => !used.has(label))
      .map(({ label, detail }, index) => {
        const item = new vscode.CompletionItem(label, vscode.CompletionItemKind.Value);
        return Object.assign(item, { detail: detail ?? '', sortText: order(index), ...(range === undefined ? {} : { range }) });
      });
  }

  dispose(): void {
    this.#registration.dispose();
  }

  #offers(key: string, document: vscode.TextDocument): readonly Offer[] {
    if (taskKeys.has(key)) {
      return this.#tasks(document);
    }
    switch (key) {
      case 'agent':
        return this.#agentTypes().map(({ name, description }) => ({ label: name, detail: description }));
      case 'priority':
        return prioritySchema.options.map((label) => ({ label }));
      case 'isolation':
        return isolationSchema.options.map((label) => ({ label }));
      case 'effort':
        return effortSchema.options.map((label) => ({ label }));
      case 'kind':
        return [
          { label: 'verdict', detail: 'The agent of this task judges.' },
          { label: 'person', detail: 'You judge.' },
        ];
      case 'partial':
      case 'rollback':
        return [{ label: 'true' }, { label: 'false' }];
      case 'needs':
        return this.#artefacts(document);
      default:
        return [];
    }
  }

  #tasks(document: vscode.TextDocument): readonly Offer[] {
    const plan = this.#plan(document);
    const written = this.#tools.places(document.getText()).map(({ id }) => id);
    const ids = [...new Set(written)].filter((id) => id !== '');
    return ids.map((label) => ({ label, detail: plan?.tasks.find(({ id }) => id === label)?.title }));
  }

  #artefacts(document: vscode.TextDocument): readonly Offer[] {
    const plan = this.#plan(document);
    const names = (plan?.tasks ?? []).flatMap(({ id, publishes = [] }) =>
      publishes.map((label) => ({ label, detail: `published by ${id}` })),
    );
    return [...new Map(names.map((offer) => [offer.label, offer])).values()];
  }

  #plan(document: vscode.TextDocument): Plan | undefined {
    const runId = runOfUri(document.uri);
    return runId === undefined ? undefined : this.#door.fleet?.state.plans[runId];
  }
}

function keyItem(row: (typeof taskRows)[number], index: number, range: vscode.Range | undefined): vscode.CompletionItem {
  const item = new vscode.CompletionItem(row.key, vscode.CompletionItemKind.Property);
  const insertText = row.shape === 'list' ? new vscode.SnippetString(`${row.key}: [$0]`) : `${row.key}: `;
  return Object.assign(item, { detail: row.meaning, insertText, sortText: order(index), ...(range === undefined ? {} : { range }) });
}

function order(index: number): string {
  return String(index).padStart(3, '0');
}
