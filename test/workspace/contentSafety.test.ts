import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { toId } from '../../src/core/ids.ts';
import { createContentGuard } from '../../src/policy/contentGuard.ts';
import { createRedactor } from '../../src/policy/redact.ts';
import type { EditRequest } from '../../src/workspace/fileEdits.ts';
import { readInstructions } from '../../src/workspace/instructionFiles.ts';
import { closedDocuments } from '../../src/workspace/openDocuments.ts';
import { createWorkspaceFiles } from '../../src/workspace/workspaceFiles.ts';
import { MemoryBlobs } from '../support/memoryJournal.ts';
import { accepted, refusalOf, temporaryFolders, writeTree } from './temporaryFolder.ts';

const ann = toId('agent', 'ann');

describe('files whose text is not shown as it is', () => {
  const temporary = temporaryFolders();

  async function opened(tree: Readonly<Record<string, string>>) {
    const root = temporary();
    await writeTree(root, tree);
    const redactor = createRedactor();
    const guard = createContentGuard(redactor.redact);
    const files = createWorkspaceFiles({
      folders: () => [{ name: 'w', path: root }],
      documents: closedDocuments,
      ripgrep: async () => undefined,
      blobs: new MemoryBlobs(),
      learn: redactor.learn,
    });
    const read = async (name: string) => guard.told((await files.readLines(ann, name, 1, undefined)).text);
    const edit = async (name: string, request: EditRequest) => {
      const plan = await files.edits.plan(ann, name, request);
      return plan.ok ? files.edits.apply(ann, plan) : plan;
    };
    const replace = (name: string, oldText: string, newText: string) => edit(name, { kind: 'replace', oldText, newText, all: false });
    return { root, files, guard, read, edit, replace, onDisk: (name: string) => readFileSync(path.join(root, name), 'utf8') };
  }

  it('TIN-07: an edit takes hidden characters as they were shown, and keeps, moves or removes them', async () => {
    const { read, replace, onDisk } = await opened({ a: 'one\u200b two\nif (x\u202e) y\n' });
    assert.match(await read('a'), /1\tone⟨U\+200B⟩ two\n {4}2\tif \(x⟨U\+202E⟩\) y\n\(2 hidden characters/);
    accepted(await replace('a', 'one⟨U+200B⟩ two', 'one⟨U+200B⟩ three'));
    assert.equal(onDisk('a'), 'one\u200b three\nif (x\u202e) y\n');
    accepted(await replace('a', 'if (x⟨U+202E⟩) y', 'if (x) y'));
    assert.equal(onDisk('a'), 'one\u200b three\nif (x) y\n');
  });

  it('TIN-07: a mark that the file does not hide is text, and nobody hides anything by writing one', async () => {
    const { read, replace, edit, onDisk } = await opened({ a: 'about ⟨U+200B⟩\n', b: 'x\u200by\n' });
    await read('a');
    accepted(await replace('a', '⟨U+200B⟩', '⟨U+202E⟩'));
    assert.equal(onDisk('a'), 'about ⟨U+202E⟩\n');
    await read('b');
    accepted(await replace('b', 'x⟨U+200B⟩y', 'x⟨U+200B⟩y⟨U+202E⟩'));
    assert.equal(onDisk('b'), 'x\u200by⟨U+202E⟩\n');
    await read('b');
    accepted(await edit('b', { kind: 'write', content: 'z⟨U+200B⟩\n' }));
    assert.equal(onDisk('b'), 'z\u200b\n');
  });

  it('TIN-07: instruction files of the project are shown as they are, and the person is told', async () => {
    const { root } = await opened({ 'AGENTS.md': 'Be kind.\u{e0049}\u{e0067}' });
    const { files, left } = await readInstructions([{ name: 'w', path: root }]);
    assert.deepEqual(files, [{ path: 'AGENTS.md', text: 'Be kind.⟨U+E0049⟩⟨U+E0067⟩' }]);
    assert.deepEqual(left, [{ name: 'AGENTS.md', why: '2 hidden characters in it are written out' }]);
  });

  it('SEC-02, SEC-07: values of .env are told to nobody, by reading, searching or a refused edit, and stay in the file', async () => {
    const { files, guard, read, replace, edit, onDisk } = await opened({ '.env': 'PORT=80\nAPI_KEY=hunter2-canary-5f1c\n' });
    const { signal } = new AbortController();
    const refused = guard.told(refusalOf(await replace('.env', 'PORT=80', 'PORT=81')));
    assert.match(refused, /API_KEY=⟨secret/);
    assert.ok(!refused.includes('hunter2'));
    const found = accepted(
      await files.search({ pattern: 'API', path: undefined, glob: undefined, literal: true, ignoreCase: false, maxResults: 9 }, signal),
    );
    assert.match(guard.told(found.lines.map(({ text }) => text).join('\n')), /^API_KEY=⟨secret API_KEY⟩/);
    assert.match(await read('.env'), /PORT=80\n {4}2\tAPI_KEY=⟨secret API_KEY⟩/);
    accepted(await replace('.env', 'PORT=80', 'PORT=81'));
    assert.equal(onDisk('.env'), 'PORT=81\nAPI_KEY=hunter2-canary-5f1c\n');
    assert.match(refusalOf(await replace('.env', 'API_KEY=⟨secret API_KEY⟩', 'API_KEY=x')), /stands for a secret that is kept from you/);
    assert.match(refusalOf(await edit('.env', { kind: 'write', content: 'PORT=1\nAPI_KEY=⟨secret API_KEY⟩\n' })), /\.env was not changed/);
    assert.match(refusalOf(await edit('copy', { kind: 'write', content: 'API_KEY=⟨secret API_KEY⟩\n' })), /copy was not changed/);
  });

  it('FS-07, GIT-02: no file of a bare repository is written, and no folder becomes one, by edit, overwrite or creation', async () => {
    const { root, files, edit } = await opened({
      'vendor/x/HEAD': 'ref: refs/heads/main\n',
      'vendor/x/config': '[core]\n',
      'vendor/x/objects/keep': '',
      'vendor/x/refs/keep': '',
      'half/HEAD': 'ref: refs/heads/main\n',
      'half/objects/keep': '',
      'docs/config': 'fine\n',
    });
    mkdirSync(path.join(root, 'docs/objects'));
    for (const name of [
      'vendor/x/config',
      'vendor/x/hooks/post-checkout',
      'vendor/x/HEAD',
      'vendor/x/src/a.ts',
      'half/refs/heads/main',
      'half/REFS/x',
    ]) {
      assert.match(refusalOf(await edit(name, { kind: 'write', content: 'x' })), /part of a folder that git takes for a repository/, name);
    }
    for (const name of ['docs/refs/a.md', 'docs/objects/b.md', 'half/src/a.ts', 'vendor/a.ts']) {
      accepted(await files.edits.plan(ann, name, { kind: 'write', content: 'x' }));
    }
  });

  it('FS-07: a workspace that is itself a bare repository with work trees in it keeps those writable', async () => {
    const { edit } = await opened({ HEAD: 'ref: refs/heads/main\n', config: '', 'objects/keep': '', 'refs/keep': '' });
    accepted(await edit('main/src/a.ts', { kind: 'write', content: 'x' }));
    for (const name of ['config', 'hooks/pre-commit', 'worktrees/main/gitdir', 'Info/attributes', 'packed-refs']) {
      assert.match(refusalOf(await edit(name, { kind: 'write', content: 'x' })), /git takes for a repository/, name);
    }
  });

  it('TRU-08: a plan says that it would have an editor ask another machine', async () => {
    const { files } = await opened({ 'a.json': '{}\n' });
    await files.readLines(ann, 'a.json', 1, undefined);
    const plan = accepted(
      await files.edits.plan(ann, 'a.json', {
        kind: 'replace',
        oldText: '{}',
        newText: '{"$schema":"https://evil.example/x"}',
        all: false,
      }),
    );
    assert.equal(plan.concern, 'An editor that opens it asks https://evil.example/x for its schema.');
    assert.equal(accepted(await files.edits.plan(ann, 'b.json', { kind: 'write', content: '{}' })).concern, undefined);
  });
});
