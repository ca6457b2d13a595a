import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, openSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { findRipgrep } from '../../src/workspace/ripgrep.ts';
import type { SearchLimits } from '../../src/workspace/lineMatch.ts';
import { type SearchRequest, searchText } from '../../src/workspace/searchText.ts';
import { createWorkspacePaths } from '../../src/workspace/workspacePath.ts';
import { installedRipgrep } from '../support/installedRipgrep.ts';
import { accepted, makePipe, refusalOf, temporaryFolders, writeTree } from './temporaryFolder.ts';

const { signal } = new AbortController();
const installed = await installedRipgrep();

const tree: Readonly<Record<string, string | Uint8Array>> = {
  '.gitignore': '*.log\nout/\n',
  'a.ts': 'const one = 1;\r\nconst two = 2;\r\n',
  'b/c.ts': 'import x;\n  const Three = "drei";\n',
  'b/d.md': 'one (1) [two]\n\nconst\n',
  'b/-e.txt': '--pre=sh const\n',
  'b.txt': 'const after folder b\n',
  'x.log': 'const ignored\n',
  'out/y.ts': 'const ignored\n',
  '.hidden/z.ts': 'const hidden\n',
  'node_modules/p/i.js': 'const dependency\n',
  '.git/config': 'const git\n',
  'utf16.txt': Buffer.from('\ufeffconst wide ä\r\n', 'utf16le'),
  'latin.txt': Buffer.from('const caf\xe9\n', 'latin1'),
  'bom.txt': '\ufeffconst marked\n',
  'binary.bin': Buffer.from('const before\n\0const after\n'),
  'long.txt': `${'x'.repeat(1000)} const ${'y'.repeat(1000)}\n`,
  'unicode.txt': '\u{1f600}\u{1f600} const ä\n',
};

const ways: readonly (readonly [string, string | undefined])[] = [
  ['JavaScript', undefined],
  ...(installed === undefined ? [] : [['ripgrep', installed] as const]),
];

describe('searching text', () => {
  const temporary = temporaryFolders();

  async function opened(files: Readonly<Record<string, string | Uint8Array>>) {
    const root = temporary();
    await writeTree(root, files);
    return { root, paths: createWorkspacePaths(() => [{ name: 'w', path: root }]) };
  }

  function request(pattern: string, more: Partial<SearchRequest> = {}): SearchRequest {
    return { pattern, literal: false, ignoreCase: false, maxResults: 100, ...more };
  }

  for (const [name, program] of ways) {
    describe(`with ${name}`, () => {
      async function searcher(files: Readonly<Record<string, string | Uint8Array>>) {
        const { paths } = await opened(files);
        return async (pattern: string, more: Partial<SearchRequest> = {}) => {
          const found = accepted(await searchText(paths, program, request(pattern, more), signal));
          return found.lines.map((line) => `${line.path}:${line.line}: ${line.text}`);
        };
      }

      it('finds lines in order, whatever the encoding, and leaves out what is ignored or binary', async () => {
        const lines = await searcher(tree);
        assert.deepEqual(await lines('const'), [
          '.hidden/z.ts:1: const hidden',
          'a.ts:1: const one = 1;',
          'a.ts:2: const two = 2;',
          'b/-e.txt:1: --pre=sh const',
          'b/c.ts:2:   const Three = "drei";',
          'b/d.md:3: const',
          'b.txt:1: const after folder b',
          'bom.txt:1: const marked',
          'latin.txt:1: const caf\ufffd',
          `long.txt:1: … ${'x'.repeat(79)} const ${'y'.repeat(214)} …`,
          'unicode.txt:1: \u{1f600}\u{1f600} const ä',
          'utf16.txt:1: const wide ä',
        ]);
      });

      it('understands anchors at CRLF, classes, and case', async () => {
        const lines = await searcher(tree);
        assert.deepEqual(await lines('^const \\w+ = \\d;$'), ['a.ts:1: const one = 1;', 'a.ts:2: const two = 2;']);
        assert.deepEqual(await lines('THREE', { ignoreCase: true }), ['b/c.ts:2:   const Three = "drei";']);
        assert.deepEqual(await lines('(?i)THREE'), ['b/c.ts:2:   const Three = "drei";']);
        assert.deepEqual(await lines('(?<!const )one'), ['b/d.md:1: one (1) [two]'], 'look-behind, which only JavaScript has');
      });

      it('TIN-03: takes literal text as it is, also when it looks like an option', async () => {
        const lines = await searcher(tree);
        assert.deepEqual(await lines('(1) [two]', { literal: true }), ['b/d.md:1: one (1) [two]']);
        assert.deepEqual(await lines('--pre=sh', { literal: true }), ['b/-e.txt:1: --pre=sh const']);
        assert.deepEqual(await lines('-e', { literal: true, path: 'b' }), []);
        assert.deepEqual(await lines('[TWO]', { literal: true, ignoreCase: true }), ['b/d.md:1: one (1) [two]']);
      });

      it('searches a folder, a file, or files by a glob', async () => {
        const lines = await searcher(tree);
        assert.deepEqual(await lines('const', { path: 'b' }), [
          'b/-e.txt:1: --pre=sh const',
          'b/c.ts:2:   const Three = "drei";',
          'b/d.md:3: const',
        ]);
        assert.deepEqual(await lines('const', { path: 'b/-e.txt' }), ['b/-e.txt:1: --pre=sh const']);
        assert.deepEqual(await lines('const', { glob: '*.{md,log}' }), ['b/d.md:3: const']);
        assert.deepEqual(await lines('const', { glob: 'b/*.ts' }), ['b/c.ts:2:   const Three = "drei";']);
        assert.deepEqual(await lines('const', { path: 'x.log' }), ['x.log:1: const ignored'], 'asked for by name');
        assert.deepEqual(await lines('const', { path: 'out' }), ['out/y.ts:1: const ignored'], 'asked for by name');
        assert.deepEqual(await lines('const', { path: 'node_modules' }), ['node_modules/p/i.js:1: const dependency']);
      });

      it('obeys ignore rules as the listing does, in a repository and in one of its folders', async () => {
        const { root } = await opened({
          '.gitignore': 'top.txt\n',
          'app/.gitignore': '*.tmp\nbuild/\n',
          'app/a.tmp': 'x',
          'app/a.txt': 'x',
          'app/top.txt': 'x',
          'app/sub/.gitignore': '!a.tmp\n',
          'app/sub/a.tmp': 'x',
          'app/sub/b.tmp': 'x',
          'app/sub/build/z': 'x',
        });
        const paths = createWorkspacePaths(() => [{ name: 'app', path: path.join(root, 'app') }]);
        const search = async (start?: string) =>
          accepted(await searchText(paths, program, request('x', { path: start }), signal)).lines.map((line) => line.path);
        assert.deepEqual(await search(), ['a.txt', 'sub/a.tmp', 'top.txt'], 'no repository: rules above the folder are not its own');
        execFileSync('git', ['init', '-q', root], { stdio: 'ignore' });
        assert.deepEqual(await search(), ['a.txt', 'sub/a.tmp']);
        assert.deepEqual(await search('sub'), ['sub/a.tmp']);
      });

      it('counts what it does not show, and stops at a cap', async () => {
        const { paths } = await opened({ a: 'x\n'.repeat(50), b: 'x\n'.repeat(50) });
        const some = accepted(await searchText(paths, program, request('x', { maxResults: 60 }), signal));
        assert.deepEqual([some.lines.length, some.total, some.stopped], [60, 100, 'no']);
        assert.deepEqual(some.lines.at(-1), { path: 'b', line: 10, text: 'x' });
        const limits: SearchLimits = { matches: 70, timeMs: 20_000, fileMs: 2000 };
        const capped = accepted(await searchText(paths, program, request('x'), signal, limits));
        assert.deepEqual([capped.total, capped.stopped], [70, 'cap']);
      });

      it('says what is wrong with a pattern or place', async () => {
        const { paths } = await opened({ a: 'x' });
        assert.match(refusalOf(await searchText(paths, program, request('(x'), signal)), /not a valid regular expression: .*Set literal/);
        assert.match(refusalOf(await searchText(paths, program, request(''), signal)), /pattern is empty/);
        assert.match(refusalOf(await searchText(paths, program, request('x', { path: 'no' }), signal)), /no does not exist/);
        assert.match(refusalOf(await searchText(paths, program, request('x', { glob: '*****a*a*a*a*a' }), signal)), /more than four/);
      });

      it('FS-10: does not follow links or wait for pipes', async () => {
        const { root, paths } = await opened({ a: 'needle\n' });
        symlinkSync('/etc', path.join(root, 'etc'));
        symlinkSync('a', path.join(root, 'b'));
        makePipe(path.join(root, 'pipe'));
        const found = accepted(await searchText(paths, program, request('needle|root'), signal));
        assert.deepEqual(found.lines, [{ path: 'a', line: 1, text: 'needle' }]);
        assert.match(refusalOf(await searchText(paths, program, request('x', { path: 'pipe' }), signal)), /neither a file nor a folder/);
      });

      it('passes over files that are too large', async () => {
        const { root, paths } = await opened({ small: 'needle\n', big: 'needle\n' });
        truncateSync(path.join(root, 'big'), 2 * 1024 ** 3);
        assert.deepEqual(accepted(await searchText(paths, program, request('needle'), signal)).lines, [
          { path: 'small', line: 1, text: 'needle' },
        ]);
      });

      it('stops when the call is cancelled', async () => {
        const { paths } = await opened({ a: 'x' });
        const reason = new Error('killed');
        await assert.rejects(searchText(paths, program, request('x'), AbortSignal.abort(reason)), reason);
      });
    });
  }

  it('TIN-02: gives up a pattern that would take years', async () => {
    const { paths } = await opened({ 'a.txt': `${'a'.repeat(60)}!\n` });
    const limits: SearchLimits = { matches: 5000, timeMs: 20_000, fileMs: 100 };
    const text = refusalOf(await searchText(paths, undefined, request('^(a+)+$'), signal, limits));
    assert.match(text, /takes too long \(more than 0\.1 s in a\.txt\)/);
  });

  it('says that a file asked for is too large for JavaScript', async () => {
    const { root, paths } = await opened({});
    closeSync(openSync(path.join(root, 'big'), 'w'));
    truncateSync(path.join(root, 'big'), 2 * 1024 ** 3);
    assert.match(refusalOf(await searchText(paths, undefined, request('x', { path: 'big' }), signal)), /big is 2\.0 GB large/);
  });

  it('falls back to JavaScript when ripgrep cannot be started or fails', async () => {
    const { root, paths } = await opened({ a: 'needle\n' });
    const broken = path.join(temporary(), 'rg');
    writeFileSync(broken, '#!/bin/sh\necho broken >&2\nexit 2\n');
    chmodSync(broken, 0o755);
    for (const program of [broken, path.join(root, 'no-such-program')]) {
      const found = accepted(await searchText(paths, program, request('needle'), signal));
      assert.deepEqual(found.lines, [{ path: 'a', line: 1, text: 'needle' }]);
    }
  });

  it('stops a ripgrep that takes too long and keeps what it found', async () => {
    const { paths } = await opened({ a: 'needle\n' });
    const slow = path.join(temporary(), 'rg');
    const match = {
      type: 'match',
      data: { path: { text: './a' }, lines: { text: 'needle\n' }, line_number: 1, submatches: [{ start: 0 }] },
    };
    writeFileSync(slow, `#!/bin/sh\nprintf '%s\\n{"type":"ma' '${JSON.stringify(match)}'\nexec sleep 60\n`);
    chmodSync(slow, 0o755);
    const limits: SearchLimits = { matches: 5000, timeMs: 400, fileMs: 2000 };
    const found = accepted(await searchText(paths, slow, request('needle'), signal, limits));
    assert.deepEqual([found.stopped, found.lines], ['time', [{ path: 'a', line: 1, text: 'needle' }]]);
  });
});

describe('findRipgrep', () => {
  const temporary = temporaryFolders();

  function program(...names: readonly string[]): string {
    const absolute = path.join(...names);
    mkdirSync(path.dirname(absolute), { recursive: true });
    writeFileSync(absolute, '#!/bin/sh\n');
    chmodSync(absolute, 0o755);
    return absolute;
  }

  it("takes the editor's own first, then PATH, never the workspace or a relative folder", async () => {
    const root = temporary();
    const workspace = path.join(root, 'w');
    const inWorkspace = program(workspace, 'bin/rg');
    symlinkSync(inWorkspace, path.join(root, 'rg'));
    const onPath = program(root, 'bin/rg');
    const appRoot = path.join(root, 'app');
    const searched = [path.dirname(inWorkspace), root, 'bin', '', path.dirname(onPath)].join(path.delimiter);
    const find = () => findRipgrep({ appRoot, path: searched, folders: [workspace] });
    assert.equal(await find(), onPath);
    const unpacked = program(appRoot, `node_modules.asar.unpacked/@vscode/ripgrep-universal/bin/${process.platform}-${process.arch}/rg`);
    assert.equal(await find(), unpacked);
    const own = program(appRoot, `node_modules/@vscode/ripgrep-universal/bin/${process.platform}-${process.arch}/rg`);
    assert.equal(await find(), own);
    assert.equal(await findRipgrep({ appRoot: undefined, path: workspace, folders: [workspace] }), undefined);
  });
});
