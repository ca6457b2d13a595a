import type { Range } from '../problem.ts';

/** Turns offsets in a text into lines and columns. */
export class Places {
  readonly #starts: readonly number[];
  readonly #end: number;

  constructor(text: string) {
    const starts = [0];
    for (const match of text.matchAll(/\r\n|\r|\n/g)) {
      starts.push(match.index + match[0].length);
    }
    this.#starts = starts;
    this.#end = text.length;
  }

  /** The stretch between two offsets, the second one outside. */
  range(from: number, to: number): Range {
    const start = this.#place(from);
    const end = this.#place(Math.max(from, to));
    return { line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
  }

  #place(offset: number): { readonly line: number; readonly column: number } {
    const inside = Math.min(Math.max(offset, 0), this.#end);
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#starts[middle] ?? 0) <= inside) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return { line: low, column: inside - (this.#starts[low] ?? 0) };
  }
}
