import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { classifyCommand, type CommandClass } from '../../../src/policy/commands/classifyCommand.ts';
import { renderDirectLine } from '../../../src/policy/commands/directLine.ts';
import { allSpecs } from '../../../src/policy/commands/specs/allSpecs.ts';
import { anyText } from '../../support/anyText.ts';
import { examples } from '../../support/examples.ts';
import { attacks } from './corpus/attacks.ts';
import { denied, notDenied } from './corpus/denied.ts';
import { ordinaryCommands } from './corpus/ordinary.ts';

const strictness: readonly CommandClass['kind'][] = ['direct', 'unproven', 'denied'];
const level = (text: string): number => strictness.indexOf(classifyCommand(text).kind);

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

describe('the laws of classifyCommand', function () {
  this.timeout(60_000);

  it('SH-01: is total: any text has a class', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.string({ unit: 'binary', maxLength: 200 }), completeCommand), (text) => {
        assert.ok(level(text) >= 0);
      }),
      examples(400, 34_000),
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
      examples(1000, 68_000),
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
});
