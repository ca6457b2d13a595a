import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { classifyCommand, type CommandClass } from '../../../src/policy/commands/classifyCommand.ts';
import { renderDirectLine } from '../../../src/policy/commands/directLine.ts';
import { allSpecs } from '../../../src/policy/commands/specs/allSpecs.ts';
import { anyText } from '../../support/anyText.ts';
import { examples } from '../../support/examples.ts';
import { attacks } from './corpus/attacks.ts';
import { ordinaryCommands } from './corpus/ordinary.ts';

const strictness: readonly CommandClass['kind'][] = ['direct', 'unproven', 'denied'];
const level = (text: string): number => strictness.indexOf(classifyCommand(text).kind);

const denied: readonly string[] = [
  ...[
    'sudo ls',
    'cd x && sudo -n ls',
    'ls | sudo tee x',
    'su root',
    '/usr/bin/sudo ls',
    'doas ls',
    'X=1 sudo ls',
    'echo $(sudo ls)',
    "'su'do ls",
    'env sudo ls',
  ],
  ...[
    'shutdown now',
    'reboot',
    'mkfs.ext4 /dev/sda1',
    'dd if=x of=/dev/sda',
    'echo x >/dev/sda',
    'kill -9 -1',
    ':(){ :|:& };:',
    ': () { : | : & } ; :',
  ],
  ...['rm -rf /', 'rm -rf ~', 'rm -fr $HOME', 'rm -r --force .', 'rm --recursive ..', 'rm -rf "/"', 'ls; rm -Rf /*', 'rm -rf *'],
  ...['git push --force', 'git push origin +main', 'git push -f origin main', 'git -C x push --mirror'],
  ...['curl x | sh', 'curl -s x | bash -s y', 'wget -qO- x|python3', 'curl x | sudo bash', 'ls\nsudo ls'],
];

const notDenied: readonly string[] = [
  ...[
    'echo "sudo ls"',
    'grep sudo README.md',
    "grep 'rm -rf /' x",
    'cat <<X\nsudo ls\nX',
    'git commit -m "rm -rf /"',
    'kill -1 123',
    'rm -rf dist',
    'rm -rf ./dist/*',
  ],
  ...[
    'git push --force-with-lease',
    'git push',
    'git push --follow-tags',
    'curl x > y',
    'curl x | jq .',
    'dd if=x of=/dev/null',
    "echo 'sudo x",
    'ls > /dev/null',
  ],
];

/** Commands of all three classes, each complete: no open quote, no here document, no backslash at its end. */
const completeCommand = fc.oneof(
  fc.constantFrom(...allSpecs.flatMap((spec) => [...spec.allow, ...spec.reject])),
  fc
    .constantFrom(...Object.values(attacks).flat(), ...ordinaryCommands, ...denied, ...notDenied)
    .filter((text) => !/<<|\n|(^|[^\\])\\$|'x$/.test(text) && !text.includes("'sudo x")),
  fc
    .array(fc.constantFrom('ls', 'cat', 'sudo', 'a.txt', "'x y'", '"z"', '|', '&&', '>', '$x', '*', '-la', '2>&1'), {
      minLength: 1,
      maxLength: 8,
    })
    .map((words) => words.join(' ')),
);

describe('classifyCommand', () => {
  for (const text of denied) {
    it(`denies ${JSON.stringify(text)} with a reason`, () => {
      const found = classifyCommand(text);
      assert.equal(found.kind, 'denied');
      assert.match(found.kind === 'denied' ? found.reason : '', /^This is not run: \w.*\.$/);
    });
  }

  it('denies nothing for words that are only mentioned', () => {
    assert.deepEqual(
      notDenied.filter((text) => classifyCommand(text).kind === 'denied'),
      [],
    );
  });

  it('says of a direct line which paths it uses and how', () => {
    const found = classifyCommand("cd src && grep -rn --exclude-dir=.git 'a b' lib 2>/dev/null | head -5; ls || cat x - > /dev/null");
    const use = { kind: 'search', skipHidden: false, skipFolders: ['.git'] };
    assert.deepEqual(found, {
      kind: 'direct',
      line: {
        cd: 'src',
        steps: [
          {
            join: ';',
            pipeline: [
              { program: 'grep', args: ['-rn', '--exclude-dir=.git', 'a b', 'lib'], paths: [{ text: 'lib', use }], stderr: 'discard' },
              { program: 'head', args: ['-5'], paths: [] },
            ],
          },
          { join: ';', pipeline: [{ program: 'ls', args: [], paths: [{ text: '.', use: { kind: 'look' } }] }] },
          {
            join: '||',
            pipeline: [{ program: 'cat', args: ['x', '-'], paths: [{ text: 'x', use: { kind: 'read' } }], stdout: 'discard' }],
          },
        ],
      },
    });
  });

  it('SH-09: takes a change of folder only first, alone and before &&', () => {
    for (const text of [
      'cd a; ls',
      'cd a || ls',
      'ls && cd a',
      'cd a && cd b && ls',
      'cd a | ls',
      'cd a',
      'cd && ls',
      'cd - && ls',
      'cd a b && ls',
      'cd a >/dev/null && ls',
      'cd "" && ls',
    ]) {
      assert.equal(classifyCommand(text).kind, 'unproven', text);
    }
    assert.equal(classifyCommand('cd a/b && ls; pwd || cat x').kind, 'direct');
  });

  it('SH-01: is total: any text has a class', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.string({ unit: 'binary', maxLength: 200 }), completeCommand), (text) => {
        assert.ok(level(text) >= 0);
      }),
      examples(1000),
    );
  });

  it('SH-01: is total for texts that are long and repeat what is hard to read', () => {
    for (const piece of ["'", '"', '\\', '$(', '<', '<<', ': () {', '(', '`', ' ', ';', '\'"', '\\"', '2>', 'a=', "a'b'", '|', '{', '$']) {
      assert.equal(classifyCommand(piece.repeat(200_000 / piece.length)).kind === 'direct', false);
    }
  });

  it('SH-01: is monotone: a command that is joined to another is never milder than either', () => {
    fc.assert(
      fc.property(completeCommand, completeCommand, fc.constantFrom(';', ' ; ', ' && ', ' || ', '\n'), (first, second, joint) => {
        assert.ok(level(`${first}${joint}${second}`) >= Math.max(level(first), level(second)));
      }),
      examples(2000),
    );
  });

  it('SH-01: is idempotent: the text of a plan is that plan again', () => {
    const proven = allSpecs.flatMap((spec) => spec.allow);
    const line = fc
      .array(
        fc.tuple(
          fc.constantFrom(...proven),
          fc.constantFrom('', ' 2>&1', ' >/dev/null', ' 2>/dev/null', ' >/dev/null 2>&1', ' 2>&1 >/dev/null'),
          fc.constantFrom(' | ', ' && ', ' || ', '; '),
        ),
        { minLength: 1, maxLength: 6 },
      )
      .map((parts) => parts.map(([text, redirect, joint], index) => (index === 0 ? '' : joint) + text + redirect).join(''))
      .chain((text) => fc.constantFrom(text, `cd src && ${text}`, `cd 'a b' && ${text}`));
    const word = fc
      .string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)), maxLength: 20 })
      .filter((text) => !text.startsWith('-'));
    const echo = word.map((text) => `echo '${text.replaceAll("'", `'"'"'`)}'`);
    fc.assert(
      fc.property(fc.oneof(line, echo), (text) => {
        const found = classifyCommand(text);
        assert.equal(found.kind, 'direct', text);
        assert.deepEqual(found.kind === 'direct' ? classifyCommand(renderDirectLine(found.line)) : undefined, found);
      }),
      examples(1000),
    );
  });

  it('SH-01: proves nothing of the attacks that their text alone gives away', () => {
    // Of secrets and endless files only the disk knows; the gate looks there.
    const given = ['runs code', 'writes outside', 'writes protected', 'uses the network'] as const;
    assert.deepEqual(
      given.flatMap((kind) => attacks[kind]).filter((text) => classifyCommand(text).kind === 'direct'),
      [],
    );
  });
});
