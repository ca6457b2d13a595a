import * as vscode from 'vscode';
import { isIdText, toId } from '../../core/ids.ts';
import { fileKey, hasChanges, type ReviewScope } from '../../core/review/changes.ts';
import type { ReviewVerdict } from '../../core/events.ts';
import { runRow } from '../../core/plan/planRows.ts';
import { agentRow } from '../../core/rows.ts';
import { countText } from '../../core/rowText.ts';
import { agentsOfRun, runPhase } from '../../core/selectors.ts';
import type { Agent, FleetState, Run } from '../../core/state.ts';
import { type CommandReply, cancelled, done, refused } from '../commandReply.ts';
import { type CommandDeps, type CommandHandler, type CommandTable, withFleet, withWritableFleet } from '../commands/commandDeps.ts';
import { type Given, toGiven } from '../targets.ts';
import type { ChangeReview } from './changeReview.ts';
import type { ReviewComments } from './reviewComments.ts';
import { hunkAt } from './reviewLens.ts';
import { stepThrough } from './reviewLoop.ts';

/** What the commands of a review need. */
export interface ReviewCommandDeps extends CommandDeps {
  readonly changes: ChangeReview;
  readonly comments: ReviewComments;
}

/** The commands about reviewing changes. Those about one change take its path and hunk, or the place of the cursor. */
export function createReviewCommands(deps: ReviewCommandDeps): CommandTable {
  const { changes, comments } = deps;
  const decideHunk = (verdict: ReviewVerdict): CommandHandler => {
    return (path, hunkId) =>
      withWritableFleet(deps.door, async () => {
        const place = typeof path === 'string' && typeof hunkId === 'string' ? { path, hunkId } : atCursor(changes, path);
        return place === undefined ? noChangeHere : await changes.decide(place.path, new Set([place.hunkId]), verdict);
      });
  };
  const decideFile = (verdict: ReviewVerdict): CommandHandler => {
    return (given) =>
      withWritableFleet(deps.door, async () => {
        const path = pathOf(changes, given);
        return path === undefined ? noChangeHere : await changes.decide(path, 'all', verdict);
      });
  };
  return {
    'flotilla.reviewChanges': (first) =>
      withFleet(deps.door, async ({ state }) => {
        const scope = await chooseScope(state, toGiven(first), deps.now());
        return scope === undefined || 'ok' in scope ? (scope ?? cancelled) : await changes.open(scope);
      }),
    'flotilla.acceptChange': decideHunk('accepted'),
    'flotilla.rejectChange': decideHunk('rejected'),
    'flotilla.acceptFileChanges': decideFile('accepted'),
    'flotilla.rejectFileChanges': decideFile('rejected'),
    'flotilla.acceptAllChanges': () => withWritableFleet(deps.door, () => decideAll(changes, 'accepted')),
    'flotilla.rejectAllChanges': (first) =>
      withWritableFleet(deps.door, async () =>
        first === true || (await confirmRejectAll(changes)) ? await decideAll(changes, 'rejected') : cancelled,
      ),
    'flotilla.stepThroughChanges': (path, hunkId) =>
      withWritableFleet(deps.door, async (fleet) => {
        const given =
          typeof path === 'string' ? { path, ...(typeof hunkId === 'string' ? { hunkId } : {}) } : (atCursor(changes, path) ?? {});
        return await stepThrough(fleet, { review: changes, comments }, given);
      }),
    'flotilla.sendFeedback': () => withWritableFleet(deps.door, (fleet) => comments.send(fleet)),
    'flotilla.addReviewComment': (first, line, text) =>
      withWritableFleet(deps.door, async () => {
        if (typeof first === 'string' && typeof line === 'number' && typeof text === 'string') {
          return await comments.add(first, line, text);
        }
        return isReply(first) ? await comments.reply(first.thread, first.text) : noChangeHere;
      }),
    'flotilla.deleteReviewComment': async (target) => {
      if (!isThread(target) && !isComment(target)) {
        return noChangeHere;
      }
      comments.remove(target);
      return done;
    },
  };
}

const noChangeHere = refused({
  code: 'unknown',
  message: 'There is no change to decide here.',
  next: 'Put the cursor into a changed line of the changes under review.',
});

/** The change under the cursor, or the only one of the file. `given`: the address of the editor whose menu it was. */
function atCursor(changes: ChangeReview, given: unknown): { readonly path: string; readonly hunkId: string } | undefined {
  const [active, visible] = [vscode.window.activeTextEditor, vscode.window.visibleTextEditors];
  const isMeant = (one: vscode.TextEditor) => !(given instanceof vscode.Uri) || one.document.uri.toString() === given.toString();
  // An editor of many files does not always say which of its parts is active.
  const editor = active !== undefined && isMeant(active) ? active : visible.find(isMeant);
  const one = editor === undefined ? undefined : changes.fileOf(editor.document.uri);
  if (editor === undefined || one === undefined) {
    return undefined;
  }
  const only = one.pending.length === 1 ? one.pending[0] : undefined;
  const hunk = hunkAt(one, editor.selection.active.line + 1) ?? only;
  return hunk === undefined ? undefined : { path: fileKey(one.file), hunkId: hunk.id };
}

/** The file a command is about: named, of the editor whose title was clicked, or of the one with the cursor. */
function pathOf(changes: ChangeReview, given: unknown): string | undefined {
  if (typeof given === 'string') {
    return given;
  }
  const clicked = given instanceof vscode.Uri ? changes.fileOf(given) : undefined;
  const active = vscode.window.activeTextEditor;
  const one = clicked ?? (active === undefined ? undefined : changes.fileOf(active.document.uri));
  return one === undefined ? undefined : fileKey(one.file);
}

async function decideAll(changes: ChangeReview, verdict: ReviewVerdict): Promise<CommandReply> {
  const open = changes.files.filter(({ pending }) => pending.length > 0);
  if (open.length === 0) {
    return refused({ code: 'unknown', message: 'No change is left to decide.', next: 'Open those of another run or agent.' });
  }
  let reached = 0;
  let refusal: CommandReply | undefined;
  // What one file refuses is no reason to leave the others.
  for (const { file } of open) {
    const reply = await changes.decide(fileKey(file), 'all', verdict);
    reached += reply.ok ? reply.reached : 0;
    refusal ??= reply.ok ? undefined : reply;
  }
  return refusal ?? { ...done, reached };
}

async function confirmRejectAll(changes: ChangeReview): Promise<boolean> {
  const open = changes.files.filter(({ pending }) => pending.length > 0);
  const count = open.reduce((sum, { pending }) => sum + pending.length, 0);
  const message = `Reject ${countText(count, 'change')} in ${countText(open.length, 'file')}?`;
  const detail =
    'The files become what they were, except for changes you accepted. Agents that are at work go on and may change them again.';
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, 'Reject All')) === 'Reject All';
}

async function chooseScope(state: FleetState, given: Given, now: number): Promise<ReviewScope | CommandReply | undefined> {
  if (given.by === 'palette') {
    return await pickScope(state, now);
  }
  const scope = given.by === 'row' ? scopeOfRow(state, given) : scopeOfId(state, given.id);
  return scope ?? refused({ code: 'unknown', message: 'There is no such run or agent.', next: 'Pick one from the Fleet view.' });
}

function scopeOfRow(state: FleetState, { target }: Extract<Given, { by: 'row' }>): ReviewScope | undefined {
  switch (target.kind) {
    case 'agent':
      return scopeOfId(state, target.agentId);
    case 'run':
    case 'task':
      return scopeOfId(state, target.runId);
    case 'ask':
    case 'needsYou':
      return undefined;
  }
}

function scopeOfId(state: FleetState, id: string): ReviewScope | undefined {
  if (!isIdText(id)) {
    return undefined;
  }
  const [run, agent] = [state.runs[toId('run', id)], state.agents[toId('agent', id)]];
  if (run !== undefined) {
    return { kind: 'run', runId: run.id };
  }
  return agent === undefined ? undefined : { kind: 'agent', agentId: agent.id };
}

/** Runs before their agents, newest first; only those that changed something. */
async function pickScope(state: FleetState, now: number): Promise<ReviewScope | CommandReply | undefined> {
  const items = Object.values<Run>(state.runs)
    .toReversed()
    .flatMap((run) => itemsOf(state, run, now));
  if (items.length === 0) {
    const next = 'Changes appear here once an agent edits a file.';
    return refused({ code: 'unknown', message: 'No agent has changed a file yet.', next });
  }
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Review Changes',
    placeHolder: 'Whose changes?',
    matchOnDescription: true,
  });
  return picked?.scope;
}

function itemsOf(state: FleetState, run: Run, now: number): readonly (vscode.QuickPickItem & { readonly scope: ReviewScope })[] {
  const agents = agentsOfRun(state, run.id);
  const changed = agents.filter((agent) => agent.filesChanged.length > 0);
  const scope: ReviewScope = { kind: 'run', runId: run.id };
  if (!hasChanges(state, scope)) {
    return [];
  }
  const row = runRow(run, runPhase(state, run), agents, undefined, state.plans[run.id]);
  const files = new Set(changed.flatMap((agent) => agent.filesChanged)).size;
  return [
    { label: `$(${row.icon}) ${row.label}`, description: countText(files, 'file'), scope },
    ...(changed.length > 1 ? changed : []).map((agent) => agentItem(agent, now)),
  ];
}

function agentItem(agent: Agent, now: number): vscode.QuickPickItem & { readonly scope: ReviewScope } {
  const row = agentRow(agent, now, agent.lastActivityAt);
  return {
    label: `    $(${row.icon}) ${row.label}`,
    description: countText(agent.filesChanged.length, 'file'),
    scope: { kind: 'agent', agentId: agent.id },
  };
}

function isReply(value: unknown): value is vscode.CommentReply {
  return typeof value === 'object' && value !== null && 'thread' in value && 'text' in value && typeof value.text === 'string';
}

function isThread(value: unknown): value is vscode.CommentThread {
  return typeof value === 'object' && value !== null && 'range' in value && 'comments' in value;
}

function isComment(value: unknown): value is vscode.Comment {
  return typeof value === 'object' && value !== null && 'body' in value && 'author' in value;
}
