import * as assert from 'node:assert/strict';
import type { Ask, CommandRoute } from '../../src/core/events.ts';
import { allRights } from '../../src/core/rights.ts';
import { createRights, type Mode, modes, type Policy, rightsOfMode, type Standing, stricter } from '../../src/policy/rights.ts';

const policy: Policy = {
  mode: 'editFreely',
  allowedCommands: ['npm test', 'make\tall', 'npm\u200b run', ''],
  denyWrites: [],
  denyCommands: [],
};
const standing: Standing = { rights: allRights, granted: false, tainted: false };
const command = (text: string, route: CommandRoute = 'shell'): Ask => ({
  kind: 'command',
  title: 'Run',
  command: text,
  folder: '.',
  route,
});
const write = (path: string): Ask => ({ kind: 'write', title: 'Edit', path, diff: '' });

function decide(changes: Partial<Policy>, ask: Ask, whose: Partial<Standing> = {}): string {
  return createRights({ ...policy, ...changes })(ask, { ...standing, ...whose }).kind;
}

describe('rights', () => {
  it('decide by the mode about writes, and about commands by how they run', () => {
    const table = (mode: Mode) => {
      const none = { mode, allowedCommands: [] };
      return [
        decide(none, write('src/a.ts')),
        ...(['direct', 'sandboxed', 'shell'] as const).map((route) => decide(none, command('x', route))),
      ];
    };
    assert.deepEqual(Object.fromEntries(modes.map((mode) => [mode, table(mode).join(' ')])), {
      readOnly: 'deny allow deny deny',
      ask: 'ask allow ask ask',
      editFreely: 'allow allow ask ask',
      autonomous: 'allow allow allow ask',
    });
  });

  it('never allow a protected path or one with hidden characters', () => {
    for (const mode of ['editFreely', 'autonomous'] as const) {
      assert.equal(decide({ mode }, write('.vscode/tasks.json')), 'ask');
      assert.equal(decide({ mode }, write('src/a\u202e.ts')), 'ask');
    }
  });

  it('ask about files that decide what a listed command does, while there are such commands', () => {
    for (const path of [
      'package.json',
      'app/Makefile',
      'sub/GNUmakefile',
      'build.rs',
      'a/build.gradle.kts',
      'x/App.csproj',
      'pyproject.toml',
    ]) {
      assert.equal(decide({}, write(path)), 'ask', path);
      assert.equal(decide({ allowedCommands: [] }, write(path)), 'allow', path);
    }
    assert.equal(decide({}, write('src/makefileParser.ts')), 'allow');
    assert.equal(decide({}, write('package.json.md')), 'allow');
  });

  it('allow a listed command only when the whole text is listed', () => {
    assert.equal(decide({}, command('npm test')), 'allow');
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
      assert.equal(decide({}, command(text)), 'ask', text);
    }
  });

  it('ask about hidden characters even when that very text is listed, granted or proven', () => {
    assert.equal(decide({}, command('make\tall')), 'ask');
    assert.equal(decide({}, command('npm\u200b run'), { granted: true }), 'ask');
    assert.equal(decide({}, command('ls \u200b', 'direct')), 'ask');
  });

  it('trust neither list nor earlier yes in a run that changed what commands do, but for the sandbox', () => {
    assert.equal(decide({}, command('npm test'), { tainted: true }), 'ask');
    assert.equal(decide({}, command('x'), { granted: true }), 'allow');
    assert.equal(decide({}, command('x'), { granted: true, tainted: true }), 'ask');
    assert.equal(decide({}, command('x', 'sandboxed'), { granted: true, tainted: true }), 'allow');
  });

  it('leave a question to the person', () => {
    assert.equal(decide({ mode: 'readOnly' }, { kind: 'question', title: 'Which?', options: [] }), 'ask');
  });

  it('deny what a rule denies, whatever else allows it', () => {
    const rules = { mode: 'autonomous', denyWrites: ['migrations/**', '*.lock'], denyCommands: ['docker', 'npm run deploy'] } as const;
    for (const path of ['migrations/a/1.sql', 'Migrations/2.sql', 'x.lock']) {
      assert.equal(decide(rules, write(path)), 'deny', path);
    }
    assert.equal(decide(rules, write('src/migrations.ts')), 'allow');
    for (const text of ['docker ps', '/usr/bin/docker ps', 'echo $(docker ps)', 'x;docker', 'DOCKER ps', 'npm run deploy']) {
      assert.equal(decide({ ...rules, allowedCommands: [text] }, command(text, 'direct'), { granted: true }), 'deny', text);
    }
    assert.equal(decide(rules, command('docker-compose ps', 'sandboxed')), 'allow');
    assert.equal(decide(rules, command('npm run deploy-docs', 'sandboxed')), 'allow');
  });

  it('deny what the agent has no right to, and say what to do instead', () => {
    const inSrc = { rights: { ...allRights, writes: ['src'] } };
    assert.equal(decide({}, write('src/a.ts'), inSrc), 'allow');
    assert.equal(decide({}, write('srcs/a.ts'), inSrc), 'deny');
    const reader = { rights: { ...allRights, commands: ['direct'] as const satisfies CommandRoute[], writes: [] } };
    assert.equal(decide({}, command('cat a', 'direct'), { rights: { ...reader.rights, commands: ['direct'] } }), 'allow');
    const denied = createRights({ ...policy, allowedCommands: ['npm test'] })(command('npm test'), {
      ...standing,
      rights: { ...reader.rights, commands: ['direct'] },
    });
    assert.ok(denied.kind === 'deny' && /tools for reading/.test(denied.reason));
  });

  it('are made stricter by a workspace, never looser', () => {
    for (const person of modes) {
      for (const mode of modes) {
        const both = stricter({ ...policy, mode: person, denyWrites: ['a'] }, { mode, denyWrites: ['b'], denyCommands: ['c'] });
        assert.equal(both.mode, modes[Math.min(modes.indexOf(person), modes.indexOf(mode))]);
        assert.deepEqual([both.denyWrites, both.denyCommands], [['a', 'b'], ['c']]);
      }
    }
  });

  it('leave an agent of a read-only run nothing but reading', () => {
    const rights = rightsOfMode('readOnly');
    assert.equal(decide({ mode: 'autonomous' }, write('a'), { rights }), 'deny');
    assert.equal(decide({ mode: 'autonomous' }, command('x', 'sandboxed'), { rights }), 'deny');
  });
});
