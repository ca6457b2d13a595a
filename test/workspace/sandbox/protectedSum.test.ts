import assert from 'node:assert/strict';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { differentPlaces, protectedSums } from '../../../src/workspace/sandbox/protectedSum.ts';
import { temporaryFolders, writeTree } from '../temporaryFolder.ts';

describe('sums of protected places', () => {
  const temporary = temporaryFolders();

  it('differ where a file in one has other bytes, another mode, is gone or is new, and nowhere else', async () => {
    const root = temporary();
    const at = (name: string) => path.join(root, name);
    await writeTree(root, Object.fromEntries(['a', 'b', 'c', 'd', 'same'].map((name) => [`${name}/file`, 'x'.repeat(100_000)])));
    const places = ['a', 'b', 'c', 'd', 'same', 'absent'].map(at);
    const before = await protectedSums(places);
    writeFileSync(at('a/file'), `${'x'.repeat(99_999)}y`);
    chmodSync(at('b/file'), 0o755);
    rmSync(at('c/file'));
    writeFileSync(at('d/other'), '');
    assert.deepEqual(differentPlaces(before, await protectedSums(places)), ['a', 'b', 'c', 'd'].map(at));
    writeFileSync(at('absent'), '');
    assert.ok(differentPlaces(before, await protectedSums(places)).includes(at('absent')));
  });

  it('are made of a folder with many files without a warning of leaking listeners', async () => {
    const root = temporary();
    await writeTree(root, Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`many/${index}`, `${index}`])));
    const warnings: string[] = [];
    const warned = (warning: Error) => warnings.push(`${warning.name}: ${warning.message}`);
    process.on('warning', warned);
    try {
      assert.equal((await protectedSums([path.join(root, 'many')])).size, 1);
      // Warnings are told in a later turn.
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off('warning', warned);
    }
    assert.deepEqual(warnings, []);
  });
});
