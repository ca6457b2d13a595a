import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { findFiles, listEntries } from '../../src/workspace/findFiles.ts';
import { searchText } from '../../src/workspace/searchText.ts';
import { findEdit } from '../../src/workspace/textEdit.ts';
import { createWorkspacePaths } from '../../src/workspace/workspacePath.ts';
import { installedRipgrep } from '../support/installedRipgrep.ts';
import { needs } from '../support/needs.ts';
import { accepted, refusalOf, temporaryFolders, writeTree } from './temporaryFolder.ts';

const { signal } = new AbortController();
const installed = await installedRipgrep();

describe('text that is made to exhaust whoever reads it', () => {
  const temporary = temporaryFolders();

  async function opened(files: Readonly<Record<string, string>>) {
    const root = temporary();
    await writeTree(root, files);
    return { root, paths: createWorkspacePaths(() => [{ name: 'w', path: root }]) };
  }

  const search = (paths: ReturnType<typeof createWorkspacePaths>, pattern: string, file?: string) =>
    searchText(paths, installed, { pattern, literal: true, ignoreCase: false, maxResults: 10, path: file }, signal);

  it('does not fill the memory of a search: a line with 1.5 million matches', async function () {
    needs(this, installed !== undefined, 'ripgrep, which the editor brings');
    // ripgrep writes 54 bytes for each, which is more in one line than is taken in.
    const { paths } = await opened({ 'bundle.js': 'a'.repeat(1_500_000) });
    const found = accepted(await search(paths, 'a'));
    assert.deepEqual(
      found.lines.map(({ path: file, line }) => `${file}:${line}`),
      ['bundle.js:1'],
    );
  });

  it('does not fill the memory of a search: a file of one endless line that is asked for by name', async function () {
    needs(this, installed !== undefined, 'ripgrep, which the editor brings');
    const { root, paths } = await opened({ 'fine.log': 'x\nneedle\n'.repeat(1_500_000) });
    spawnSync('truncate', ['-s', '64M', path.join(root, 'endless.log')]);
    spawnSync('sh', ['-c', `tr '\\0' a < endless.log > a && mv a endless.log`], { cwd: root });
    assert.equal(accepted(await search(paths, 'needle', 'fine.log')).lines[0]?.line, 2);
    assert.match(refusalOf(await search(paths, 'a', 'endless.log')), /^endless\.log has a line of more than 10\.0 MB/);
  });

  it('does not spend its time on ignore rules: many ** over a deep path', async () => {
    const deep = 'a/'.repeat(100);
    const { paths } = await opened({ '.gitignore': `${'**/a/'.repeat(12)}**/b\n*.log\n`, [`${deep}c.ts`]: '', [`${deep}c.log`]: '' });
    const found = accepted(await findFiles(paths, 'c.*', undefined, signal));
    assert.deepEqual(found.paths, [`${deep}c.ts`]);
    assert.equal(accepted(await listEntries(paths, undefined, 1, signal)).paths.includes('a/'), true);
  });

  it('does not spend its time on an edit: every occurrence in one long line', () => {
    const text = 'ab'.repeat(20_000);
    const file = { encoding: 'utf8', mark: Buffer.alloc(0), text } as const;
    const found = accepted(findEdit(file, { oldText: 'a', newText: 'c\nd', all: true }, 'f'));
    assert.equal(found.splices.length, 20_000);
    assert.ok(found.splices.every((splice) => splice.text === 'c\nd'));
    const many = { ...file, text: 'ab'.repeat(20_001) };
    assert.match(
      refusalOf(findEdit(many, { oldText: 'a', newText: 'c', all: true }, 'f')),
      /^old_text occurs 20001 times in f; at most 20000 are replaced at once\./,
    );
  });
});
