import assert from 'node:assert/strict';
import { h } from 'preact';
import { Markdown, PlainText } from '../../../webview/text/markdown.tsx';
import { payloads } from '../../e2e/support/payloads.ts';
import { renderFake, type Rendered } from '../../support/fakeDom.ts';

/* What a model wrote, through the renderer that the timeline uses: whatever it is, only these elements come of it, with these attributes. */

const attribute = {
  class: /^(?:plain|markdown|code|table|link|dim|place|heading heading-[123]|codicon codicon-(?:check|circle-large-outline))$/,
  number: /^\d+$/,
};
const allowed: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  div: { class: attribute.class, role: /^heading$/, 'aria-level': attribute.number },
  span: { class: attribute.class, 'aria-label': /^(?:done|open)$/ },
  pre: { class: attribute.class },
  ol: { start: attribute.number },
  // Opens a file of the workspace: never an address.
  button: { type: /^button$/, class: /^place$/, title: /^Open (?![a-z][a-z0-9+.-]+:(?!\d)|[/\\]{2})[^\n]+$/i },
  ...Object.fromEntries(
    ['p', 'hr', 'br', 'blockquote', 'ul', 'li', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'strong', 'em', 's', 'code'].map((name) => [
      name,
      {},
    ]),
  ),
};

const addresses = [
  'javascript:window.hacked=1',
  'JaVaScRiPt&colon;window.hacked=1',
  ' java\nscript:window.hacked=1',
  'data:text/html,<script>window.hacked=1</script>',
  'vbscript:msgbox(1)',
  'command:workbench.action.terminal.new',
  'vscode://extension/x',
  'vscode-resource://x/y.svg',
  'file:///etc/passwd',
  'https://evil.example/?leak=1',
  '//evil.example/x.png',
  '\\\\evil.example\\share',
  'x" onclick="window.hacked=1',
];
const vectors = [
  ...payloads,
  ...addresses.flatMap((address) => [
    `<a href="${address}">x</a>`,
    `[x](${address})`,
    `[x](<${address}> "t")`,
    `![x](${address})`,
    `<${address}>`,
  ]),
  '<details open ontoggle=window.hacked=1>',
  '<body onload=window.hacked=1>',
  '<input autofocus onfocus=window.hacked=1>',
  '<form action=https://evil.example><button>x</button></form>',
  '<template><script>window.hacked=1</script></template>',
  '<svg><animate onbegin=window.hacked=1 attributeName=x></svg>',
  '<svg><use href="data:image/svg+xml,<svg id=x onload=window.hacked=1/>#x"/></svg>',
  '<video><source onerror=window.hacked=1></video>',
  '<meta http-equiv=refresh content="0;url=https://evil.example">',
  '&lt;script&gt;window.hacked=1&lt;/script&gt; &#60;img src=x onerror=window.hacked=1&#62;',
  '<!--><img src=x onerror=window.hacked=1>-->',
  '<![CDATA[<img src=x onerror=window.hacked=1>]]>',
  '<?xml version="1.0"?><x xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="javascript:1"/>',
  '```html onload=1" class="x\n<img src=x onerror=window.hacked=1>\n```',
  '[x]: javascript:window.hacked=1 "t"\n\n[x] [x][] ![x]',
  '<button class="place" title="Open x" onclick="window.hacked=1">src/a.ts:1</button>',
];
const places: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => `# ${text}`,
  (text) => `- [x] ${text}\n- ${text}`,
  (text) => `> ${text}`,
  (text) => `| ${text} |\n|---|\n| ${text} |`,
  (text) => `**${text}** _${text}_ ~~${text}~~ \`${text}\``,
  (text) => `[${text}](src/a.ts#L1) ![${text}](a.png)`,
  (text) => `src/a.ts:1 ${text} [b](${text})`,
];

/** What is not allowed among the elements. */
function wrong(elements: readonly Rendered[]): readonly string[] {
  return elements.flatMap(({ name, attributes, listeners }) => {
    const rules = Object.hasOwn(allowed, name) ? allowed[name] : undefined;
    return [
      ...(rules === undefined ? [`<${name}>`] : []),
      ...attributes.flatMap((one) =>
        rules !== undefined && Object.hasOwn(rules, one.name) && rules[one.name]?.test(one.value)
          ? []
          : [`${name} ${one.name}="${one.value}"`],
      ),
      ...listeners.flatMap((event) => (name === 'button' && event === 'click' ? [] : [`${name} on ${event}`])),
    ];
  });
}

describe('what a model wrote, as it is shown', () => {
  const openPlace = () => undefined;

  it('WEB-01, WEB-02, WEB-03: is text in known elements, whatever it is made of and wherever it stands', () => {
    const texts = vectors.flatMap((vector) => places.map((place) => place(vector)));
    assert.ok(texts.length >= 500, `${texts.length} payloads`);
    let elements = 0;
    for (const text of texts) {
      for (const view of [Markdown, PlainText]) {
        const shown = renderFake(h(view, { text, openPlace }));
        assert.deepEqual(wrong(shown.elements), [], text);
        elements += shown.elements.length;
      }
    }
    assert.ok(elements > texts.length, 'there were elements to look at');
  });

  it('WEB-01: would be found out with an element or attribute too many', () => {
    for (const child of [
      h('img', { src: 'x' }),
      h('a', { href: 'https://evil.example' }),
      h('p', { onClick: openPlace }),
      h('span', { id: 'x' }),
      h('div', { dangerouslySetInnerHTML: { __html: '<b>' } }),
      h('button', { type: 'button', class: 'place', title: 'Open javascript:alert(1)' }),
    ]) {
      assert.notDeepEqual(wrong(renderFake(child).elements), []);
    }
  });

  it('keeps what was written readable: marks become elements, tags stay text', () => {
    const shown = renderFake(h(Markdown, { text: '# Title\n\nSee **src/a.ts:12** and <b>this</b>.', openPlace }));
    assert.deepEqual(
      shown.elements.map(({ name }) => name),
      ['div', 'div', 'p', 'strong', 'button'],
    );
    assert.equal(shown.text, 'TitleSee src/a.ts:12 and <b>this</b>.');
  });
});
