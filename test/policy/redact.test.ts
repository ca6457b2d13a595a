import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createRedactor, hasNewMark } from '../../src/policy/redact.ts';
import { isSecretVariable, secretsIn, secretsOfFile } from '../../src/policy/secretNames.ts';
import { examples } from '../support/examples.ts';

const key = 'canary/5f1c+"9a7e=';
const letters = (count: number) => 'aB3'.repeat(count).slice(0, count);
// Put together here, so that nobody's scanner takes this file for a leak.
const shaped: readonly (readonly [name: string, text: string])[] = [
  ['Anthropic key', `sk-ant-${letters(40)}`],
  ['API key', `sk-proj-${letters(48)}`],
  ['GitHub token', `ghp_${letters(36)}`],
  ['GitHub token', `github_pat_${letters(60)}`],
  ['GitLab token', `glpat-${letters(20)}`],
  ['Slack token', `xoxb-${letters(24)}`],
  ['AWS key', `AKIA${'A1'.repeat(8)}`],
  ['Google key', `AIza${letters(35)}`],
  ['npm token', `npm_${letters(36)}`],
  ['Stripe key', `sk_live_${letters(24)}`],
  ['web token', `eyJ${letters(20)}.eyJ${letters(20)}.${letters(20)}`],
  ['private key', `-----BEGIN OPENSSH PRIVATE KEY-----\n${letters(60)}\n-----END OPENSSH PRIVATE KEY-----`],
];

describe('SEC-03, SEC-05: secrets in texts', () => {
  for (const [name, text] of shaped) {
    it(`are known by the shape of a ${name}: ${text.slice(0, 12)}`, () => {
      assert.equal(createRedactor().redact(`before ${text} after`), `before ⟨secret ${name}⟩ after`);
    });
  }

  it('go where a program prints its environment, a header or an address with a password', () => {
    const { redact } = createRedactor();
    assert.equal(redact('DEPLOY_TOKEN=abcdef123456xyz\nHOME=/home/x'), 'DEPLOY_TOKEN=⟨secret variable⟩\nHOME=/home/x');
    assert.equal(redact('Authorization: Bearer abcdefgh12345678'), 'Authorization: Bearer ⟨secret authorization⟩');
    assert.equal(
      redact('origin https://me:hunter22@example.org/a.git'),
      'origin https://me:⟨secret password in an address⟩@example.org/a.git',
    );
  });

  it('leave code and prose alone', () => {
    const { redact } = createRedactor([
      { name: 'SHORT_KEY', value: 'abc' },
      { name: 'PATH_KEY', value: '/usr/local/share/keys' },
      { name: 'ON_KEY', value: 'production' },
    ]);
    for (const text of [
      'const API_KEY = process.env.API_KEY2;',
      'API_KEY=process.env.API_KEY2',
      'the task-force and a disk-drive',
      'https://example.org/a:b@c',
      'token: string;',
      'abc in /usr/local/share/keys for production',
      'git@github.com:a/b.git',
      'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
    ]) {
      assert.equal(redact(text), text);
    }
  });

  it('go by value in every form a program prints, the longer first', () => {
    const { redact, learn } = createRedactor([{ name: 'SHORTER', value: 'canary/5f1c' }]);
    learn([{ name: 'MY_KEY', value: key }]);
    for (const text of [key, JSON.stringify({ key }), encodeURIComponent(key), btoa(key), btoa(`user:${key}`), btoa(`ab${key}cd`)]) {
      const result = redact(`x ${text} y`);
      assert.match(result, /⟨secret MY_KEY⟩/, text);
      assert.doesNotMatch(result, /5f1c|NWYxY|VmMW|1ZjFj/, text);
    }
    assert.equal(redact('a canary/5f1c b'), 'a ⟨secret SHORTER⟩ b');
  });

  it('are gone from any text, and what is left stays so', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string({ minLength: 8, unit: 'binary-ascii' }), (before, after, value) => {
        const { redact } = createRedactor([{ name: 'K', value: `Q9${value}` }]);
        const once = redact(`${before}Q9${value}${after}`);
        assert.ok(!once.includes(`Q9${value}`));
        assert.equal(redact(once), once);
      }),
      examples(300),
    );
  });

  it('take time in proportion to the text', () => {
    const { redact } = createRedactor(
      Array.from({ length: 50 }, (_, index) => ({ name: `K${index}`, value: `value-${index}-${letters(12)}` })),
    );
    for (const text of ['a', '-', '://', 'KEY=', 'eyJ', 'A_KEY=aaaaaaaaaaaa', ':a@', 'sk-', '-----BEGIN PRIVATE KEY-----']) {
      const long = text.repeat(200_000 / text.length);
      assert.ok(redact(long).length > 0);
    }
  }).timeout(5000);

  it('are not written by a mark in their place', () => {
    assert.equal(hasNewMark('K=⟨secret K⟩', 'K=canary'), true);
    assert.equal(hasNewMark('about ⟨secret K⟩', 'about ⟨secret K⟩ here'), false);
    assert.equal(hasNewMark('plain ⟨U+200B⟩', ''), false);
  });
});

describe('SEC-02: variables that are secrets by their names', () => {
  it('finds variables by their names', () => {
    for (const name of [
      'API_KEY',
      'ANTHROPIC_API_KEY',
      'GITHUB_TOKEN',
      'dbPassword',
      'client-secret',
      'AWS_SECRET_ACCESS_KEY',
      'SENTRY_DSN',
      'NPM_AUTH',
    ]) {
      assert.equal(isSecretVariable(name), true, name);
    }
    for (const name of ['PATH', 'PWD', 'HOME', 'SSH_AUTH_SOCK', 'KEYBOARD', 'MONKEY', 'AUTHOR', 'COMPASS', 'LANG']) {
      assert.equal(isSecretVariable(name), false, name);
    }
    assert.deepEqual(secretsIn({ PATH: '/bin', MY_TOKEN: 'x1', OTHER: undefined }), [{ name: 'MY_TOKEN', value: 'x1' }]);
  });

  it('reads the values of a file as .env is written', () => {
    const text = 'PORT=80\nexport API_KEY="a b#c" # note\nDB_PASSWORD=\'it is\'\nTOKEN=plain # note\nEMPTY_KEY=\n# OLD_KEY=gone\n';
    assert.deepEqual(secretsOfFile(text), [
      { name: 'API_KEY', value: 'a b#c' },
      { name: 'DB_PASSWORD', value: 'it is' },
      { name: 'TOKEN', value: 'plain' },
    ]);
  });
});
