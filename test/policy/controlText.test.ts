import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { anyText } from '../support/anyText.ts';
import { stripControls } from '../../src/policy/controlText.ts';

const cases: readonly (readonly [name: string, text: string, plain: string])[] = [
  ['colours', '\u001b[1;31mred\u001b[0m \u001b[38:2::1:2:3mx', 'red x'],
  ['clear screen and cursor', 'a\u001b[2J\u001b[H\u001b[?25lb', 'ab'],
  ['8-bit control sequences', 'a\u009b31mb', 'ab'],
  ['a link', '\u001b]8;;http://evil\u001b\\text\u001b]8;;\u0007', 'text'],
  ['a clipboard write', 'a\u001b]52;c;ZXZpbA==\u0007b', 'ab'],
  ['8-bit OSC', 'a\u009d0;title\u009cb', 'ab'],
  ['DCS and APC', 'a\u001bPq#0;2\u001b\\b\u001b_payload\u001b\\c', 'abc'],
  ['a sequence that never ends, up to the end of its line', 'a\u001b]0;title\nb', 'a\nb'],
  ['a control sequence cut off at the end', 'a\u001b[1;', 'a'],
  ['a lone escape', 'a\u001b\u001bb\u001b', 'a'],
  ['character sets and resets', 'a\u001b(Bb\u001bcd\u001b=e', 'abde'],
  ['bells and backspaces', 'a\u0007b\u0008c\u0000', 'abc'],
  ['Windows line ends', 'a\r\nb\r\r\nc', 'a\nb\nc'],
  ['a progress line drawn over and over', '10%\r50%\r100%\nok\r\n', '100%\nok\n'],
  ['nothing of plain text', 'tab\tüber 東京 🚀\n', 'tab\tüber 東京 🚀\n'],
];

describe('stripControls', () => {
  for (const [name, text, plain] of cases) {
    it(`removes ${name}`, () => assert.equal(stripControls(text), plain));
  }

  it('TIN-08: leaves no control character but tab and line feed in any text', () => {
    const piece = fc.oneof(fc.constantFrom('\u001b', '\u001b[', '\u001b]', '\u009b', '\u0007', '\r', '\n', ';', '\\', 'm'), anyText);
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        assert.doesNotMatch(stripControls(pieces.join('')), /(?![\n\t])\p{Cc}/u);
      }),
    );
  });

  it('takes time in proportion to the text', () => {
    for (const text of ['abcde', '\u0090', '\u001b]', '\u001b[', '\u001b[;', 'a\r', '\u001bP\u001b']) {
      assert.doesNotMatch(stripControls(text.repeat(50_000)), /\u001b|\r/);
    }
  }).timeout(2000);
});
