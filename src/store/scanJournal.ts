import { fleetEventSchema, type JournalEntry } from '../core/events.ts';
import type { JournalFile } from './journalFs.ts';
import { type DecodedLine, decodeLine, type LineContent } from './lineFormat.ts';
import { isKnownSchema, upcast } from './upcast.ts';

/** Why a journal could not be read to its end. Lines count from 1. */
export interface JournalProblem {
  /** `torn`: nothing after it is whole, as after a crash; `damaged`: whole lines follow, or facts are missing. */
  readonly kind: 'torn' | 'damaged' | 'newerSchema';
  readonly line: number;
  readonly why: string;
  /** How many whole facts lie behind the problem and were not used. */
  readonly factsBehind: number;
}

/** What a journal holds, up to its end or to the first problem. */
export interface JournalScan {
  readonly entries: readonly JournalEntry[];
  /** Epoch of the last writer; 0 when there is not even a header. */
  readonly epoch: number;
  /** Number of the last fact, 0 when there is none. */
  readonly seq: number;
  /** Offset behind the last line that was read without a problem. */
  readonly end: number;
  /** The last good line is whole except for its line feed. */
  readonly lacksLineFeed: boolean;
  /** Line numbers of facts that a writer added after it had been replaced by the last one; they do not count. */
  readonly overtaken: readonly number[];
  readonly problem: JournalProblem | undefined;
}

/** Reads a journal line by line, up to `limit` bytes. Rejects only when the file cannot be read. */
export async function scanJournal(file: JournalFile, limit = Number.POSITIVE_INFINITY): Promise<JournalScan> {
  const scanner = new Scanner();
  const chunk = Buffer.allocUnsafe(chunkBytes);
  let parts: Buffer[] = [];
  let position = 0;
  for (;;) {
    const wanted = Math.min(chunk.length, limit - position);
    const count = wanted > 0 ? await file.read(chunk.subarray(0, wanted), position) : 0;
    if (count === 0) {
      break;
    }
    position += count;
    let start = 0;
    for (let stop = chunk.indexOf(10); stop !== -1 && stop < count; stop = chunk.indexOf(10, start)) {
      parts.push(chunk.subarray(start, stop));
      scanner.take(parts.length === 1 ? (parts[0] ?? emptyLine) : Buffer.concat(parts), true);
      parts = [];
      start = stop + 1;
    }
    parts.push(Buffer.from(chunk.subarray(start, count)));
  }
  const rest = Buffer.concat(parts);
  if (rest.length > 0) {
    scanner.take(rest, false);
  }
  return scanner.result();
}

const chunkBytes = 512 * 1024;
const emptyLine = Buffer.alloc(0);
/** A header is shorter than this; a file that ends before its first line feed and is longer was never a journal. */
const maxTornHeaderBytes = 256;

type Misfit = Pick<JournalProblem, 'kind' | 'why'>;

/** The rules of the format, fed one line at a time. */
class Scanner {
  readonly #entries: JournalEntry[] = [];
  #overtaken: number[] = [];
  #line = 0;
  #end = 0;
  #seq = 0;
  #epoch = 0;
  #schema = 0;
  #lacksLineFeed = false;
  #problem: Omit<JournalProblem, 'factsBehind'> | undefined;
  #factsBehind = 0;
  #wholeLinesBehind = 0;

  take(line: Buffer, ended: boolean): void {
    this.#line++;
    const decoded = decodeLine(line);
    if (this.#problem !== undefined) {
      this.#countBehind(decoded, line);
      return;
    }
    const problem: Misfit | undefined = decoded.ok ? this.#accept(decoded.content) : { kind: 'torn', why: decoded.why };
    if (problem === undefined) {
      this.#end += line.length + (ended ? 1 : 0);
      this.#lacksLineFeed = !ended;
      return;
    }
    this.#problem = { ...problem, line: this.#line };
    if (!decoded.ok) {
      this.#countBehind(decoded, line);
      this.#judgeFirstLine(line, ended);
    }
  }

  result(): JournalScan {
    return {
      entries: this.#entries,
      epoch: this.#epoch,
      seq: this.#seq,
      end: this.#end,
      lacksLineFeed: this.#lacksLineFeed,
      overtaken: this.#overtaken,
      problem: this.#judge(),
    };
  }

  /** Uses a whole line; says what is wrong with it in this place, if anything is. */
  #accept(content: LineContent): Misfit | undefined {
    if (this.#line === 1 && content.kind !== 'header') {
      return { kind: 'damaged', why: 'the first line is not a header' };
    }
    switch (content.kind) {
      case 'header':
        return this.#line === 1 ? this.#begin(content) : { kind: 'damaged', why: 'there is a second header' };
      case 'opened':
        if (content.after > this.#seq || content.epoch <= this.#epoch) {
          return { kind: 'damaged', why: `a writer went on after fact ${content.after}, and here the last one is ${this.#seq}` };
        }
        this.#overtaken = [];
        this.#dropBehind(content.after);
        return this.#begin(content);
      case 'fact':
        return this.#acceptFact(content);
    }
  }

  #begin(content: Extract<LineContent, { kind: 'header' | 'opened' }>): Misfit | undefined {
    if (!isKnownSchema(content.schema)) {
      return { kind: content.schema === 0 ? 'damaged' : 'newerSchema', why: `its facts are of schema ${content.schema}` };
    }
    this.#schema = content.schema;
    this.#epoch = content.epoch;
    return undefined;
  }

  /**
   * A new writer has not seen these, because its predecessor wrote them after losing the lock; and for the same reason they were never
   * acknowledged.
   */
  #dropBehind(seq: number): void {
    const dropped = this.#entries.splice(seq);
    this.#overtaken.push(...dropped.map((_, index) => this.#line - dropped.length + index));
    this.#seq = seq;
  }

  #acceptFact(fact: Extract<LineContent, { kind: 'fact' }>): Misfit | undefined {
    if (fact.epoch < this.#epoch) {
      this.#overtaken.push(this.#line);
      return undefined;
    }
    if (fact.epoch > this.#epoch) {
      return { kind: 'damaged', why: `writer ${fact.epoch} is not announced` };
    }
    if (fact.seq !== this.#seq + 1) {
      return { kind: 'damaged', why: `fact ${this.#seq + 1} should be here and fact ${fact.seq} is` };
    }
    const parsed = fleetEventSchema.safeParse(upcast(this.#schema, fact.event));
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      return {
        kind: 'damaged',
        why: `it is whole, but this version does not know such a fact (${issue?.path.join('.')}: ${issue?.message})`,
      };
    }
    this.#entries.push({ seq: fact.seq, at: fact.at, event: parsed.data });
    this.#seq = fact.seq;
    return undefined;
  }

  #countBehind(decoded: DecodedLine, line: Buffer): void {
    // After a power cut a whole line can stand behind a block of zeros that the file system never filled.
    const content = decoded.ok ? decoded : decodeLine(line.subarray(countZeros(line)));
    if (content.ok) {
      this.#wholeLinesBehind++;
      this.#factsBehind += content.content.kind === 'fact' ? 1 : 0;
    }
  }

  /** A header is written in one piece, so an unreadable first line is a foreign file unless it was plainly cut short. */
  #judgeFirstLine(line: Buffer, ended: boolean): void {
    if (this.#line === 1 && this.#problem !== undefined && (ended || (line.length >= maxTornHeaderBytes && !isZero(line)))) {
      this.#problem = { ...this.#problem, kind: 'damaged', why: `it is not the beginning of a journal: ${this.#problem.why}` };
    }
  }

  #judge(): JournalProblem | undefined {
    if (this.#problem === undefined) {
      return undefined;
    }
    const kind = this.#problem.kind === 'torn' && this.#wholeLinesBehind > 0 ? 'damaged' : this.#problem.kind;
    return { ...this.#problem, kind, factsBehind: this.#factsBehind };
  }
}

function countZeros(line: Buffer): number {
  let count = 0;
  while (count < line.length && line[count] === 0) {
    count++;
  }
  return count;
}

function isZero(line: Buffer): boolean {
  return countZeros(line) === line.length;
}
