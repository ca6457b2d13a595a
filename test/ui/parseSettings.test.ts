import * as assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parseSettings, usesAnthropic } from '../../src/ui/parseSettings.ts';

interface Manifest {
  readonly contributes: { readonly configuration: { readonly properties: Readonly<Record<string, { default: unknown; scope: string }>> } };
}
const manifest: Manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const declared = manifest.contributes.configuration.properties;

const parse = (values: Readonly<Record<string, unknown>>) => parseSettings((name) => values[name] ?? declared[`flotilla.${name}`]?.default);

describe('settings', () => {
  it('read every declared default without complaint, and no other setting', () => {
    const asked = new Set<string>();
    const { problems } = parseSettings((name) => {
      asked.add(`flotilla.${name}`);
      return declared[`flotilla.${name}`]?.default;
    });
    assert.deepEqual(problems, []);
    assert.deepEqual([...asked].sort(), Object.keys(declared).sort());
  });

  it('mean the same without the manifest as with it', () => {
    assert.deepEqual(parseSettings(() => undefined).settings, parse({}).settings);
  });

  it('choose the practice model only when nothing better is there or the person wants it', () => {
    const uses = (values: Readonly<Record<string, unknown>>, hasKey: boolean) => usesAnthropic(parse(values).settings, hasKey);
    assert.equal(uses({}, false), false);
    assert.equal(uses({}, true), true);
    assert.equal(uses({ 'anthropic.baseUrl': 'http://localhost:1234' }, false), true);
    assert.equal(uses({ provider: 'anthropic' }, false), true);
    assert.equal(uses({ provider: 'practice', 'anthropic.baseUrl': 'http://localhost:1234' }, true), false);
  });

  it('can be set by no workspace, and by no container that comes with one, but for what only makes rules stricter', () => {
    const open = Object.entries(declared).filter(([, { scope }]) => scope !== 'application');
    assert.deepEqual(
      open.map(([name]) => name),
      ['flotilla.workspace.mode', 'flotilla.workspace.denyWrites', 'flotilla.workspace.denyCommands'],
    );
  });

  it('of a workspace never let agents do more than the person does', () => {
    const personModes = ['readOnly', 'ask', 'editFreely', 'autonomous'] as const;
    for (const [index, person] of personModes.entries()) {
      for (const wish of [undefined, 'person', 'readOnly', 'ask', 'editFreely', 'autonomous', 7]) {
        const { mode } = parse({ 'approvals.mode': person, 'workspace.mode': wish }).settings.policy;
        assert.ok(personModes.indexOf(mode) <= index, `${person} with ${String(wish)} is ${mode}`);
      }
    }
  });

  it('take what a person chose', () => {
    const { settings, problems } = parse({
      provider: 'anthropic',
      'anthropic.baseUrl': ' http://localhost:8080/gateway/ ',
      'models.scout': 'tiny',
      maxConcurrentAgents: 3,
      idleTimeoutSeconds: 30,
      'approvals.mode': 'autonomous',
      'approvals.denyWrites': ['migrations/**'],
      'workspace.mode': 'editFreely',
      'workspace.denyWrites': ['docs/**'],
      sandbox: 'required',
      sandboxDomains: ['*.example.test'],
      isolation: 'worktree',
      sharedFiles: 'refuse',
      'worktree.copy': ['.env.test'],
      'worktree.dependencies': 'none',
      'worktree.setup': 'npm ci',
      'approvals.allowedCommands': ['npm test'],
    });
    assert.deepEqual(problems, []);
    assert.equal(settings.provider, 'anthropic');
    assert.equal(settings.baseUrl, 'http://localhost:8080/gateway');
    assert.equal(settings.fleet.models.scout, 'tiny');
    assert.equal(settings.fleet.maxConcurrentAgents, 3);
    assert.equal(settings.fleet.idleTimeoutMs, 30_000);
    assert.equal(settings.fleet.sharedFiles, 'refuse');
    assert.deepEqual(settings.sandbox, { wish: 'required', domains: ['*.example.test'] });
    assert.deepEqual(settings.isolation, { isolation: 'worktree', copy: ['.env.test'], setup: ['npm ci'], dependencies: undefined });
    assert.deepEqual(settings.policy, {
      mode: 'editFreely',
      allowedCommands: ['npm test'],
      denyWrites: ['migrations/**', 'docs/**'],
      denyCommands: [],
    });
  });

  for (const [name, value, said] of [
    ['provider', 'openai', /flotilla\.provider must be one of "auto"/],
    ['maxConcurrentAgents', 0, /flotilla\.maxConcurrentAgents must be a whole number from 1 to 500; 8 is used/],
    ['maxConcurrentAgents', '8', /whole number/],
    ['maxDepth', 1.5, /whole number/],
    ['models.lead', 7, /flotilla\.models\.lead must be a name/],
    ['anthropic.baseUrl', 'not an address', /http or https address/],
    ['anthropic.baseUrl', 'file:///etc/passwd', /http or https address/],
    ['anthropic.baseUrl', 'https://me:secret@gateway.test', /user name or password is not used/],
    ['approvals.mode', true, /flotilla\.approvals\.mode must be one of/],
    ['sandbox', false, /flotilla\.sandbox must be one of "auto", "required", "off"; "auto" is used/],
    ['isolation', 'own', /flotilla\.isolation must be one of "shared", "worktree"; "shared" is used/],
    ['sharedFiles', 'lock', /flotilla\.sharedFiles must be one of "warn", "wait", "refuse"; "warn" is used/],
    ['approvals.allowedCommands', 'npm test', /list of texts/],
    ['approvals.allowedCommands', ['npm test', 5], /not texts are ignored/],
    ['prices', { m: { prices: [] } }, /Model prices for "m"/],
  ] as const) {
    it(`name and replace ${name} = ${JSON.stringify(value)}`, () => {
      const { settings, problems } = parse({ [name]: value });
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', said);
      assert.ok(!JSON.stringify([settings, problems]).includes('secret'));
      const harmless = name === 'approvals.allowedCommands' && Array.isArray(value) ? { [name]: ['npm test'] } : {};
      assert.deepEqual(settings, parse(harmless).settings);
    });
  }
});
