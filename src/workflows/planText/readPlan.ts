import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, parseDocument, type YAMLMap } from 'yaml';
import type { Problem, Range } from '../problem.ts';
import { type FieldRow, taskRows } from '../../core/plan/taskFields.ts';
import { Places } from './ranges.ts';

/** A task as somebody wrote it, with where each part of it stands. */
export interface TextTask {
  /** As written; empty when it is missing. */
  readonly id: string;
  /** Values by key, not yet checked. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Where its id stands, else its first line. */
  readonly head: Range;
  readonly whole: Range;
  /** Where a key's value stands, or one item of it; the head when the key is not there. */
  rangeOf(key: string, index?: string | number): Range;
}

/** The text of a plan, taken apart. */
export interface ReadPlan {
  readonly tasks: readonly TextTask[];
  readonly revision: number | undefined;
  readonly revisionRange: Range;
  readonly reason: string | undefined;
  /** Where to put what is about the whole plan. */
  readonly top: Range;
  readonly problems: readonly Problem[];
  /** Whether it is not even YAML, so that nothing can be said about its tasks. */
  readonly broken: boolean;
}

const topKeys = ['revision', 'reason', 'tasks'];

/** Names from other places that people may write by habit. */
const habits: Readonly<Record<string, string>> = {
  agenttype: 'agent',
  type: 'agent',
  dependencies: 'dependsOn',
  depends: 'dependsOn',
  name: 'title',
  task: 'objective',
  description: 'objective',
  scope: 'paths',
  files: 'paths',
  done: 'doneCriteria',
  criteria: 'doneCriteria',
  retries: 'attempts',
};

/** Takes the text of a plan apart, and says where it is not one. */
export function readPlan(text: string): ReadPlan {
  const places = new Places(text);
  const problems: Problem[] = [];
  const say = (range: Range, message: string): void => {
    problems.push({ severity: 'error', message, range });
  };
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: false });
  // One slip of indentation breaks everything below it; only the first error is about the slip.
  const [error] = document.errors;
  if (error !== undefined) {
    const message = `This is not YAML: ${error.message}. Look at the indentation, the quotes and the colons here.`;
    say(places.range(error.pos[0], error.pos[1]), message);
  }
  const contents = document.contents;
  const nowhere = { line: 0, column: 0, endLine: 0, endColumn: 0 };
  if (!isMap(contents)) {
    if (document.errors.length === 0) {
      say(nowhere, 'A plan is a list of tasks under the key "tasks".');
    }
    return { tasks: [], revision: undefined, revisionRange: nowhere, reason: undefined, top: nowhere, problems, broken: true };
  }
  const top = new Entries(contents, places, say);
  top.allowOnly(topKeys, (key) => `"${key}" is not a part of a plan. There are: ${topKeys.join(', ')}.`);
  const revision = top.value('revision');
  const known = typeof revision === 'number' && Number.isInteger(revision) && revision >= 0 ? revision : undefined;
  if (revision !== undefined && known === undefined) {
    say(top.range('revision'), '"revision" is the number of changes this text was made from. Undo to get it back.');
  }
  const reason = top.value('reason');
  return {
    tasks: readTasks(top, places, say),
    revision: known,
    revisionRange: top.range('revision'),
    reason: typeof reason === 'string' && reason.trim() !== '' ? reason.trim() : undefined,
    top: top.keyRange('tasks'),
    problems,
    broken: document.errors.length > 0,
  };
}

type Say = (range: Range, message: string) => void;

function readTasks(top: Entries, places: Places, say: Say): readonly TextTask[] {
  const node = top.node('tasks');
  if (isSeq(node)) {
    return node.items.flatMap((item) => (isNode(item) ? readTask(item, places, say) : []));
  }
  if (node !== undefined && !(isScalar(node) && node.value === null)) {
    say(top.range('tasks'), '"tasks" wants a list: each task begins with "- id: …".');
  }
  return [];
}

function readTask(node: Node, places: Places, say: Say): TextTask[] {
  const whole = rangeOf(node, places);
  if (!isMap(node)) {
    say(whole, 'A task begins with "- id: …", with its other keys on lines of their own.');
    return [];
  }
  const entries = new Entries(node, places, say);
  const head = entries.has('id') ? entries.range('id') : { ...whole, endLine: whole.line, endColumn: whole.column + 1 };
  entries.allowOnly(
    taskRows.map(({ key }) => key),
    unknownKey,
  );
  const values: Record<string, unknown> = {};
  for (const row of taskRows) {
    const value = entries.fit(row);
    if (value !== undefined) {
      values[row.key] = value;
    }
  }
  const id = typeof values['id'] === 'string' ? values['id'] : '';
  const range = (key: string, index?: string | number) => (entries.has(key) ? entries.range(key, index) : head);
  return [{ id, values, head, whole, rangeOf: range }];
}

function unknownKey(key: string): string {
  if (key === 'status' || key === 'assignee') {
    return `"${key}" is shown in the comment behind the id, and cannot be written.`;
  }
  const plain = key.replaceAll(/[_-]/g, '').toLowerCase();
  const near = taskRows.find((row) => row.key.toLowerCase() === plain)?.key ?? habits[plain];
  const hint = near === undefined ? `There are: ${taskRows.map((row) => row.key).join(', ')}.` : `Did you mean "${near}"?`;
  return `A task has no key "${key}". ${hint}`;
}

/** The keys of a map with their values and places. */
class Entries {
  readonly #pairs = new Map<string, { readonly key: Node; readonly value: Node | undefined }>();
  readonly #places: Places;
  readonly #say: Say;

  constructor(map: YAMLMap, places: Places, say: Say) {
    this.#places = places;
    this.#say = say;
    for (const pair of map.items) {
      this.#add(pair);
    }
  }

  #add({ key, value }: Pair): void {
    if (!isNode(key)) {
      return;
    }
    const name = isScalar(key) ? String(key.value) : '';
    if (this.#pairs.has(name)) {
      this.#say(rangeOf(key, this.#places), `"${name}" is there twice. Take one of them out.`);
      return;
    }
    this.#pairs.set(name, { key, value: isNode(value) ? value : undefined });
  }

  has(key: string): boolean {
    return this.#pairs.has(key);
  }

  node(key: string): Node | undefined {
    return this.#pairs.get(key)?.value;
  }

  /** The plain value of a key; undefined when it is not there or empty. */
  value(key: string): unknown {
    const node = this.node(key);
    return node === undefined ? undefined : this.#plain(node);
  }

  /** The value of a key as its row wants it, as far as it is clear what was meant: a number as text, one item as a list. */
  fit(row: FieldRow): unknown {
    const node = this.node(row.key);
    if (node === undefined) {
      return undefined;
    }
    if (row.shape === 'text') {
      return this.#text(node);
    }
    if (row.shape === 'list') {
      return isSeq(node) ? node.items.map((item) => (isNode(item) ? this.#text(item) : null)) : this.#listOfOne(node);
    }
    if (row.parts === undefined || !isMap(node)) {
      return this.#plain(node);
    }
    const inner = new Entries(node, this.#places, this.#say);
    const names = row.parts.map(({ key }) => key);
    inner.allowOnly(names, (key) => `"${row.key}" has no key "${key}". There are: ${names.join(', ')}.`);
    return Object.fromEntries(row.parts.map((part) => [part.key, inner.fit(part)]).filter(([, value]) => value !== undefined));
  }

  range(key: string, index?: string | number): Range {
    const pair = this.#pairs.get(key);
    if (pair === undefined) {
      return { line: 0, column: 0, endLine: 0, endColumn: 0 };
    }
    const value = pair.value;
    const inner = isSeq(value) || isMap(value) ? value.get(index, true) : undefined;
    return rangeOf(isNode(inner) ? inner : isEmpty(value) ? pair.key : value, this.#places);
  }

  keyRange(key: string): Range {
    const pair = this.#pairs.get(key);
    return pair === undefined ? { line: 0, column: 0, endLine: 0, endColumn: 0 } : rangeOf(pair.key, this.#places);
  }

  allowOnly(names: readonly string[], message: (key: string) => string): void {
    for (const [name, { key }] of this.#pairs) {
      if (!names.includes(name)) {
        this.#say(rangeOf(key, this.#places), message(name));
      }
    }
  }

  #listOfOne(node: Node): unknown {
    const text = this.#text(node);
    return typeof text === 'string' ? [text] : text;
  }

  /** Numbers and the like as they were written, since a title may be "2026". */
  #text(node: Node): unknown {
    if (isScalar(node) && (typeof node.value === 'number' || typeof node.value === 'boolean')) {
      return node.source ?? String(node.value);
    }
    return this.#plain(node);
  }

  #plain(node: Node): unknown {
    if (isAlias(node)) {
      this.#say(rangeOf(node, this.#places), 'Aliases (*name) cannot be used here. Write the value out.');
      return undefined;
    }
    if (isScalar(node)) {
      return node.value ?? undefined;
    }
    if (isSeq(node)) {
      return node.items.map((item) => (isNode(item) ? this.#plain(item) : null));
    }
    // A map where none is wanted: what it is does not matter, only that it is one.
    return {};
  }
}

function isEmpty(node: Node | undefined): node is undefined {
  return node === undefined || (isScalar(node) && node.value === null);
}

function isNode(value: unknown): value is Node {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value);
}

function rangeOf(node: Node, places: Places): Range {
  const [from, to] = node.range ?? [0, 0];
  return places.range(from, to);
}
