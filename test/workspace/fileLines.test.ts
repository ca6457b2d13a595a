import assert from 'node:assert/strict';
import path from 'node:path';
import { createLinesOf } from '../../src/workspace/fileLines.ts';
import { closedDocuments } from '../../src/workspace/openDocuments.ts';
import { createWorkspacePaths } from '../../src/workspace/workspacePath.ts';
import { temporaryFolders, writeTree } from './temporaryFolder.ts';

describe('the lines of a file', () => {
  const temporary = temporaryFolders();

  it('are counted as a model sees them; what has none to count is not missing', async () => {
    const root = temporary();
    await writeTree(root, { empty: '', one: 'x', two: 'x\r\ny\r\n', binary: new Uint8Array([0, 1]), 'folder/x': '' });
    const linesOf = createLinesOf({ paths: createWorkspacePaths(() => [{ name: 'w', path: root }]), documents: closedDocuments });
    const names = ['empty', 'one', 'two', 'binary', 'folder', 'gone', '../x', '/etc/hostname'];
    const infinite = Number.POSITIVE_INFINITY;
    assert.deepEqual(await Promise.all(names.map(linesOf)), [0, 1, 2, infinite, infinite, undefined, undefined, undefined]);
  });

  it('are those of the editor while it has unsaved text', async () => {
    const root = temporary();
    await writeTree(root, { a: 'x\n' });
    const documents = {
      ...closedDocuments,
      read: (absolute: string) => (absolute === path.join(root, 'a') ? { text: 'x\ny\nz\n', version: 1, dirty: true } : undefined),
    };
    const linesOf = createLinesOf({ paths: createWorkspacePaths(() => [{ name: 'w', path: root }]), documents });
    assert.equal(await linesOf('a'), 3);
  });
});
