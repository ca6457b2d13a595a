import * as vscode from 'vscode';
import { fileKey } from '../../core/review/changes.ts';
import type { Hunk } from '../../core/review/fileReview.ts';
import { countText } from '../../core/rowText.ts';
import { type Disposable, DisposableStore } from '../../lib/disposables.ts';
import type { FleetDoor } from '../fleetDoor.ts';
import type { ChangeReview } from './changeReview.ts';
import type { ReviewedFile } from './reviewedFiles.ts';

/**
 * Accept and reject at the changed lines themselves: above them as code lenses where the person has these on in comparisons
 * (`diffEditor.codeLens`), and in the hover over them everywhere.
 */
export class ReviewLens implements Disposable, vscode.CodeLensProvider, vscode.HoverProvider {
  readonly #door: FleetDoor;
  readonly #review: ChangeReview;
  readonly #disposables = new DisposableStore();
  readonly #changed = this.#disposables.add(new vscode.EventEmitter<void>());

  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor(door: FleetDoor, review: ChangeReview) {
    this.#door = door;
    this.#review = review;
    this.#disposables.add(vscode.languages.registerCodeLensProvider({ scheme: 'file' }, this));
    this.#disposables.add(vscode.languages.registerHoverProvider({ scheme: 'file' }, this));
    this.#disposables.add(review.onDidChange(() => this.#changed.fire()));
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const one = this.#review.fileOf(document.uri);
    if (one === undefined || one.pending.length === 0 || this.#door.fleet?.readOnly !== undefined) {
      return [];
    }
    const top = new vscode.Range(0, 0, 0, 0);
    const key = fileKey(one.file);
    const lens = (range: vscode.Range, title: string, command: string, ...args: readonly unknown[]) =>
      new vscode.CodeLens(range, { title, command, arguments: [...args] });
    return [
      lens(top, `$(git-compare) ${this.#summary(one).replaceAll('$(', '$ (')}`, 'flotilla.stepThroughChanges', key),
      lens(top, 'Accept All in File', 'flotilla.acceptFileChanges', key),
      lens(top, 'Reject All in File', 'flotilla.rejectFileChanges', key),
      ...one.pending.flatMap((hunk, index) => {
        const range = rangeOf(hunk, document);
        return [
          lens(range, `$(check) Accept Change ${index + 1}`, 'flotilla.acceptChange', key, hunk.id),
          lens(range, '$(discard) Reject', 'flotilla.rejectChange', key, hunk.id),
        ];
      }),
    ];
  }

  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    const one = this.#review.fileOf(document.uri);
    const hunk = one === undefined ? undefined : hunkAt(one, position.line + 1);
    if (one === undefined || hunk === undefined || this.#door.fleet?.readOnly !== undefined) {
      return undefined;
    }
    const number = one.pending.indexOf(hunk) + 1;
    const link = (title: string, command: string, ...args: readonly unknown[]) =>
      `[${title}](command:${command}?${encodeURIComponent(JSON.stringify(args))})`;
    const text = new vscode.MarkdownString('', true);
    text.isTrusted = { enabledCommands: ['flotilla.acceptChange', 'flotilla.rejectChange', 'flotilla.stepThroughChanges'] };
    text.appendText(`Change ${number} of ${one.pending.length} in this file. ${this.#summary(one)}\n`);
    text.appendMarkdown(
      [
        link('$(check) Accept', 'flotilla.acceptChange', fileKey(one.file), hunk.id),
        link('$(discard) Reject', 'flotilla.rejectChange', fileKey(one.file), hunk.id),
        link('$(debug-step-over) Step Through', 'flotilla.stepThroughChanges', fileKey(one.file), hunk.id),
      ].join(' · '),
    );
    return new vscode.Hover(text, rangeOf(hunk, document));
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #summary({ file, pending, seen }: ReviewedFile): string {
    const agents = this.#door.fleet?.state.agents ?? {};
    const names = (ids: ReviewedFile['file']['agents']) => ids.map((id) => agents[id]?.label ?? id).join(', ');
    const others = file.others.length === 0 ? '' : ` Also changed by ${names(file.others)}, so some of these lines are theirs.`;
    const unsaved = seen.unsaved ? ' Unsaved text counts.' : '';
    return `${countText(pending.length, 'change')} by ${names(file.agents)}${file.place === undefined ? '' : ' in a worktree'} to review.${others}${unsaved}`;
  }
}

/** The undecided hunk on a line (from 1); where lines were only removed, the line after them counts. */
export function hunkAt({ pending }: ReviewedFile, line: number): Hunk | undefined {
  return pending.find((hunk) => line >= hunk.line && line < hunk.line + Math.max(1, hunk.lines));
}

/** Where a hunk is in the document; at its last line when it removed the end. */
export function rangeOf(hunk: Hunk, document: Pick<vscode.TextDocument, 'lineCount'>): vscode.Range {
  const last = Math.max(0, document.lineCount - 1);
  const from = Math.min(hunk.line - 1, last);
  return new vscode.Range(from, 0, Math.min(last, from + Math.max(0, hunk.lines - 1)), 0);
}
