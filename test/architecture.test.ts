import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import * as esbuild from 'esbuild';
import { checkEdges, type Edge, findCycles, findEdges } from './support/importRules.ts';
import { checkLockFile, checkText } from './support/textRules.ts';

const root = process.cwd();

/** TypeScript files below a folder, as paths with forward slashes from the checkout's root. */
function filesBelow(folder: string): readonly string[] {
  return existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
        .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
        .filter((file) => !file.startsWith('test/fixtures/'))
    : [];
}

const read = (file: string): string => readFileSync(join(root, file), 'utf8');

describe('architecture', () => {
  const product = [...filesBelow('src'), ...filesBelow('webview')];
  const written = product.flatMap((file) => findEdges(file, read(file)));
  let bundled: readonly Edge[] = [];

  before(async () => {
    const { metafile } = await esbuild.build({
      absWorkingDir: root,
      entryPoints: product.filter((file) => !file.endsWith('.d.ts')),
      bundle: true,
      write: false,
      metafile: true,
      outdir: 'out',
      format: 'esm',
      packages: 'external',
      external: ['vscode', '*.ttf'],
      jsx: 'automatic',
      jsxImportSource: 'preact',
      loader: { '.md': 'text' },
      logLevel: 'silent',
    });
    bundled = Object.entries(metafile.inputs).flatMap(([from, input]) =>
      input.imports
        .filter((one) => /\.tsx?$/.test(from) && !one.path.endsWith('.css') && one.path !== 'preact/jsx-runtime')
        .map((one) => ({ from, to: one.path, isType: false })),
    );
  });

  it('keeps to the import table, types included', () => {
    assert.deepEqual(checkEdges(written.filter((edge) => !edge.to.endsWith('.css'))), []);
  });

  it('keeps to the import table in what is really bundled', () => {
    assert.deepEqual(checkEdges(bundled), []);
  });

  it('reads every import that the bundler sees', () => {
    const known = new Set(written.map(({ from, to }) => `${from} → ${to}`));
    const missed = bundled.filter(({ from, to }) => !known.has(`${from} → ${to}`));
    assert.deepEqual(missed, []);
  });

  it('has no import cycle', () => {
    assert.deepEqual(findCycles(written), []);
  });

  it('keeps the parser out of the webview', () => {
    const seen = new Set(product.filter((file) => file.startsWith('webview/')));
    for (const file of seen) {
      for (const { to } of bundled.filter(({ from }) => from === file)) {
        seen.add(to);
      }
    }
    assert.ok(!seen.has('zod'), 'webview/ reaches zod through a value import');
  });

  it('keeps to the rules of conduct', () => {
    const files = [...product, ...filesBelow('test').filter((file) => file !== 'test/support/textRules.test.ts')];
    assert.deepEqual(
      files.flatMap((file) => checkText(file, read(file))),
      [],
    );
  });

  it('has a lock file that installs from wherever the person does', () => {
    assert.deepEqual(checkLockFile(read('package-lock.json')), []);
  });
});
