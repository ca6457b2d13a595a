import type { FrontMatter } from './frontMatter.ts';
import type { Problem } from './problem.ts';

type Path = readonly (string | number)[];

/** Reads fields one by one, and keeps what was wrong with them and what is not done. */
export class DefinitionFields {
  readonly #read: FrontMatter;
  readonly problems: Problem[];
  readonly notHonoured: { readonly field: string; readonly why: string }[] = [];

  constructor(read: FrontMatter) {
    this.#read = read;
    this.problems = [...read.problems];
  }

  get names(): readonly string[] {
    return Object.keys(this.#read.data);
  }

  value(name: string): unknown {
    return Object.hasOwn(this.#read.data, name) ? this.#read.data[name] : undefined;
  }

  /** A text without blanks around it; undefined when there is none. */
  text(name: string): string | undefined {
    const value = this.value(name);
    if (value === undefined || value === null) {
      return undefined;
    }
    if (typeof value === 'string' || typeof value === 'number') {
      const text = String(value).trim();
      return text === '' ? undefined : text;
    }
    this.warn([name], `"${name}" must be a text.`);
    return undefined;
  }

  /** A list of texts, which may be written as one text with commas; undefined when there is none. Commas within brackets separate nothing. */
  list(name: string): readonly string[] | undefined {
    const value = this.value(name);
    if (value === undefined || value === null) {
      return undefined;
    }
    if (typeof value === 'string') {
      return splitList(value);
    }
    if (!Array.isArray(value)) {
      this.warn([name], `"${name}" must be a list of texts.`);
      return [];
    }
    const items: readonly unknown[] = value;
    items.forEach((item, index) => {
      if (typeof item !== 'string') {
        this.warn([name, index], `"${name}" must be a list of texts.`);
      }
    });
    return items.filter((item): item is string => typeof item === 'string').flatMap(splitList);
  }

  flag(name: string): boolean | undefined {
    const value = this.value(name);
    if (value === undefined || value === null || typeof value === 'boolean') {
      return value ?? undefined;
    }
    this.warn([name], `"${name}" must be true or false.`);
    return undefined;
  }

  error(path: Path, message: string): void {
    this.problems.push({ severity: 'error', message, range: this.#read.rangeOf(path) });
  }

  warn(path: Path, message: string): void {
    this.problems.push({ severity: 'warning', message, range: this.#read.rangeOf(path) });
  }

  /** Notes that something the file asks for is not done. */
  refuse(field: string, why: string): void {
    this.notHonoured.push({ field, why });
  }
}

function splitList(text: string): readonly string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
