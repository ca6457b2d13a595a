import type * as z from 'zod';
import type { Json } from '../core/json.ts';

const maxStringLength = 2_000_000;
const maxDepth = 40;
const maxNodes = 20_000;
const maxProblems = 12;

type Path = readonly PropertyKey[];

/**
 * What makes a value unfit for any tool whatever its schema says: text with NUL or lone surrogates, and sizes that no honest call has.
 * Walks without recursion, so that depth cannot exhaust the stack.
 */
export function findUnsafe(input: Json): readonly string[] {
  const problems: string[] = [];
  const open: { readonly value: Json; readonly path: Path }[] = [{ value: input, path: [] }];
  let nodes = 0;
  for (let next = open.pop(); next !== undefined && problems.length < maxProblems; next = open.pop()) {
    const { value, path } = next;
    nodes++;
    if (nodes > maxNodes) {
      return [`the input has more than ${maxNodes} values`];
    }
    if (typeof value === 'string') {
      const problem = textProblem(value);
      if (problem !== undefined) {
        problems.push(`${fieldName(path)}: ${problem}`);
      }
    } else if (typeof value === 'object' && value !== null) {
      if (path.length >= maxDepth) {
        return [`the input is nested more than ${maxDepth} levels deep`];
      }
      for (const [key, item] of Object.entries(value)) {
        const problem = textProblem(key);
        if (problem !== undefined) {
          problems.push(`the name of a field: ${problem}`);
        } else {
          open.push({ value: item, path: [...path, Array.isArray(value) ? Number(key) : key] });
        }
      }
    }
  }
  return problems;
}

/** One line for each thing a schema found wrong: the field, what was expected, what was there. */
export function describeIssues(issues: readonly z.core.$ZodIssue[], input: Json, fields: readonly string[]): readonly string[] {
  const lines = issues.slice(0, maxProblems).flatMap((issue) => describeIssue(issue, input, fields));
  return issues.length > maxProblems ? [...lines, `and ${issues.length - maxProblems} more`] : lines;
}

function describeIssue(issue: z.core.$ZodIssue, input: Json, fields: readonly string[]): readonly string[] {
  const field = fieldName(issue.path);
  const given = valueAt(input, issue.path);
  if (issue.code === 'unrecognized_keys') {
    const known = issue.path.length === 0 ? `; the fields are ${fields.join(', ')}` : '';
    return issue.keys.map((key) => `${fieldName([...issue.path, key])}: unknown field${known}`);
  }
  const expected = expectation(issue);
  if (given === undefined) {
    return [`${field}: missing; expected ${expected}`];
  }
  return [`${field}: expected ${expected}, got ${valueName(given)}`];
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'int' ? 'a whole number' : withArticle(issue.expected);
    case 'invalid_value':
      return `one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'too_small':
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unitOf(issue.origin)}`;
    case 'too_big':
      return `${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unitOf(issue.origin)}`;
    default:
      return issue.message;
  }
}

function unitOf(origin: string): string {
  return origin === 'string' ? ' characters' : origin === 'array' ? ' items' : '';
}

function withArticle(type: string): string {
  return `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;
}

function valueAt(input: Json, path: Path): Json | undefined {
  let value: Json | undefined = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) {
      return undefined;
    }
    value = Object.entries(value).find(([name]) => name === String(key))?.[1];
  }
  return value;
}

function valueName(value: Json): string {
  if (typeof value === 'string') {
    return value.length > 40 ? `a string of ${value.length} characters` : JSON.stringify(value);
  }
  if (value === null || typeof value !== 'object') {
    return String(value);
  }
  return Array.isArray(value) ? `an array of ${value.length}` : 'an object';
}

function fieldName(path: Path): string {
  return path.length === 0
    ? 'the input'
    : path.map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index > 0 ? '.' : ''}${String(key).slice(0, 80)}`)).join('');
}

function textProblem(text: string): string | undefined {
  if (text.length > maxStringLength) {
    return `${text.length} characters are too long; at most ${maxStringLength} are taken`;
  }
  if (text.includes('\0')) {
    return 'must not contain a NUL character';
  }
  if (/\p{Surrogate}/u.test(text)) {
    return 'must not contain half of a surrogate pair';
  }
  return undefined;
}
