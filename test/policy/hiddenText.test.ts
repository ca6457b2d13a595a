import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createContentGuard } from '../../src/policy/contentGuard.ts';
import { hiddenNote, hideAgain, showHidden } from '../../src/policy/hiddenText.ts';
import { anyText } from '../support/anyText.ts';
import { examples } from '../support/examples.ts';

const tags = (text: string) => [...text].map((letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join('');

describe('TIN-07: hidden text for models', () => {
  const shown: readonly (readonly [name: string, text: string, shown: string])[] = [
    ['tag characters that spell a second text', `a${tags('hi')}b`, 'a⟨U+E0068⟩⟨U+E0069⟩b'],
    ['marks that turn the direction of reading', 'if (a\u202e) {\u2066', 'if (a⟨U+202E⟩) {⟨U+2066⟩'],
    ['characters without width', 'pass\u200bword\u2060', 'pass⟨U+200B⟩word⟨U+2060⟩'],
    ['joiners between letters that need none', 'adm\u200din', 'adm⟨U+200D⟩in'],
    ['runs of variation selectors that spell bytes', '\u{1f600}\ufe01\ufe02\ufe0f', '\u{1f600}⟨U+FE01⟩⟨U+FE02⟩⟨U+FE0F⟩'],
    ['selectors beyond the first sixteen', 'a\u{e0101}\u{e0102}', 'a⟨U+E0101⟩⟨U+E0102⟩'],
    ['escapes of terminals', '\u001b[2J\u009b', '⟨U+001B⟩[2J⟨U+009B⟩'],
    ['a mark at the beginning', '\ufeffa', '⟨U+FEFF⟩a'],
    ['fillers that look like blanks', 'a\u3164b\u115f', 'a⟨U+3164⟩b⟨U+115F⟩'],
  ];
  for (const [name, text, expected] of shown) {
    it(`writes out ${name}`, () => assert.equal(showHidden(text).text, expected));
  }

  for (const text of [
    'plain\ttext\r\n',
    'ç 漢字 😀',
    '👨\u200d👩\u200d👧',
    '❤\ufe0f',
    '1\ufe0f\u20e3',
    'می\u200cخواهم',
    '葛\u{e0100}城',
    'a\fb',
  ]) {
    it(`leaves ${JSON.stringify(text)} as it is written`, () => assert.deepEqual(showHidden(text), { text, count: 0 }));
  }

  it('counts what it shows and a run that is too long to be meant for anybody', () => {
    const { text, count } = showHidden(`a${tags('x'.repeat(100))}`);
    assert.equal(count, 100);
    assert.match(text, /^a(⟨U\+E0078⟩){64}⟨36 more hidden characters⟩$/);
    assert.match(
      hiddenNote({ text, count }) ?? '',
      /^\(100 hidden characters are written out as ⟨U\+XXXX⟩; edit_file and write_file take them as shown\)$/,
    );
    assert.equal(hiddenNote(showHidden('plain')), undefined);
  });

  it('leaves no tag, turn of direction or escape in any text, and changes nothing that it has shown', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const once = showHidden(text).text;
        assert.doesNotMatch(
          once,
          /[\u0000-\u0008\u000b\u000e-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/u,
        );
        assert.deepEqual(showHidden(once), { text: once, count: 0 });
      }),
      examples(500),
    );
  });

  it('turns marks back only into what the original holds, so that nobody hides anything by writing a mark', () => {
    assert.equal(hideAgain('a⟨U+200B⟩b', 'x\u200by'), 'a\u200bb');
    assert.equal(hideAgain('a⟨U+202E⟩b', 'x\u200by'), undefined);
    assert.equal(hideAgain('a⟨U+0041⟩b', 'A'), undefined);
    assert.equal(hideAgain('a⟨U+FFFFFF⟩b', 'A'), undefined);
    assert.equal(hideAgain('a⟨U+200B⟩b', 'about ⟨U+200B⟩ and \u200b'), undefined, 'where both stand, a mark is a mark');
  });

  it('is told beside the result of a tool, once', () => {
    const { told } = createContentGuard((text) => text);
    assert.equal(told('plain'), 'plain');
    const text = told('a\u200bb');
    assert.match(text, /^a⟨U\+200B⟩b\n\(1 hidden character is written out/);
    assert.equal(told(text), text);
  });
});
