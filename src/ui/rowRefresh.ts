import type { Disposable } from '../lib/disposables.ts';
import { realTimer, type SetTimer } from '../lib/timer.ts';
import type { FleetNode } from './fleetNodes.ts';
import type { TreeChanges } from './treeChanges.ts';

/** How often rows are refreshed at most, in ms. */
const refreshMs = 100;
/** A row with rows below it is redrawn together with them, which takes away their hovers, so a change of its text alone waits longer, in ms. */
const parentRefreshMs = 5000;

export type RowDifference = 'none' | 'text' | 'state';

/** What the refresher asks of the tree. */
export interface RowRefreshDeps {
  readonly now: () => number;
  /** Adds what has changed since the last time. */
  readonly catchUp: () => void;
  readonly isParent: (node: FleetNode) => boolean;
  /** How a row differs from what is drawn: not at all, in its numbers and times, or in what it stands for and what can be done with it. */
  readonly difference: (node: FleetNode) => RowDifference;
  /** Redraws these nodes with all below them, or everything. */
  readonly redraw: (nodes: FleetNode[] | undefined) => void;
  /** Calls back once after `ms`, unless what it returns is called before. */
  readonly setTimer?: SetTimer;
}

/** Collects what changed and redraws it, a few times a second at most, only what looks different, and nothing while nobody looks. */
export class RowRefresh implements Disposable {
  readonly #deps: RowRefreshDeps;
  readonly #setTimer: SetTimer;
  readonly #families = new Set<FleetNode>();
  readonly #rows = new Set<FleetNode>();
  /** Rows with rows below them of which only the text has changed. */
  readonly #parents = new Set<FleetNode>();
  #root = false;
  /** Something has changed that is not collected yet. */
  #stale = false;
  #visible = false;
  #timer: { readonly at: number; readonly cancel: () => void } | undefined;
  #parentsDrawnAt = 0;

  constructor(deps: RowRefreshDeps) {
    this.#deps = deps;
    this.#setTimer = deps.setTimer ?? realTimer;
  }

  get visible(): boolean {
    return this.#visible;
  }

  setVisible(visible: boolean): void {
    this.#visible = visible;
    if (visible) {
      this.all();
    }
  }

  /** Everything may be different. */
  all(): void {
    this.#root = true;
    this.#schedule();
  }

  /** Something has changed; what it is, is asked when it is to be drawn. */
  stale(): void {
    this.#stale = true;
    this.#schedule();
  }

  add(changes: TreeChanges): void {
    this.#root ||= changes.root;
    changes.families.forEach((node) => this.#families.add(node));
    this.rows(changes.rows);
  }

  rows(nodes: Iterable<FleetNode>): void {
    for (const node of nodes) {
      this.#rows.add(node);
    }
    this.#schedule();
  }

  dispose(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#visible = false;
  }

  #schedule(): void {
    if (!this.#visible) {
      return;
    }
    const urgent = this.#root || this.#stale || this.#families.size + this.#rows.size > 0;
    if (urgent || this.#parents.size > 0) {
      this.#wakeIn(urgent ? refreshMs : Math.max(refreshMs, this.#parentsDueIn()));
    }
  }

  /** Sets the timer, unless it goes off before that anyway. */
  #wakeIn(ms: number): void {
    const at = this.#deps.now() + ms;
    if (this.#timer !== undefined && this.#timer.at <= at) {
      return;
    }
    this.#timer?.cancel();
    this.#timer = { at, cancel: this.#setTimer(() => this.#flush(), ms) };
  }

  #parentsDueIn(): number {
    return this.#parentsDrawnAt + parentRefreshMs - this.#deps.now();
  }

  #flush(): void {
    if (this.#stale) {
      // While the timer still counts as set, so that what is added now is drawn now.
      this.#stale = false;
      this.#deps.catchUp();
    }
    this.#timer = undefined;
    if (!this.#visible) {
      return;
    }
    if (this.#root) {
      this.#root = false;
      this.#families.clear();
      this.#rows.clear();
      this.#parents.clear();
      this.#deps.redraw(undefined);
      return;
    }
    const redrawn = new Set(this.#families);
    this.#families.clear();
    this.#collectRows(redrawn);
    if (redrawn.size > 0) {
      this.#deps.redraw([...redrawn]);
    }
    this.#schedule();
  }

  #collectRows(redrawn: Set<FleetNode>): void {
    for (const node of this.#rows) {
      const difference = this.#deps.difference(node);
      if (difference === 'state' || (difference === 'text' && !this.#deps.isParent(node))) {
        redrawn.add(node);
      } else if (difference === 'text') {
        this.#parents.add(node);
      }
    }
    this.#rows.clear();
    if (this.#parents.size > 0 && this.#parentsDueIn() <= 0) {
      this.#parentsDrawnAt = this.#deps.now();
      for (const node of this.#parents) {
        if (this.#deps.difference(node) !== 'none') {
          redrawn.add(node);
        }
      }
      this.#parents.clear();
    }
  }
}
