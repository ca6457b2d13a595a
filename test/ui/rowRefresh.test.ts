import * as assert from 'node:assert/strict';
import { toId } from '../../src/core/ids.ts';
import { type FleetNode, FleetNodes } from '../../src/ui/fleetNodes.ts';
import { type RowDifference, RowRefresh } from '../../src/ui/rowRefresh.ts';

const nodes = new FleetNodes();
const lead = nodes.agent(toId('agent', 'lead'));
const worker = nodes.agent(toId('agent', 'worker'));

/** A refresher with a hand-driven clock in place of timers. */
class Bench {
  now = 100_000;
  readonly redrawn: (readonly string[] | 'all')[] = [];
  readonly differences = new Map<FleetNode, RowDifference>();
  readonly refresh: RowRefresh;
  /** What has changed since the refresher last asked. */
  readonly unseen: FleetNode[] = [];
  #timers: { at: number; run: () => void }[] = [];

  constructor() {
    this.refresh = new RowRefresh({
      now: () => this.now,
      catchUp: () => this.refresh.rows(this.unseen.splice(0)),
      isParent: (node) => node === lead,
      difference: (node) => this.differences.get(node) ?? 'none',
      redraw: (drawn) => this.redrawn.push(drawn === undefined ? 'all' : drawn.map(({ key }) => key)),
      setTimer: (run, ms) => {
        const timer = { at: this.now + ms, run };
        this.#timers.push(timer);
        return () => {
          this.#timers = this.#timers.filter((other) => other !== timer);
        };
      },
    });
  }

  /** Lets time go by, timer after timer. */
  pass(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) {
        this.now = end;
        return;
      }
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.now = next.at;
      next.run();
    }
  }

  get waiting(): number {
    return this.#timers.length;
  }
}

describe('RowRefresh', () => {
  let bench: Bench;

  beforeEach(() => {
    bench = new Bench();
    bench.refresh.setVisible(true);
    bench.pass(10_000);
    bench.redrawn.length = 0;
  });

  it('draws changed rows together, at most ten times a second', () => {
    bench.differences.set(worker, 'text');
    for (let i = 0; i < 100; i++) {
      bench.refresh.rows([worker]);
      bench.pass(10);
    }
    assert.equal(bench.redrawn.length, 10);
    assert.deepEqual(bench.redrawn[0], [worker.key]);
  });

  it('does not draw rows that look the same', () => {
    bench.refresh.rows([worker, lead]);
    bench.pass(10_000);
    assert.deepEqual(bench.redrawn, []);
    assert.equal(bench.waiting, 0);
  });

  it('draws a row with rows below it at once when it means something else, and seldom when only its numbers change', () => {
    bench.differences.set(lead, 'text');
    for (let i = 0; i < 100; i++) {
      bench.refresh.rows([lead]);
      bench.pass(100);
    }
    assert.equal(bench.redrawn.length, 2);
    bench.redrawn.length = 0;
    bench.differences.set(lead, 'state');
    bench.refresh.rows([lead]);
    bench.pass(100);
    assert.deepEqual(bench.redrawn, [[lead.key]]);
  });

  it('does not let a row wait for the numbers of a row above it', () => {
    bench.differences.set(lead, 'text');
    bench.refresh.rows([lead]);
    bench.pass(100);
    bench.refresh.rows([lead]);
    bench.pass(100);
    bench.redrawn.length = 0;
    bench.differences.set(worker, 'text');
    bench.refresh.rows([worker]);
    bench.pass(100);
    assert.deepEqual(bench.redrawn, [[worker.key]]);
  });

  it('draws the numbers of the last change without waiting for another', () => {
    bench.differences.set(lead, 'text');
    bench.refresh.rows([lead]);
    bench.pass(100);
    bench.redrawn.length = 0;
    bench.refresh.rows([lead]);
    bench.pass(6000);
    assert.deepEqual(bench.redrawn, [[lead.key]]);
    assert.equal(bench.waiting, 0);
  });

  it('does nothing while nobody looks, and draws everything when somebody does again', () => {
    bench.refresh.setVisible(false);
    bench.differences.set(worker, 'state');
    bench.refresh.rows([worker]);
    bench.refresh.all();
    bench.pass(10_000);
    assert.deepEqual(bench.redrawn, []);
    bench.refresh.setVisible(true);
    bench.pass(100);
    assert.deepEqual(bench.redrawn, ['all']);
  });

  it('asks what has changed only when it draws, and then draws it', () => {
    bench.differences.set(worker, 'text');
    for (let i = 0; i < 10; i++) {
      bench.unseen.push(worker);
      bench.refresh.stale();
      assert.equal(bench.unseen.length, i + 1);
      bench.pass(9);
    }
    bench.pass(10);
    assert.deepEqual(bench.unseen, []);
    assert.deepEqual(bench.redrawn, [[worker.key]]);
    assert.equal(bench.waiting, 0);
  });

  it('asks for nothing while nobody looks', () => {
    bench.refresh.setVisible(false);
    bench.unseen.push(worker);
    bench.refresh.stale();
    bench.pass(10_000);
    assert.deepEqual(bench.unseen, [worker]);
  });

  it('leaves no timer behind', () => {
    bench.refresh.all();
    bench.refresh.dispose();
    assert.equal(bench.waiting, 0);
  });
});
