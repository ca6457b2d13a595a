import * as assert from 'node:assert/strict';
import type { JournalEntry } from '../../src/core/events.ts';
import { type AgentId, toId } from '../../src/core/ids.ts';
import { reduceEntries } from '../../src/core/reduceFleet.ts';
import { emptyFleet } from '../../src/core/state.ts';
import { Emitter } from '../../src/lib/emitter.ts';
import type { FleetControl } from '../../src/orchestrator/ports.ts';
import type { ToWebview } from '../../src/protocol/toWebview.ts';
import { TimelineFeed } from '../../src/ui/timelineFeed.ts';
import { emptyMirror, type Mirror, withEntries, withSnapshot, withTail, withTranscript } from '../../webview/mirror.ts';
import { fold, toEntries } from '../support/fold.ts';
import { sampleRun } from '../support/sampleRun.ts';

const reader = toId('agent', 'reader-1');
const editor = toId('agent', 'editor-1');
const all = toEntries(sampleRun());

/** A feed over a replayed fleet, its time driven by hand, and the mirror of the real view at its other end. */
class Bench {
  readonly posted: ToWebview[] = [];
  mirror: Mirror = emptyMirror;
  gaps = 0;
  now = 0;
  readonly #entries = new Emitter<readonly JournalEntry[]>((error) => assert.fail(String(error)));
  readonly #tails = new Emitter<ReadonlySet<AgentId>>((error) => assert.fail(String(error)));
  #shown = 0;
  #timer: { at: number; run: () => void } | undefined;
  readonly feed: TimelineFeed;

  constructor() {
    const state = () => reduceEntries(emptyFleet, all.slice(0, this.#shown));
    const fleet: FleetControl = {
      get state() {
        return state();
      },
      readOnly: undefined,
      execute: () => ({ ok: true, accepted: { reached: 0 } }),
      subscribe: (listener) => this.#entries.event(listener),
      tail: (agentId) => [{ source: 'model', key: '0', kind: 'text', text: `live ${agentId} ${this.now}` }],
      onDidChangeTail: (listener) => this.#tails.event(listener),
      readBlob: async () => '',
      undoChanges: async () => ({ restored: [], kept: [] }),
    };
    this.feed = new TimelineFeed({
      source: () => fleet,
      facts: () => ({ providerLabels: {}, contextWindows: {} }),
      now: () => this.now,
      post: (message) => {
        this.posted.push(message);
        this.#receive(message);
      },
      setTimer: (run, ms) => {
        const timer = { at: this.now + ms, run };
        this.#timer = timer;
        return () => {
          this.#timer = this.#timer === timer ? undefined : this.#timer;
        };
      },
    });
  }

  get waiting(): boolean {
    return this.#timer !== undefined;
  }

  commit(to: number): void {
    const from = this.#shown;
    this.#shown = to;
    this.#entries.fire(all.slice(from, to));
  }

  /** A commit whose listeners made another one before everybody had heard of the first. */
  commitNested(middle: number, to: number): void {
    const from = this.#shown;
    this.#shown = to;
    this.#entries.fire(all.slice(middle, to));
    this.#entries.fire(all.slice(from, middle));
  }

  say(agentId: AgentId): void {
    this.#tails.fire(new Set([agentId]));
  }

  pass(ms: number): void {
    const end = this.now + ms;
    while (this.#timer !== undefined && this.#timer.at <= end) {
      const { at, run } = this.#timer;
      this.#timer = undefined;
      this.now = at;
      run();
    }
    this.now = end;
  }

  #receive(message: ToWebview): void {
    switch (message.type) {
      case 'snapshot':
        this.mirror = withSnapshot(message);
        break;
      case 'entries':
      case 'transcript': {
        const { mirror, gap } = message.type === 'entries' ? withEntries(this.mirror, message) : withTranscript(this.mirror, message);
        this.mirror = mirror;
        this.gaps += gap ? 1 : 0;
        break;
      }
      case 'tail':
        this.mirror = withTail(this.mirror, message);
        break;
      default:
        assert.fail(`unexpected ${message.type}`);
    }
  }
}

describe('TimelineFeed', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });

  it('keeps a view equal to the fleet, from whatever entry it begins and however the entries come', () => {
    const whole = fold(sampleRun());
    for (let from = 0; from < all.length; from += 3) {
      const each = new Bench();
      each.commit(from);
      each.feed.start(reader);
      for (let to = from + 1; to <= all.length; to++) {
        each.commit(to);
        each.pass(to % 4 === 0 ? 100 : 0);
      }
      each.pass(1000);
      assert.equal(each.gaps, 0);
      assert.deepEqual(each.mirror.state.agents, whole.agents, `from ${from}`);
      assert.deepEqual(each.mirror.state.lanes, whole.lanes, `from ${from}`);
      assert.deepEqual(Object.keys(each.mirror.state.transcripts), [reader]);
    }
  });

  it('puts nested commits back in order', () => {
    bench.feed.start(undefined);
    bench.commit(5);
    bench.commitNested(8, 12);
    bench.pass(1000);
    assert.equal(bench.gaps, 0);
    assert.equal(bench.mirror.state.seq, 12);
    assert.deepEqual(Object.keys(bench.mirror.state.agents), Object.keys(fold(sampleRun().slice(0, 12)).agents));
  });

  it('posts at most ten times a second', () => {
    bench.commit(8);
    bench.feed.start(reader);
    bench.pass(1000);
    bench.posted.length = 0;
    for (let i = 0; i < 100; i++) {
      // Facts come in the first half, live text all the time.
      bench.commit(9 + Math.min(i, 50));
      bench.say(reader);
      bench.pass(10);
    }
    assert.ok(bench.posted.length <= 10, `${bench.posted.length} posts`);
    assert.ok(bench.posted.some(({ type }) => type === 'entries') && bench.posted.some(({ type }) => type === 'tail'));
  });

  it('sends live text of the followed agent only', () => {
    bench.commit(20);
    bench.feed.start(reader);
    bench.pass(1000);
    bench.posted.length = 0;
    bench.say(editor);
    bench.pass(1000);
    assert.equal(bench.posted.length, 0);
    bench.say(reader);
    bench.pass(1000);
    assert.deepEqual(
      bench.posted.map((message) => message.type === 'tail' && message.agentId),
      [reader],
    );
  });

  it('gives the whole transcript of another agent on request, at the right place among the entries', () => {
    const whole = fold(sampleRun());
    for (let at = 12; at <= all.length; at++) {
      const each = new Bench();
      each.commit(10);
      each.feed.start(undefined);
      each.commit(at);
      each.feed.follow(reader);
      each.commit(all.length);
      each.pass(1000);
      assert.equal(each.gaps, 0, `at ${at}`);
      const seen = each.mirror.state.transcripts[reader];
      const expected = whole.transcripts[reader];
      assert.ok(seen && expected);
      assert.equal(seen.opening, expected.opening);
      assert.deepEqual(
        seen.turns.map(({ delivered, calls }) => ({ delivered, calls })),
        expected.turns.map(({ delivered, calls }) => ({ delivered, calls })),
        `at ${at}`,
      );
    }
  });

  it('says nothing after it was stopped, and begins anew with a snapshot', () => {
    bench.feed.start(reader);
    bench.commit(5);
    bench.feed.stop();
    bench.posted.length = 0;
    bench.commit(10);
    bench.say(reader);
    bench.pass(1000);
    assert.equal(bench.posted.length, 0);
    assert.equal(bench.waiting, false);
    bench.feed.start(reader);
    assert.equal(bench.posted[0]?.type, 'snapshot');
    assert.equal(bench.mirror.state.seq, 10);
  });
});
