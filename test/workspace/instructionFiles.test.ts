import * as assert from 'node:assert/strict';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Log } from '../../src/orchestrator/ports.ts';
import { longestInstructions, readInstructions } from '../../src/workspace/instructionFiles.ts';
import { LiveInstructions } from '../../src/workspace/liveInstructions.ts';
import { closedDocuments } from '../../src/workspace/openDocuments.ts';
import { createWorkspaceFiles } from '../../src/workspace/workspaceFiles.ts';
import { settle } from '../support/fakeClock.ts';
import { makePipe, temporaryFolders, writeTree } from './temporaryFolder.ts';
import { MemoryBlobs } from '../support/memoryJournal.ts';

const ignore = () => undefined;
const log: Log = { debug: ignore, info: ignore, warn: ignore, error: (message, error) => assert.fail(`${message}: ${String(error)}`) };

describe('instruction files', () => {
  const temporary = temporaryFolders();

  async function folder(files: Readonly<Record<string, string | Uint8Array>>, name = 'app') {
    const root = temporary();
    await writeTree(root, files);
    return { name, path: root };
  }

  it('are read at the roots, in a fixed order', async () => {
    const one = await folder({ 'CLAUDE.md': 'two\r\nlines\n', 'AGENTS.md': ' one ', 'src/AGENTS.md': 'nested' });
    assert.deepEqual(await readInstructions([one]), {
      files: [
        { path: 'AGENTS.md', text: 'one' },
        { path: 'CLAUDE.md', text: 'two\nlines' },
      ],
      left: [],
    });
    const two = await folder({ 'AGENTS.md': 'other' }, 'lib');
    assert.deepEqual(
      (await readInstructions([one, two])).files.map((file) => file.path),
      ['app/AGENTS.md', 'app/CLAUDE.md', 'lib/AGENTS.md'],
    );
    assert.deepEqual(await readInstructions([await folder({ 'README.md': 'x' })]), { files: [], left: [] });
  });

  it('are taken once when they say the same, link to or refer to each other', async () => {
    const same = await folder({ 'AGENTS.md': 'one\n', 'CLAUDE.md': 'one' });
    assert.deepEqual(await readInstructions([same]), {
      files: [{ path: 'AGENTS.md', text: 'one' }],
      left: [{ name: 'CLAUDE.md', why: 'it says the same as AGENTS.md' }],
    });
    const linked = await folder({ 'AGENTS.md': 'one' });
    symlinkSync('AGENTS.md', path.join(linked.path, 'CLAUDE.md'));
    assert.equal((await readInstructions([linked])).files.length, 1);
    const referring = await folder({ 'AGENTS.md': 'one', 'CLAUDE.md': '@AGENTS.md\n' });
    assert.deepEqual((await readInstructions([referring])).left, [{ name: 'CLAUDE.md', why: 'it only refers to AGENTS.md' }]);
  });

  it('are cut between lines at the limit, with a mark that says where the rest is', async () => {
    const text = `${'y'.repeat(99)}\n`.repeat(300);
    const { files } = await readInstructions([await folder({ 'AGENTS.md': text })]);
    const [file] = files;
    assert.ok(file !== undefined && file.text.length < longestInstructions + 100);
    assert.match(file.text, /y\n\[6\d\d\d more characters are left out; read AGENTS\.md for the rest\.\]$/);
  });

  it('are left out with the reason when they are no readable text of the folder', async () => {
    const outside = await folder({ secret: 'do not read' });
    const hostile = await folder({ 'CLAUDE.md': new Uint8Array([0, 1, 2]) });
    symlinkSync(path.join(outside.path, 'secret'), path.join(hostile.path, 'AGENTS.md'));
    const { files, left } = await readInstructions([hostile]);
    assert.deepEqual(files, []);
    assert.deepEqual(left, [
      { name: 'AGENTS.md', why: 'it is a link to a place outside its folder' },
      { name: 'CLAUDE.md', why: 'it is no text' },
    ]);
    const piped = await folder({ x: '' });
    makePipe(path.join(piped.path, 'AGENTS.md'));
    assert.match((await readInstructions([piped])).left[0]?.why ?? '', /named pipe/);
  });

  describe('as they change', () => {
    async function live(files: Readonly<Record<string, string>>, trusted = () => true) {
      const root = await folder(files);
      const workspace = createWorkspaceFiles({
        folders: () => [root],
        documents: closedDocuments,
        ripgrep: async () => undefined,
        blobs: new MemoryBlobs(),
      });
      const searches: Promise<unknown>[] = [];
      const find = (glob: string, signal: AbortSignal) => {
        const found = workspace.find(glob, undefined, signal);
        searches.push(found);
        return found;
      };
      const instructions = new LiveInstructions({ folders: () => [root], find, trusted, log });
      const refresh = async () => {
        await instructions.refresh();
        await Promise.all(searches);
        await settle();
      };
      await refresh();
      return { instructions, refresh, root: root.path };
    }

    it('stay the same object until one of them says something else', async () => {
      const { instructions, refresh, root } = await live({ 'AGENTS.md': 'one', 'src/CLAUDE.md': 'nested' });
      const first = instructions.current;
      assert.deepEqual(first.left, [{ name: 'src/CLAUDE.md', why: 'it holds for its folder; agents are told to read it there' }]);
      writeFileSync(path.join(root, 'AGENTS.md'), 'one\n');
      await refresh();
      assert.equal(instructions.current, first);
      writeFileSync(path.join(root, 'AGENTS.md'), 'two');
      await Promise.all([refresh(), refresh()]);
      assert.equal(instructions.current.files[0]?.text, 'two');
      assert.deepEqual(instructions.current.left, first.left);
      rmSync(path.join(root, 'AGENTS.md'));
      await refresh();
      assert.deepEqual(instructions.current.files, []);
    });

    it('are not read in a workspace that is not trusted', async () => {
      let trusted = false;
      const { instructions, refresh } = await live({ 'AGENTS.md': 'obey', 'a/AGENTS.md': 'obey' }, () => trusted);
      assert.deepEqual(instructions.current, { files: [], left: [] });
      trusted = true;
      await refresh();
      assert.equal(instructions.current.files.length, 1);
    });
  });
});
