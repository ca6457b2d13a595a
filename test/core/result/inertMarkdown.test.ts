import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { examples } from '../../support/examples.ts';
import { marked } from 'marked';
import { asCode, inertLine, inertText } from '../../../src/core/result/inertMarkdown.ts';

/** The tags of a rendered text. */
function tagsOf(markdown: string): readonly string[] {
  const html = marked.parse(markdown, { async: false, gfm: true });
  return [...html.matchAll(/<\/?([a-z0-9]+)/gi)].map((match) => (match[1] ?? '').toLowerCase());
}

const harmless = new Set(['p', 'ul', 'ol', 'li', 'code', 'pre', 'strong', 'br']);

function assertInert(text: string): void {
  for (const markdown of [inertText(text), inertLine(text), `- ${inertLine(text)}`, `- ${asCode(text)} x`]) {
    const bad = tagsOf(markdown).filter((tag) => !harmless.has(tag));
    assert.deepEqual(bad, [], `${JSON.stringify(text)} became ${JSON.stringify(markdown)}`);
  }
}

const hostile = [
  '[here](command:flotilla.killAll)',
  '![x](https://evil.example/?leak=1)',
  '<img src=x onerror=alert(1)>',
  '<a href="command:workbench.action.terminal.new">now</a>',
  'See https://evil.example/a or www.evil.example or me@evil.example or mailto:me@evil.example or //evil.example',
  '[ref]\n\n[ref]: https://evil.example',
  '<https://evil.example>',
  '`code`](https://evil.example) [`',
  '``` \n[x](y)\n````\n<b>',
  '> quote\n# Title\n---\n| a | b |\n|---|---|\n| [x](y) | <i> |',
  '\\[x](https://evil.example)',
  '&lt;b&gt; &#60;b&#62;',
  '*a* _b_ **c** ~~d~~ $x$ $$y$$ [^1] {#id}',
  'Text\n===\nText\n---',
  '[here](command:flotilla.killAll)``` \n[x](y)\n````\n<b>```',
  '````code`](https://evil.example) [``code`](https://evil.example) [`',
  '# \n!',
];

describe('inert Markdown', () => {
  for (const text of hostile) {
    it(`leaves nothing alive in ${JSON.stringify(text)}`, () => assertInert(text));
  }

  it('leaves nothing alive in any mixture of these and of marks', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...hostile,
        '[',
        ']',
        '(',
        ')',
        '`',
        '``',
        '```',
        '~~~',
        '\n',
        '\n\n',
        '    ',
        '\t',
        '<',
        '>',
        '!',
        '\\',
        ':',
        '//',
        '- ',
        '1. ',
        '# ',
        '|',
        '&',
      ),
      fc.string({ maxLength: 6 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => assertInert(pieces.join(''))),
      examples(1000),
    );
  });

  it('keeps paragraphs, lists, code and line feeds', () => {
    const text = 'First line\nsecond line\n\n## Found\n- one `a_b` in src/a.ts:12\n- two\n  1) deep\n\n```ts\nconst x = "<b>";\n```';
    const html = marked.parse(inertText(text), { async: false });
    assert.match(html, /<p>First line<br>second line<\/p>/);
    assert.match(html, /<strong>Found<\/strong>/);
    assert.match(html, /<li>one <code>a_b<\/code> in <code>src\/a\.ts:12<\/code><\/li>/);
    assert.match(html, /<pre><code>const x = &quot;&lt;b&gt;&quot;;\n<\/code><\/pre>/);
  });

  it('leaves the full stop after a place to the sentence', () => {
    assert.equal(
      inertLine('First to look at: src/a.js:1. Then src/b.js:2, or www.a.b?'),
      'First to look at: `src/a.js:1`. Then `src/b.js:2`, or `www.a.b`?',
    );
  });

  it('shows escaped text as it was written', () => {
    const text = 'a * b_c [d] <e> $f & g | h';
    const html = marked.parse(inertLine(text), { async: false });
    assert.equal(html.trim(), '<p>a * b_c [d] &lt;e&gt; $f &amp; g | h</p>');
  });

  it('loses nothing of a very long line, and comes to an end with it', () => {
    const long = '`'.repeat(3) + 'x`y``'.repeat(20_000) + ':'.repeat(50_000);
    assert.ok(inertText(long).length >= long.length);
  });
});
