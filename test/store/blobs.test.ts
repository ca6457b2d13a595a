import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBlobs } from '../../src/store/blobs.ts';
import { CrashFs } from '../support/crashFs.ts';
import { folder } from '../support/journalRun.ts';

const text = 'long output\n'.repeat(2_000);
const helloHash = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';

describe('blobs', () => {
  it('gives back any text by its SHA-256', async () => {
    const fs = new CrashFs();
    const blobs = createBlobs({ directory: folder, fs });
    assert.deepEqual(await blobs.put('hello'), { hash: helloHash, bytes: 5 });
    assert.deepEqual([...fs.files.keys()], [`${folder}/blobs/2c/${helloHash.slice(2)}`]);
    for (const each of ['hello', '', 'ä😀\u0000\r\n\u2028', text]) {
      const { hash, bytes } = await blobs.put(each);
      assert.deepEqual([await blobs.get(hash), bytes], [each, Buffer.byteLength(each)]);
    }
  });

  it('replaces half a surrogate pair, and hashes what it keeps', async () => {
    const blobs = createBlobs({ directory: folder, fs: new CrashFs() });
    const { hash } = await blobs.put('a\ud83d');
    assert.equal(await blobs.get(hash), 'a\ufffd');
  });

  it('writes the same text once, however many put it at once or again', async () => {
    const fs = new CrashFs();
    const blobs = createBlobs({ directory: folder, fs });
    const put = await Promise.all(Array.from({ length: 10 }, () => blobs.put(text)));
    assert.equal(new Set(put.map(({ hash }) => hash)).size, 1);
    await blobs.put(text);
    assert.equal(fs.calls.filter((call) => call.name === 'append').length, 1);
    assert.equal(fs.files.size, 1);
  });

  it('lets two windows put the same text at once', async () => {
    const disk = new CrashFs();
    const stores = [disk.otherProcess(), disk.otherProcess()].map((fs) => createBlobs({ directory: folder, fs }));
    const put = await Promise.all(stores.map((blobs) => blobs.put(text)));
    assert.equal(await stores[0]?.get(put[1]?.hash ?? ''), text);
    assert.equal(disk.files.size, 1);
  });

  it('heals a damaged copy when the text is put again', async () => {
    const fs = new CrashFs();
    const blobs = createBlobs({ directory: folder, fs });
    const { hash } = await blobs.put(text);
    const [path = ''] = fs.files.keys();
    const damaged = new CrashFs(new Map([[path, Buffer.from(text.replace('l', 'x'))]]));
    const again = createBlobs({ directory: folder, fs: damaged });
    await assert.rejects(again.get(hash), { name: 'BlobError', kind: 'damaged', hash, message: /does not match its name/ });
    await again.put(text);
    assert.equal(await again.get(hash), text);
  });

  it('says what is missing, and refuses names that are no hash', async () => {
    const blobs = createBlobs({ directory: folder, fs: new CrashFs(new Map([['/etc/passwd', Buffer.from('root')]])) });
    await assert.rejects(blobs.get(helloHash), { name: 'BlobError', kind: 'missing', message: /is missing \(.*blobs.2c/ });
    for (const hash of ['', '../../etc/passwd', helloHash.toUpperCase(), `${helloHash}0`, `${helloHash.slice(0, 63)}/`]) {
      await assert.rejects(blobs.get(hash), { name: 'BlobError', kind: 'badHash' });
    }
  });

  it('never shows half a text, wherever the process is killed or the power is cut', async () => {
    const probe = new CrashFs();
    const { hash } = await createBlobs({ directory: folder, fs: probe }).put(text);
    for (let index = 1; index <= probe.calls.length + 1; index++) {
      for (const bytes of [undefined, 1, 5_000]) {
        const fs = new CrashFs();
        fs.fault = (call) =>
          call.index === index
            ? { kind: 'crash', when: 'before', ...(bytes !== undefined && call.name === 'append' ? { bytes } : {}) }
            : undefined;
        let acked = false;
        const put = createBlobs({ directory: folder, fs })
          .put(text)
          .then(() => {
            acked = true;
          });
        await Promise.race([put, fs.crashed]);
        for (const disk of [fs.afterKill(), fs.afterPowerCut(() => 0.95), fs.afterPowerCut(() => 0.1)]) {
          const blobs = createBlobs({ directory: folder, fs: disk });
          const found = await blobs.get(hash).catch((error: unknown) => error);
          const what = `killed before call ${index}`;
          assert.ok(
            found === text || (!acked && found instanceof Error && 'kind' in found && found.kind === 'missing'),
            `${what}: ${String(found).slice(0, 80)}`,
          );
          await blobs.put(text);
          assert.equal(await blobs.get(hash), text, what);
        }
      }
    }
  });

  it('rejects with words and leaves nothing behind when the disk refuses', async () => {
    const probe = new CrashFs();
    await createBlobs({ directory: folder, fs: probe }).put(text);
    for (let index = 1; index <= probe.calls.length; index++) {
      const fs = new CrashFs();
      fs.fault = (call) =>
        call.index === index ? { kind: 'error', code: 'ENOSPC', ...(call.name === 'append' ? { bytes: 10 } : {}) } : undefined;
      const blobs = createBlobs({ directory: folder, fs });
      await assert.rejects(blobs.put(text), {
        name: 'JournalError',
        kind: 'storage',
        message: /could not save a long text .* the disk is full/,
      });
      assert.deepEqual(
        [...fs.files.keys()].filter((path) => path.includes('/.')),
        [],
        `call ${index}`,
      );
      const { hash } = await blobs.put(text);
      assert.equal(await blobs.get(hash), text);
    }
  });

  it('works on a real disk', async () => {
    const root = mkdtempSync(join(tmpdir(), 'flotilla-blobs-'));
    try {
      const { hash } = await createBlobs({ directory: root }).put(text);
      assert.equal(await createBlobs({ directory: root }).get(hash), text);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
});
