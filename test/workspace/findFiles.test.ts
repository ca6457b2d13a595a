import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { listEntries, findFiles as findIn, maxFoundPaths } from '../../src/workspace/findFiles.ts';
import { compileGlob } from '../../src/workspace/glob.ts';
import { createWorkspacePaths } from '../../src/workspace/workspacePath.ts';
import { accepted, refusalOf, temporaryFolders, writeTree } from './temporaryFolder.ts';

const { signal } = new AbortController();

const tree: Readonly<Record<string, string>> = {
  '.gitignore': '# comment\n*.log\n/dist/\nbuild/\n!keep.log\nsecret*\n\\#odd\n',
  'a.ts': '',
  'debug.log': '',
  'keep.log': '',
  '#odd': '',
  'dist/out.js': '',
  'src/dist/in.js': '',
  'src/b.ts': '',
  'src/.gitignore': '/local\n!build/\ndeep/**/*.tmp\n',
  'src/local': '',
  'src/sub/local': '',
  'src/build/kept.js': '',
  'src/build/x.log': '',
  'src/deep/er/a.tmp': '',
  'other/build/gone.js': '',
  'other/secret.txt': '',
  '.env': '',
  '.git/config': '',
  'node_modules/p/index.js': '',
  'node_modules/p/secret.js': '',
};

describe('finding and listing files', () => {
  const temporary = temporaryFolders();

  async function opened(files: Readonly<Record<string, string>>) {
    const root = temporary();
    await writeTree(root, files);
    const paths = createWorkspacePaths(() => [{ name: 'w', path: root }]);
    const find = async (glob: string, start?: string) => accepted(await findIn(paths, glob, start, signal)).paths;
    const list = async (start: string | undefined, depth: number) => accepted(await listEntries(paths, start, depth, signal)).paths;
    return { root, paths, find, list };
  }

  it('leaves out what Git would, with rules of nested files', async () => {
    const { find } = await opened(tree);
    assert.deepEqual(await find('**'), [
      '.env',
      '.gitignore',
      'a.ts',
      'keep.log',
      'src/.gitignore',
      'src/b.ts',
      'src/build/kept.js',
      'src/dist/in.js',
      'src/sub/local',
    ]);
  });

  it('agrees with git about what is ignored', async () => {
    const { root, find } = await opened({ ...tree, '.git/config': '' });
    execFileSync('git', ['init', '-q', root], { stdio: 'ignore' });
    const files = execFileSync('git', ['-C', root, 'ls-files', '-co', '--exclude-standard', '-z', '--', '.', ':!node_modules']).toString();
    assert.deepEqual(
      await find('**'),
      files
        .split('\0')
        .filter((name) => name !== '')
        .sort(),
    );
  });

  it('obeys the rules above a folder inside a repository, and begins anew in a repository inside another', async () => {
    const { root } = await opened({
      '.git/HEAD': '',
      '.gitignore': '*.log\n',
      'app/x.log': '',
      'app/y.ts': '',
      'app/sub/.git/HEAD': '',
      'app/sub/z.log': '',
    });
    const paths = createWorkspacePaths(() => [{ name: 'app', path: path.join(root, 'app') }]);
    assert.deepEqual(accepted(await findIn(paths, '**', undefined, signal)).paths, ['sub/z.log', 'y.ts']);
  });

  it('looks into left-out folders when it is sent there', async () => {
    const { find, list } = await opened(tree);
    assert.deepEqual(await find('*.js', 'node_modules'), ['node_modules/p/index.js', 'node_modules/p/secret.js'].slice(0, 1));
    assert.deepEqual(await find('**', 'dist'), ['dist/out.js']);
    assert.deepEqual(await list('.git', 1), ['.git/config']);
  });

  it('lists folders level by level, in order', async () => {
    const { list } = await opened({ 'b/c/d.ts': '', 'a.ts': '', 'b/e.ts': '' });
    assert.deepEqual(await list(undefined, 1), ['a.ts', 'b/']);
    assert.deepEqual(await list('.', 2), ['a.ts', 'b/', 'b/c/', 'b/e.ts']);
    assert.deepEqual(await list('b', 5), ['b/c/', 'b/c/d.ts', 'b/e.ts']);
  });

  it('does not follow links', async () => {
    const { root, find, list } = await opened({ 'a/x.ts': '' });
    symlinkSync('..', path.join(root, 'a/up'));
    symlinkSync('/etc', path.join(root, 'etc'));
    assert.deepEqual(await find('**/*'), ['a/up', 'a/x.ts', 'etc']);
    assert.deepEqual(await list(undefined, 3), ['a/', 'a/up', 'a/x.ts', 'etc']);
  });

  it('matches globs as people expect', async () => {
    const { find } = await opened({
      'a.ts': '',
      'src/b.ts': '',
      'src/b.test.ts': '',
      'src/x/c.tsx': '',
      'src/x/.hidden.ts': '',
      '(odd)/[id].ts': '',
    });
    assert.deepEqual(await find('*.ts'), ['(odd)/[id].ts', 'a.ts', 'src/b.test.ts', 'src/b.ts', 'src/x/.hidden.ts']);
    assert.deepEqual(await find('/*.ts'), ['(odd)/[id].ts', 'a.ts', 'src/b.test.ts', 'src/b.ts', 'src/x/.hidden.ts']);
    assert.deepEqual(await find('src/*.ts'), ['src/b.test.ts', 'src/b.ts']);
    assert.deepEqual(await find('src/**/*.{ts,tsx}'), ['src/b.test.ts', 'src/b.ts', 'src/x/.hidden.ts', 'src/x/c.tsx']);
    assert.deepEqual(await find('x/*.tsx', 'src'), ['src/x/c.tsx']);
    assert.deepEqual(await find('b.ts', 'src'), ['src/b.ts']);
    assert.deepEqual(await find('c.ts?'), ['src/x/c.tsx']);
  });

  it('names the folder of each path when there are several', async () => {
    const one = temporary();
    const two = temporary();
    await writeTree(one, { 'a.ts': '' });
    await writeTree(two, { 'b.ts': '' });
    const paths = createWorkspacePaths(() => [
      { name: 'one', path: one },
      { name: 'two', path: two },
    ]);
    assert.deepEqual(accepted(await findIn(paths, '*.ts', undefined, signal)).paths, ['one/a.ts', 'two/b.ts']);
    assert.deepEqual(accepted(await listEntries(paths, '.', 1, signal)).paths, ['one/a.ts', 'two/b.ts']);
    assert.deepEqual(accepted(await findIn(paths, '*.ts', 'two', signal)).paths, ['two/b.ts']);
  });

  it('stops at a bound and says so', async () => {
    const { paths } = await opened(Object.fromEntries(Array.from({ length: maxFoundPaths + 1 }, (_, index) => [`f${index}`, ''])));
    const found = accepted(await findIn(paths, '*', undefined, signal));
    assert.deepEqual([found.paths.length, found.more], [maxFoundPaths, true]);
  });

  it('refuses files, missing folders and places outside', async () => {
    const { paths } = await opened({ 'a.ts': '' });
    assert.match(refusalOf(await listEntries(paths, 'a.ts', 1, signal)), /is a file, not a folder/);
    assert.match(refusalOf(await listEntries(paths, 'nope', 1, signal)), /nope does not exist/);
    assert.match(refusalOf(await findIn(paths, '*', '../x', signal)), /contains "\.\."/);
  });

  it('stops when the call is cancelled', async () => {
    const { paths } = await opened({ 'a/b.ts': '' });
    const reason = new Error('killed');
    await assert.rejects(findIn(paths, '*', undefined, AbortSignal.abort(reason)), reason);
  });
});

describe('compileGlob', () => {
  const bad: readonly (readonly [string, RegExp])[] = [
    ['{a,{b,{c,{d,e}}}}', /more than three deep/],
    [`{${'a,'.repeat(200)}b}`, /more than 100 alternatives/],
    ['{1..1000000}', /range in braces/],
    ['*a*a*a*a*a*a*b', /more than four \*/],
    ['**/**/**/**/**/a', /more than four \*\*/],
    ['a'.repeat(501), /longer than 500/],
  ];
  for (const [glob, expected] of bad) {
    it(`refuses ${glob.slice(0, 20)}`, () => {
      assert.match(refusalOf(compileGlob(glob)), expected);
    });
  }

  it('does not negate, and matches nothing by half a class', () => {
    assert.equal(accepted(compileGlob('[')).matches('a'), false);
    assert.equal(accepted(compileGlob('!a')).matches('b'), false);
    assert.equal(accepted(compileGlob('!a')).matches('!a'), true);
  });
});
