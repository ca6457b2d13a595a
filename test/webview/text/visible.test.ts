import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { anyText } from '../../support/anyText.ts';
import { toVisible, toVisibleLine } from '../../../webview/text/visible.ts';

describe('toVisible', () => {
  const cases: readonly (readonly [name: string, text: string, visible: string])[] = [
    ['keeps ordinary text, tabs, line breaks and emoji of other scripts', 'a\tb\nç 漢 😀', 'a\tb\nç 漢 😀'],
    ['drops colours', '\u001b[31mred\u001b[0m', 'red'],
    ['drops titles and links that terminals obey', '\u001b]8;;https://evil.example\u0007click\u001b]8;;\u001b\\', 'click'],
    ['drops device control strings', 'a\u001bPq#0\u001b\\b', 'ab'],
    ['writes out what turns the direction of reading', 'access\u202etxt.exe', 'access‹U+202E›txt.exe'],
    ['writes out characters of no width', 'a\u200bb\ufeff', 'a‹U+200B›b‹U+FEFF›'],
    ['shows control characters as pictures', 'a\u0007b\u007f', 'a\u2407b\u2421'],
    ['shows a lone escape and a lone carriage return', '\u001b\r', '\u241b\u240d'],
    ['takes line breaks of Windows as line breaks', '\u0007\r\n', '\u2407\n'],
  ];
  for (const [name, text, visible] of cases) {
    it(name, () => assert.equal(toVisible(text), visible));
  }

  it('WEB-04: leaves nothing that acts unseen in any text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        assert.doesNotMatch(toVisible(text), /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/);
      }),
    );
  });

  it('makes one line of many', () => {
    assert.equal(toVisibleLine('  a\n\n b\t c '), 'a b c');
  });
});
