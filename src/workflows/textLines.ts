import type { Range } from './problem.ts';

/** Turns offsets in a text into lines and columns, both counted from 0. Lines end as in the editor: CR LF, LF or CR. */
export class TextLines {
  readonly #text: string;
  readonly #starts: readonly number[];

  constructor(text: string) {
    this.#text = text;
    this.#starts = [0, ...[...text.matchAll(/\r\n|\n|\r/g)].map((match) => match.index + match[0].length)];
  }

  /** The line an offset is on. */
  lineOf(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#starts[middle] ?? 0) <= offset) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  rangeOf(from: number, to: number): Range {
    const line = this.lineOf(from);
    const endLine = this.lineOf(to);
    return { line, column: this.#columnOf(from, line), endLine, endColumn: this.#columnOf(to, endLine) };
  }

  /** A whole line, without its end. */
  rangeOfLine(line: number): Range {
    const start = this.#starts[line] ?? 0;
    const end = this.#starts[line + 1] ?? this.#text.length;
    return { line, column: 0, endLine: line, endColumn: this.#text.slice(start, end).replace(/[\r\n]+$/, '').length };
  }

  /** An offset between the two characters that end a line stands at its end. */
  #columnOf(offset: number, line: number): number {
    return Math.min(offset - (this.#starts[line] ?? 0), this.rangeOfLine(line).endColumn);
  }
}
