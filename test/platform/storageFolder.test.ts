import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storageFolder } from '../../src/platform/storageFolder.ts';

describe('storageFolder', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'flotilla-storage-'));
    mkdirSync(join(root, 'abc123'));
  });

  afterEach(() => rmSync(root, { recursive: true }));

  it('is the same for the first window of a workspace and for those that come while it is open', () => {
    const first = join(root, 'abc123', 'flotilla.flotilla');
    assert.equal(storageFolder(first), first);
    assert.equal(storageFolder(join(root, 'abc123-1', 'flotilla.flotilla')), first);
    assert.equal(storageFolder(join(root, 'abc123-9', 'flotilla.flotilla')), first);
  });

  it('leaves a folder alone whose name only looks like that', () => {
    for (const name of ['other-1', 'abc123-x', '-1']) {
      const given = join(root, name, 'flotilla.flotilla');
      assert.equal(storageFolder(given), given);
    }
  });
});
