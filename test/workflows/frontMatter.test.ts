import * as assert from 'node:assert/strict';
import fc from 'fast-check';
import { maxDefinitionLength, parseFrontMatter } from '../../src/workflows/frontMatter.ts';

const file = (fields: string, body = 'Body'): string => `---\n${fields}\n---\n${body}`;
const messages = (text: string) => parseFrontMatter(text).problems.map(({ severity, message }) => `${severity}: ${message}`);

/** The stretch of a text that a range covers, which must be on one line. */
function covered(text: string, path: readonly (string | number)[]): string {
  const { line, column, endLine, endColumn } = parseFrontMatter(text).rangeOf(path);
  assert.equal(line, endLine);
  return text.split(/\r?\n/)[line]?.slice(column, endColumn) ?? assert.fail('no such line');
}

describe('front matter', () => {
  it('separates the fields from the body, whatever ends the lines', () => {
    for (const end of ['\n', '\r\n']) {
      const read = parseFrontMatter(['---', 'name: a', 'tools: [x, y]', '--- ', 'One', '---', 'Two'].join(end));
      assert.deepEqual(read.data, { name: 'a', tools: ['x', 'y'] });
      assert.equal(read.body, ['One', '---', 'Two'].join(end));
      assert.equal(read.bodyLine, 4);
      assert.deepEqual(read.problems, []);
    }
  });

  it('takes a file without fields as body alone, and fields may be empty', () => {
    assert.deepEqual(
      { ...parseFrontMatter('# Title\n---\na: b\n---\n'), rangeOf: undefined, nameRangeOf: undefined },
      { data: {}, body: '# Title\n---\na: b\n---\n', bodyLine: 0, problems: [], rangeOf: undefined, nameRangeOf: undefined },
    );
    assert.deepEqual(parseFrontMatter('---\n---\nBody').problems, []);
    assert.deepEqual(parseFrontMatter('---\n# nothing\n---\nBody').data, {});
  });

  it('reads a text with a byte order mark as the editor shows it', () => {
    const read = parseFrontMatter(`\uFEFF${file('name: a')}`);
    assert.deepEqual(read.data, { name: 'a' });
    assert.deepEqual(read.rangeOf(['name']), { line: 1, column: 6, endLine: 1, endColumn: 7 });
  });

  it('says where a value stands, a list by its name, and what is missing by what is around it', () => {
    const text = file('name: a\ninputs:\n  topic:\n    kind: text\ntasks:\n  - id: first\n  - id: "second"\nempty:');
    assert.equal(covered(text, ['name']), 'a');
    assert.equal(covered(text, ['inputs', 'topic', 'kind']), 'text');
    assert.equal(covered(text, ['inputs', 'topic', 'absent', 'deeper']), 'topic');
    assert.equal(covered(text, ['tasks']), 'tasks');
    assert.equal(covered(text, ['tasks', 1, 'id']), '"second"');
    assert.equal(covered(text, ['empty']), 'empty');
    assert.equal(covered(text, ['absent']), '---');
    assert.equal(covered(text, []), '---');
    const names = parseFrontMatter(text);
    assert.deepEqual(names.nameRangeOf(['name']), { line: 1, column: 0, endLine: 1, endColumn: 4 });
    assert.deepEqual(names.nameRangeOf(['inputs', 'topic', 'kind']), { line: 4, column: 4, endLine: 4, endColumn: 8 });
    assert.deepEqual(names.nameRangeOf(['tasks', 1]), names.rangeOf(['tasks', 1]));
    assert.deepEqual(names.nameRangeOf(['absent']), names.rangeOf(['absent']));
  });

  it('names what is not YAML, with its place, and then has no fields', () => {
    const read = parseFrontMatter(file('name: a\ndescription: use when: always'));
    assert.deepEqual(read.data, {});
    assert.equal(read.problems[0]?.severity, 'error');
    assert.match(read.problems[0]?.message ?? '', /^Not valid YAML: Nested mappings/);
    assert.equal(read.problems[0]?.range.line, 2);
    assert.equal(read.body, 'Body');
  });

  it('names fields without an end, twice the same name, and what are no fields', () => {
    assert.match(messages('---\nname: a\n')[0] ?? '', /no end/);
    assert.match(messages(file('name: a\nname: b'))[0] ?? '', /must be unique/);
    assert.match(messages(file('- a\n- b'))[0] ?? '', /there must be fields/);
    assert.match(messages(file('? [a, b]\n: c'))[0] ?? '', /name of a field/);
  });

  it('refuses references, so that none can multiply or contain itself', () => {
    const bomb = ['a: &a [x, x]', ...Array.from({ length: 30 }, (_, n) => `b${n}: &b${n} [*${n === 0 ? 'a' : `b${n - 1}`}, *a]`)];
    assert.match(messages(file(bomb.join('\n')))[0] ?? '', /References/);
    assert.match(messages(file('a: &a [*a]'))[0] ?? '', /References/);
    assert.deepEqual(parseFrontMatter(file('a: &a [*a]')).problems[0]?.range, { line: 1, column: 7, endLine: 1, endColumn: 9 });
  });

  it('refuses names that reach a prototype, at any depth', () => {
    for (const key of ['__proto__', 'constructor', 'prototype']) {
      assert.match(messages(file(`a:\n  ${key}:\n    admin: true`))[0] ?? '', new RegExp(`cannot be called "${key}"`));
    }
    assert.equal(Reflect.get({}, 'admin'), undefined);
  });

  it('does not read what is too large, and does not parse what is nested too deep', () => {
    assert.match(messages(`${file('a: b')}${' '.repeat(maxDefinitionLength)}`)[0] ?? '', /larger than 256 KB/);
    const deepTexts = ['[', '{', '- ', '? ', 'k: ', '[a: a: a: '].map((part) => `a: ${part.repeat(20_000)}`);
    const stairs = Array.from({ length: 400 }, (_, depth) => `${' '.repeat(depth)}k:`).join('\n');
    for (const fields of [...deepTexts, stairs, `a:\n  ${'- '.repeat(20_000)}`]) {
      const [problem] = parseFrontMatter(file(fields)).problems;
      assert.match(problem?.message ?? '', /nest more than 100 levels/, fields.slice(0, 20));
    }
    const many = Array.from({ length: 10_000 }, (_, n) => `k${n}: 1`).join('\n');
    assert.match(messages(file(many))[0] ?? '', /more than a few thousand values/);
  });

  it('takes long prose, long lists and deep but human fields', () => {
    const prose = `text: |\n${'  [[ {{ - a: b - c: d, and so on\n'.repeat(500)}`;
    const fields = `${prose}list: [${'word, '.repeat(500)}end]\na: {b: {c: {d: [{e: f}]}}}`;
    assert.deepEqual(messages(file(fields)), []);
  });

  it('points at nothing between the two characters that end a line', () => {
    const [problem] = parseFrontMatter('---\n- "\r\n"\n---\n').problems;
    assert.deepEqual(problem?.range, { line: 1, column: 3, endLine: 1, endColumn: 3 });
  });

  it('makes of any text plain values and ranges inside the text', () => {
    const pieces = fc.constantFrom(
      '---',
      '\n',
      '\r\n',
      'a: b',
      ': ',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '&x ',
      '*x',
      '"',
      "'",
      '|',
      '\t',
      '#',
      '!!js ',
      'ü',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
        const text = `---\n${parts.join('')}\n---\nBody`;
        const read = parseFrontMatter(text);
        assert.deepEqual(JSON.parse(JSON.stringify(read.data)), read.data);
        const lines = text.split(/\r\n|\n|\r/);
        for (const { range } of read.problems) {
          assert.ok(range.column <= (lines[range.line]?.length ?? -1), JSON.stringify(range));
          assert.ok(range.endColumn <= (lines[range.endLine]?.length ?? -1), JSON.stringify(range));
        }
      }),
    );
  });
});
