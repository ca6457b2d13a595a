import assert from 'node:assert/strict';
import {
  chmodSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  closeSync,
  chownSync,
  linkSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { createAtomically, type OpenTemporary, writeAtomically } from '../../src/workspace/atomicWrite.ts';
import { closedDocuments } from '../../src/workspace/openDocuments.ts';
import { loadText, maxFileBytes, readFileBytes, storeSplices } from '../../src/workspace/textFile.ts';
import { createWorkspacePaths } from '../../src/workspace/workspacePath.ts';
import { needs } from '../support/needs.ts';
import { accepted, makePipe, refusalOf, temporaryFolders, writeTree } from './temporaryFolder.ts';

/** Runs as a user who is not root, since root may do everything. */
async function asOrdinaryUser<T>(work: () => Promise<T>): Promise<T> {
  const { geteuid, seteuid } = process;
  if (geteuid === undefined || seteuid === undefined || geteuid() !== 0) {
    return work();
  }
  seteuid(65534);
  try {
    return await work();
  } finally {
    seteuid(0);
  }
}

/** A temporary file on a disk that is full after some bytes. */
const fullDisk: OpenTemporary = async (absolute, flags, mode) => {
  const handle = await open(absolute, flags, mode);
  return {
    writeFile: async () => {
      await handle.writeFile('half');
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    },
    stat: handle.stat.bind(handle),
    chmod: (value) => handle.chmod(value),
    chown: (uid, gid) => handle.chown(uid, gid),
    sync: () => handle.sync(),
    close: () => handle.close(),
  };
};

/** A temporary file of which one step fails, as after the real one: what was written so far is there. */
function failing(step: 'open' | 'writeFile' | 'stat' | 'chmod' | 'sync' | 'close', code: string): OpenTemporary {
  return async (absolute, flags, mode) => {
    const fail = (): never => {
      throw Object.assign(new Error(`${step} failed`), { code });
    };
    if (step === 'open') {
      fail();
    }
    const handle = await open(absolute, flags, mode);
    const after = (name: string) => (name === step ? fail() : undefined);
    return {
      writeFile: async (data) => (await handle.writeFile(data), after('writeFile')),
      stat: step === 'stat' ? async () => fail() : handle.stat.bind(handle),
      chmod: async (value) => (await handle.chmod(value), after('chmod')),
      chown: (uid, gid) => handle.chown(uid, gid),
      sync: async () => (await handle.sync(), after('sync')),
      close: async () => (await handle.close(), after('close')),
    };
  };
}

describe('readFileBytes', () => {
  const temporary = temporaryFolders();

  it('FS-10: never reads a file of 2 GB', async () => {
    const file = path.join(temporary(), 'big');
    closeSync(openSync(file, 'w'));
    truncateSync(file, 2 * 1024 ** 3);
    assert.match(refusalOf(await readFileBytes(file, 'big')), /^big is 2\.0 GB large; files above 10\.0 MB are not read\. run_command/);
  });

  it('FS-10: reads up to the limit and not beyond', async () => {
    const file = path.join(temporary(), 'edge');
    writeFileSync(file, Buffer.alloc(maxFileBytes, 0x61));
    const read = accepted(await readFileBytes(file, 'edge'));
    assert.equal('bytes' in read && read.bytes.length, maxFileBytes);
    truncateSync(file, maxFileBytes + 1);
    assert.match(refusalOf(await readFileBytes(file, 'edge')), /10\.0 MB large/);
  });

  it('FS-10: never waits for a pipe, and tells folders, sockets and links from files', async () => {
    const folder = temporary();
    const pipe = path.join(folder, 'pipe');
    makePipe(pipe);
    assert.match(refusalOf(await readFileBytes(pipe, 'pipe')), /is a named pipe/);
    assert.match(refusalOf(await readFileBytes(folder, 'd')), /is a folder; use list_files/);
    assert.match(refusalOf(await readFileBytes('/dev/zero', 'zero')), /is a device/);
    symlinkSync('pipe', path.join(folder, 'link'));
    assert.match(refusalOf(await readFileBytes(path.join(folder, 'link'), 'link')), /is a symbolic link/);
    const socket = path.join(folder, 's');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    try {
      assert.match(refusalOf(await readFileBytes(socket, 's')), /is a socket/);
    } finally {
      server.close();
    }
  });

  it('FS-11: says what is not there and what may not be read', async () => {
    const folder = temporary();
    assert.deepEqual(await readFileBytes(path.join(folder, 'no'), 'no'), { ok: true, missing: true });
    const file = path.join(folder, 'private');
    writeFileSync(file, 'x', { mode: 0o000 });
    chmodSync(folder, 0o755);
    const result = await asOrdinaryUser(() => readFileBytes(file, 'private'));
    assert.match(refusalOf(result), /^private cannot be opened: permission denied/);
  });
});

describe('atomic writes', () => {
  const temporary = temporaryFolders();

  it('FS-12: keeps the mode and leaves no temporary file', async () => {
    const folder = temporary();
    const file = path.join(folder, 'run.sh');
    writeFileSync(file, 'old');
    chmodSync(file, 0o751);
    await writeAtomically(file, Buffer.from('new'), Buffer.from('old'));
    assert.equal(readFileSync(file, 'utf8'), 'new');
    assert.equal(statSync(file).mode & 0o7777, 0o751);
    assert.deepEqual(readdirSync(folder), ['run.sh']);
  });

  it('FS-12: keeps the owner where it may', async function () {
    needs(this, process.geteuid?.() === 0, 'the right to give a file to somebody else');
    const file = path.join(temporary(), 'a');
    writeFileSync(file, 'old', { mode: 0o640 });
    chownSync(file, 65534, 65534);
    await writeAtomically(file, Buffer.from('new'), Buffer.from('old'));
    const { uid, gid, mode } = statSync(file);
    assert.deepEqual([uid, gid, mode & 0o7777], [65534, 65534, 0o640]);
  });

  it('FS-11: keeps the old content when the disk is full', async () => {
    const folder = temporary();
    const file = path.join(folder, 'a');
    writeFileSync(file, 'old');
    await assert.rejects(writeAtomically(file, Buffer.from('new content'), Buffer.from('old'), fullDisk), { code: 'ENOSPC' });
    await assert.rejects(createAtomically(path.join(folder, 'b'), Buffer.from('new'), fullDisk), { code: 'ENOSPC' });
    assert.equal(readFileSync(file, 'utf8'), 'old');
    assert.deepEqual(readdirSync(folder), ['a']);
  });

  for (const code of ['ENOSPC', 'EDQUOT', 'EIO', 'EMFILE', 'ENFILE', 'EROFS'] as const) {
    for (const step of ['open', 'writeFile', 'stat', 'chmod', 'sync', 'close'] as const) {
      it(`FS-11: keeps the old content and leaves nothing behind when ${step} fails with ${code}`, async () => {
        const folder = temporary();
        const file = path.join(folder, 'a');
        writeFileSync(file, 'old');
        await assert.rejects(writeAtomically(file, Buffer.from('new'), Buffer.from('old'), failing(step, code)), { code });
        if (step !== 'stat' && step !== 'chmod') {
          await assert.rejects(createAtomically(path.join(folder, 'b'), Buffer.from('new'), failing(step, code)), { code });
        }
        assert.equal(readFileSync(file, 'utf8'), 'old');
        assert.deepEqual(readdirSync(folder), ['a']);
      });
    }
  }

  it('FS-11: never moves a file to another file system, where that is no single step: what it writes first lies beside it', async () => {
    const folder = temporary();
    const file = path.join(folder, 'a');
    writeFileSync(file, 'old');
    const opened: string[] = [];
    const noting: OpenTemporary = async (absolute, flags, mode) => {
      opened.push(realpathSync(path.dirname(absolute)));
      return open(absolute, flags, mode);
    };
    await writeAtomically(file, Buffer.from('new'), Buffer.from('old'), noting);
    assert.deepEqual(opened, [realpathSync(folder)]);
    assert.equal(readFileSync(file, 'utf8'), 'new');
  });

  it('FS-11: says what is wrong with a name that is too long, and writes nothing', async () => {
    const folder = temporary();
    const long = path.join(folder, 'n'.repeat(300));
    await assert.rejects(createAtomically(long, Buffer.from('new')), { code: 'ENAMETOOLONG' });
    await assert.rejects(createAtomically(path.join(folder, ...Array.from({ length: 50 }, () => 'd'.repeat(100)), 'a'), Buffer.from('x')), {
      code: 'ENAMETOOLONG',
    });
    assert.deepEqual(readdirSync(folder), []);
  });

  it('never replaces a file when it creates one', async () => {
    const folder = temporary();
    const file = path.join(folder, 'a');
    writeFileSync(file, 'theirs');
    await assert.rejects(createAtomically(file, Buffer.from('mine')), { code: 'EEXIST' });
    assert.equal(readFileSync(file, 'utf8'), 'theirs');
    assert.deepEqual(readdirSync(folder), ['a']);
  });

  it('FS-05: does not write through a folder that became a link', async () => {
    const folder = temporary();
    const elsewhere = temporary();
    symlinkSync(elsewhere, path.join(folder, 'sub'));
    await assert.rejects(createAtomically(path.join(folder, 'sub/a'), Buffer.from('x')), { code: 'ELOOP' });
    assert.deepEqual(readdirSync(elsewhere), []);
  });
});

describe('text files', () => {
  const temporary = temporaryFolders();

  async function opened(files: Readonly<Record<string, string | Uint8Array>>) {
    const root = temporary();
    await writeTree(root, files);
    const paths = createWorkspacePaths(() => [{ name: 'w', path: root }]);
    const load = async (name: string) => {
      const place = accepted(await paths.resolve(name, 'write'));
      const current = accepted(await loadText(place, closedDocuments));
      assert.ok('file' in current, 'the file should be there');
      return { place, current };
    };
    return { root, load, paths };
  }

  it('FS-10: refuses binary files with their size', async () => {
    const { paths } = await opened({ 'a.png': Buffer.from([0x89, 0x50, 0, 0]) });
    const place = accepted(await paths.resolve('a.png', 'read'));
    assert.match(refusalOf(await loadText(place, closedDocuments)), /a\.png is a binary file \(4 bytes\)/);
  });

  it('FS-11: refuses to change a file that is read-only, even for root', async () => {
    const { root, load } = await opened({ a: 'old' });
    chmodSync(path.join(root, 'a'), 0o444);
    const { place, current } = await load('a');
    const stored = await storeSplices(place, current, [{ start: 0, end: 3, text: 'new' }], closedDocuments);
    assert.ok(stored !== 'stale');
    assert.match(refusalOf(stored), /a is read-only and was not changed/);
    assert.equal(readFileSync(path.join(root, 'a'), 'utf8'), 'old');
  });

  it('FS-11: keeps the old content in a folder that may not be written', async () => {
    const { root, load } = await opened({ a: 'old' });
    chmodSync(path.join(root, 'a'), 0o666);
    chmodSync(root, 0o555);
    const { place, current } = await load('a');
    const stored = await asOrdinaryUser(() => storeSplices(place, current, [{ start: 0, end: 3, text: 'new' }], closedDocuments));
    assert.ok(stored !== 'stale');
    assert.match(refusalOf(stored), /permission denied\. Its old content is intact/);
    assert.equal(readFileSync(path.join(root, 'a'), 'utf8'), 'old');
  });

  it('FS-12: writes the target of a link inside the workspace and keeps the link', async () => {
    const { root, load } = await opened({ 'src/a': 'old' });
    symlinkSync('src/a', path.join(root, 'link'));
    const { place, current } = await load('link');
    assert.deepEqual(await storeSplices(place, current, [{ start: 0, end: 3, text: 'new' }], closedDocuments), {
      ok: true,
      hash: (await load('src/a')).current.hash,
      saved: true,
      bytes: Buffer.from('new'),
    });
    assert.ok(lstatSync(path.join(root, 'link')).isSymbolicLink());
    assert.equal(readFileSync(path.join(root, 'src/a'), 'utf8'), 'new');
  });

  it('CON-02: does not write over what changed since it was loaded', async () => {
    const { root, load } = await opened({ a: 'old' });
    const { place, current } = await load('a');
    writeFileSync(path.join(root, 'a'), 'theirs');
    assert.equal(await storeSplices(place, current, [{ start: 0, end: 3, text: 'new' }], closedDocuments), 'stale');
    assert.equal(readFileSync(path.join(root, 'a'), 'utf8'), 'theirs');
  });

  it('FS-02: never changes a file outside that shares the content by a hard link', async () => {
    const { root, load } = await opened({ a: 'old' });
    const outside = path.join(temporary(), 'shared');
    linkSync(path.join(root, 'a'), outside);
    const { place, current } = await load('a');
    assert.notEqual(await storeSplices(place, current, [{ start: 0, end: 3, text: 'new' }], closedDocuments), 'stale');
    assert.equal(readFileSync(outside, 'utf8'), 'old');
    assert.equal(readFileSync(path.join(root, 'a'), 'utf8'), 'new');
  });
});
