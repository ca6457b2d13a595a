import { type Document, isCollection, isMap, isNode, isScalar, type Pair, parseDocument, visit } from 'yaml';
import { findSizeTrouble } from './yamlSize.ts';
import { toError } from '../lib/errors.ts';
import { hasError, type Problem, type Range } from './problem.ts';
import { TextLines } from './textLines.ts';

/** A file of YAML fields between two lines of `---`, and the text after them. */
export interface FrontMatter {
  /** The fields; empty when a problem is an error. Plain JSON values, without cycles and without keys that reach a prototype. */
  readonly data: Readonly<Record<string, unknown>>;
  /** The text after the fields, as it stands in the file; the whole text when there are no fields. */
  readonly body: string;
  /** The line the body begins on, counted from 0. */
  readonly bodyLine: number;
  readonly problems: readonly Problem[];
  /** Where the value at a path stands; of something that is missing, where the nearest thing around it is named. */
  readonly rangeOf: (path: readonly (string | number)[]) => Range;
  /** Where the name of a field stands; of what has no name, such as an item of a list, where it stands itself. */
  readonly nameRangeOf: (path: readonly (string | number)[]) => Range;
}

/** Definition files are written by people and a repository may hold anything; a larger text is not read. In UTF-16 units. */
export const maxDefinitionLength = 256 * 1024;

/** One mistake in YAML can be many problems; the first ones tell what it is. */
const mostProblems = 10;

/** Keys that mean something to every JavaScript object. */
const unsafeKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

export interface FrontMatterOptions {
  /** Takes "name: text: with a colon" for a text, as other products do, instead of refusing the file. */
  readonly plainValues?: boolean;
}

/** Reads the fields at the beginning of a text. Never throws, whatever the text is. */
export function parseFrontMatter(given: string, options: FrontMatterOptions = {}): FrontMatter {
  const text = given.startsWith('\uFEFF') ? given.slice(1) : given;
  const lines = new TextLines(text.length > maxDefinitionLength ? '' : text);
  const firstLine = lines.rangeOfLine(0);
  const none = (body: string, problems: readonly Problem[]): FrontMatter => ({
    data: {},
    body,
    bodyLine: 0,
    problems,
    rangeOf: () => firstLine,
    nameRangeOf: () => firstLine,
  });
  if (text.length > maxDefinitionLength) {
    const message = `The file is larger than ${maxDefinitionLength / 1024} KB and is not read. Make it shorter.`;
    return none('', [{ severity: 'error', message, range: firstLine }]);
  }
  const opening = /^---[ \t]*(\r\n|\n|\r|$)/.exec(text);
  if (opening === null) {
    return none(text, []);
  }
  const start = opening[0].length;
  const closing = /^---[ \t]*(\r\n|\n|\r|$)/m.exec(text.slice(start));
  if (closing === null) {
    return none('', [{ severity: 'error', message: 'The fields have no end. Close them with a line of "---".', range: firstLine }]);
  }
  const end = start + closing.index;
  const bodyStart = end + closing[0].length;
  const source = text.slice(start, end);
  const strict = readFields(source, (from, to) => lines.rangeOf(start + from, start + to), firstLine);
  const plain = options.plainValues === true && hasError(strict.problems) ? readPlain(source, lines, firstLine) : undefined;
  return { ...(plain ?? strict), body: text.slice(bodyStart), bodyLine: lines.lineOf(bodyStart) };
}

/** The fields with every one-line value that only YAML's marks make invalid taken as a text; undefined when that does not help. */
function readPlain(source: string, lines: TextLines, firstLine: Range): Fields | undefined {
  const quoted = source.replace(/^([A-Za-z][\w-]*:[ \t]+)([^\s"'[{|>&*!#].*)$/gm, (line, name: string, value: string) =>
    /:(\s|$)|\s#/.test(value) ? `${name}'${value.trimEnd().replaceAll("'", "''")}'` : line,
  );
  const quotedLines = new TextLines(quoted);
  // Quotes move columns on their own line only, and such a value ends with its line.
  const place: Place = (from, to) => {
    const { line, column, endLine, endColumn } = quotedLines.rangeOf(from, to);
    const cut = (of: number, at: number) => Math.min(at, lines.rangeOfLine(of + 1).endColumn);
    return { line: line + 1, column: cut(line, column), endLine: endLine + 1, endColumn: cut(endLine, endColumn) };
  };
  const fields = readFields(quoted, place, firstLine);
  return hasError(fields.problems) ? undefined : fields;
}

type Place = (from: number, to: number) => Range;
type Fields = Omit<FrontMatter, 'body' | 'bodyLine'>;

function readFields(source: string, place: Place, firstLine: Range): Fields {
  const failed = (message: string) => ({
    data: {},
    problems: [{ severity: 'error', message, range: firstLine } as const],
    rangeOf: () => firstLine,
    nameRangeOf: () => firstLine,
  });
  const trouble = findSizeTrouble(source);
  if (trouble !== undefined) {
    return failed(`${trouble} Write them shorter.`);
  }
  try {
    const document = parseDocument(source, { prettyErrors: false, version: '1.2', merge: false, logLevel: 'silent' });
    const problems = [...syntaxProblems(document, place), ...contentProblems(document, place, firstLine)];
    const rangeOf = (path: readonly (string | number)[]) => rangeIn(document, path, place) ?? firstLine;
    const nameRangeOf = (path: readonly (string | number)[]) => rangeOfNode(keyNode(document, path), place) ?? rangeOf(path);
    return { data: hasError(problems) ? {} : toRecord(document.toJS({ maxAliasCount: 0 })), problems, rangeOf, nameRangeOf };
  } catch (error) {
    // The parser reports problems rather than throwing; if it does throw, one file must not keep all others from being read.
    return failed(`The fields are not understood: ${toError(error).message}. Write them as plain YAML.`);
  }
}

function syntaxProblems(document: Document, place: Place): readonly Problem[] {
  const toProblem = (
    severity: Problem['severity'],
    error: { readonly message: string; readonly pos: readonly [number, number] },
  ): Problem => ({
    severity,
    message: `Not valid YAML: ${error.message}`,
    range: place(error.pos[0], error.pos[1]),
  });
  return [
    ...document.errors.slice(0, mostProblems).map((error) => toProblem('error', error)),
    ...document.warnings.slice(0, mostProblems).map((warning) => toProblem('warning', warning)),
  ];
}

function contentProblems(document: Document, place: Place, firstLine: Range): readonly Problem[] {
  const problems: Problem[] = [];
  const add = (message: string, node: unknown): void => {
    problems.push({ severity: 'error', message, range: rangeOfNode(node, place) ?? firstLine });
  };
  if (document.contents !== null && !isMap(document.contents) && document.errors.length === 0) {
    const isEmpty = isScalar(document.contents) && document.contents.value === null;
    if (!isEmpty) {
      add('Between the lines of "---" there must be fields, each as "name: value".', document.contents);
    }
  }
  visit(document, {
    // An alias can stand for itself, or multiply into millions of values.
    Alias: (_key, node) => add('References ("*name") are not used here. Write the value out.', node),
    Pair: (_key, pair) => {
      const key = nameOf(pair);
      if (key === undefined) {
        add('The name of a field must be one word or text.', pair.key);
      } else if (unsafeKeys.has(key)) {
        add(`A field cannot be called ${JSON.stringify(key)}. Choose another name.`, pair.key);
      }
    },
  });
  return problems;
}

function nameOf(pair: Pair): string | undefined {
  if (!isScalar(pair.key)) {
    return typeof pair.key === 'string' ? pair.key : undefined;
  }
  const { value } = pair.key;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

function rangeIn(document: Document, path: readonly (string | number)[], place: Place): Range | undefined {
  for (let length = path.length; length > 0; length--) {
    const part = path.slice(0, length);
    if (document.hasIn(part)) {
      const node = document.getIn(part, true);
      const key = keyNode(document, part);
      // A collection is named by its key: all of it underlined would be half the file.
      return (isCollection(node) ? rangeOfNode(key, place) : rangeOfNode(node, place)) ?? rangeOfNode(key ?? node, place);
    }
  }
  return undefined;
}

function keyNode(document: Document, path: readonly (string | number)[]): unknown {
  const parent = path.length <= 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  return isMap(parent) ? parent.items.find((pair) => nameOf(pair) === String(path.at(-1)))?.key : undefined;
}

function rangeOfNode(node: unknown, place: Place): Range | undefined {
  const range = isNode(node) ? node.range : undefined;
  return range === undefined || range === null || range[0] === range[1] ? undefined : place(range[0], range[1]);
}

function toRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
