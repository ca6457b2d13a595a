import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Compares text with a file under test/golden; with UPDATE_GOLDEN=1 the file is written instead. A missing file fails. */
export function assertGolden(name: string, actual: string): void {
  const path = join(process.cwd(), 'test/golden', name);
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, actual);
  }
  assert.ok(existsSync(path), `${name} is missing; read it, then write it with UPDATE_GOLDEN=1`);
  assert.equal(actual, readFileSync(path, 'utf8'), `${name} differs; if the change is meant, write it with UPDATE_GOLDEN=1`);
}
