import assert from 'node:assert/strict';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Json } from '../../src/core/json.ts';
import type { Tool } from '../../src/orchestrator/ports.ts';
import { createFileTools } from '../../src/tools/fileTools.ts';
import { closedDocuments, type OpenDocuments } from '../../src/workspace/openDocuments.ts';
import { bytesHash } from '../../src/workspace/keptBytes.ts';
import { createWorkspaceFiles } from '../../src/workspace/workspaceFiles.ts';
import { temporaryFolders, writeTree } from '../workspace/temporaryFolder.ts';
import { call, prepare } from './fakes.ts';
import { MemoryBlobs } from '../support/memoryJournal.ts';

const sha256 = (text: string) => bytesHash(Buffer.from(text));

describe('the file tools', () => {
  const temporary = temporaryFolders();

  async function opened(tree: Readonly<Record<string, string | Uint8Array>>, documents: OpenDocuments = closedDocuments) {
    const root = temporary();
    await writeTree(root, tree);
    const files = createWorkspaceFiles({
      folders: () => [{ name: 'w', path: root }],
      documents,
      ripgrep: async () => undefined,
      blobs: new MemoryBlobs(),
    });
    const tools = new Map(createFileTools(files).map((tool) => [tool.spec.name, tool]));
    const named = (name: string): Tool => tools.get(name) ?? assert.fail(`no tool ${name}`);
    return {
      root,
      names: [...tools.keys()],
      onDisk: (name: string) => readFileSync(path.join(root, name), 'utf8'),
      run: (name: string, input: Json) => call(named(name), input),
      prepared: (name: string, input: Json) => prepare(named(name), input),
      named,
    };
  }

  it('are the six', async () => {
    const { names } = await opened({});
    assert.deepEqual(names, ['read_file', 'list_files', 'find_files', 'search_text', 'edit_file', 'write_file']);
  });

  describe('read_file', () => {
    it('answers numbered lines under the path, and says what it read', async () => {
      const { run } = await opened({ 'src/a.ts': 'one\r\n\ttwo\r\n\r\nfour' });
      assert.deepEqual(await run('read_file', { path: 'src/a.ts' }), {
        text: 'src/a.ts (lines 1-4 of 4)\n    1\tone\n    2\t\ttwo\n    3\t\n    4\tfour',
        isError: false,
        paged: true,
        effects: [{ kind: 'read', path: 'src/a.ts' }],
      });
      assert.equal(
        (await run('read_file', { path: './src/a.ts', from_line: 2, to_line: 3 })).text,
        'src/a.ts (lines 2-3 of 4)\n    2\t\ttwo\n    3\t',
      );
    });

    it('names the place for the editor', async () => {
      const { prepared } = await opened({ a: 'x' });
      const whole = await prepared('read_file', { path: 'a' });
      const part = await prepared('read_file', { path: 'a', from_line: 3, to_line: 9 });
      assert.ok(whole.kind === 'ready' && part.kind === 'ready');
      assert.deepEqual([whole.title, whole.place, whole.outside], ['Read a', { path: 'a' }, false]);
      assert.deepEqual([part.title, part.place], ['Read a:3-9', { path: 'a', line: 3, endLine: 9 }]);
    });

    it('shows a long file in parts and cuts long lines visibly', async () => {
      const { run } = await opened({
        long: 'line\n'.repeat(4500),
        wide: `${'x'.repeat(100_000)}\nend\n`,
        much: `${'y'.repeat(3000)}\n`.repeat(60),
      });
      const first = (await run('read_file', { path: 'long' })).text;
      assert.match(first, /^long \(lines 1-2000 of 4500\)\n[^]* 2000\tline\n\(2500 more lines; go on with from_line 2001\)$/);
      assert.match((await run('read_file', { path: 'long', from_line: 4001 })).text, /^long \(lines 4001-4500 of 4500\)\n[^]* 4500\tline$/);
      assert.match((await run('read_file', { path: 'wide' })).text, /\tx{4000} … \(96000 more characters in this line\)\n {4}2\tend$/);
      assert.match(
        (await run('read_file', { path: 'much' })).text,
        /^much \(lines 1-19 of 60\)[^]*\(41 more lines; go on with from_line 20\)$/,
      );
    });

    it('says what is odd about a file', async () => {
      const { run } = await opened({
        empty: '',
        wide: Buffer.from('\ufeffä\n', 'utf16le'),
        latin: Buffer.from([0xe9, 0x0a]),
        escape: '\u001b[2Jx\u202e\n',
      });
      assert.equal((await run('read_file', { path: 'empty' })).text, 'empty (empty file)');
      assert.match((await run('read_file', { path: 'wide' })).text, /1\tä\n\(the file is UTF-16 \(little endian\)/);
      assert.match((await run('read_file', { path: 'latin' })).text, /1\t\ufffd\n\(the file is not UTF-8/);
      assert.equal(
        (await run('read_file', { path: 'escape' })).text,
        'escape (lines 1-1 of 1)\n    1\t\u001b[2Jx\u202e',
        'content is shown as it is',
      );
    });

    const bad: readonly (readonly [Json, RegExp])[] = [
      [{ path: '../x' }, /contains "\.\."/],
      [{ path: '/etc/passwd' }, /outside the workspace/],
      [{ path: 'no.ts' }, /no\.ts does not exist\. Use find_files/],
      [{ path: 'd' }, /d is a folder; use list_files/],
      [{ path: 'd/a', from_line: 9 }, /d\/a has only 1 line; from_line 9 is after its end/],
      [{ path: 'd/a', from_line: 2, to_line: 1 }, /to_line 1 is before from_line 2/],
      [{ path: 'd/a', from_line: 0 }, /from_line: expected more than 0, got 0/],
      [{ file: 'd/a' }, /path: missing; expected a string\n- file: unknown field/],
      [{ path: 'bin' }, /bin is a binary file/],
    ];
    for (const [input, expected] of bad) {
      it(`refuses ${JSON.stringify(input)}`, async () => {
        const { run } = await opened({ 'd/a': 'x\n', bin: Buffer.from([0, 1, 2]) });
        const outcome = await run('read_file', input);
        assert.equal(outcome.isError, true);
        assert.match(outcome.text, expected);
      });
    }
  });

  describe('list_files, find_files and search_text', () => {
    it('answer one thing a line', async () => {
      const { run } = await opened({ 'src/a.ts': 'alpha\nbeta\n', 'src/b/c.ts': 'alphabet\n', '.gitignore': 'x\n', x: 'alpha\n' });
      assert.equal((await run('list_files', {})).text, '.gitignore\nsrc/');
      assert.equal((await run('list_files', { path: 'src', depth: 2 })).text, 'src/a.ts\nsrc/b/\nsrc/b/c.ts');
      assert.equal((await run('find_files', { glob: '*.ts' })).text, 'src/a.ts\nsrc/b/c.ts');
      assert.equal((await run('search_text', { pattern: '^alpha' })).text, 'src/a.ts:1: alpha\nsrc/b/c.ts:1: alphabet');
      assert.equal(
        (await run('search_text', { pattern: 'ALPHA', ignore_case: true, literal: true, max_results: 1 })).text,
        'src/a.ts:1: alpha\n(1 of 2 matching lines; narrow the pattern, path or glob, or raise max_results)',
      );
    });

    it('say so when there is nothing or something is wrong', async () => {
      const { run } = await opened({ a: 'x' });
      assert.deepEqual(await run('find_files', { glob: '*.py' }), { text: 'No file matches.', isError: false });
      assert.deepEqual(await run('search_text', { pattern: 'y' }), { text: 'No line matches.', isError: false });
      assert.equal((await run('search_text', { pattern: '(' })).isError, true);
      assert.equal((await run('list_files', { path: 'a' })).isError, true);
      assert.equal((await run('list_files', { depth: 1000 })).isError, true);
      assert.equal((await run('search_text', { pattern: 'x', max_results: 1e9 })).isError, true);
    });

    it('keep an answer within its bound', async () => {
      const { run } = await opened({ a: `${'x'.repeat(299)}\n`.repeat(1000) });
      const { text } = await run('search_text', { pattern: 'x', max_results: 1000 });
      assert.ok(text.length < 61_000);
      assert.match(text, /\n\(\d+ of 1000 matching lines;/);
    });
  });

  describe('edit_file and write_file', () => {
    it('ask with the exact diff, then make exactly that change', async () => {
      const { run, prepared, onDisk } = await opened({ 'a.ts': 'one\ntwo\nthree\n' });
      await run('read_file', { path: 'a.ts' });
      const plan = await prepared('edit_file', { path: 'a.ts', old_text: 'two\n', new_text: 'TWO\n' });
      assert.ok(plan.kind === 'ready');
      assert.deepEqual(plan.ask, {
        kind: 'write',
        title: 'Edit a.ts (+1 -1)',
        path: 'a.ts',
        diff: '--- a/a.ts\n+++ b/a.ts\n@@ -1,3 +1,3 @@\n one\n-two\n+TWO\n three',
      });
      assert.deepEqual([plan.place, plan.outside], [{ path: 'a.ts', line: 2, endLine: 2 }, true]);
      assert.deepEqual(await run('edit_file', { path: 'a.ts', old_text: 'two\n', new_text: 'TWO\n' }), {
        text: 'Edited a.ts: 1 line added, 1 removed.\na.ts (lines 1-3 of 3)\n    1\tone\n    2\tTWO\n    3\tthree',
        isError: false,
        effects: [
          {
            kind: 'changed',
            path: 'a.ts',
            change: 'edited',
            added: 1,
            removed: 1,
            line: 2,
            before: sha256('one\ntwo\nthree\n'),
            after: sha256('one\nTWO\nthree\n'),
          },
        ],
      });
      assert.equal(onDisk('a.ts'), 'one\nTWO\nthree\n');
    });

    it('create a file and overwrite one that was read', async () => {
      const { run, prepared, onDisk } = await opened({ old: 'x\n' });
      const plan = await prepared('write_file', { path: 'new/a.md', content: 'hello\n' });
      assert.ok(plan.kind === 'ready');
      assert.equal(plan.title, 'Create new/a.md (+1 -0)');
      assert.deepEqual(await run('write_file', { path: 'new/a.md', content: 'hello\n' }), {
        text: 'Created new/a.md: 1 line added, 0 removed.',
        isError: false,
        effects: [{ kind: 'changed', path: 'new/a.md', change: 'created', added: 1, removed: 0, line: 1, after: sha256('hello\n') }],
      });
      assert.match((await run('write_file', { path: 'old', content: 'y\n' })).text, /old exists and you have not read it/);
      assert.equal((await run('write_file', { path: 'old', content: 'y\n' })).isError, false);
      assert.equal(onDisk('old'), 'y\n');
    });

    it('refuse when the file changed after the person was asked, and count the fresh text as read', async () => {
      const { root, run, named, onDisk } = await opened({ a: 'one\n' });
      await run('read_file', { path: 'a' });
      const edit = named('edit_file');
      // The file changes between the plan and the call, as it does while a person decides.
      const outcome = await call(
        {
          spec: edit.spec,
          prepare: async (input, agent, signal) => {
            const plan = await edit.prepare(input, agent, signal);
            writeFileSync(path.join(root, 'a'), 'one\ntheirs\n');
            return plan;
          },
        },
        { path: 'a', old_text: 'one', new_text: '1' },
      );
      assert.equal(outcome.isError, true);
      assert.match(outcome.text, /^a has changed since you read it; nothing was changed\.[^]*2\ttheirs$/);
      assert.deepEqual(outcome.effects, [{ kind: 'read', path: 'a' }]);
      assert.equal((await run('edit_file', { path: 'a', old_text: 'one', new_text: '1' })).isError, false);
      assert.equal(onDisk('a'), '1\ntheirs\n');
    });

    it('bound a long diff and count what they leave out', async () => {
      const { prepared } = await opened({});
      const plan = await prepared('write_file', { path: 'a', content: 'line\n'.repeat(1000) });
      assert.ok(plan.kind === 'ready' && plan.ask?.kind === 'write');
      assert.match(plan.ask.diff, /\n\+line\n… 601 more lines$/);
    });

    it('count every line of a change too large for a shortest diff', async () => {
      const many = (word: string) => Array.from({ length: 20_000 }, (_, index) => `${word} ${index}\n`).join('');
      const old = many('old').slice(0, 50_000);
      const { run, prepared } = await opened({ a: old });
      for (let from = 1; from < 6000; from += 2000) {
        await run('read_file', { path: 'a', from_line: from });
      }
      const plan = await prepared('write_file', { path: 'a', content: many('new') });
      assert.equal(plan.kind === 'ready' && plan.title, `Overwrite a (+20000 -${old.split('\n').length})`);
    });

    it('tell the person and the model about text that is only in the editor', async () => {
      let text = 'typed\n';
      const editor: OpenDocuments = {
        read: () => ({ text, version: 1, dirty: true }),
        replace: async (_absolute, _version, splices) => {
          text = splices[0]?.text ?? '';
          return 'applied';
        },
      };
      const { run, onDisk } = await opened({ a: 'saved\n' }, editor);
      await run('read_file', { path: 'a' });
      const { text: answer } = await run('edit_file', { path: 'a', old_text: 'typed\n', new_text: 'x\n' });
      assert.match(answer, /is not saved; the person saves it/);
      assert.equal(onDisk('a'), 'saved\n');
    });

    const bad: readonly (readonly [string, Json, RegExp])[] = [
      ['edit_file', { path: 'a', old_text: '', new_text: 'x' }, /old_text is empty/],
      ['edit_file', { path: 'a', old_text: 'zzz', new_text: 'x' }, /was not found in a/],
      ['edit_file', { path: 'a', old_text: 'o', new_text: 'x' }, /occurs 2 times in a \(lines 1, 2\)/],
      ['edit_file', { path: 'no', old_text: 'a', new_text: 'x' }, /no does not exist, so there is nothing to edit/],
      ['edit_file', { path: 'ro', old_text: 'x', new_text: 'y' }, /ro is read-only and was not changed/],
      ['edit_file', { path: 'a', old_text: 'one', new_text: 'x', replaceAll: true }, /replaceAll: unknown field/],
      ['write_file', { path: '.git/hooks/x', content: 'x' }, /inside a \.git folder/],
      ['write_file', { path: 'a/b', content: 'x' }, /a file where a folder is needed/],
      ['write_file', { path: '.', content: 'x' }, /is a folder/],
      ['write_file', { path: 'a', content: 'one\ntwo\n' }, /exactly this content already/],
      ['write_file', { path: 'b', content: 'x\0' }, /content: must not contain a NUL/],
    ];
    for (const [name, input, expected] of bad) {
      it(`refuse ${name} ${JSON.stringify(input)}`, async () => {
        const { root, run, onDisk } = await opened({ a: 'one\ntwo\n', ro: 'x\n', '.git/config': '' });
        chmodSync(path.join(root, 'ro'), 0o444);
        await run('read_file', { path: 'a' });
        await run('read_file', { path: 'ro' });
        const outcome = await run(name, input);
        assert.equal(outcome.isError, true);
        assert.match(outcome.text, expected);
        assert.deepEqual([onDisk('a'), onDisk('ro')], ['one\ntwo\n', 'x\n']);
      });
    }
  });
});
