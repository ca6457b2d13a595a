import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createRedactor, type Redactor } from '../../src/policy/redact.ts';
import { examples } from '../support/examples.ts';

/*
 * Text that is still being written: what is shown of it must need no taking back, whatever comes after.
 */

const letters = (count: number) => 'aB3'.repeat(count).slice(0, count);
const known = ['canary/5f1c+"9a7e=', 'canary/5f1c', 'pässword over\ntwo lines', 'zzTop-zzTop-zz9'];
const knownSecrets = known.map((value, index) => ({ name: `K${index}`, value }));
const tokens = [
  `sk-ant-${letters(40)}`,
  `sk-proj-${letters(48)}`,
  `ghp_${letters(36)}`,
  `github_pat_${letters(60)}`,
  `glpat-${letters(20)}`,
  `xoxb-${letters(24)}`,
  `AKIA${'A1'.repeat(8)}`,
  `AIza${letters(35)}`,
  `ya29.${letters(30)}`,
  `npm_${letters(36)}`,
  `pypi-${letters(60)}`,
  `hf_${letters(34)}`,
  `sk_live_${letters(24)}`,
  `SG.${letters(22)}.${letters(43)}`,
  `eyJ${letters(20)}.eyJ${letters(20)}.${letters(20)}`,
  `-----BEGIN OPENSSH PRIVATE KEY-----\n${letters(60)}\n-----END OPENSSH PRIVATE KEY-----`,
];
const inContext: readonly (readonly [before: string, secret: string, after: string])[] = [
  ['Authorization: Bearer ', letters(30), '\n'],
  ['DEPLOY_TOKEN="', letters(24), '"'],
  ['DEPLOY_KEY=', `${letters(8)}+/${letters(8)}=`, '\n'],
  ['git clone https://me:', 'hunter22-hunter22', '@example.org/x.git'],
];
const secrets = [...known, JSON.stringify(known[0]), encodeURIComponent(known[0] ?? ''), btoa(`ab${known[0]}cd`), ...tokens];
const secret = fc.constantFrom(...secrets, ...inContext.map((parts) => parts.join('')));
const partOfSecret = fc
  .tuple(secret, fc.nat(), fc.nat())
  .map(([text, a, b]) => text.slice(Math.min(a, b) % text.length, Math.max(a, b) % text.length));
const glue = fc.constantFrom(
  '',
  ' ',
  '\n',
  '"',
  '=',
  ':',
  '.',
  '-',
  '--',
  '@',
  '/',
  'x',
  '1',
  'KEY=',
  'MY_TOKEN="',
  '://',
  'sk',
  'https://a:',
  '⟨',
);
const piece = fc.oneof(secret, partOfSecret, glue, glue, fc.string());
const anyText = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''));

/** All that a view is sent, when a text comes in pieces that end at these places. */
function sent({ growing }: Redactor, text: string, cuts: readonly number[]): readonly string[] {
  return [...cuts.map((cut) => cut % (text.length + 1)), text.length].map((cut) => growing(text.slice(0, cut)).shown);
}

describe('SEC-05: secrets in text that is still being written', () => {
  it('never show eight characters of their beginning, wherever the text is cut', () => {
    const redactor = createRedactor(knownSecrets);
    const cases = [...secrets.map((value) => ['say ', value, ' now'] as const), ...inContext];
    for (const [before, value, after] of cases) {
      const text = `${before}${value}${after}`;
      for (let cut = 0; cut <= text.length; cut++) {
        const { shown, held } = redactor.growing(text.slice(0, cut));
        for (let from = 0; from + 8 <= value.length; from++) {
          assert.ok(!shown.includes(value.slice(from, from + 8)), `${text.slice(0, cut)} shows ${shown}`);
        }
        assert.ok(shown.startsWith(before.slice(0, cut)) || before.startsWith(shown + held), shown);
      }
      assert.equal(redactor.growing(`${text} and more.`).shown, redactor.redact(`${text} and more.`));
    }
  });

  it('are never shown in part, and what was shown stays, in random pieces of any text', () => {
    const redactor = createRedactor(knownSecrets);
    fc.assert(
      fc.property(anyText, fc.array(fc.nat(), { maxLength: 20 }), (text, cuts) => {
        // Two secrets that overlap are called by one of them, which may be the later one.
        const unnamed = (marked: string) => marked.replaceAll(/⟨secret [^⟨⟩]*⟩/g, '\u{e000}');
        const whole = unnamed(redactor.redact(text));
        for (const shown of sent(redactor, text, cuts).map(unnamed)) {
          // Three characters are no beginning of a value that is known.
          assert.ok(whole.startsWith(shown) || whole.startsWith(shown.slice(0, -3)), JSON.stringify({ shown, whole }));
        }
      }),
      examples(3000),
    );
  });

  it('hold back nothing but the end that may be one, and nothing once it is none', () => {
    const { growing } = createRedactor(knownSecrets);
    for (const [text, held] of [
      ['plain prose', ''],
      ['a canary', 'canary'],
      ['see can', ''],
      ['see cana', 'cana'],
      ['see canal boats', ''],
      ['run sk-', 'sk-'],
      ['run sk-learn ', ''],
      ['a task-force', ''],
      ['http://localhost:30', '30'],
      ['http://localhost:3000/', ''],
      ['KEY=abc', 'abc'],
      ['KEY=abc ', ''],
      ['- a list', ''],
      ['-----BEGIN CERTIFICATE-----\nabc', ''],
    ] as const) {
      assert.equal(growing(text).held, held, text);
      assert.equal(growing(text).shown + growing(text).held, text);
    }
  });

  it('take time in proportion to the text', () => {
    const { growing } = createRedactor(knownSecrets);
    for (const text of [
      'a',
      '-',
      '://',
      'KEY=',
      'eyJ',
      'A_KEY=aaaaaaaaaaaa',
      ':a@',
      'sk-',
      'http://a:',
      'canary',
      '-----BEGIN PRIVATE KEY-----',
    ]) {
      const long = `${text.repeat(200_000 / text.length)}!`;
      const { shown, held } = growing(long);
      assert.ok(shown.length + held.length > 0);
    }
  }).timeout(5000);
});
