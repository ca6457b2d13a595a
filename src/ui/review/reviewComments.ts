import * as vscode from 'vscode';
import { type AgentId, isIdText, toId } from '../../core/ids.ts';
import { findFile } from '../../core/review/changes.ts';
import { feedbackText, type LineComment } from '../../core/review/feedbackText.ts';
import { isLive } from '../../core/selectors.ts';
import { type Disposable, DisposableStore } from '../../lib/disposables.ts';
import type { FleetControl } from '../../orchestrator/ports.ts';
import { type CommandReply, done, refused, toReply } from '../commandReply.ts';
import { noIcons } from '../plainText.ts';
import type { ChangeReview } from './changeReview.ts';
import type { ReviewedFile } from './reviewedFiles.ts';

/** Where open comments are kept, so that a reload loses none; one list per workspace. */
export interface CommentMemory {
  get(key: string): unknown;
  update(key: string, value: unknown): Thenable<void>;
}

/** A comment with what the person wrote, as against how it is drawn. */
interface OwnComment extends vscode.Comment {
  readonly text: string;
}

const memoryKey = 'flotilla.reviewComments';

/** What the person wrote on one line and for whom. */
interface Note {
  readonly agentId: AgentId;
  readonly path: string;
  readonly lineText: string;
}

interface Stored extends Note {
  readonly uri: string;
  /** From 0. */
  readonly line: number;
  readonly texts: readonly string[];
}

/** Comments of the person on lines of changed files; all that are open go to their agents as one message each. */
export class ReviewComments implements Disposable {
  readonly #review: ChangeReview;
  readonly #memory: CommentMemory;
  readonly #labelOf: (agentId: AgentId) => string;
  readonly #logError: (error: unknown) => void;
  readonly #disposables = new DisposableStore();
  readonly #controller: vscode.CommentController;
  readonly #notes = new Map<vscode.CommentThread, Note>();

  constructor(review: ChangeReview, memory: CommentMemory, labelOf: (agentId: AgentId) => string, logError: (error: unknown) => void) {
    this.#review = review;
    this.#memory = memory;
    this.#labelOf = labelOf;
    this.#logError = logError;
    this.#controller = this.#disposables.add(vscode.comments.createCommentController('flotilla.review', 'Flotilla Review'));
    this.#controller.options = {
      prompt: 'Comment for the agent',
      placeHolder: 'What should be different here?',
    };
    let scope = review.scope;
    this.#disposables.add(
      review.onDidChange(() => {
        if (review.scope !== scope) {
          scope = review.scope;
          this.#offerRanges();
        }
      }),
    );
    this.#offerRanges();
    this.#restore();
  }

  /** How many comments have not been sent. */
  get open(): number {
    return [...this.#notes.keys()].reduce((sum, thread) => sum + thread.comments.length, 0);
  }

  /** Adds what the person wrote below a line, in the editor. */
  async reply(thread: vscode.CommentThread, text: string): Promise<CommandReply> {
    const known = this.#notes.get(thread);
    const one = this.#review.fileOf(thread.uri);
    const note = known ?? (one === undefined ? undefined : await this.#noteOn(one, thread.range?.start.line ?? 0));
    if (note === undefined) {
      return notUnderReview;
    }
    return this.#add(thread, note, text);
  }

  /** Adds a comment on a line (from 1) of a file under review, by its key or its path. */
  async add(name: string, line: number, text: string): Promise<CommandReply> {
    const one = findFile(this.#review.files, name);
    const note = one === undefined ? undefined : await this.#noteOn(one, line - 1);
    if (one === undefined || note === undefined) {
      return notUnderReview;
    }
    const at = [...this.#notes.keys()].find((open) => open.uri.toString() === one.uri.toString() && open.range?.start.line === line - 1);
    return this.#add(at ?? this.#controller.createCommentThread(one.uri, new vscode.Range(line - 1, 0, line - 1, 0), []), note, text);
  }

  remove(target: vscode.CommentThread | vscode.Comment): void {
    if ('range' in target) {
      this.#notes.delete(target);
      target.dispose();
    } else {
      for (const thread of this.#notes.keys()) {
        thread.comments = thread.comments.filter((comment) => comment !== target);
        if (thread.comments.length === 0) {
          this.#notes.delete(thread);
          thread.dispose();
        }
      }
    }
    this.#save();
  }

  /** Sends what is open: to an agent at work as an instruction, to one that has ended as a new task. */
  send(fleet: FleetControl): CommandReply {
    // What was rejected of an agent that is gone interests nobody any more.
    const untold = this.#review.untoldAgents.filter((agentId) => fleet.state.agents[agentId] !== undefined);
    const agents = new Set([...[...this.#notes.values()].map(({ agentId }) => agentId), ...untold]);
    if (agents.size === 0) {
      const next = 'Write a comment on a line of the changes, or reject a change first.';
      return refused({ code: 'unknown', message: 'There is no feedback to send.', next });
    }
    // One that cannot be told keeps its comments, and the others are told all the same.
    const replies = [...agents].map((agentId) => this.#sendTo(fleet, agentId));
    return replies.find((reply) => !reply.ok) ?? { ...done, reached: replies.length };
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #sendTo(fleet: FleetControl, agentId: AgentId): CommandReply {
    const agent = fleet.state.agents[agentId];
    if (agent === undefined) {
      return refused({
        code: 'unknown',
        message: 'The agent that made these changes is no longer in the fleet.',
        next: 'Your comments are still there; spawn another agent and tell it.',
      });
    }
    const threads = [...this.#notes].filter(([, note]) => note.agentId === agentId);
    const comments = threads.flatMap(([thread, note]): readonly LineComment[] =>
      textsOf(thread).map((text) => ({ ...note, line: (thread.range?.start.line ?? 0) + 1, text })),
    );
    const text = feedbackText(comments, this.#review.untold(agentId));
    const reply = toReply(
      isLive(agent)
        ? fleet.execute({ type: 'sendMessage', agentId, kind: 'steer', text })
        : fleet.execute({ type: 'followUpAgent', agentId, task: text }),
    );
    if (reply.ok) {
      threads.forEach(([thread]) => this.#close(thread, agent.label));
      this.#review.setTold(agentId);
      this.#save();
    }
    return reply;
  }

  #add(thread: vscode.CommentThread, note: Note, text: string): CommandReply {
    if (text.trim() === '') {
      return refused({ code: 'invalid', message: 'The comment is empty.', next: 'Say what should be different on this line.' });
    }
    const comment: OwnComment = {
      text: text.trim(),
      body: new vscode.MarkdownString().appendText(text.trim()),
      mode: vscode.CommentMode.Preview,
      author: { name: 'You' },
      contextValue: 'open',
    };
    thread.comments = [...thread.comments, comment];
    this.#open(thread, note);
    this.#save();
    return { ...done, agentId: note.agentId };
  }

  #open(thread: vscode.CommentThread, note: Note): void {
    thread.label = `Feedback for ${noIcons(this.#labelOf(note.agentId))}`;
    thread.contextValue = 'open';
    thread.collapsibleState = vscode.CommentThreadCollapsibleState.Expanded;
    this.#notes.set(thread, note);
  }

  #close(thread: vscode.CommentThread, label: string): void {
    thread.label = `Sent to ${noIcons(label)}`;
    thread.contextValue = 'sent';
    thread.canReply = false;
    thread.state = vscode.CommentThreadState.Resolved;
    thread.collapsibleState = vscode.CommentThreadCollapsibleState.Collapsed;
    this.#notes.delete(thread);
  }

  /** The agent that changed the file last answers for it. */
  async #noteOn({ file, uri, seen }: ReviewedFile, line: number): Promise<Note | undefined> {
    const agentId = file.agents.at(-1);
    if (agentId === undefined || seen.present === 'none') {
      return undefined;
    }
    const document = await vscode.workspace.openTextDocument(uri);
    return { agentId, path: file.path, lineText: line < document.lineCount ? document.lineAt(line).text : '' };
  }

  #offerRanges(): void {
    this.#controller.commentingRangeProvider = {
      provideCommentingRanges: (document) =>
        this.#review.fileOf(document.uri) === undefined ? [] : [new vscode.Range(0, 0, Math.max(0, document.lineCount - 1), 0)],
    };
  }

  #save(): void {
    const stored = [...this.#notes].map(
      ([thread, note]): Stored => ({
        ...note,
        uri: thread.uri.toString(),
        line: thread.range?.start.line ?? 0,
        texts: textsOf(thread),
      }),
    );
    this.#memory.update(memoryKey, stored).then(undefined, this.#logError);
  }

  #restore(): void {
    const stored = this.#memory.get(memoryKey);
    for (const { uri, line, texts, ...note } of (Array.isArray(stored) ? stored : []).flatMap(readStored)) {
      const range = new vscode.Range(line, 0, line, 0);
      const thread = this.#controller.createCommentThread(vscode.Uri.parse(uri), range, []);
      texts.forEach((text) => this.#add(thread, note, text));
      thread.collapsibleState = vscode.CommentThreadCollapsibleState.Collapsed;
    }
  }
}

const notUnderReview = refused({
  code: 'unknown',
  message: 'This file is not under review.',
  next: 'Open the changes of its agent with Review Changes, then comment there.',
});

function textsOf(thread: vscode.CommentThread): readonly string[] {
  return thread.comments.flatMap((comment) => ('text' in comment && typeof comment.text === 'string' ? [comment.text] : []));
}

/** What an earlier window left; anything else in its place is passed over. */
function readStored(value: unknown): readonly Stored[] {
  if (typeof value !== 'object' || value === null || !('uri' in value) || !('line' in value) || !('texts' in value)) {
    return [];
  }
  const { uri, line, texts } = value;
  const agentId =
    'agentId' in value && typeof value.agentId === 'string' && isIdText(value.agentId) ? toId('agent', value.agentId) : undefined;
  const path = 'path' in value ? value.path : undefined;
  const lineText = 'lineText' in value ? value.lineText : undefined;
  const isWhole =
    typeof uri === 'string' && typeof line === 'number' && Array.isArray(texts) && texts.every((text) => typeof text === 'string');
  return isWhole && agentId !== undefined && typeof path === 'string' && typeof lineText === 'string'
    ? [{ uri, line, texts, agentId, path, lineText }]
    : [];
}
