import { mostRounds, type TaskSpec, taskSpecSchema } from '../planEvents.ts';

/*
 * A task as people write it: one flat list of keys, only what is set. Every key stands for one place in a TaskSpec.
 */

/** A value as it stands in the text. */
export type FieldValue = string | number | boolean | readonly string[] | { readonly [key: string]: string | number };
/** A task's keys in the order of the text. */
export type Fields = Readonly<Record<string, FieldValue>>;

/** What a key means, and what may be written there. */
export interface FieldRow {
  readonly key: string;
  /** Where the value is in a TaskSpec. */
  readonly path: readonly string[];
  /** What may be written, to finish the sentence "wants …". */
  readonly wants: string;
  /** What it is for, for people. */
  readonly meaning: string;
  readonly shape: 'text' | 'list' | 'number' | 'flag' | 'parts';
  /** Left out of the text when the value is this. */
  readonly quiet?: string | number | boolean;
  readonly parts?: readonly FieldRow[];
}

const gateRows: readonly FieldRow[] = [
  { key: 'kind', path: ['kind'], shape: 'text', wants: 'verdict or person', meaning: 'Who judges: the agent of this task, or you.' },
  {
    key: 'backTo',
    path: ['backTo'],
    shape: 'text',
    wants: 'the id of a task',
    meaning: 'The task that works again when changes are wanted.',
  },
  {
    key: 'rounds',
    path: ['rounds'],
    shape: 'number',
    quiet: 3,
    wants: `a whole number from 1 to ${mostRounds}`,
    meaning: 'How many rounds there may be before you are asked.',
  },
  {
    key: 'check',
    path: ['check'],
    shape: 'text',
    wants: 'a command',
    meaning: 'A command that must have ended well before an approval counts.',
  },
];

const efforts = 'low, medium, high, xhigh or max';

const fallbackRows: readonly FieldRow[] = [
  { key: 'agent', path: ['agentType'], shape: 'text', wants: 'the name of an agent type', meaning: 'The agent type of the last attempt.' },
  { key: 'model', path: ['model'], shape: 'text', wants: 'the name of a model', meaning: 'The model of the last attempt.' },
  { key: 'effort', path: ['effort'], shape: 'text', wants: efforts, meaning: 'How hard the last attempt thinks.' },
];

/** Every key a task can have, in the order in which people read it. */
export const taskRows: readonly FieldRow[] = [
  {
    key: 'id',
    path: ['id'],
    shape: 'text',
    wants: 'up to 64 letters, digits, ".", "_" and "-", beginning with a letter or a digit',
    meaning: 'The name of the task in this plan.',
  },
  { key: 'title', path: ['title'], shape: 'text', wants: 'a few words', meaning: 'What the task is, in a few words.' },
  { key: 'agent', path: ['agentType'], shape: 'text', wants: 'the name of an agent type', meaning: 'The type of agent that does it.' },
  { key: 'phase', path: ['phase'], shape: 'text', wants: 'a few words', meaning: 'The part of the work it belongs to.' },
  {
    key: 'priority',
    path: ['priority'],
    shape: 'text',
    quiet: 'medium',
    wants: 'high, medium or low',
    meaning: 'Which task starts first when several could.',
  },
  {
    key: 'dependsOn',
    path: ['dependencies'],
    shape: 'list',
    wants: 'a list of task ids',
    meaning: 'Tasks that must be done first. Their reports are given to this one.',
  },
  { key: 'objective', path: ['brief', 'objective'], shape: 'text', wants: 'text', meaning: 'What should be true when the task is done.' },
  { key: 'paths', path: ['brief', 'scope', 'paths'], shape: 'list', wants: 'a list of paths', meaning: 'Files and folders it is about.' },
  { key: 'focus', path: ['brief', 'scope', 'focus'], shape: 'text', wants: 'text', meaning: 'What to look at there.' },
  { key: 'context', path: ['brief', 'context'], shape: 'text', wants: 'text', meaning: 'What the agent needs to know.' },
  { key: 'withheld', path: ['brief', 'withheld'], shape: 'text', wants: 'text', meaning: 'What it is not told, and why.' },
  { key: 'outputFormat', path: ['brief', 'outputFormat'], shape: 'text', wants: 'text', meaning: 'What its report should look like.' },
  {
    key: 'doneCriteria',
    path: ['brief', 'constraints', 'doneCriteria'],
    shape: 'list',
    wants: 'a list of sentences',
    meaning: 'How anybody can tell that it is done.',
  },
  {
    key: 'tokens',
    path: ['brief', 'constraints', 'tokens'],
    shape: 'number',
    wants: 'a whole number above 0',
    meaning: 'How many tokens it should take at the most.',
  },
  {
    key: 'minutes',
    path: ['brief', 'constraints', 'minutes'],
    shape: 'number',
    wants: 'a number above 0',
    meaning: 'How many minutes it should take at the most.',
  },
  {
    key: 'model',
    path: ['model'],
    shape: 'text',
    wants: 'the name of a model',
    meaning: 'The model, in place of the one of its agent type.',
  },
  { key: 'effort', path: ['effort'], shape: 'text', wants: efforts, meaning: 'How hard its agent thinks.' },
  {
    key: 'isolation',
    path: ['isolation'],
    shape: 'text',
    wants: 'shared or worktree',
    meaning:
      'Whether its agent works in the open folder or in a Git worktree of its own, in place of what its type, the run and your setting say.',
  },
  {
    key: 'attempts',
    path: ['attempts'],
    shape: 'number',
    quiet: 1,
    wants: 'a whole number from 1 to 5',
    meaning: 'How often it is tried before it has failed.',
  },
  {
    key: 'fallback',
    path: ['fallback'],
    shape: 'parts',
    parts: fallbackRows,
    wants: 'agent, model or effort on lines of their own',
    meaning: 'One more attempt in another way, after all others.',
  },
  {
    key: 'partial',
    path: ['partial'],
    shape: 'flag',
    quiet: false,
    wants: 'true or false',
    meaning: 'Starts even when some of what it depends on failed.',
  },
  {
    key: 'rollback',
    path: ['rollback'],
    shape: 'flag',
    quiet: false,
    wants: 'true or false',
    meaning: 'What it changed is undone when it fails.',
  },
  {
    key: 'gate',
    path: ['gate'],
    shape: 'parts',
    parts: gateRows,
    wants: 'kind, and if you like backTo, rounds and check, on lines of their own',
    meaning: 'Its verdict lets others start.',
  },
  { key: 'needs', path: ['needs'], shape: 'list', wants: 'a list of names', meaning: 'Artefacts that must be published before it starts.' },
  { key: 'publishes', path: ['publishes'], shape: 'list', wants: 'a list of names', meaning: 'Artefacts it hands to others.' },
  {
    key: 'forEach',
    path: ['forEach'],
    shape: 'text',
    wants: 'the id of a task',
    meaning: 'Becomes one task for each file that the report of that task names.',
  },
  {
    key: 'collects',
    path: ['collects'],
    shape: 'text',
    wants: 'the id of a task',
    meaning: 'Also depends on every task that the agent of that task adds.',
  },
];

/** A task as it stands in the text. */
export function fieldsOf(spec: TaskSpec): Fields {
  return project(spec, taskRows);
}

function project(value: unknown, rows: readonly FieldRow[]): Fields {
  const fields: Record<string, FieldValue> = {};
  for (const row of rows) {
    const found = row.parts === undefined ? toFieldValue(at(value, row.path)) : toParts(at(value, row.path), row.parts);
    if (found !== undefined && found !== row.quiet && !(Array.isArray(found) && found.length === 0)) {
      fields[row.key] = found;
    }
  }
  return fields;
}

function toParts(value: unknown, rows: readonly FieldRow[]): FieldValue | undefined {
  if (value === undefined) {
    return undefined;
  }
  const parts: Record<string, string | number> = {};
  for (const [key, part] of Object.entries(project(value, rows))) {
    if (typeof part === 'string' || typeof part === 'number') {
      parts[key] = part;
    }
  }
  return parts;
}

function toFieldValue(value: unknown): FieldValue | undefined {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return value;
  }
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : undefined;
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (isRecord(inner) ? inner[key] : undefined), value);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A key whose value cannot be used; `index` is the item of a list or the part of a map. */
export interface FieldTrouble {
  readonly key: string;
  readonly index?: string | number | undefined;
  readonly message: string;
}

/** The task that fields describe, or what is wrong with them. What the text does not show is kept from `previous`. */
export function specOf(
  fields: Readonly<Record<string, unknown>>,
  previous: TaskSpec | undefined,
): { readonly spec: TaskSpec } | { readonly troubles: readonly FieldTrouble[] } {
  const parsed = taskSpecSchema.safeParse({
    ...assemble(fields, taskRows),
    ...(previous?.owner === undefined ? {} : { owner: previous.owner }),
  });
  return parsed.success ? { spec: parsed.data } : { troubles: parsed.error.issues.map((issue) => trouble(issue.path, fields)) };
}

function assemble(fields: Readonly<Record<string, unknown>>, rows: readonly FieldRow[]): Readonly<Record<string, unknown>> {
  const whole: Record<string, unknown> = {};
  for (const row of rows) {
    const value = fields[row.key];
    if (value !== undefined) {
      put(whole, row.path, row.parts !== undefined && isRecord(value) ? assemble(value, row.parts) : value);
    }
  }
  const scope = at(whole, ['brief', 'scope']);
  if (isRecord(scope) && scope['paths'] === undefined) {
    put(whole, ['brief', 'scope', 'paths'], []);
  }
  return whole;
}

function put(whole: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [first, ...rest] = path;
  if (first === undefined) {
    return;
  }
  if (rest.length === 0) {
    whole[first] = value;
    return;
  }
  const inner = { ...(isRecord(whole[first]) ? whole[first] : {}) };
  put(inner, rest, value);
  whole[first] = inner;
}

function trouble(issuePath: readonly PropertyKey[], fields: Readonly<Record<string, unknown>>): FieldTrouble {
  const row = rowAt(issuePath, taskRows);
  if (row === undefined) {
    return { key: 'objective', message: 'The task has no "objective".' };
  }
  const rest = issuePath.slice(row.path.length);
  const part = row.parts === undefined ? undefined : rowAt(rest, row.parts);
  if (fields[row.key] === undefined) {
    return { key: row.key, message: `The task has no "${row.key}". It wants ${row.wants}.` };
  }
  if (part !== undefined) {
    return { key: row.key, index: part.key, message: `"${part.key}" of "${row.key}" wants ${part.wants}.` };
  }
  const item = rest[0];
  return { key: row.key, index: typeof item === 'number' ? item : undefined, message: `"${row.key}" wants ${row.wants}.` };
}

function rowAt(path: readonly PropertyKey[], rows: readonly FieldRow[]): FieldRow | undefined {
  return rows.find((row) => row.path.every((step, index) => path[index] === step));
}

/** Whether two texts of a task say the same. Blanks at the ends of lines count for nothing, since editors remove them unasked. */
export function sameFields(a: Fields, b: Fields): boolean {
  return changedKeys(a, b).length === 0;
}

/** The keys in which two texts of a task differ. */
export function changedKeys(a: Fields, b: Fields): readonly string[] {
  return taskRows.map(({ key }) => key).filter((key) => plain(a[key]) !== plain(b[key]));
}

function plain(value: FieldValue | undefined): string {
  return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'string' ? tidy(inner) : inner)) ?? '';
}

function tidy(text: string): string {
  return text
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[ \t]+$/gm, '')
    .replace(/\n+$/, '');
}
