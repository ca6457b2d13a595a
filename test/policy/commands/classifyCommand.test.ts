import * as assert from 'node:assert/strict';
import { classifyCommand } from '../../../src/policy/commands/classifyCommand.ts';
import { attacks } from './corpus/attacks.ts';
import { denied, notDenied } from './corpus/denied.ts';

describe('classifyCommand', () => {
  for (const text of denied) {
    it(`denies ${JSON.stringify(text)} with a reason`, () => {
      const found = classifyCommand(text);
      assert.equal(found.kind, 'denied');
      assert.match(found.kind === 'denied' ? found.reason : '', /^This is not run: \w.*\.$/);
    });
  }

  it('denies nothing for words that are only mentioned', () => {
    assert.deepEqual(
      notDenied.filter((text) => classifyCommand(text).kind === 'denied'),
      [],
    );
  });

  it('says of a direct line which paths it uses and how', () => {
    const found = classifyCommand("cd src && grep -rn --exclude-dir=.git 'a b' lib 2>/dev/null | head -5; ls || cat x - > /dev/null");
    const use = { kind: 'search', skipHidden: false, skipFolders: ['.git'] };
    assert.deepEqual(found, {
      kind: 'direct',
      line: {
        cd: 'src',
        steps: [
          {
            join: ';',
            pipeline: [
              { program: 'grep', args: ['-rn', '--exclude-dir=.git', 'a b', 'lib'], paths: [{ text: 'lib', use }], stderr: 'discard' },
              { program: 'head', args: ['-5'], paths: [] },
            ],
          },
          { join: ';', pipeline: [{ program: 'ls', args: [], paths: [{ text: '.', use: { kind: 'look' } }] }] },
          {
            join: '||',
            pipeline: [{ program: 'cat', args: ['x', '-'], paths: [{ text: 'x', use: { kind: 'read' } }], stdout: 'discard' }],
          },
        ],
      },
    });
  });

  it('SH-09: takes a change of folder only first, alone and before &&', () => {
    for (const text of [
      'cd a; ls',
      'cd a || ls',
      'ls && cd a',
      'cd a && cd b && ls',
      'cd a | ls',
      'cd a',
      'cd && ls',
      'cd - && ls',
      'cd a b && ls',
      'cd a >/dev/null && ls',
      'cd "" && ls',
    ]) {
      assert.equal(classifyCommand(text).kind, 'unproven', text);
    }
    assert.equal(classifyCommand('cd a/b && ls; pwd || cat x').kind, 'direct');
  });

  it('SH-01: proves nothing of the attacks that their text alone gives away', () => {
    // Of secrets and endless files only the disk knows; the gate looks there.
    const given = ['runs code', 'writes outside', 'writes protected', 'uses the network'] as const;
    assert.deepEqual(
      given.flatMap((kind) => attacks[kind]).filter((text) => classifyCommand(text).kind === 'direct'),
      [],
    );
  });
});
