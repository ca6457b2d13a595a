import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { examples } from '../support/examples.ts';
import { createWorkspacePaths, isInside, type WorkspaceFolder } from '../../src/workspace/workspacePath.ts';
import { accepted, makePipe, refusalOf, temporaryFolders, writeTree } from './temporaryFolder.ts';

function pathsOf(...folders: readonly WorkspaceFolder[]) {
  return createWorkspacePaths(() => folders);
}

describe('workspace paths', () => {
  const temporary = temporaryFolders();

  async function oneFolder() {
    const outside = temporary();
    const root = path.join(outside, 'w');
    await writeTree(outside, { 'secret.txt': 'secret', 'w-evil/a.txt': 'evil', 'w/a.txt': 'a', 'w/src/b.ts': 'b', 'w/.git/config': 'c' });
    return { outside, root, paths: pathsOf({ name: 'w', path: root }) };
  }

  it('resolves relative and absolute paths to the same place', async () => {
    const { root, paths } = await oneFolder();
    const relative = accepted(await paths.resolve('src/b.ts', 'read'));
    const absolute = accepted(await paths.resolve(path.join(root, 'src/b.ts'), 'read'));
    assert.deepEqual(relative, absolute);
    assert.equal(relative.display, 'src/b.ts');
    assert.equal(relative.absolute, path.join(root, 'src/b.ts'));
    assert.equal(accepted(await paths.resolve('.', 'read')).display, '.');
    assert.equal(accepted(await paths.resolve('new/deep/file.ts', 'write')).absolute, path.join(root, 'new/deep/file.ts'));
  });

  it('FS-01: refuses everything outside', async () => {
    const { outside, root, paths } = await oneFolder();
    for (const text of [
      `${root}-evil/a.txt`,
      path.join(outside, 'secret.txt'),
      '/etc/passwd',
      '/',
      '/proc/self/cwd/a.txt',
      '/dev/zero',
      outside,
    ]) {
      assert.match(refusalOf(await paths.resolve(text, 'read')), /outside the workspace/, text);
    }
    for (const text of ['../secret.txt', 'src/../../secret.txt', `${root}/../secret.txt`]) {
      assert.match(refusalOf(await paths.resolve(text, 'read')), /contains "\.\."/, text);
    }
  });

  it('FS-02: refuses links that lead outside, at any place of the path and of a file that is not there yet', async () => {
    const { outside, root, paths } = await oneFolder();
    symlinkSync(path.join(outside, 'secret.txt'), path.join(root, 'file-link'));
    symlinkSync(outside, path.join(root, 'folder-link'));
    symlinkSync('folder-link', path.join(root, 'chain'));
    symlinkSync('/proc/self/cwd', path.join(root, 'proc'));
    symlinkSync(`${root}-evil`, path.join(root, 'sibling'));
    for (const text of [
      'file-link',
      'folder-link',
      'folder-link/secret.txt',
      'chain/secret.txt',
      'chain/new.txt',
      'proc',
      'sibling/a.txt',
      'sibling/new/x',
    ]) {
      for (const use of ['read', 'write'] as const) {
        assert.match(refusalOf(await paths.resolve(text, use)), /leads outside the workspace/, text);
      }
    }
  });

  it('FS-02: refuses dangling links and loops', async () => {
    const { outside, root, paths } = await oneFolder();
    symlinkSync(path.join(outside, 'not-there'), path.join(root, 'dangling'));
    symlinkSync('nothing-here', path.join(root, 'dangling-inside'));
    symlinkSync('loop-b', path.join(root, 'loop-a'));
    symlinkSync('loop-a', path.join(root, 'loop-b'));
    for (const text of ['dangling', 'dangling-inside', 'dangling/x']) {
      assert.match(refusalOf(await paths.resolve(text, 'write')), /symbolic link to something that does not exist/, text);
    }
    assert.match(refusalOf(await paths.resolve('loop-a', 'read')), /leads back to itself/);
    assert.match(refusalOf(await paths.resolve('a.txt/x', 'read')), /a file where a folder is needed/);
  });

  it('follows links that stay inside and names the place as it was written', async () => {
    const { root, paths } = await oneFolder();
    symlinkSync('src', path.join(root, 'link'));
    const place = accepted(await paths.resolve('link/b.ts', 'write'));
    assert.equal(place.absolute, path.join(root, 'src/b.ts'));
    assert.equal(place.display, 'link/b.ts');
    assert.deepEqual(place.spellings, [path.join(root, 'link/b.ts'), path.join(root, 'src/b.ts')]);
  });

  it('FS-07: never lets anything write into .git, however it is spelled', async () => {
    const { root, paths } = await oneFolder();
    symlinkSync('.git', path.join(root, 'innocent'));
    mkdirSync(path.join(root, 'sub/.GIT'), { recursive: true });
    for (const text of [
      '.git/config',
      '.git',
      '.GIT/hooks/pre-commit',
      'sub/.git/x',
      'sub/.GIT/x',
      'innocent/config',
      '.git./x',
      'vendor/.Git/hooks/a',
    ]) {
      assert.match(refusalOf(await paths.resolve(text, 'write')), /inside a \.git folder/, text);
    }
    assert.equal(accepted(await paths.resolve('.git/config', 'read')).display, '.git/config');
    assert.equal(accepted(await paths.resolve('.gitignore', 'write')).display, '.gitignore');
  });

  it('works in a workspace that is itself opened through a link', async () => {
    const { outside, root } = await oneFolder();
    const link = path.join(outside, 'opened');
    symlinkSync(root, link);
    const paths = pathsOf({ name: 'w', path: link });
    const place = accepted(await paths.resolve('src/b.ts', 'write'));
    assert.equal(place.absolute, path.join(root, 'src/b.ts'));
    assert.deepEqual(place.spellings, [path.join(link, 'src/b.ts'), path.join(root, 'src/b.ts')]);
    assert.equal(accepted(await paths.resolve(path.join(link, 'a.txt'), 'read')).display, 'a.txt');
  });

  it('asks for the name of a folder when there are several, and lets links lead from one to the other', async () => {
    const { outside, root } = await oneFolder();
    const other = path.join(outside, 'w-evil');
    symlinkSync(other, path.join(root, 'to-other'));
    const paths = pathsOf({ name: 'app', path: root }, { name: 'lib', path: other });
    assert.equal(accepted(await paths.resolve('lib/a.txt', 'read')).absolute, path.join(other, 'a.txt'));
    assert.equal(accepted(await paths.resolve('lib/a.txt', 'read')).display, 'lib/a.txt');
    assert.equal(accepted(await paths.resolve(path.join(root, 'a.txt'), 'read')).display, 'app/a.txt');
    assert.equal(accepted(await paths.resolve('app/to-other/a.txt', 'read')).absolute, path.join(other, 'a.txt'));
    assert.match(refusalOf(await paths.resolve('a.txt', 'read')), /begin the path "a.txt" with the name of one: app, lib/);
  });

  it('tells folders of one name apart and says when there is none', async () => {
    const { outside, root } = await oneFolder();
    const paths = pathsOf({ name: 'x', path: root }, { name: 'x', path: path.join(outside, 'w-evil') });
    assert.deepEqual(
      paths.folders().map((folder) => folder.name),
      ['x', 'x-2'],
    );
    assert.match(refusalOf(await pathsOf().resolve('a', 'read')), /No folder is open/);
  });

  it('FS-01: holds for random paths over a tree full of links: what is accepted is inside', async () => {
    const { outside, root, paths } = await oneFolder();
    symlinkSync(outside, path.join(root, 'up'));
    symlinkSync('.', path.join(root, 'self'));
    symlinkSync('src', path.join(root, 'in'));
    makePipe(path.join(root, 'pipe'));
    writeFileSync(path.join(root, 'b'), '');
    const name = fc.constantFrom(
      '..',
      '.',
      '',
      'up',
      'self',
      'in',
      'src',
      'a.txt',
      'w',
      'w-evil',
      'secret.txt',
      '.git',
      'pipe',
      'b.ts',
      'new',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(name, { maxLength: 7 }), fc.constantFrom('', '/', `${root}/`, `${outside}/`), async (names, prefix) => {
        const place = await paths.resolve(prefix + names.join('/'), 'write');
        return !place.ok || (isInside(root, place.absolute) && !place.absolute.includes('/.git'));
      }),
      examples(400),
    );
  });
});
