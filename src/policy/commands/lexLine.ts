import type { StepJoin } from './directLine.ts';

/*
 * The lexer of the small part of the shell's language of which it is certain what bash makes of it. A grammar that recovers from
 * errors hides commands; this one takes a text whole or not at all, so everything that is not listed here is "not proven":
 *
 *   line      = pipeline { ("&&" | "||" | ";") pipeline }
 *   pipeline  = program { "|" program }
 *   program   = name { word | redirect }
 *   redirect  = "2>&1" | [ "1" | "2" ] ">" { " " } "/dev/null"
 *   word      = { bare | "'" … "'" | '"' … '"' }         printable ASCII; no $ ` \ ! in double quotes
 */

/** A program with its words, before anybody looked at what they mean. */
export interface LexedProgram {
  readonly name: string;
  readonly args: readonly string[];
  readonly stdout?: 'discard';
  readonly stderr?: 'discard' | 'stdout';
}

export interface LexedStep {
  readonly join: StepJoin;
  readonly pipeline: readonly LexedProgram[];
}

export type LexedLine =
  | { readonly ok: true; readonly steps: readonly LexedStep[] }
  /** Why the text is not proven, as the rest of a sentence that begins with "it". */
  | { readonly ok: false; readonly reason: string };

type Token =
  | { readonly kind: 'word'; readonly text: string; readonly quoted: boolean }
  | { readonly kind: 'operator'; readonly text: StepJoin | '|' }
  | { readonly kind: 'redirect'; readonly text: 'outToNull' | 'errorToNull' | 'errorToOut' };

/** Longer texts are not looked at. In bytes, which are characters here. */
export const maxProvableLength = 4096;

const plainName = /^[a-z][a-z0-9-]*$/;
const reserved: ReadonlySet<string> = new Set(
  'case coproc do done elif else esac fi for function if in select then time until while'.split(' '),
);

// Each pattern is sticky and linear: no two ways to match the same text.
const blanks = / +/y;
const bare = /[A-Za-z0-9_.,:@%+/=-]+/y;
const single = /'([\x20-\x26\x28-\x7e]*)'/y;
const double = /"([\x20\x23\x25-\x5b\x5d-\x5f\x61-\x7e]*)"/y;
const operator = /&&|\|\||;|\|/y;
const errorToOut = /2>&1(?=[ ;|&]|$)/y;
const toNull = /([12]?)> *\/dev\/null(?=[ ;|&]|$)/y;

/** Takes a command text apart, or says why it is not in the part of the language that is proven. Never throws; linear time. */
export function lexLine(text: string): LexedLine {
  if (text.length > maxProvableLength) {
    return no(`is longer than ${maxProvableLength} characters`);
  }
  const strange = /[^\x20-\x7e]/.exec(text)?.[0];
  if (strange !== undefined) {
    return no(strange === '\n' ? 'has several lines' : 'has a character that is not plain ASCII');
  }
  const tokens = tokensOf(text);
  return typeof tokens === 'string' ? no(tokens) : parse(tokens);
}

function no(reason: string): LexedLine {
  return { ok: false, reason };
}

/** The tokens, or why there are none. */
function tokensOf(text: string): readonly Token[] | string {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) {
      return undefined;
    }
    at += match[0].length;
    return match;
  };
  while (at < text.length) {
    if (take(blanks) !== undefined) {
      continue;
    }
    const joint = take(operator)?.[0];
    if (joint !== undefined) {
      tokens.push({ kind: 'operator', text: joint === '&&' || joint === '||' || joint === ';' ? joint : '|' });
      continue;
    }
    if (take(errorToOut) !== undefined) {
      tokens.push({ kind: 'redirect', text: 'errorToOut' });
      continue;
    }
    const nowhere = take(toNull);
    if (nowhere !== undefined) {
      tokens.push({ kind: 'redirect', text: nowhere[1] === '2' ? 'errorToNull' : 'outToNull' });
      continue;
    }
    const word = takeWord(take);
    if (word === undefined) {
      return trouble(text[at] ?? '');
    }
    tokens.push(word);
  }
  return tokens;
}

/** Takes all parts that stand together; what ends the word but is no blank or operator is found by the caller's next look. */
function takeWord(take: (pattern: RegExp) => RegExpExecArray | undefined): Token | undefined {
  let text = '';
  let quoted = false;
  let some = false;
  for (;;) {
    const plain = take(bare);
    const inner = plain === undefined ? (take(single) ?? take(double)) : undefined;
    if (plain === undefined && inner === undefined) {
      // A redirect that begins in the middle of a word would be another one: `a2>&1` writes to a file descriptor of `a2`.
      return some && take(/(?=[ ;|&]|$)/y) !== undefined ? { kind: 'word', text, quoted } : undefined;
    }
    some = true;
    quoted ||= inner !== undefined;
    text += plain?.[0] ?? inner?.[1] ?? '';
  }
}

function trouble(character: string): string {
  const known: Readonly<Record<string, string>> = {
    $: 'has a $ that the shell would replace',
    '`': 'has a ` that the shell would replace',
    '\\': 'has a backslash outside quotes',
    '~': 'has a ~ outside quotes',
    '*': 'has a * outside quotes',
    '?': 'has a ? outside quotes',
    '[': 'has a [ outside quotes',
    '{': 'has a { outside quotes',
    '&': 'runs something in the background',
    '<': 'has an input redirect',
    '>': 'has a redirect other than 2>&1 and to /dev/null',
    '"': 'has double quotes that are not closed, or with $, `, \\ or ! in them',
    "'": 'has a quote that is not closed',
    '(': 'has parentheses',
    '!': 'has a ! outside quotes',
    '#': 'has a # outside quotes',
  };
  return known[character] ?? `has a ${character} outside quotes`;
}

function parse(tokens: readonly Token[]): LexedLine {
  const steps: LexedStep[] = [];
  let join: StepJoin = ';';
  let pipeline: LexedProgram[] = [];
  let current: Token[] = [];
  for (const token of [...tokens, undefined]) {
    if (token !== undefined && token.kind !== 'operator') {
      current.push(token);
      continue;
    }
    const program = programOf(current);
    if (typeof program === 'string') {
      return no(program);
    }
    pipeline.push(program);
    current = [];
    if (token?.text !== '|') {
      steps.push({ join, pipeline });
      pipeline = [];
      join = token?.text ?? ';';
    }
  }
  return { ok: true, steps };
}

function programOf([first, ...rest]: readonly Token[]): LexedProgram | string {
  if (first === undefined) {
    return 'has nothing where a command should be';
  }
  if (first.kind !== 'word' || first.quoted || !plainName.test(first.text)) {
    return 'does not begin with the plain name of a program';
  }
  if (reserved.has(first.text)) {
    return `uses the shell's word ${first.text}`;
  }
  return {
    name: first.text,
    args: rest.flatMap((token) => (token.kind === 'word' ? [token.text] : [])),
    ...redirectsOf(rest),
  };
}

/** Redirects work from left to right, each on what the ones before have made of the two outputs. */
function redirectsOf(tokens: readonly Token[]): Pick<LexedProgram, 'stdout' | 'stderr'> {
  let stdout: 'discard' | 'stdout' = 'stdout';
  let stderr: 'discard' | 'stdout' | undefined;
  for (const token of tokens) {
    if (token.kind === 'redirect') {
      stdout = token.text === 'outToNull' ? 'discard' : stdout;
      stderr = token.text === 'errorToNull' ? 'discard' : token.text === 'errorToOut' ? stdout : stderr;
    }
  }
  return { ...(stdout === 'discard' ? { stdout } : {}), ...(stderr === undefined ? {} : { stderr }) };
}
