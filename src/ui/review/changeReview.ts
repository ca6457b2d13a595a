import * as vscode from 'vscode';
import type { AgentId } from '../../core/ids.ts';
import { decisionKey, fileKey, findFile, type ReviewFile, type ReviewScope, runOfScope, scopeLabel } from '../../core/review/changes.ts';
import type { FleetEvent, ReviewVerdict } from '../../core/events.ts';
import type { RejectedChange } from '../../core/review/feedbackText.ts';
import { type Disposable, DisposableStore } from '../../lib/disposables.ts';
import { type CommandReply, done, refused, toReply } from '../commandReply.ts';
import type { FleetDoor } from '../fleetDoor.ts';
import { addressOf, type BaseDocuments, baseUri } from './baseDocuments.ts';
import { lookAt, lookAtAll, type ReviewedFile, type Unreviewable } from './reviewedFiles.ts';
import type { PlacesOf } from './reviewPort.ts';

/** What is on the screen is compared anew at most this often while it changes, in ms. */
const refreshMs = 300;

/** What a review needs. */
export interface ChangeReviewDeps {
  readonly door: FleetDoor;
  readonly placesOf: PlacesOf;
  readonly bases: BaseDocuments;
  readonly logError: (error: unknown) => void;
}

/** Whose changes are looked at. */
interface Opened {
  readonly scope: ReviewScope;
  readonly title: string;
}

/** The changes a person is looking at in the multi-diff editor, and what became of each. One at a time; the last one opened counts. */
export class ChangeReview implements Disposable {
  readonly #deps: ChangeReviewDeps;
  readonly #disposables = new DisposableStore();
  readonly #changed = this.#disposables.add(new vscode.EventEmitter<void>());
  /** What was taken back and the agent has not been told yet. */
  readonly #untold = new Map<AgentId, RejectedChange[]>();
  #opened: Opened | undefined;
  #files: readonly ReviewedFile[] = [];
  #subscription: Disposable | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isShown: boolean | undefined;

  /** Told when there is another review, or its files stand differently. */
  readonly onDidChange = this.#changed.event;

  constructor(deps: ChangeReviewDeps) {
    this.#deps = deps;
    this.#disposables.add(deps.door.onDidChange(() => this.#connect()));
    this.#disposables.add(vscode.window.tabGroups.onDidChangeTabs(() => this.#follow()));
    this.#disposables.add(vscode.workspace.onDidChangeTextDocument(({ document }) => this.#documentChanged(document)));
    this.#disposables.add(vscode.workspace.onDidSaveTextDocument((document) => this.#documentChanged(document)));
    this.#connect();
    this.#follow();
  }

  get scope(): ReviewScope | undefined {
    return this.#opened?.scope;
  }

  get files(): readonly ReviewedFile[] {
    return this.#files;
  }

  /** The file under review that a document shows; undefined for any other document. */
  fileOf(uri: vscode.Uri): ReviewedFile | undefined {
    return this.#files.find((one) => one.uri.toString() === uri.toString());
  }

  /** Opens all changes of a scope side by side; says so when there is nothing to review. */
  async open(scope: ReviewScope): Promise<CommandReply> {
    const state = this.#deps.door.fleet?.state;
    if (state === undefined) {
      return refused({ code: 'unavailable', message: 'The fleet is not open.', next: 'Open it again, then review.' });
    }
    const label = scopeLabel(state, scope);
    const { files, left } = await lookAtAll(state, scope, this.#deps.placesOf);
    const open = files.filter(({ pending }) => pending.length > 0);
    if (open.length === 0) {
      return refused({ code: 'unknown', ...nothingToReview(label, files, left) });
    }
    this.#opened = { scope, title: `Changes of ${label}` };
    this.#files = files;
    await this.#show(open);
    this.#changed.fire();
    this.#follow();
    if (left.length > 0) {
      this.#tellLeft(left);
    }
    return { ...done, reached: open.length, ...(scope.kind === 'run' ? { runId: scope.runId } : { agentId: scope.agentId }) };
  }

  /** Accepts or rejects hunks of a file, or all that are undecided. `name`: its key, or its path. */
  async decide(name: string, which: ReadonlySet<string> | 'all', verdict: ReviewVerdict): Promise<CommandReply> {
    const opened = this.#opened;
    const fleet = this.#deps.door.fleet;
    const one = findFile(this.#files, name);
    const runId = fleet === undefined || opened === undefined ? undefined : runOfScope(fleet.state, opened.scope);
    if (opened === undefined || fleet === undefined || one === undefined || runId === undefined) {
      return refused({ code: 'unknown', message: 'These changes are not under review.', next: 'Open them with Review Changes.' });
    }
    const { path } = one.file;
    const hunks = one.pending.filter(({ id }) => which === 'all' || which.has(id));
    if (hunks.length === 0) {
      await this.#refresh();
      return refused({ code: 'unknown', message: `That change of ${path} is decided already.`, next: 'Look at those that are left.' });
    }
    const ids = hunks.map(({ id }) => id);
    if (verdict === 'rejected') {
      const back = await this.#deps.placesOf(one.file).files.reject(one.file, one.seen, new Set(ids));
      if (!back.ok) {
        await this.#refresh();
        return refused({ code: 'unavailable', message: back.text, next: '' });
      }
      const agentId = one.file.agents.at(-1);
      if (agentId !== undefined) {
        this.#untold.set(agentId, [...(this.#untold.get(agentId) ?? []), ...hunks.map(({ line }) => ({ path, line }))]);
      }
    }
    const agentId = opened.scope.kind === 'agent' ? opened.scope.agentId : undefined;
    const reply = toReply(fleet.execute({ type: 'reviewChanges', runId, agentId, path, base: decisionKey(one.file), hunks: ids, verdict }));
    await this.#refresh(one.file);
    this.#deps.bases.refresh(opened.scope, one.file, one.uri);
    if (verdict === 'rejected' && one.seen.kind === 'whole') {
      await this.#showAgain();
    }
    return reply;
  }

  /** What was rejected of an agent's changes since it was told last. */
  untold(agentId: AgentId): readonly RejectedChange[] {
    return this.#untold.get(agentId) ?? [];
  }

  /** The agents there is something to tell about. */
  get untoldAgents(): readonly AgentId[] {
    return [...this.#untold.keys()];
  }

  setTold(agentId: AgentId): void {
    this.#untold.delete(agentId);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscription?.dispose();
    this.#disposables.dispose();
  }

  async #show(files: readonly ReviewedFile[]): Promise<void> {
    const opened = this.#opened;
    if (opened === undefined) {
      return;
    }
    const resources = files.map(({ file, uri, seen }) => [
      uri,
      file.base.kind === 'nothing' ? undefined : baseUri(opened.scope, file, uri),
      seen.present === 'none' ? undefined : uri,
    ]);
    await vscode.commands.executeCommand('vscode.changes', opened.title, resources);
  }

  /** An editor of many files does not notice that one of them is gone, or there again. */
  async #showAgain(): Promise<void> {
    const tabs = this.#tabs();
    const open = this.#files.filter(({ pending }) => pending.length > 0);
    if (open.length > 0) {
      await this.#show(open);
    }
    await vscode.window.tabGroups.close(tabs, true);
  }

  #connect(): void {
    this.#subscription?.dispose();
    this.#subscription = this.#deps.door.fleet?.subscribe((entries) => {
      if (this.#opened !== undefined && entries.some(({ event }) => this.#concerns(event))) {
        this.#schedule();
      }
    });
  }

  #concerns(event: FleetEvent): boolean {
    switch (event.type) {
      case 'agentDeleted':
      case 'changesUndone':
        return true;
      case 'toolEnded': {
        const scope = this.scope;
        const isIn =
          scope?.kind === 'agent'
            ? scope.agentId === event.agentId
            : this.#deps.door.fleet?.state.agents[event.agentId]?.runId === scope?.runId;
        return event.effects.some(
          (effect) => effect.kind === 'changed' && (isIn || this.#files.some(({ file }) => file.path === effect.path)),
        );
      }
      default:
        return false;
    }
  }

  #documentChanged(document: vscode.TextDocument): void {
    if (this.fileOf(document.uri) !== undefined) {
      this.#schedule();
    }
  }

  #schedule(): void {
    if (this.#opened !== undefined) {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#refresh().catch(this.#deps.logError);
      }, refreshMs);
    }
  }

  async #refresh(only?: Pick<ReviewFile, 'path' | 'place'>): Promise<void> {
    const opened = this.#opened;
    const state = this.#deps.door.fleet?.state;
    if (opened === undefined || state === undefined) {
      return;
    }
    if (only === undefined) {
      const { files } = await lookAtAll(state, opened.scope, this.#deps.placesOf);
      this.#files = this.#opened === opened ? files : this.#files;
    } else {
      const index = this.#files.findIndex(({ file }) => fileKey(file) === fileKey(only));
      const before = this.#files[index];
      const now = before === undefined ? undefined : await lookAt(state, opened.scope, before.file, this.#deps.placesOf);
      if (now !== undefined && 'seen' in now && this.#files[index] === before) {
        this.#files = this.#files.with(index, now);
      }
    }
    this.#changed.fire();
  }

  /** A review lasts as long as an editor shows it; menus and keys look at whether it is in front. */
  #follow(): void {
    const tabs = this.#tabs();
    if (tabs.length === 0 && this.#opened !== undefined) {
      this.#opened = undefined;
      this.#files = [];
      this.#changed.fire();
    }
    const isShown = tabs.some((tab) => tab.isActive);
    if (isShown !== this.#isShown) {
      this.#isShown = isShown;
      vscode.commands.executeCommand('setContext', 'flotilla.reviewing', isShown).then(undefined, this.#deps.logError);
    }
  }

  /** The editor does not tell what a tab with many files holds, only what it is called: our title, and how many files they are. */
  #tabs(): readonly vscode.Tab[] {
    const title = this.#opened?.title;
    const isAll = (label: string) => title !== undefined && (label === title || label.startsWith(`${title} (`));
    return vscode.window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .filter(({ label, input }) => isAll(label) || (input instanceof vscode.TabInputTextDiff && addressOf(input.original) !== undefined));
  }

  #tellLeft(left: readonly Unreviewable[]): void {
    const [first] = left;
    const more = left.length > 1 ? ` The same goes for ${left.length - 1} more.` : '';
    vscode.window.showInformationMessage(`${first?.why ?? ''}${more}`).then(undefined, this.#deps.logError);
  }
}

function nothingToReview(
  label: string,
  files: readonly ReviewedFile[],
  left: readonly Unreviewable[],
): { readonly message: string; readonly next: string } {
  const [first] = left;
  if (first !== undefined) {
    return { message: `The changes of ${label} cannot be reviewed. ${first.why}`, next: '' };
  }
  return files.length === 0
    ? { message: `${label} has not changed a file.`, next: 'Changes appear here once an agent edits a file; pick another run or agent.' }
    : {
        message: `Nothing of what ${label} changed is left to review: it is accepted, or the files are as they were.`,
        next: 'Pick another run or agent.',
      };
}
