import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LexedLine, type LexedStep, lexLine } from '../../../src/policy/commands/lexLine.ts';
import { examples } from '../../support/examples.ts';
import { seededRandom } from '../../support/seededRandom.ts';
import { temporaryFolders } from '../../workspace/temporaryFolder.ts';

/** Commands that bash is given as functions which tell their arguments; those in `failing` end with 1. Some are words that bash knows. */
const names = 'ok no x1 a-b ls cat cd echo test exit exec set export declare read source type alias unset trap true false typeset'.split(
  ' ',
);
const failing = new Set(['no', 'x1', 'false']);
const batchSize = 4000;

const pieces: readonly string[] = [
  ...names.flatMap((name) => [name, name]),
  ...[' ', ' ', ' ', ' ', ' ', ' ', ' ', '  ', ';', ' ; ', '&&', ' && ', '||', ' || ', '|', ' | ', '&', '|&', ';;'],
  ...[
    "'",
    '"',
    "''",
    '""',
    "'a b'",
    '"c d"',
    `'"'`,
    `"'"`,
    "'$x'",
    '"$x"',
    "'\\'",
    '"\\"',
    "'!'",
    '"a;b"',
    "'a&&b'",
    '"|"',
    "'# '",
    "'~'",
    '"*"',
    "'{a,b}'",
  ],
  ...['2>&1', '>/dev/null', ' >/dev/null', ' 2>/dev/null', ' 2>&1', '1>/dev/null', '2> /dev/null', '>', '2>', '1', '2', '12', ' >&2'],
  ...[
    'a',
    'b=',
    'x=1',
    '=',
    '-n',
    '--x=y',
    '--',
    '-',
    '.',
    '..',
    '/',
    'a/b',
    '%',
    '%1',
    '+x',
    '@',
    ',',
    ':',
    'A_B',
    '0',
    '[',
    ']',
    '{',
    '}',
    '#',
  ],
  ...['$', '`', '\\', '~', '*', '?', '!', '(', ')', '<', '^', '\t', '\n', 'é', 'if', 'then', 'time', 'in', 'do', '{a,b}', '[a]'],
];

/** Mostly well formed, so that enough is accepted, with a strange piece here and there. */
function randomText(random: () => number): string {
  const pick = (from: readonly string[]) => from[Math.floor(random() * from.length)] ?? '';
  const wild = random() < 0.3;
  let text = pick(names);
  const length = 1 + Math.floor(random() * 12);
  for (let n = 0; n < length; n++) {
    const joint = random();
    text += wild
      ? pick(pieces)
      : joint < 0.15
        ? pick([';', ' && ', '||', ' ; ', '&&', ' | ']) + pick(names)
        : ` ${pick(pieces)}${pick(pieces)}`;
  }
  return text;
}

interface Seen {
  /** Of each command that ran: its name and arguments. Sorted, since those of a pipeline run at once. */
  readonly calls: readonly string[];
  /** Commands whose standard output, and error, came out at standard output; then those at standard error. */
  readonly out: readonly string[];
  readonly error: readonly string[];
}

/** What a line comes to by the lexer and the rules of `&&`, `||` and `;`. */
function expected(line: Extract<LexedLine, { ok: true }>): Seen {
  const calls: string[] = [];
  const out: string[] = [];
  const error: string[] = [];
  let failed = false;
  line.steps.forEach(({ join: joint, pipeline }: LexedStep, index) => {
    if (index > 0 && joint !== ';' && (joint === '&&') === failed) {
      return;
    }
    pipeline.forEach(({ name, args, stdout, stderr }, at) => {
      calls.push([name, ...args].join('\x1f'));
      const last = at === pipeline.length - 1;
      if (last && stdout === undefined) {
        out.push(`1${name}`);
      }
      if (stderr === undefined) {
        error.push(`2${name}`);
      } else if (last && stderr === 'stdout') {
        out.push(`2${name}`);
      }
    });
    failed = failing.has(pipeline.at(-1)?.name ?? '');
  });
  return { calls: calls.sort(), out: out.sort(), error: error.sort() };
}

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** Names that come about when pieces meet. As functions they need no process of their own, which takes most of the time. */
function namesIn(text: string): readonly string[] {
  const line = lexLine(text);
  return line.ok ? line.steps.flatMap((step) => step.pipeline.map(({ name }) => name)) : [];
}

/** The same by bash, for many texts in one process. */
function seenByBash(folder: string, texts: readonly string[]): readonly Seen[] {
  const define = (name: string) => `${name}() { show ${name} "$@"; builtin return ${failing.has(name) ? 1 : 0}; }`;
  const script = [
    'LC_ALL=C',
    "builtin trap '' PIPE",
    // A writer whose reader is gone complains; that would stand in the standard error of what is tested.
    `show() { builtin local IFS=$'\\x1f'; builtin printf '%s\\n' "$*" >&3; { builtin printf '1%s\\n' "$1"; } 2>/dev/null; builtin printf '2%s\\n' "$1" >&2; }`,
    `t() { builtin printf '\\x1e' >&3; builtin printf '\\x1e'; builtin printf '\\x1e' >&2; builtin eval "$1"; }`,
    ...[...new Set([...names, ...texts.flatMap(namesIn)])].map(define),
    'command_not_found_handle() { show "$@"; builtin return 0; }',
    ...texts.map((text) => `t ${quote(text)}`),
    'builtin exit 0',
  ];
  const file = join(folder, 'script');
  writeFileSync(file, script.join('\n'));
  const outputs = ['calls', 'out', 'error'].map((name) => join(folder, name));
  for (const output of outputs) {
    writeFileSync(output, '');
  }
  execFileSync('/bin/bash', ['--norc', '--noprofile', '-c', 'source "$0" 3>>"$1" >>"$2" 2>>"$3"', file, ...outputs], {
    stdio: 'ignore',
    env: { PATH: '/nonexistent' },
    cwd: folder,
  });
  const [calls = [], out = [], error = []] = outputs.map((output) =>
    readFileSync(output, 'latin1')
      .split('\x1e')
      .slice(1)
      .map((part) => part.split('\n').slice(0, -1).sort()),
  );
  return texts.map((_, index) => ({ calls: calls[index] ?? [], out: out[index] ?? [], error: error[index] ?? [] }));
}

describe('lexLine and bash', function () {
  this.timeout(3_600_000);
  const temporaryFolder = temporaryFolders();

  it('SH-02: agree on every word and every step of what the lexer accepts', () => {
    const seed = Date.now() % 2 ** 31;
    const random = seededRandom(seed);
    const wanted = examples(1000, 100_000).numRuns;
    const folder = temporaryFolder();
    const differences: unknown[] = [];
    const known = new Set<string>();
    while (known.size < wanted) {
      const texts: string[] = [];
      const enough = Math.min(wanted, known.size + batchSize);
      while (known.size < enough) {
        const text = randomText(random);
        if (!known.has(text) && lexLine(text).ok) {
          known.add(text);
          texts.push(text);
        }
      }
      const seen = seenByBash(folder, texts);
      texts.forEach((text, index) => {
        const line = lexLine(text);
        const mine = line.ok ? expected(line) : undefined;
        if (JSON.stringify(mine) !== JSON.stringify(seen[index])) {
          differences.push({ text, mine, bash: seen[index] });
        }
      });
    }
    assert.deepEqual(differences.slice(0, 5), [], `${differences.length} of ${known.size} differ, seed ${seed}`);
  });

  it('SH-02: would see a difference', () => {
    const [seen] = seenByBash(temporaryFolder(), ['echo a$x "b c"; no && ok || ls 2>&1 >/dev/null | cat']);
    assert.deepEqual(seen, {
      calls: ['cat', 'echo\x1fa\x1fb c', 'ls', 'no'],
      out: ['1cat', '1echo', '1no'],
      error: ['2cat', '2echo', '2no'],
    });
  });
});
