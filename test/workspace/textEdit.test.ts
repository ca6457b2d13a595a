import assert from 'node:assert/strict';
import fc from 'fast-check';
import { examples } from '../support/examples.ts';
import { decodeFile, type Encoding, type FileText, spliceBytes, spliceText, visibleText } from '../../src/workspace/fileText.ts';
import { findEdit, wholeEdit } from '../../src/workspace/textEdit.ts';
import { accepted, refusalOf } from './temporaryFolder.ts';

function decoded(bytes: Buffer): FileText {
  const file = decodeFile(bytes);
  assert.ok(file, 'the file should be text');
  return file;
}

function edited(bytes: Buffer, oldText: string, newText: string, all = false): Buffer {
  const file = decoded(bytes);
  return spliceBytes(bytes, file, accepted(findEdit(file, { oldText, newText, all }, 'f')).splices);
}

function editedText(text: string, oldText: string, newText: string, all = false): string {
  return edited(Buffer.from(text), oldText, newText, all).toString();
}

function refused(text: string | Buffer, oldText: string, newText: string, all = false): string {
  return refusalOf(findEdit(decoded(Buffer.from(text)), { oldText, newText, all }, 'f'));
}

function utf16(text: string, encoding: Encoding): Buffer {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return encoding === 'utf16be' ? bytes.swap16() : bytes;
}

/** Every encoding with its mark, as a function from text to bytes. */
const encoders: readonly (readonly [string, (text: string) => Buffer])[] = [
  ['UTF-8', (text) => Buffer.from(text)],
  ['UTF-8 with mark', (text) => Buffer.from(`\ufeff${text}`)],
  ['UTF-16 LE', (text) => utf16(text, 'utf16le')],
  ['UTF-16 BE', (text) => utf16(text, 'utf16be')],
];

describe('findEdit', () => {
  const cases: readonly (readonly [string, string, string, string, string])[] = [
    ['LF', 'a\nb\nc\n', 'b', 'x\ny', 'a\nx\ny\nc\n'],
    ['CRLF kept for the lines around, taken for inserted ones', 'a\r\nb\r\nc\r\n', 'b', 'x\ny', 'a\r\nx\r\ny\r\nc\r\n'],
    ['CRLF matched by LF', 'a\r\nb\r\nc\r\n', 'a\nb', 'a\nB', 'a\r\nB\r\nc\r\n'],
    ['LF matched by CRLF', 'a\nb\n', 'a\r\nb', 'A\r\nb', 'A\nb\n'],
    ['mixed: each line keeps its end', 'a\r\nb\nc\r\nd\n', 'a\nb\nc', 'a\nB\nc', 'a\r\nB\nc\r\nd\n'],
    ['mixed: changed lines keep their ends one by one', 'a\r\nb\nc', 'a\nb\nc', 'A\nB\nC', 'A\r\nB\nC'],
    ['no final newline', 'a\nb', 'b', 'c', 'a\nc'],
    ['appended at the end without newline', 'a\r\nb', 'b', 'b\nc', 'a\r\nb\r\nc'],
    ['appended after the final newline', 'a\r\n', 'a\n', 'a\nb\n', 'a\r\nb\r\n'],
    ['only line', 'a', 'a', 'a\nb', 'a\nb'],
    ['lone CR is left alone', 'a\rb\r\nc\r\n', 'c', 'd', 'a\rb\r\nd\r\n'],
    ['lone CR as line end', 'a\rb\rc\r', 'a\nb', 'a\nx\nb', 'a\rx\rb\rc\r'],
    ['removed line', 'a\r\nb\r\nc\r\n', 'b\n', '', 'a\r\nc\r\n'],
    ['surrogate pairs with a common half', '\u{1f600}!', '\u{1f600}', '\u{1f601}', '\u{1f601}!'],
    ['overlapping common parts', 'aaa', 'aaa', 'aaaa', 'aaaa'],
  ];
  for (const [name, text, oldText, newText, expected] of cases) {
    it(`edits: ${name}`, () => {
      for (const [encoding, encode] of encoders) {
        assert.deepEqual(edited(encode(text), oldText, newText), encode(expected), encoding);
      }
    });
  }

  it('replaces every occurrence only when asked', () => {
    assert.equal(editedText('x\r\nax\nx', 'x', 'yy', true), 'yy\r\nayy\nyy');
    assert.match(refused('x\ny\nx\n', 'x', 'z'), /occurs 2 times in f \(lines 1, 3\)/);
  });

  it('says why nothing was found', () => {
    assert.match(refused('a\n', '', 'x'), /old_text is empty/);
    assert.match(refused('a\n', 'a\r\n', 'a\n'), /are the same/);
    assert.match(refused('a\n', 'b', 'x'), /was not found in f/);
    assert.match(refused('  if (x) {\n    y();\n', 'if (x) {\n  y();', 'z'), /at line 1\b/);
    assert.match(refused('a\n', '    1\ta', 'x'), /Leave out line numbers/);
  });

  it('tells the lines of the replaced text', () => {
    const file = decoded(Buffer.from('1\r\n2\r\n3\r\n4\r\n'));
    const { line, endLine } = accepted(findEdit(file, { oldText: '2\n3\n', newText: 'x\n', all: false }, 'f'));
    assert.deepEqual([line, endLine], [2, 3]);
  });

  it('FS-09: keeps every byte of an unknown encoding and refuses what is not ASCII', () => {
    const latin = Buffer.from('caf\xe9 = 1;\r\nna\xefve = 2;\n', 'latin1');
    assert.equal(visibleText(decoded(latin)), 'caf\ufffd = 1;\nna\ufffdve = 2;\n');
    assert.equal(edited(latin, ' = 2', ' = 3\n\tx', true).toString('latin1'), 'caf\xe9 = 1;\r\nna\xefve = 3\n\tx;\n');
    assert.match(refused(latin, 'caf\ufffd', 'cafe'), /only ASCII text/);
    assert.match(refused(latin, '1', '\u00e9'), /only ASCII text/);
  });

  it('FS-09: does not take the second byte of a character for ASCII', () => {
    // Shift-JIS: 0x95 0x5c is one character whose second byte is a backslash.
    const japanese = Buffer.from([0x22, 0x95, 0x5c, 0x22, 0x0a, 0x5c, 0x6e, 0x0a]);
    assert.match(refused(japanese, '\\"', '"'), /its beginning is not certain/);
    assert.deepEqual(edited(japanese, '\\n', '\\t'), Buffer.from([0x22, 0x95, 0x5c, 0x22, 0x0a, 0x5c, 0x74, 0x0a]));
  });

  it('FS-09: keeps an odd last byte and lone surrogates of UTF-16', () => {
    const bytes = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('a\ud800b', 'utf16le'), Buffer.from([0x7a])]);
    const expected = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('a\ud800c', 'utf16le'), Buffer.from([0x7a])]);
    assert.deepEqual(edited(bytes, 'b', 'c'), expected);
  });

  const line = fc.string({ unit: fc.constantFrom('a', 'b', ' ', 'é', '世', '\u{1f600}', '\t', '='), maxLength: 4 });
  const end = fc.constantFrom('\n', '\r\n');
  const mixed = fc.array(fc.tuple(line, end), { maxLength: 8 }).chain((lines) => line.map((last) => lines.flat().join('') + last));

  it('FS-08: changes nothing outside the replaced text, in any encoding and mix of line ends', () => {
    fc.assert(
      fc.property(mixed, fc.nat(), fc.nat(), mixed, fc.nat(encoders.length - 1), (text, a, b, newText, encoderIndex) => {
        const visible = text.replaceAll('\r\n', '\n');
        const chars = [...visible];
        const from = a % (chars.length + 1);
        const oldText = chars.slice(from, from + 1 + (b % 6)).join('');
        const normalNew = newText.replaceAll('\r\n', '\n');
        const encode = encoders[encoderIndex]?.[1] ?? Buffer.from;
        const bytes = encode(text);
        const file = decoded(bytes);
        const found = findEdit(file, { oldText, newText, all: false }, 'f');
        if (!found.ok) {
          return oldText === '' || oldText === normalNew || visible.split(oldText).length > 2;
        }
        const at = visible.indexOf(oldText);
        const result = spliceBytes(bytes, file, found.splices);
        const resultText = decoded(result).text;
        const [splice] = found.splices;
        assert.ok(splice);
        const expected = visible.slice(0, at) + normalNew + visible.slice(at + oldText.length);
        assert.equal(resultText.replaceAll('\r\n', '\n'), expected, 'what the model meant');
        assert.deepEqual(result, encode(spliceText(text, found.splices)), 'bytes follow the text, mark included');
        assert.ok(
          resultText.startsWith(text.slice(0, splice.start)) && resultText.endsWith(text.slice(splice.end)),
          'the rest is untouched',
        );
        const rawAt = [...text.slice(0, splice.start)].length;
        assert.ok(rawAt >= [...visible.slice(0, at)].length, 'nothing before the match is replaced');
        return true;
      }),
      examples(600),
    );
  });

  it('FS-09: keeps arbitrary bytes outside an ASCII edit', () => {
    const high = fc.uint8Array({ minLength: 1, maxLength: 20 }).map((bytes) => Buffer.from(bytes.map((byte) => byte | 0x80)));
    // A file that begins with a UTF-16 mark is UTF-16, and its ASCII another.
    const unmarked = high.filter((bytes) => !/^(?:feff|fffe)/.test(bytes.toString('hex')));
    fc.assert(
      fc.property(unmarked, high, fc.constantFrom('\n', '\r\n'), (before, after, lineEnd) => {
        const bytes = Buffer.concat([before, Buffer.from(`${lineEnd}key=1${lineEnd}`), after]);
        const expected = Buffer.concat([before, Buffer.from(`${lineEnd}key=2${lineEnd}more${lineEnd}`), after]);
        assert.deepEqual(edited(bytes, 'key=1\n', 'key=2\nmore\n'), expected);
      }),
      examples(200),
    );
  });
});

describe('wholeEdit', () => {
  function overwritten(bytes: Buffer, content: string): Buffer {
    const file = decoded(bytes);
    return spliceBytes(bytes, file, accepted(wholeEdit(file, content, 'f')).splices);
  }

  it('FS-08: keeps encoding, mark and line ends of the file', () => {
    for (const [name, encode] of encoders) {
      assert.deepEqual(overwritten(encode('a\r\nb\r\n'), 'a\nx\ny\n'), encode('a\r\nx\r\ny\r\n'), name);
      assert.deepEqual(overwritten(encode(''), 'a\nb\n'), encode('a\nb\n'), `${name}, empty before`);
      assert.deepEqual(overwritten(encode('a\n'), ''), encode(''), `${name}, empty after`);
    }
  });

  it('refuses to change nothing, and to write other than ASCII into an unknown encoding', () => {
    assert.match(refusalOf(wholeEdit(decoded(Buffer.from('a\r\n')), 'a\n', 'f')), /exactly this content already/);
    const latin = Buffer.from('caf\xe9\n', 'latin1');
    assert.match(refusalOf(wholeEdit(decoded(latin), 'café\n', 'f')), /only be overwritten with ASCII/);
    assert.deepEqual(overwritten(latin, 'cafe\n'), Buffer.from('cafe\n'));
  });
});

describe('decodeFile', () => {
  it('knows binary files', () => {
    assert.equal(decodeFile(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00])), undefined);
    assert.equal(decodeFile(Buffer.from([0x1f, 0x8b, 0x01, 0x02, 0x03, 0x04, 0x05, 0xff])), undefined);
    assert.equal(decodeFile(Buffer.concat([Buffer.from('text\n'.repeat(5000)), Buffer.from([0])])), undefined);
    assert.equal(decodeFile(Buffer.from('\u001b[31mred\u001b[0m\n'))?.encoding, 'utf8');
    assert.equal(decodeFile(Buffer.alloc(0))?.text, '');
  });
});
