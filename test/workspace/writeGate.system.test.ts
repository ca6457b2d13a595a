import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { toId } from '../../src/core/ids.ts';
import { createAtomically, removeFile, writeAtomically } from '../../src/workspace/atomicWrite.ts';
import { makeFolders } from '../../src/workspace/folderHandle.ts';
import { closedDocuments } from '../../src/workspace/openDocuments.ts';
import { readFileBytes } from '../../src/workspace/textFile.ts';
import { createWorkspaceFiles } from '../../src/workspace/workspaceFiles.ts';
import { examples } from '../support/examples.ts';
import { MemoryBlobs } from '../support/memoryJournal.ts';
import { needs } from '../support/needs.ts';
import { accepted, memoryFolder, refusalOf, temporaryFolders, writeTree } from './temporaryFolder.ts';

/*
 * Another process that swaps files and folders for links while ours checks, opens, writes and removes: FS-03 and FS-05. The lower half drives
 * the parts without the check of the path before, so that every try meets the race.
 */

const ann = toId('agent', 'ann');
const secret = 'outside-secret-77d1';
const original = 'inside\n';

/** Swaps as fast as it can until it is ended; says that it runs with its first line. */
const racer = `
const fs = require('node:fs');
const [root, outside] = process.argv.slice(1);
process.chdir(root);
const quietly = (step) => { try { step(); } catch {} };
process.stdout.write('running\\n');
for (;;) {
  quietly(() => fs.symlinkSync(outside + '/secret.txt', 'a.link'));
  quietly(() => fs.renameSync('a.link', 'a'));
  quietly(() => fs.renameSync('d', 'd.real'));
  quietly(() => fs.symlinkSync(outside, 'd'));
  quietly(() => fs.writeFileSync('a.file', ${JSON.stringify(original)}));
  quietly(() => fs.renameSync('a.file', 'a'));
  quietly(() => fs.unlinkSync('d'));
  // Whoever makes folders meanwhile may have made this one.
  quietly(() => fs.lstatSync('d').isDirectory() && fs.rmSync('d', { recursive: true }));
  quietly(() => fs.renameSync('d.real', 'd'));
}
`;

function look(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true, encoding: 'utf8' })
    .map((entry) => {
      const absolute = path.join(entry.parentPath, entry.name);
      return `${path.relative(folder, absolute)} ${entry.isFile() ? readFileSync(absolute, 'utf8') : 'no file'}`;
    })
    .sort();
}

describe('the write gate against a process that swaps what is checked', function () {
  this.timeout(600_000);
  let racing: ChildProcess | undefined;

  before(function () {
    needs(this, process.platform === 'linux', 'Linux, for the links of /proc');
  });
  afterEach(async () => {
    const child = racing;
    racing = undefined;
    if (child !== undefined && child.exitCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    }
  });
  // After the hook that ends the racer, which would go on in a folder that is being removed.
  const temporary = temporaryFolders(memoryFolder);

  async function raced() {
    const base = temporary();
    const root = path.join(base, 'w');
    const outside = path.join(base, 'outside');
    await writeTree(root, { a: original, 'd/f': original, 'd/gone': original });
    await writeTree(outside, { 'secret.txt': secret, f: original, gone: original, 'sub/keep': 'keep' });
    const before = look(outside);
    const child = spawn(process.execPath, ['-e', racer, root, outside], { stdio: ['ignore', 'pipe', 'inherit'] });
    racing = child;
    await new Promise((resolve) => child.stdout.once('data', resolve));
    return { root, outside, before };
  }

  it('FS-03: reads and writes of agents never leave the workspace, and some of them succeed', async () => {
    const { root, outside, before } = await raced();
    const files = createWorkspaceFiles({
      folders: () => [{ name: 'w', path: root }],
      documents: closedDocuments,
      ripgrep: async () => undefined,
      blobs: new MemoryBlobs(),
    });
    const counts = { done: 0, refused: 0 };
    const tally = (result: { readonly ok: boolean }) => {
      counts[result.ok ? 'done' : 'refused']++;
    };
    const { numRuns } = examples(100);
    for (let round = 0; round < numRuns; round++) {
      for (const name of ['a', 'd/f']) {
        const read = await files.readLines(ann, name, 1, undefined);
        assert.ok(!read.text.includes(secret), read.text);
        tally(read);
      }
      for (const [name, request] of [
        ['d/f', { kind: 'write', content: `round ${round}\n` }],
        [`d/new-${round}`, { kind: 'write', content: 'new\n' }],
        [`d/deep-${round}/er/new`, { kind: 'write', content: 'new\n' }],
      ] as const) {
        const plan = await files.edits.plan(ann, name, request);
        const done = plan.ok ? await files.edits.apply(ann, plan) : plan;
        assert.ok(done.ok || !done.text.includes(secret));
        tally(done);
      }
    }
    assert.deepEqual(look(outside), before, 'nothing outside was made, changed or removed');
    assert.ok(counts.done > 0 && counts.refused > 0, `the race was real: ${JSON.stringify(counts)}`);
  });

  it('FS-03, FS-05: opening, replacing, creating and removing follow no link that was put there after the check', async () => {
    const { root, outside, before } = await raced();
    const counts = { done: 0, refused: 0 };
    const attempt = async (step: () => Promise<unknown>) => {
      try {
        await step();
        counts.done++;
      } catch (error) {
        assert.ok(error instanceof Error && 'code' in error, String(error));
        counts.refused++;
      }
    };
    const bytes = Buffer.from(original);
    const { numRuns } = examples(100);
    for (let round = 0; round < numRuns; round++) {
      const read = await readFileBytes(path.join(root, 'a'), 'a');
      assert.ok(!read.ok || 'missing' in read || !read.bytes.includes(secret));
      const below = await readFileBytes(path.join(root, 'd/secret.txt'), 'd/secret.txt');
      assert.ok(!below.ok || 'missing' in below, 'a file that is only outside was read');
      await attempt(() => writeAtomically(path.join(root, 'd/f'), bytes, bytes));
      await attempt(() => createAtomically(path.join(root, `d/new-${round}`), bytes));
      await attempt(() => makeFolders(path.join(root, `d/folder-${round}/er`)));
      await attempt(() => removeFile(path.join(root, 'd/gone'), bytes));
    }
    assert.deepEqual(look(outside), before, 'nothing outside was made, changed or removed');
    assert.ok(counts.done > 0 && counts.refused > 0, `the race was real: ${JSON.stringify(counts)}`);
  });
});

describe('places that lead outside by other ways than a path', () => {
  const temporary = temporaryFolders();

  it('FS-02, FS-06: through links of every kind nothing is read, written, listed or searched', async () => {
    const base = temporary();
    const root = path.join(base, 'w');
    const outside = path.join(base, 'outside');
    await writeTree(root, { 'a.txt': original });
    await writeTree(outside, { 'secret.txt': secret });
    for (const [target, name] of [
      [path.join(outside, 'secret.txt'), 'file'],
      [outside, 'folder'],
      ['folder', 'chain'],
      [path.join(outside, 'none'), 'dangling'],
      ['loop-b', 'loop-a'],
      ['loop-a', 'loop-b'],
      ['/proc/self/cwd', 'cwd'],
      ['/proc/self/root', 'top'],
      ['/dev/fd', 'descriptors'],
      ['../outside', 'extracted'],
    ] as const) {
      symlinkSync(target, path.join(root, name));
    }
    const files = createWorkspaceFiles({
      folders: () => [{ name: 'w', path: root }],
      documents: closedDocuments,
      ripgrep: async () => undefined,
      blobs: new MemoryBlobs(),
    });
    const { signal } = new AbortController();
    const names = ['file', 'folder', 'chain', 'dangling', 'loop-a', 'cwd', 'top', 'descriptors', 'extracted'];
    for (const name of [...names, ...names.flatMap((link) => [`${link}/secret.txt`, `${link}/new/file`])]) {
      refusalOf(await files.readLines(ann, name, 1, undefined));
      refusalOf(await files.edits.plan(ann, name, { kind: 'write', content: 'x' }));
      refusalOf(await files.list(name, 3, signal));
      refusalOf(await files.find('**', name, signal));
      refusalOf(
        await files.search({ pattern: secret, path: name, glob: undefined, literal: true, ignoreCase: false, maxResults: 10 }, signal),
      );
    }
    const everything = accepted(
      await files.search({ pattern: secret, path: undefined, glob: undefined, literal: true, ignoreCase: false, maxResults: 10 }, signal),
    );
    assert.deepEqual(everything.lines, []);
    assert.deepEqual(look(outside), [`secret.txt ${secret}`]);
  });

  it('FS-02: a write to a file with a second name outside leaves that one alone, also when an editor has it open', async () => {
    const base = temporary();
    const root = path.join(base, 'w');
    mkdirSync(root);
    const elsewhere = path.join(base, 'outside.txt');
    writeFileSync(elsewhere, original);
    linkSync(elsewhere, path.join(root, 'a'));
    let asked = 0;
    const files = createWorkspaceFiles({
      folders: () => [{ name: 'w', path: root }],
      documents: {
        read: (absolute) => (absolute === path.join(root, 'a') ? { text: original, version: 1, dirty: false } : undefined),
        replace: async () => {
          asked++;
          return 'applied';
        },
      },
      ripgrep: async () => undefined,
      blobs: new MemoryBlobs(),
    });
    accepted(await files.readLines(ann, 'a', 1, undefined));
    const plan = accepted(await files.edits.plan(ann, 'a', { kind: 'replace', oldText: 'inside', newText: 'changed', all: false }));
    accepted(await files.edits.apply(ann, plan));
    assert.deepEqual([readFileSync(path.join(root, 'a'), 'utf8'), readFileSync(elsewhere, 'utf8'), asked], ['changed\n', original, 0]);
  });
});
