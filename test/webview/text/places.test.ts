import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { hrefToPlace, splitPlaces } from '../../../webview/text/places.ts';

const placesIn = (text: string, where: 'prose' | 'code' = 'prose'): readonly string[] =>
  splitPlaces(text, where).flatMap((part) => (part.kind === 'place' ? [`${part.path}|${part.line ?? ''}`] : []));

describe('splitPlaces', () => {
  it('finds places with a folder or a line in prose', () => {
    assert.deepEqual(placesIn('see src/a.ts, b.ts:12 and src/deep/c.test.tsx:3-9.'), ['src/a.ts|', 'b.ts|12', 'src/deep/c.test.tsx|3']);
  });

  it('takes a bare name for a file only in code', () => {
    assert.deepEqual(placesIn('package.json'), []);
    assert.deepEqual(placesIn('package.json', 'code'), ['package.json|']);
  });

  const never = [
    'https://evil.example/a.ts',
    'file:///etc/passwd.txt',
    '/etc/shadow.bak',
    '../outside/a.ts:3',
    'src/../../a.ts:3',
    'C:\\windows\\a.ts',
    'command:workbench.action/a.ts',
    'e.g. this, v1.2 and 3.5:1',
    'a.ts:0',
    'user@host.com',
  ];
  for (const text of never) {
    it(`finds none in ${text}`, () => assert.deepEqual(placesIn(text), []));
  }

  it('loses and adds no text', () => {
    const word = fc.constantFrom('src/a.ts:1', 'b.ts', ' ', '/', '..', ':', 'x', '`', '%', '\n');
    fc.assert(
      fc.property(fc.array(word), fc.constantFrom('prose' as const, 'code' as const), (words, where) => {
        const text = words.join('');
        assert.equal(
          splitPlaces(text, where)
            .map((part) => part.text)
            .join(''),
          text,
        );
      }),
    );
  });
});

describe('hrefToPlace', () => {
  it('takes relative paths, with a line after a colon or as GitHub writes it', () => {
    assert.deepEqual(hrefToPlace('src/a.ts'), { path: 'src/a.ts' });
    assert.deepEqual(hrefToPlace('src/a.ts:7'), { path: 'src/a.ts', line: 7 });
    assert.deepEqual(hrefToPlace('src/a.ts#L7'), { path: 'src/a.ts', line: 7 });
  });

  for (const href of [
    'https://x.example/a.ts',
    'javascript:alert(1).ts',
    'command:x.ts',
    '/a.ts',
    '../a.ts',
    'a.ts?x',
    '//host/a.ts',
    'src',
    '',
  ]) {
    it(`takes nothing else, such as ${JSON.stringify(href)}`, () => assert.equal(hrefToPlace(href), undefined));
  }
});
