import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { createPathFacts } from '../../src/workspace/pathFacts.ts';
import { createWorkspacePaths } from '../../src/workspace/workspacePath.ts';
import { temporaryFolders, writeTree } from './temporaryFolder.ts';

describe('facts about paths', () => {
  const temporary = temporaryFolders();

  it('tell files, folders, what is missing and what is outside', async () => {
    const root = temporary();
    await writeTree(root, { 'src/a.ts': '', 'b/a.ts': '', 'node_modules/x/a.ts': '' });
    symlinkSync('/etc', path.join(root, 'out'));
    const { look } = createPathFacts(createWorkspacePaths(() => [{ name: 'w', path: root }]));
    const facts = await look(['.', 'src', 'src/a.ts', `${root}/src/a.ts`, 'src/new.ts', 'lib/a.ts', '../x', 'out/hostname']);
    assert.deepEqual(
      [...facts].map(([text, fact]) => [text === `${root}/src/a.ts` ? 'absolute' : text, 'why' in fact ? { kind: fact.kind } : fact]),
      [
        ['.', { kind: 'folder', path: '.' }],
        ['src', { kind: 'folder', path: 'src' }],
        ['src/a.ts', { kind: 'file', path: 'src/a.ts' }],
        ['absolute', { kind: 'file', path: 'src/a.ts' }],
        ['src/new.ts', { kind: 'missing', candidates: [], inFolder: true }],
        ['lib/a.ts', { kind: 'missing', candidates: ['b/a.ts', 'src/a.ts'], inFolder: false }],
        ['../x', { kind: 'outside' }],
        ['out/hostname', { kind: 'outside' }],
      ],
    );
  });

  it('name the folder where there are several', async () => {
    const [one, two] = [temporary(), temporary()];
    await writeTree(two, { 'a.ts': '' });
    const folders = [
      { name: 'one', path: one },
      { name: 'two', path: two },
    ];
    const { look } = createPathFacts(createWorkspacePaths(() => folders));
    const facts = await look(['.', 'one/a.ts', 'a.ts']);
    assert.deepEqual(facts.get('.'), { kind: 'folder', path: '.' });
    assert.deepEqual(facts.get('one/a.ts'), { kind: 'missing', candidates: ['two/a.ts'], inFolder: true });
    assert.equal(facts.get('a.ts')?.kind, 'outside');
  });
});
