import { taskRows } from '../../core/plan/taskFields.ts';

/** What may be written at a place of a plan's text. */
export type PlaceIn =
  | { readonly kind: 'key'; readonly used: readonly string[] }
  | { readonly kind: 'value'; readonly key: string; readonly list: boolean; readonly used: readonly string[] };

/**
 * What is being written at a place, from the lines alone: a text that is being typed is seldom YAML. Undefined where nothing can be offered:
 * in a comment, in a text, outside the tasks.
 */
export function placeIn(lines: readonly string[], line: number, column: number): PlaceIn | undefined {
  const before = (lines[line] ?? '').slice(0, column);
  if (/(?:^|\s)#/.test(before) || !lines.slice(0, line).some((one) => one.startsWith('tasks:'))) {
    return undefined;
  }
  const value = /^\s*(?:- +)?(\w+):\s+(.*)$/.exec(before);
  if (value !== null) {
    const [, key = '', written = ''] = value;
    if (!written.startsWith('[')) {
      return isList(key) && written.trim() !== '' && /\s/.test(written.trim())
        ? undefined
        : { kind: 'value', key, list: isList(key), used: [] };
    }
    return written.includes(']') ? undefined : { kind: 'value', key, list: true, used: itemsIn(written.slice(1).replace(/[^,]*$/, '')) };
  }
  const item = /^(\s*)- +(\S*)$/.exec(before);
  const owner = item === null ? undefined : keyAbove(lines, line, (item[1] ?? '').length);
  if (owner !== undefined && owner.key !== 'tasks') {
    return { kind: 'value', key: owner.key, list: true, used: owner.items };
  }
  return /^\s+(?:- +)?\w*$/.test(before) && !inBlock(lines, line) ? { kind: 'key', used: keysAround(lines, line) } : undefined;
}

function isList(key: string): boolean {
  return taskRows.some((row) => row.key === key && row.shape === 'list');
}

function itemsIn(text: string): readonly string[] {
  return text
    .split(',')
    .map((item) => item.trim().replaceAll(/^["']|["']$/g, ''))
    .filter((item) => item !== '');
}

/** The key whose list an item belongs to, with the items before it. */
function keyAbove(
  lines: readonly string[],
  line: number,
  indent: number,
): { readonly key: string; readonly items: readonly string[] } | undefined {
  const items: string[] = [];
  for (let index = line - 1; index >= 0; index--) {
    const text = lines[index] ?? '';
    const item = /^(\s*)- +([\w.-]+)\s*(?:#.*)?$/.exec(text);
    const key = /^(\s*)(?:- +)?(\w+):\s*(?:#.*)?$/.exec(text);
    if (key !== null && indentOf(text) <= indent) {
      return { key: key[2] ?? '', items };
    }
    if (item !== null && (item[1] ?? '').length === indent) {
      items.push(item[2] ?? '');
    } else if (text.trim() !== '') {
      return undefined;
    }
  }
  return undefined;
}

/** Whether a line belongs to a text that goes over several lines. */
function inBlock(lines: readonly string[], line: number): boolean {
  const indent = indentOf(lines[line] ?? '');
  for (let index = line - 1; index >= 0; index--) {
    const text = lines[index] ?? '';
    if (text.trim() !== '' && keyIndent(text) < indent) {
      return /:\s*[|>][-+\d]*\s*$/.test(text);
    }
  }
  return false;
}

/** The keys of the task that a line belongs to. */
function keysAround(lines: readonly string[], line: number): readonly string[] {
  const isStart = (text: string) => /^ {0,3}- /.test(text);
  let first = line;
  while (first > 0 && !isStart(lines[first] ?? '')) {
    first--;
  }
  const next = lines.findIndex((text, index) => index > line && isStart(text));
  const task = lines.slice(first, next < 0 ? undefined : next);
  return task.flatMap((text, index) =>
    first + index === line ? [] : [...text.matchAll(/^\s*(?:- +)?(\w+):/g)].map((match) => match[1] ?? ''),
  );
}

function indentOf(text: string): number {
  return text.length - text.trimStart().length;
}

/** How far in a key stands; that of a task's first key is behind its dash. */
function keyIndent(text: string): number {
  return /^\s*(?:- +)?/.exec(text)?.[0].length ?? 0;
}
