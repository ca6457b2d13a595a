import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder } from '../../scripts/lib/cache.mjs';
import { findRipgrep } from '../../src/workspace/ripgrep.ts';

/** A ripgrep to test with: one on PATH, else that of the editor which the tests of the window have fetched. */
export async function installedRipgrep(): Promise<string | undefined> {
  const cache = cacheFolder();
  const editors = existsSync(cache) ? readdirSync(cache).map((name) => path.join(cache, name, 'pack', 'lib', 'vscode')) : [];
  for (const appRoot of [undefined, ...editors]) {
    const found = await findRipgrep({ appRoot, path: process.env['PATH'], folders: [] });
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}
