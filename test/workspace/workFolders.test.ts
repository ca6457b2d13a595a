import * as assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { workFolders } from '../../src/workspace/workFolders.ts';
import { temporaryFolders, writeTree } from './temporaryFolder.ts';

describe('folders to work in one by one', () => {
  const newFolder = temporaryFolders();

  it('are the workspace folders when there are several, by the names that paths begin with', () => {
    const folders = [
      { name: 'app', path: '/nowhere/app' },
      { name: 'app (2)', path: '/elsewhere/app' },
    ];
    assert.deepEqual(workFolders(folders), ['app', 'app (2)']);
    assert.deepEqual(workFolders([]), []);
  });

  it('are the folders at the top of the only one, without what no agent should work in', async () => {
    const folder = newFolder();
    await writeTree(folder, {
      'web/src/index.ts': '',
      'api/index.ts': '',
      'build/out.js': '',
      'node_modules/x/index.js': '',
      '.git/HEAD': '',
      'readme.md': '',
      '.gitignore': 'build/\n/web/dist\n',
    });
    symlinkSync(path.join(folder, 'web'), path.join(folder, 'link'));
    assert.deepEqual(workFolders([{ name: 'whole', path: folder }]), ['api', 'web']);
  });

  it('are none in a folder that has none or is gone', () => {
    assert.deepEqual(workFolders([{ name: 'empty', path: newFolder() }]), []);
    assert.deepEqual(workFolders([{ name: 'gone', path: path.join(newFolder(), 'gone') }]), []);
  });
});
