import assert from 'node:assert/strict';
import * as esbuild from 'esbuild';

/** What is loaded with the window, in bytes: the target of the design. */
const mostBytes = 700 * 1024;

describe('the bundle', () => {
  it('loads with the window only what every window needs', async () => {
    const { metafile } = await esbuild.build({
      absWorkingDir: process.cwd(),
      entryPoints: ['src/extension.ts'],
      outdir: 'out',
      bundle: true,
      write: false,
      metafile: true,
      minify: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      mainFields: ['module', 'main'],
      external: ['vscode'],
      loader: { '.md': 'text' },
      logLevel: 'silent',
    });
    const [entry] = Object.entries(metafile.outputs).find(([, output]) => output.entryPoint === 'src/extension.ts') ?? [];
    const loaded = new Set([entry ?? assert.fail('no entry')]);
    for (const file of loaded) {
      for (const { path, kind } of metafile.outputs[file]?.imports ?? []) {
        if (kind === 'import-statement' && metafile.outputs[path] !== undefined) {
          loaded.add(path);
        }
      }
    }
    const bytes = [...loaded].reduce((sum, file) => sum + (metafile.outputs[file]?.bytes ?? 0), 0);
    const inputs = [...loaded].flatMap((file) => Object.entries(metafile.outputs[file]?.inputs ?? {}));
    const largest = inputs
      .toSorted(([, a], [, b]) => b.bytesInOutput - a.bytesInOutput)
      .slice(0, 5)
      .map(([input, { bytesInOutput }]) => `${input} ${bytesInOutput}`);
    assert.ok(bytes <= mostBytes, `${bytes} bytes are loaded with the window; the largest: ${largest.join(', ')}`);
    const names = inputs.map(([input]) => input).join('\n');
    assert.doesNotMatch(names, /node_modules\/(yaml|@anthropic-ai)\/|providers\/practice\/practiceModel/);
  });
});
