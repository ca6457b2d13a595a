import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import type { ReviewBase } from '../../../src/core/review/changes.ts';
import type { FileReview } from '../../../src/core/review/fileReview.ts';
import { keepBytes } from '../../../src/workspace/keptBytes.ts';
import { closedDocuments, type OpenDocuments } from '../../../src/workspace/openDocuments.ts';
import type { ReviewedFile } from '../../../src/workspace/review/reviewFiles.ts';
import { createWorkspaceFiles, type WorkspaceFiles } from '../../../src/workspace/workspaceFiles.ts';
import { examples } from '../../support/examples.ts';
import { MemoryBlobs } from '../../support/memoryJournal.ts';
import { FakeEditor } from '../fakeEditor.ts';
import { accepted, temporaryFolders, writeTree } from '../temporaryFolder.ts';

const utf16 = (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
const marked = (text: string) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)]);
const latin = (text: string) => Buffer.from(text, 'latin1');

/** One file of a workspace with what it was before. */
class Reviewed {
  readonly root: string;
  readonly name: string;
  readonly files: WorkspaceFiles;
  readonly blobs = new MemoryBlobs();
  base: ReviewBase = { kind: 'nothing' };

  constructor(root: string, name: string, documents: OpenDocuments) {
    this.root = root;
    this.name = name;
    this.files = createWorkspaceFiles({
      folders: () => [{ name: 'w', path: root }],
      documents,
      ripgrep: async () => undefined,
      blobs: this.blobs,
    });
  }

  async keep(before: Buffer | undefined): Promise<this> {
    const kept = before === undefined ? undefined : await keepBytes(before, this.blobs);
    this.base = kept === undefined ? { kind: 'nothing' } : { kind: 'kept', ...kept };
    return this;
  }

  get file(): ReviewedFile {
    return { path: this.name, base: this.base };
  }

  get bytes(): Buffer | undefined {
    const absolute = path.join(this.root, this.name);
    return existsSync(absolute) ? readFileSync(absolute) : undefined;
  }

  async look(): Promise<FileReview> {
    return accepted(await this.files.review.look(this.file));
  }

  /** Rejects the hunks at these positions. */
  async reject(...positions: readonly number[]) {
    const seen = await this.look();
    const ids = seen.hunks.flatMap(({ id }, index) => (positions.includes(index) ? [id] : []));
    return this.files.review.reject(this.file, seen, new Set(ids));
  }
}

describe('reviewing a changed file', () => {
  const temporary = temporaryFolders();

  async function reviewed(
    name: string,
    before: Buffer | undefined,
    now: Buffer | undefined,
    documents: (absolute: string) => OpenDocuments = () => closedDocuments,
  ): Promise<Reviewed> {
    const root = temporary();
    if (now !== undefined) {
      await writeTree(root, { [name]: now });
    }
    return await new Reviewed(root, name, documents(path.join(root, name))).keep(before);
  }

  const pairs: readonly (readonly [string, Buffer, Buffer])[] = [
    ['plain', Buffer.from('one\ntwo\nthree\nfour\nfive'), Buffer.from('1\ntwo\n3\nfour\n5')],
    ['line ends', Buffer.from('one\r\ntwo\nthree\r\nfour\r\nfive\r\n'), Buffer.from('1\r\ntwo\n3\nfour\r\n5\r\n')],
    ['with a mark', marked('one\r\ntwo\r\nthree\r\nfour\r\nfive'), marked('1\r\ntwo\r\n3\r\nfour\r\n5')],
    ['wide', utf16('one\ntwo\nthree\nfour\nfive'), utf16('1\ntwo\n3\nfour\n5')],
    ['latin', latin('one\ntw\xf6\nthree\nf\xf6ur\nfive'), latin('1\ntw\xf6\n3\nf\xf6ur\n5')],
  ];
  for (const [kind, before, now] of pairs) {
    it(`takes places back one by one, ${kind}, until every byte is as it was`, async () => {
      const file = await reviewed('a.txt', before, now);
      const first = await file.look();
      assert.deepEqual(
        first.hunks.map(({ line }) => line),
        [1, 3, 5],
      );
      accepted(await file.reject(1));
      const second = await file.look();
      assert.deepEqual(
        second.hunks.map(({ id }) => id),
        [first.hunks[0]?.id, first.hunks[2]?.id],
      );
      accepted(await file.reject(1));
      accepted(await file.reject(0));
      assert.deepEqual(file.bytes, before);
      assert.deepEqual((await file.look()).hunks, []);
    });
  }

  it('touches no byte outside what is rejected, whatever is rejected', async () => {
    const line = fc.tuple(fc.constantFrom('a', 'b', 'ö', ''), fc.constantFrom('\n', '\r\n')).map((parts) => parts.join(''));
    const text = fc.array(line, { maxLength: 12 }).map((lines) => lines.join(''));
    await fc.assert(
      fc.asyncProperty(text, text, fc.array(fc.nat(20), { maxLength: 8 }), async (before, now, positions) => {
        const file = await reviewed('a.txt', Buffer.from(before), Buffer.from(now));
        const { hunks } = await file.look();
        const left = hunks.filter((_, index) => !positions.includes(index));
        accepted(await file.reject(...positions));
        assert.deepEqual(
          (await file.look()).hunks.map(({ id }) => id),
          left.map(({ id }) => id),
        );
        const shown = await file.files.review.baseText(file.file, new Set(left.map(({ id }) => id)));
        assert.equal(shown, file.bytes?.toString());
        accepted(await file.reject(...left.map((_, index) => index)));
        assert.equal(file.bytes?.toString(), before);
      }),
      examples(60),
    );
  });

  it('removes what was created, brings back what was deleted, and puts back what is no text, each as a whole', async () => {
    const created = await reviewed('a.txt', undefined, Buffer.from('new\n'));
    const deleted = await reviewed('b.txt', Buffer.from('old\n'), undefined);
    const binary = await reviewed('c.bin', Buffer.from([0, 1, 2]), Buffer.from([0, 1, 3]));
    for (const file of [created, deleted, binary]) {
      const { kind, hunks } = await file.look();
      assert.deepEqual([kind, hunks.length], ['whole', 1]);
      accepted(await file.reject(0));
      assert.deepEqual((await file.look()).hunks, []);
    }
    assert.equal(created.bytes, undefined);
    assert.equal(deleted.bytes?.toString(), 'old\n');
    assert.deepEqual(binary.bytes, Buffer.from([0, 1, 2]));
  });

  it('is refused, and changes nothing, when the file is no longer as it was looked at', async () => {
    const file = await reviewed('a.txt', Buffer.from('one\ntwo\n'), Buffer.from('1\ntwo\n'));
    const seen = await file.look();
    writeFileSync(path.join(file.root, 'a.txt'), '1\ntwo\nmine\n');
    const ids = new Set(seen.hunks.map(({ id }) => id));
    const refused = await file.files.review.reject(file.file, seen, ids);
    assert.ok(!refused.ok && refused.text.includes('has changed since you looked at it'));
    assert.equal(file.bytes?.toString(), '1\ntwo\nmine\n');
    rmSync(path.join(file.root, 'a.txt'));
    assert.ok(!(await file.files.review.reject(file.file, seen, ids)).ok);
    assert.equal(file.bytes, undefined);
  });

  it('CON-03: takes back in the editor, as one step that can be undone, and leaves the disk and the saving to the person', async () => {
    const typed = '1\ntwo\nmine\n';
    let editor: FakeEditor | undefined;
    const file = await reviewed('a.txt', Buffer.from('one\ntwo\n'), Buffer.from('1\ntwo\n'), (absolute) => {
      editor = new FakeEditor(absolute, typed, true);
      return editor;
    });
    const seen = await file.look();
    assert.equal(seen.unsaved, true);
    assert.deepEqual(
      seen.hunks.map(({ line }) => line),
      [1, 3],
    );
    assert.deepEqual(await file.reject(0), { ok: true, saved: false, hash: (await file.look()).present });
    assert.equal(editor?.text, 'one\ntwo\nmine\n');
    assert.deepEqual(editor?.undo, [typed]);
    assert.equal(file.bytes?.toString(), '1\ntwo\n');
    assert.equal(editor?.dirty, true);
  });

  it('goes through the editor and saves when the file is open without unsaved text', async () => {
    let editor: FakeEditor | undefined;
    const file = await reviewed('a.txt', Buffer.from('one\ntwo\n'), Buffer.from('1\ntwo\n'), (absolute) => {
      editor = new FakeEditor(absolute, '1\ntwo\n', false);
      return editor;
    });
    accepted(await file.reject(0));
    assert.equal(editor?.undo.length, 1);
    assert.equal(file.bytes?.toString(), 'one\ntwo\n');
  });

  it('is refused when the person types between the look and the click', async () => {
    let editor: FakeEditor | undefined;
    const file = await reviewed('a.txt', Buffer.from('one\n'), Buffer.from('1\n'), (absolute) => {
      editor = new FakeEditor(absolute, '1\n', true);
      return editor;
    });
    const seen = await file.look();
    editor?.type('12\n');
    assert.ok(!(await file.files.review.reject(file.file, seen, new Set(seen.hunks.map(({ id }) => id)))).ok);
    assert.equal(editor?.text, '12\n');
  });

  it('says so when one place of a file of unknown encoding cannot be put back alone', async () => {
    const file = await reviewed('a.txt', latin('\xf6ne\nx\ntwo\n'), latin('1\nx\n2\n\xe4\n'));
    const refused = await file.reject(0);
    assert.ok(!refused.ok && refused.text.includes('Reject all changes in the file instead'));
  });

  it('FS: refuses paths outside the workspace and inside .git, and files whose past was not kept', async () => {
    const file = await reviewed('a.txt', Buffer.from('one\n'), Buffer.from('1\n'));
    for (const name of ['../a.txt', '.git/config']) {
      assert.ok(!(await file.files.review.look({ path: name, base: file.base })).ok);
    }
    const unknown = await file.files.review.look({ path: 'a.txt', base: { kind: 'unknown' } });
    assert.ok(!unknown.ok && unknown.text.includes('was not kept'));
    const gone = await file.files.review.look({ path: 'a.txt', base: { kind: 'kept', before: 'f'.repeat(64) } });
    assert.ok(!gone.ok && gone.text.includes('source control'));
  });
});
