import * as vscode from 'vscode';
import type { FleetControl } from '../../orchestrator/ports.ts';
import type { Hunk } from '../../core/review/fileReview.ts';
import { fileKey, findFile, placeText } from '../../core/review/changes.ts';
import type { FleetState } from '../../core/state.ts';
import { type CommandReply, cancelled, done, refused } from '../commandReply.ts';
import { noIcons } from '../plainText.ts';
import { addressOf, baseUri } from './baseDocuments.ts';
import type { ChangeReview } from './changeReview.ts';
import type { ReviewComments } from './reviewComments.ts';
import type { ReviewedFile } from './reviewedFiles.ts';
import { rangeOf } from './reviewLens.ts';

/** What going from change to change needs. */
export interface ReviewLoopDeps {
  readonly review: ChangeReview;
  readonly comments: ReviewComments;
}

interface Stop {
  readonly one: ReviewedFile;
  readonly hunk: Hunk;
}

type Act = 'accept' | 'reject' | 'comment' | 'acceptFile' | 'rejectFile' | 'next' | 'previous' | 'send';

/**
 * Goes through all undecided changes by keyboard, beginning in a file or at a hunk: each is shown in its comparison while a list takes the
 * decision. Closing the list leaves the rest undecided.
 */
export async function stepThrough(
  fleet: FleetControl,
  { review, comments }: ReviewLoopDeps,
  from: { readonly path?: string | undefined; readonly hunkId?: string | undefined },
): Promise<CommandReply> {
  if (review.scope === undefined) {
    return refused({ code: 'unknown', message: 'No changes are under review.', next: 'Run Review Changes first.' });
  }
  let reached = 0;
  let at = startOf(review, from);
  for (let stops = stopsOf(review); stops.length > 0; stops = stopsOf(review)) {
    at = (at + stops.length) % stops.length;
    const stop = stops[at];
    if (stop === undefined) {
      break;
    }
    await show(review, stop);
    const act = await ask(fleet.state, stop, at + 1, stops.length, comments.open);
    if (act === undefined) {
      await closeComparisons();
      return reached === 0 ? cancelled : { ...done, reached };
    }
    const reply = await carryOut(act, stop, review, comments, fleet);
    if (!reply.ok && reply.code !== 'cancelled') {
      return reply;
    }
    if (act === 'accept' || act === 'reject' || act === 'acceptFile' || act === 'rejectFile') {
      // What comes next has moved up to this place.
      reached += reply.ok ? reply.reached : 0;
    } else if (act === 'next' || act === 'previous') {
      at += act === 'next' ? 1 : -1;
    }
  }
  await closeComparisons();
  if (reached === 0) {
    return refused({ code: 'unknown', message: 'No change is left to decide.', next: 'Open those of another run or agent.' });
  }
  return { ...done, reached };
}

function stopsOf(review: ChangeReview): readonly Stop[] {
  return review.files.flatMap((one) => one.pending.map((hunk) => ({ one, hunk })));
}

function startOf(
  review: ChangeReview,
  { path, hunkId }: { readonly path?: string | undefined; readonly hunkId?: string | undefined },
): number {
  const stops = stopsOf(review);
  const wanted = path === undefined ? undefined : findFile(review.files, path);
  const exact = stops.findIndex(({ one, hunk }) => one === wanted && hunk.id === hunkId);
  return Math.max(0, exact >= 0 ? exact : stops.findIndex(({ one }) => one === wanted));
}

async function show(review: ChangeReview, { one, hunk }: Stop): Promise<void> {
  const { scope } = review;
  if (scope === undefined) {
    return;
  }
  const { file, uri, seen } = one;
  const before = baseUri(scope, file, uri);
  const options = { preview: true, preserveFocus: true };
  if (seen.present === 'none') {
    await vscode.window.showTextDocument(before, options);
    return;
  }
  const document = await vscode.workspace.openTextDocument(uri);
  const title = `${file.path} (before ↔ now)`;
  await vscode.commands.executeCommand('vscode.diff', before, uri, title, { ...options, selection: rangeOf(hunk, document) });
}

async function ask(state: FleetState, { one, hunk }: Stop, number: number, count: number, open: number): Promise<Act | undefined> {
  const { file, pending } = one;
  const rest = pending.length > 1 ? `all ${pending.length} changes in this file` : 'the only change in this file';
  const items: (vscode.QuickPickItem & { readonly act: Act })[] = [
    { label: '$(check) Accept', act: 'accept' },
    { label: '$(discard) Reject', description: whatRejectingDoes(one), act: 'reject' },
    { label: '$(comment) Comment…', description: 'for the agent', act: 'comment' },
    { label: '$(arrow-down) Next', act: 'next' },
    { label: '$(arrow-up) Previous', act: 'previous' },
    ...(pending.length > 1
      ? ([
          { label: '$(check-all) Accept File', description: rest, act: 'acceptFile' },
          { label: '$(clear-all) Reject File', description: rest, act: 'rejectFile' },
        ] as const)
      : []),
    ...(open > 0 ? ([{ label: '$(send) Send Feedback', description: `${open} open`, act: 'send' }] as const) : []),
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: `Change ${number} of ${count}`,
    placeHolder: `${noIcons(file.path + placeText(state, file))}, line ${hunk.line}: ${hunk.lines} added, ${hunk.baseLines} removed`,
    ignoreFocusOut: true,
  });
  return picked?.act;
}

function whatRejectingDoes({ file, seen }: ReviewedFile): string {
  if (seen.kind === 'whole' && file.base.kind === 'nothing') {
    return 'removes the new file';
  }
  return seen.present === 'none' ? 'brings the file back' : 'puts back what was there';
}

async function carryOut(
  act: Act,
  { one, hunk }: Stop,
  review: ChangeReview,
  comments: ReviewComments,
  fleet: FleetControl,
): Promise<CommandReply> {
  const { path } = one.file;
  const key = fileKey(one.file);
  switch (act) {
    case 'accept':
      return await review.decide(key, new Set([hunk.id]), 'accepted');
    case 'reject':
      return await review.decide(key, new Set([hunk.id]), 'rejected');
    case 'acceptFile':
      return await review.decide(key, 'all', 'accepted');
    case 'rejectFile':
      return await review.decide(key, 'all', 'rejected');
    case 'send':
      return comments.send(fleet);
    case 'comment': {
      const text = await vscode.window.showInputBox({
        title: `Comment on ${path}, line ${hunk.line}`,
        placeHolder: 'What should be different here?',
        ignoreFocusOut: true,
      });
      return text === undefined || text.trim() === '' ? cancelled : await comments.add(key, hunk.line, text);
    }
    case 'next':
    case 'previous':
      return done;
  }
}

/** The comparisons of single files were only for going through; the editor with all of them stays. */
async function closeComparisons(): Promise<void> {
  const tabs = vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(({ input }) => input instanceof vscode.TabInputTextDiff && addressOf(input.original) !== undefined);
  if (tabs.length > 0) {
    await vscode.window.tabGroups.close(tabs, true);
  }
}
