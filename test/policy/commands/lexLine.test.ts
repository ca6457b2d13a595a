import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { lexLine, maxProvableLength } from '../../../src/policy/commands/lexLine.ts';
import { anyText } from '../../support/anyText.ts';
import { examples } from '../../support/examples.ts';

/** Steps as short text: `; ls [a] [b] | …`. */
function shown(text: string): string {
  const line = lexLine(text);
  if (!line.ok) {
    return `no: ${line.reason}`;
  }
  return line.steps
    .map(({ join, pipeline }) => {
      const programs = pipeline.map(({ name, args, stdout, stderr }) =>
        [name, ...args.map((arg) => `[${arg}]`), stdout && `1:${stdout}`, stderr && `2:${stderr}`]
          .filter((part) => part !== undefined)
          .join(' '),
      );
      return `${join} ${programs.join(' | ')}`;
    })
    .join(' ');
}

const accepted: readonly (readonly [string, string])[] = [
  ['ls', '; ls'],
  ['  ls   -la  ', '; ls [-la]'],
  ['ls;pwd', '; ls ; pwd'],
  ['a&&b||c;d|e', '; a && b || c ; d | e'],
  [`grep 'a b' "c d" x'y'"z"`, '; grep [a b] [c d] [xyz]'],
  [`echo '' "" ''""`, '; echo [] [] []'],
  [`echo '$x \`y\` \\ ! ~ * #'`, '; echo [$x `y` \\ ! ~ * #]'],
  [`echo "it's"`, "; echo [it's]"],
  ['echo a=b -x=1 50% a@b +x ,', '; echo [a=b] [-x=1] [50%] [a@b] [+x] [,]'],
  ['ls 2>&1', '; ls 2:stdout'],
  ['ls >/dev/null', '; ls 1:discard'],
  ['ls > /dev/null 2>&1', '; ls 1:discard 2:discard'],
  ['ls 2>&1 >/dev/null', '; ls 1:discard 2:stdout'],
  ['ls 1>/dev/null x 2>/dev/null|cat', '; ls [x] 1:discard 2:discard | cat'],
  ['echo 2 >/dev/null', '; echo [2] 1:discard'],
];

const rejected: readonly string[] = [
  ...['', ' ', ';', 'ls;', ';ls', 'ls &&', '| ls', 'a || || b', 'a ;; b', 'a & b', 'ls &', 'a |& b', 'a && & b'],
  ...['ls\nid', 'ls\rid', 'ls\tx', 'l\u0073\u00a0x', 'ls \u200b', 'ls é', 'ls\0'],
  ...[
    'echo $x',
    'echo "$x"',
    'echo `id`',
    'echo "`id`"',
    'echo \\;',
    'echo "\\""',
    'echo "!x"',
    'echo ~',
    'echo a~b',
    'echo *',
    'echo a?b',
    'echo [a]',
  ],
  ...['echo {a,b}', 'echo #x', 'echo !x', '(ls)', '{ ls; }', 'ls <x', 'cat <<EOF', 'ls <(id)', 'echo ^x'],
  ...[
    'ls >x',
    'ls >>/dev/null',
    'ls 2>&2',
    'ls 2>&1x',
    'ls a2>&1',
    "ls '2'>&1",
    'ls 3>/dev/null',
    'ls >/dev/nullx',
    'ls >&2',
    'ls &>/dev/null',
    'ls >/dev/null/../x',
  ],
  ...["echo 'a", 'echo "a', `echo a'b"c`],
  ...['X=1 ls', 'PATH=. ls', "'ls'", 'l"s"', './ls', '/bin/ls', 'LS', '[ x', '.', ': x', '2>&1 ls', '-ls', 'a/b', 'ls_x'],
  ...['if true', 'for x', 'time ls', 'while true', 'function f', 'coproc ls', 'ls; then x', 'case x in'],
];

describe('lexLine', () => {
  for (const [text, expected] of accepted) {
    it(`reads ${text}`, () => assert.equal(shown(text), expected));
  }

  for (const text of rejected) {
    it(`does not take ${JSON.stringify(text)} apart`, () => assert.match(shown(text), /^no: \w/));
  }

  it('SH-03: takes no here document apart, in whatever way its end is written', () => {
    for (const text of ['cat <<EOF; touch p\nEOF', 'cat <<E"O"F\nx\nEOF\ntouch p', 'cat <<-X\n`touch p`\nX', "cat <<'A B'; touch p"]) {
      assert.match(shown(text), /^no: /);
    }
  });

  it('SH-04: takes nothing apart that is evaluated later', () => {
    for (const text of [
      "for x in 'a[$(c)]'; do echo $((x)); done",
      'echo ${x@P}',
      "[ -v 'a[$(c)]' ]",
      'for PATH in .; do ls; done',
      "[[ 'a[$(c)]' -eq 0 ]]",
    ]) {
      assert.match(shown(text), /^no: /);
    }
  });

  it('takes a text of the greatest length apart and none that is longer', () => {
    const longest = `echo ${'a'.repeat(maxProvableLength - 5)}`;
    assert.match(shown(longest), /^; echo/);
    assert.match(shown(`${longest}a`), /^no: is longer/);
  });

  it('gives an answer to any text', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.string({ unit: 'binary', maxLength: 300 })), (text) => {
        const line = lexLine(text);
        assert.ok(line.ok ? line.steps.length > 0 : line.reason !== '');
      }),
      examples(1000),
    );
  });
});
