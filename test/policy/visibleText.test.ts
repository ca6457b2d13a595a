import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { anyText } from '../support/anyText.ts';
import { hasHiddenText, visibleText } from '../../src/policy/visibleText.ts';

describe('visibleText', () => {
  it('leaves plain text, indentation and other scripts alone', () => {
    const text = 'if (a) {\n\t\tb();\n        c("übergröße, 東京, עברית, 🚀");\n}\n';
    assert.equal(visibleText(text), text);
  });

  const cases: readonly (readonly [name: string, text: string, shown: string])[] = [
    ['escape', 'a\u001b[2Jb', 'a⟨U+001B⟩[2Jb'],
    ['carriage return', 'rm -rf /\rls', 'rm -rf /⟨U+000D⟩ls'],
    ['NUL and DEL', '\0\u007f', '⟨U+0000⟩⟨U+007F⟩'],
    ['C1', '\u009b2J', '⟨U+009B⟩2J'],
    ['bidi override', 'a\u202eb\u2066c', 'a⟨U+202E⟩b⟨U+2066⟩c'],
    ['zero width', 'np\u200bm\ufeff\u2060', 'np⟨U+200B⟩m⟨U+FEFF⟩⟨U+2060⟩'],
    ['tag block', 'ls\u{e0041}\u{e007f}', 'ls⟨U+E0041⟩⟨U+E007F⟩'],
    ['variation selectors', 'a\ufe0f\u{e0100}', 'a⟨U+FE0F⟩⟨U+E0100⟩'],
    ['blanks that are none', 'a\u00a0b\u2003c\u3000d\u2800', 'a⟨U+00A0⟩b⟨U+2003⟩c⟨U+3000⟩d⟨U+2800⟩'],
    ['fillers', '\u3164\u115f\u00ad', '⟨U+3164⟩⟨U+115F⟩⟨U+00AD⟩'],
    ['line separators', 'a\u2028b', 'a⟨U+2028⟩b'],
    ['half a surrogate pair', 'a\ud800b', 'a⟨U+D800⟩b'],
    ['a long run of blanks', `ls${' '.repeat(60)}; rm -r .`, 'ls⟨60 blanks⟩; rm -r .'],
    ['tabs', `ls${'\t'.repeat(200)}; rm -r .`, 'ls⟨200 blanks⟩; rm -r .'],
    ['many empty lines', `ls${'\n'.repeat(50)}rm -r .`, 'ls\n⟨49 empty lines⟩\nrm -r .'],
  ];
  for (const [name, text, shown] of cases) {
    it(`shows ${name}`, () => {
      assert.equal(visibleText(text), shown);
      assert.equal(hasHiddenText(text), true);
    });
  }

  it('shows every character that has no shape, wherever it stands', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        assert.doesNotMatch(visibleText(text), /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      }),
    );
  });

  it('takes time in proportion to the text', () => {
    for (const text of [' ', '\n', ' \n', '          \n\t', 'a ']) {
      assert.ok(visibleText(text.repeat(50_000)).length <= text.length * 50_000);
    }
  }).timeout(2000);

  it('counts line feeds and tabs as hidden, and plain words not', () => {
    assert.equal(hasHiddenText('npm test'), false);
    assert.equal(hasHiddenText('npm\ntest'), true);
    assert.equal(hasHiddenText('npm\ttest'), true);
  });
});
