import type { Disposable } from '../lib/disposables.ts';
import type { FleetNode } from './fleetNodes.ts';
import type { TreeChanges } from './treeChanges.ts';

/** How often rows are refreshed at most, in ms. */
const refreshMs = 100;
/** A row with rows below it is redrawn together with them, so a change of its text alone waits longer, in ms. */
const parentRefreshMs = 1000;

/** What the refresher asks of the tree. */
export interface RowRefreshDeps {
  readonly now: () => number;
  readonly isParent: (node: FleetNode) => boolean;
  readonly looksDifferent: (node: FleetNode) => boolean;
  /** Redraws these nodes with all below them, or everything. */
  readonly redraw: (nodes: FleetNode[] | undefined) => void;
}

/** Collects what changed and redraws it, a few times a second at most, only what looks different, and nothing while nobody looks. */
export class RowRefresh implements Disposable {
  readonly #deps: RowRefreshDeps;
  readonly #families = new Set<FleetNode>();
  readonly #rows = new Set<FleetNode>();
  #root = false;
  #visible = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #parentsDrawnAt = 0;

  constructor(deps: RowRefreshDeps) {
    this.#deps = deps;
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
    clearTimeout(this.#timer);
    this.#visible = false;
  }

  #schedule(): void {
    if (this.#visible && this.#timer === undefined && (this.#root || this.#families.size + this.#rows.size > 0)) {
      this.#timer = setTimeout(() => this.#flush(), refreshMs);
    }
  }

  #flush(): void {
    this.#timer = undefined;
    if (!this.#visible) {
      return;
    }
    if (this.#root) {
      this.#root = false;
      this.#families.clear();
      this.#rows.clear();
      this.#deps.redraw(undefined);
      return;
    }
    const redrawn = [...this.#families, ...this.#dueRows().filter((node) => !this.#families.has(node))];
    this.#families.clear();
    if (redrawn.length > 0) {
      this.#deps.redraw(redrawn);
    }
    this.#schedule();
  }

  #dueRows(): readonly FleetNode[] {
    const parentsDue = this.#deps.now() - this.#parentsDrawnAt >= parentRefreshMs;
    const due = [...this.#rows].filter((node) => parentsDue || !this.#deps.isParent(node));
    if (parentsDue) {
      this.#parentsDrawnAt = this.#deps.now();
    }
    for (const node of due) {
      this.#rows.delete(node);
    }
    return due.filter((node) => this.#deps.looksDifferent(node));
  }
}
