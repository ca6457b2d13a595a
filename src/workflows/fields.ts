import { nearestName } from '../lib/nearest.ts';
import type { FrontMatter } from './frontMatter.ts';
import type { Problem, Range } from './problem.ts';

export type FieldPath = readonly (string | number)[];

/** A definition file while it is read: where its fields stand, and what was found wrong so far. */
export class FieldSource {
  readonly problems: Problem[];
  readonly #front: FrontMatter;
  readonly #lines: readonly string[];

  constructor(front: FrontMatter, text: string) {
    this.problems = [...front.problems];
    this.#front = front;
    this.#lines = text.split(/\r\n|\n|\r/);
  }

  error(path: FieldPath, message: string): void {
    this.problems.push({ severity: 'error', message, range: this.#firstLine(this.#front.rangeOf(path)) });
  }

  warn(path: FieldPath, message: string): void {
    this.problems.push({ severity: 'warning', message, range: this.#firstLine(this.#front.rangeOf(path)) });
  }

  warnAtName(path: FieldPath, message: string): void {
    this.problems.push({ severity: 'warning', message, range: this.#firstLine(this.#front.nameRangeOf(path)) });
  }

  /** A problem with some words of a field, or of the body without a path: marked where they stand in the file. */
  atWords(severity: Problem['severity'], path: FieldPath | undefined, words: string, message: string): void {
    const within = path === undefined ? undefined : this.#front.rangeOf(path);
    const from = within?.line ?? this.#front.bodyLine;
    const to = within?.endLine ?? this.#lines.length - 1;
    const line = this.#lines.findIndex((text, index) => index >= from && index <= to && text.includes(words));
    const column = this.#lines[line]?.indexOf(words) ?? -1;
    const found = column < 0 ? undefined : { line, column, endLine: line, endColumn: column + words.length };
    this.problems.push({ severity, message, range: found ?? this.#firstLine(within ?? this.#front.rangeOf([])) });
  }

  /** What stands on several lines is marked on its first: more would underline half the file. */
  #firstLine(range: Range): Range {
    return range.endLine === range.line
      ? range
      : { ...range, endLine: range.line, endColumn: this.#lines[range.line]?.length ?? range.column };
  }
}

/** The fields at the beginning of a file. */
export function topFields(source: FieldSource, front: FrontMatter): Fields {
  return new Fields(source, [], front.data);
}

/** The fields of one level, read by name. What cannot be used becomes a problem and is left out. */
export class Fields {
  readonly path: FieldPath;
  readonly source: FieldSource;
  readonly #data: Readonly<Record<string, unknown>>;

  constructor(source: FieldSource, path: FieldPath, data: Readonly<Record<string, unknown>>) {
    this.source = source;
    this.path = path;
    this.#data = data;
  }

  at(key: string): FieldPath {
    return [...this.path, key];
  }

  has(key: string): boolean {
    return this.#data[key] !== undefined && this.#data[key] !== null;
  }

  value(key: string): unknown {
    return this.#data[key] ?? undefined;
  }

  /** Warns of every field that means nothing here. */
  allow(known: readonly string[]): void {
    for (const key of Object.keys(this.#data).filter((one) => !known.includes(one))) {
      const near = nearestName(key, known);
      const advice = near === undefined ? `Known here: ${known.join(', ')}.` : `Did you mean "${near}"?`;
      this.source.warnAtName(this.at(key), `"${key}" means nothing here and is left out. ${advice}`);
    }
  }

  /** A text with more than blanks. */
  text(key: string): string | undefined {
    return this.has(key) ? readText(this.source, this.at(key), this.#data[key], key) : undefined;
  }

  /** A text that must be there; `what` says for which purpose. */
  neededText(key: string, what: string): string | undefined {
    if (!this.has(key)) {
      this.source.error(this.at(key), `"${key}" is missing. Add "${key}: ..." with ${what}.`);
      return undefined;
    }
    return this.text(key);
  }

  /** A list of texts; one text is a list of one. */
  texts(key: string): readonly string[] | undefined {
    const value = this.value(key);
    if (value === undefined) {
      return undefined;
    }
    if (!Array.isArray(value)) {
      if (isRecord(value)) {
        this.source.error(this.at(key), `"${key}" must be a text or a list of texts.`);
        return undefined;
      }
      const one = readText(this.source, this.at(key), value, key);
      return one === undefined ? undefined : [one];
    }
    return value.flatMap((item: unknown, index) => readText(this.source, [...this.at(key), index], item, `an item of "${key}"`) ?? []);
  }

  choice<T extends string>(key: string, choices: readonly T[]): T | undefined {
    const text = this.text(key);
    const found = choices.find((choice) => choice === text);
    if (text !== undefined && found === undefined) {
      this.source.error(this.at(key), `"${key}" cannot be ${JSON.stringify(text)}. Write one of: ${choices.join(', ')}.`);
    }
    return found;
  }

  flag(key: string): boolean {
    const value = this.value(key);
    if (value !== undefined && typeof value !== 'boolean') {
      this.source.error(this.at(key), `"${key}" must be true or false.`);
    }
    return value === true;
  }

  wholeNumber(key: string, least: number, most = Number.MAX_SAFE_INTEGER): number | undefined {
    const value = this.value(key);
    if (value === undefined) {
      return undefined;
    }
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) {
      return value;
    }
    const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    this.source.error(this.at(key), `"${key}" must be a whole number ${range}.`);
    return undefined;
  }

  amount(key: string): number | undefined {
    const value = this.value(key);
    if (typeof value === 'number' && Number.isFinite(value) && value > 0) {
      return value;
    }
    if (value === undefined) {
      return undefined;
    }
    this.source.error(this.at(key), `"${key}" must be a number above 0.`);
    return undefined;
  }

  /** The fields below a name. */
  below(key: string): Fields | undefined {
    const value = this.value(key);
    if (value === undefined) {
      return undefined;
    }
    if (isRecord(value)) {
      return new Fields(this.source, this.at(key), value);
    }
    this.source.error(this.at(key), `"${key}" must have fields of its own, each as "name: value".`);
    return undefined;
  }

  /** A list whose items have fields; `what` says what one item is. */
  each(key: string, what: string): readonly Fields[] {
    const value = this.value(key);
    if (value === undefined) {
      return [];
    }
    if (!Array.isArray(value)) {
      this.source.error(this.at(key), `"${key}" must be a list: one "- " for each ${what}.`);
      return [];
    }
    return value.flatMap((item: unknown, index) => {
      const path = [...this.at(key), index];
      if (isRecord(item)) {
        return [new Fields(this.source, path, item)];
      }
      this.source.error(path, `Each ${what} must have fields, each as "name: value".`);
      return [];
    });
  }
}

function readText(source: FieldSource, path: FieldPath, value: unknown, name: string): string | undefined {
  const shown = name.startsWith('an item') ? name : `"${name}"`;
  if (typeof value !== 'string') {
    const advice = typeof value === 'object' ? 'Write it as one text.' : 'Put it in quotes.';
    source.error(path, `${capital(shown)} must be a text. ${advice}`);
    return undefined;
  }
  const text = value.trim();
  if (text === '') {
    source.error(path, `${capital(shown)} is empty. Fill it in or take it out.`);
    return undefined;
  }
  return text;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
