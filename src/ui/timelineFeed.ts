import type { JournalEntry } from '../core/events.ts';
import type { AgentId } from '../core/ids.ts';
import { emptyFleet } from '../core/state.ts';
import { type Disposable, DisposableStore } from '../lib/disposables.ts';
import { realTimer, type SetTimer } from '../lib/timer.ts';
import type { FleetControl } from '../orchestrator/ports.ts';
import { thinEntry, thinState, thinTranscript } from '../protocol/thinEntry.ts';
import type { ModelFacts, ToWebview } from '../protocol/toWebview.ts';

/** A view gets at most one message in this time, in ms. */
const postMs = 100;
/** Queued messages longer than this reach a view that does not follow their receiver cut short. */
const wholeMessage = 200;

/** What the feed needs. */
export interface FeedDeps {
  /** The fleet, or why there is none. */
  readonly source: () => FleetControl | string;
  readonly facts: () => ModelFacts;
  readonly now: () => number;
  readonly post: (message: ToWebview) => void;
  /** Calls back once after `ms`, unless what it returns is called before. */
  readonly setTimer?: SetTimer;
}

/** Keeps one view up to date: a snapshot when it asks, then entries without gaps and the live text of the agent it follows. */
export class TimelineFeed implements Disposable {
  readonly #deps: FeedDeps;
  #subscription: Disposable | undefined;
  #timer: (() => void) | undefined;
  #follow: AgentId | undefined;
  #pending: JournalEntry[] = [];
  #sentSeq = 0;
  #tailDirty = false;
  #sentFacts = '';

  constructor(deps: FeedDeps) {
    this.#deps = deps;
  }

  /** The view knows nothing and sees everything from now on. */
  start(follow: AgentId | undefined): void {
    this.stop();
    const fleet = this.#deps.source();
    this.#follow = follow;
    if (typeof fleet !== 'string') {
      const store = new DisposableStore();
      store.add(fleet.subscribe((entries) => this.#queue(entries)));
      store.add(fleet.onDidChangeTail((ids) => this.#hear(ids)));
      this.#subscription = store;
    }
    this.#postSnapshot();
  }

  /** The view sees nothing from now on. */
  stop(): void {
    this.#subscription?.dispose();
    this.#subscription = undefined;
    this.#timer?.();
    this.#timer = undefined;
    this.#pending = [];
    this.#tailDirty = false;
  }

  /** The view wants the transcript of this agent from now on. */
  follow(agentId: AgentId | undefined): void {
    const fleet = this.#deps.source();
    if (this.#subscription === undefined || typeof fleet === 'string') {
      return;
    }
    const agent = agentId === undefined ? undefined : fleet.state.agents[agentId];
    this.#postEntries();
    this.#follow = agentId;
    if (agent?.mailbox.some((message) => message.text.length > wholeMessage)) {
      // The view has these messages only in part, and would put the parts into the transcript.
      this.#postSnapshot();
      return;
    }
    const transcript = agentId === undefined ? undefined : fleet.state.transcripts[agentId];
    if (agentId !== undefined && transcript !== undefined) {
      this.#deps.post({ type: 'transcript', seq: this.#sentSeq, agentId, transcript: thinTranscript(transcript) });
    }
    this.#tailDirty = agentId !== undefined;
    this.#schedule();
  }

  dispose(): void {
    this.stop();
  }

  #queue(entries: readonly JournalEntry[]): void {
    this.#pending.push(...entries);
    this.#schedule();
  }

  #hear(ids: ReadonlySet<AgentId>): void {
    if (this.#follow !== undefined && ids.has(this.#follow)) {
      this.#tailDirty = true;
      this.#schedule();
    }
  }

  #schedule(): void {
    this.#timer ??= (this.#deps.setTimer ?? realTimer)(() => {
      this.#timer = undefined;
      if (this.#pending.length > 0) {
        this.#postEntries();
      } else {
        this.#postTail();
      }
      if (this.#pending.length > 0 || this.#tailDirty) {
        this.#schedule();
      }
    }, postMs);
  }

  #postSnapshot(): void {
    const fleet = this.#deps.source();
    const state = typeof fleet === 'string' ? emptyFleet : fleet.state;
    const facts = this.#deps.facts();
    this.#pending = [];
    this.#sentSeq = state.seq;
    this.#sentFacts = JSON.stringify(facts);
    this.#deps.post({
      type: 'snapshot',
      state: thinState(state, this.#follow),
      follow: this.#follow,
      now: this.#deps.now(),
      readOnly: typeof fleet === 'string' ? fleet : fleet.readOnly,
      facts,
    });
    this.#tailDirty = this.#follow !== undefined;
    if (this.#tailDirty) {
      this.#schedule();
    }
  }

  #postEntries(): void {
    // A listener that acts on one commit makes another, which reaches later listeners first.
    const entries = this.#pending.filter((entry) => entry.seq > this.#sentSeq).sort((a, b) => a.seq - b.seq);
    this.#pending = [];
    const last = entries.at(-1);
    if (last === undefined) {
      return;
    }
    const facts = this.#freshFacts();
    this.#deps.post({
      type: 'entries',
      from: this.#sentSeq + 1,
      to: last.seq,
      entries: entries.map((entry) => thinEntry(entry, this.#follow)),
      now: this.#deps.now(),
      ...(facts === undefined ? {} : { facts }),
    });
    this.#sentSeq = last.seq;
  }

  #postTail(): void {
    const fleet = this.#deps.source();
    if (this.#tailDirty && this.#follow !== undefined && typeof fleet !== 'string') {
      this.#deps.post({ type: 'tail', agentId: this.#follow, blocks: fleet.tail(this.#follow) });
    }
    this.#tailDirty = false;
  }

  #freshFacts(): ModelFacts | undefined {
    const facts = this.#deps.facts();
    const text = JSON.stringify(facts);
    if (text === this.#sentFacts) {
      return undefined;
    }
    this.#sentFacts = text;
    return facts;
  }
}
