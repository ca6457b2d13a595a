import * as assert from 'node:assert/strict';
import type { Ask } from '../../src/core/events.ts';
import type { Rights } from '../../src/orchestrator/ports.ts';
import { createRights, type RightsSettings } from '../../src/policy/rights.ts';

const open: RightsSettings = { writes: 'allow', commands: 'allowListed', allowedCommands: ['npm test', 'make\tall', 'npm\u200b run', ''] };
const command = (text: string): Ask => ({ kind: 'command', title: 'Run', command: text, folder: '.' });
const write = (path: string): Ask => ({ kind: 'write', title: 'Edit', path, diff: '' });

function decide(settings: RightsSettings, ask: Ask): string {
  const rights: Rights = createRights(settings);
  return rights(ask).kind;
}

describe('rights', () => {
  it('asks about everything by default', () => {
    const closed: RightsSettings = { writes: 'ask', commands: 'ask', allowedCommands: ['npm test'] };
    assert.equal(decide(closed, command('npm test')), 'ask');
    assert.equal(decide(closed, write('src/a.ts')), 'ask');
  });

  it('allows a write where the setting does, but never to a protected path', () => {
    assert.equal(decide(open, write('src/a.ts')), 'allow');
    assert.equal(decide(open, write('.vscode/tasks.json')), 'ask');
    assert.equal(decide({ ...open, writes: 'ask' }, write('src/a.ts')), 'ask');
    assert.equal(decide(open, write('src/a\u202e.ts')), 'ask');
  });

  it('asks about files that decide what a listed command does, while commands run without asking', () => {
    for (const path of [
      'package.json',
      'app/Makefile',
      'sub/GNUmakefile',
      'build.rs',
      'a/build.gradle.kts',
      'x/App.csproj',
      'pyproject.toml',
      'package-lock.json',
    ]) {
      assert.equal(decide(open, write(path)), 'ask', path);
      assert.equal(decide({ ...open, commands: 'ask' }, write(path)), 'allow', path);
      assert.equal(decide({ ...open, allowedCommands: [] }, write(path)), 'allow', path);
    }
    assert.equal(decide(open, write('src/makefileParser.ts')), 'allow');
    assert.equal(decide(open, write('package.json.md')), 'allow');
  });

  it('allows a command only when the whole text is listed', () => {
    assert.equal(decide(open, command('npm test')), 'allow');
    for (const text of [
      'npm test ',
      ' npm test',
      'npm  test',
      'npm test; id',
      'npm test\nid',
      'NPM test',
      'npm',
      'npm test -- x',
      'toString',
      '__proto__',
    ]) {
      assert.equal(decide(open, command(text)), 'ask', text);
    }
    assert.equal(decide({ ...open, commands: 'ask' }, command('npm test')), 'ask');
  });

  it('asks about hidden characters even when that very text is listed', () => {
    assert.equal(decide(open, command('make\tall')), 'ask');
    assert.equal(decide(open, command('npm\u200b run')), 'ask');
  });

  it('leaves a question to the person', () => {
    assert.equal(decide(open, { kind: 'question', title: 'Which?', options: [] }), 'ask');
  });
});
