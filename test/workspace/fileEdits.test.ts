import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type AgentId, toId } from '../../src/core/ids.ts';
import type { EditRequest } from '../../src/workspace/fileEdits.ts';
import { closedDocuments, type OpenDocuments } from '../../src/workspace/openDocuments.ts';
import { createWorkspaceFiles } from '../../src/workspace/workspaceFiles.ts';
import { FakeEditor } from './fakeEditor.ts';
import { accepted, refusalOf, temporaryFolders, writeTree } from './temporaryFolder.ts';
import { MemoryBlobs } from '../support/memoryJournal.ts';

const ann = toId('agent', 'ann');
const bob = toId('agent', 'bob');

function replace(oldText: string, newText: string, all = false): EditRequest {
  return { kind: 'replace', oldText, newText, all };
}

describe('file edits', () => {
  const temporary = temporaryFolders();

  async function opened(
    tree: Readonly<Record<string, string | Uint8Array>>,
    toDocuments: (root: string) => OpenDocuments = () => closedDocuments,
  ) {
    const root = temporary();
    await writeTree(root, tree);
    const files = createWorkspaceFiles({
      folders: () => [{ name: 'w', path: root }],
      documents: toDocuments(root),
      ripgrep: async () => undefined,
      blobs: new MemoryBlobs(),
    });
    const edit = async (agentId: AgentId, name: string, request: EditRequest) => {
      const plan = await files.edits.plan(agentId, name, request);
      return plan.ok ? files.edits.apply(agentId, plan) : plan;
    };
    const read = (agentId: AgentId, name: string) => files.readLines(agentId, name, 1, undefined);
    const onDisk = (name: string) => readFileSync(path.join(root, name), 'utf8');
    return { root, files, edit, read, onDisk };
  }

  it('edits what was read and says exactly what changes beforehand', async () => {
    const { files, read, onDisk } = await opened({ 'src/a.ts': 'one\ntwo\nthree\n' });
    accepted(await read(ann, 'src/a.ts'));
    const plan = accepted(await files.edits.plan(ann, 'src/a.ts', replace('two', '2\n2b')));
    assert.equal(plan.diff.text, ['--- a/src/a.ts', '+++ b/src/a.ts', '@@ -1,3 +1,4 @@', ' one', '-two', '+2', '+2b', ' three'].join('\n'));
    assert.deepEqual(plan.lines, { from: 2, to: 2 });
    assert.equal(onDisk('src/a.ts'), 'one\ntwo\nthree\n', 'a plan changes nothing');
    const done = accepted(await files.edits.apply(ann, plan));
    assert.deepEqual([done.change, done.diff.added, done.diff.removed, done.diff.line, done.saved], ['edited', 2, 1, 2, true]);
    assert.match(done.excerpt, /^src\/a\.ts \(lines 1-4 of 4\)\n {4}1\tone\n {4}2\t2\n/);
    assert.equal(onDisk('src/a.ts'), 'one\n2\n2b\nthree\n');
  });

  it('refuses what was not read, shows it, and takes the second try', async () => {
    const { edit, onDisk } = await opened({ a: 'one\ntwo\n' });
    const text = refusalOf(await edit(ann, 'a', replace('two', '2')));
    assert.match(text, /^a has not been read by you; nothing was changed\./);
    assert.match(text, /a \(lines 1-2 of 2\)\n {4}1\tone\n {4}2\ttwo/);
    assert.equal(onDisk('a'), 'one\ntwo\n');
    accepted(await edit(ann, 'a', replace('two', '2')));
    assert.equal(onDisk('a'), 'one\n2\n');
  });

  it('CON-02: refuses what changed since it was read, with the fresh text', async () => {
    const { root, edit, read, onDisk } = await opened({ a: 'one\ntwo\n' });
    accepted(await read(ann, 'a'));
    writeFileSync(path.join(root, 'a'), 'ONE\ntwo\n');
    assert.match(refusalOf(await edit(ann, 'a', replace('two', '2'))), /^a has changed since you read it; nothing was changed\.[^]*1\tONE/);
    assert.equal(onDisk('a'), 'ONE\ntwo\n');
    accepted(await edit(ann, 'a', replace('two', '2')));
    assert.equal(onDisk('a'), 'ONE\n2\n');
  });

  it('CON-07: does not make an approved change of a file that changed while the person was thinking', async () => {
    const { root, files, read, onDisk } = await opened({ a: 'one\ntwo\n' });
    accepted(await read(ann, 'a'));
    const plan = accepted(await files.edits.plan(ann, 'a', replace('two', '2')));
    writeFileSync(path.join(root, 'a'), 'one\ntwo\nthree\n');
    const refused = await files.edits.apply(ann, plan);
    assert.match(refusalOf(refused), /changed since you read it/);
    assert.equal(!refused.ok && refused.showed, 'a');
    assert.equal(onDisk('a'), 'one\ntwo\nthree\n');
  });

  it('does not make a change that the agent itself made another', async () => {
    const { files, read, edit, onDisk } = await opened({ a: 'one\ntwo\n' });
    accepted(await read(ann, 'a'));
    const plan = accepted(await files.edits.plan(ann, 'a', replace('one', '1')));
    accepted(await edit(ann, 'a', replace('two', '2')));
    assert.match(refusalOf(await files.edits.apply(ann, plan)), /has changed since this edit was worked out/);
    assert.equal(onDisk('a'), 'one\n2\n');
  });

  it('CON-01: loses no update when six agents edit one file at once', async () => {
    const lines = Array.from({ length: 60 }, (_, index) => `line ${index}\n`).join('');
    const { edit, read, onDisk } = await opened({ a: lines });
    const agents = [0, 1, 2, 3, 4, 5].map((index) => ({ id: toId('agent', `agent-${index}`), at: `line ${index * 10}\n` }));
    await Promise.all(agents.map(({ id }) => read(id, 'a')));
    let rounds = 0;
    for (let open = agents; open.length > 0; rounds++) {
      assert.ok(rounds < 7, 'each round must let at least one through');
      const results = await Promise.all(open.map(({ id, at }) => edit(id, 'a', replace(at, `${id}\n`))));
      for (const result of results) {
        assert.match(result.ok ? 'changed since' : result.text, /changed since|changed while/);
      }
      open = open.filter((_, index) => results[index]?.ok !== true);
    }
    const text = onDisk('a');
    assert.equal(text.split('\n').length, 61);
    for (const { id, at } of agents) {
      assert.ok(text.includes(`${id}\n`) && !text.includes(at), `the edit of ${id} is there`);
    }
  });

  it('CON-01: applies six edits that one agent made in one go, in different places', async () => {
    const lines = Array.from({ length: 60 }, (_, index) => `line ${index}\n`).join('');
    const { files, read, onDisk } = await opened({ a: lines });
    accepted(await read(ann, 'a'));
    const plans = await Promise.all(
      [0, 1, 2, 3, 4, 5].map((index) => files.edits.plan(ann, 'a', replace(`line ${index * 10}\n`, `new ${index}\nmore\n`))),
    );
    const results = await Promise.all(plans.map((plan) => files.edits.apply(ann, accepted(plan))));
    for (const result of results) {
      accepted(result);
    }
    assert.deepEqual(onDisk('a').match(/new \d/g), ['new 0', 'new 1', 'new 2', 'new 3', 'new 4', 'new 5']);
  });

  it('CON-05: counts right however reads and edits of eight agents mix', async () => {
    const { files, onDisk, edit } = await opened({ a: 'count: 0\n' });
    const work = async (agentId: AgentId) => {
      let made = 0;
      for (let round = 0; round < 12; round++) {
        const { text } = accepted(await files.readLines(agentId, 'a', 1, undefined));
        const count = Number(/count: (\d+)/.exec(text)?.[1]);
        const result = await edit(agentId, 'a', replace(`count: ${count}\n`, `count: ${count + 1}\n`));
        made += result.ok ? 1 : 0;
      }
      return made;
    };
    const made = await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map((index) => work(toId('agent', `agent-${index}`))));
    const total = made.reduce((sum, one) => sum + one, 0);
    assert.ok(total > 0);
    assert.equal(onDisk('a'), `count: ${total}\n`);
  });

  it('creates files with their folders and never over another', async () => {
    const { root, files, edit, onDisk } = await opened({});
    const plan = accepted(await files.edits.plan(ann, 'new/deep/a.txt', { kind: 'write', content: 'x\r\ny\n' }));
    assert.equal(plan.change, 'created');
    assert.match(plan.diff.text, /^--- \/dev\/null\n\+\+\+ b\/new\/deep\/a\.txt\n@@ -0,0 \+1,2 @@\n\+x\n\+y/);
    assert.equal(existsSync(path.join(root, 'new')), false);
    accepted(await files.edits.apply(ann, plan));
    assert.equal(onDisk('new/deep/a.txt'), 'x\r\ny\n');
    accepted(await edit(ann, 'new/deep/a.txt', replace('x', 'X')));
    const again = accepted(await files.edits.plan(bob, 'b.txt', { kind: 'write', content: 'mine' }));
    writeFileSync(path.join(root, 'b.txt'), 'theirs');
    assert.match(refusalOf(await files.edits.apply(bob, again)), /b\.txt exists and you have not read it[^]*theirs/);
    assert.equal(onDisk('b.txt'), 'theirs');
  });

  it('overwrites only what was read whole', async () => {
    const { files, edit, onDisk } = await opened({ a: '1\r\n2\r\n3\r\n' });
    accepted(await files.readLines(ann, 'a', 1, 2));
    assert.match(refusalOf(await edit(ann, 'a', { kind: 'write', content: 'x\n' })), /read a only in part/);
    accepted(await files.readLines(ann, 'a', 3, undefined));
    accepted(await edit(ann, 'a', { kind: 'write', content: '1\nx\n3\n' }));
    assert.equal(onDisk('a'), '1\r\nx\r\n3\r\n');
  });

  it('forgets what an agent has read when told', async () => {
    const { files, edit, read } = await opened({ a: 'x' });
    accepted(await read(ann, 'a'));
    files.forget(ann);
    assert.match(refusalOf(await edit(ann, 'a', replace('x', 'y'))), /has not been read/);
  });

  it('says what is gone, what is missing and what leads elsewhere now', async () => {
    const { root, files, edit, read } = await opened({ 'd/a': 'x', 'e/a': 'x' });
    accepted(await read(ann, 'd/a'));
    const plan = accepted(await files.edits.plan(ann, 'd/a', replace('x', 'y')));
    rmSync(path.join(root, 'd'), { recursive: true });
    assert.match(refusalOf(await files.edits.apply(ann, plan)), /d\/a does not exist/);
    mkdirSync(path.join(root, 'd'));
    symlinkSync('/etc/hostname', path.join(root, 'd/a'));
    assert.match(refusalOf(await files.edits.apply(ann, plan)), /leads outside the workspace/);
    assert.match(refusalOf(await edit(ann, '.git/x', { kind: 'write', content: 'x' })), /inside a \.git folder/);
  });

  describe('with an open editor', () => {
    it('edits a clean document, undoable, and saves it', async () => {
      let editor: FakeEditor | undefined;
      const { edit, read, onDisk } = await opened({ a: 'one\r\ntwo\r\n' }, (root) => {
        editor = new FakeEditor(path.join(root, 'a'), 'one\r\ntwo\r\n', false);
        return editor;
      });
      accepted(await read(ann, 'a'));
      assert.equal(accepted(await edit(ann, 'a', replace('two', '2'))).saved, true);
      assert.deepEqual(editor?.undo, ['one\r\ntwo\r\n']);
      assert.equal(onDisk('a'), 'one\r\n2\r\n');
    });

    it('CON-03: reads and edits unsaved text, and never touches the disk under it', async () => {
      let editor: FakeEditor | undefined;
      const { edit, read, onDisk } = await opened({ a: 'saved\n' }, (root) => {
        editor = new FakeEditor(path.join(root, 'a'), 'typed\nmore\n', true);
        return editor;
      });
      assert.match(accepted(await read(ann, 'a')).text, /1\ttyped\n {4}2\tmore\n\(this is the text in the editor/);
      const done = accepted(await edit(ann, 'a', replace('typed', 'edited')));
      assert.equal(done.saved, false);
      assert.deepEqual([editor?.text, editor?.dirty], ['edited\nmore\n', true]);
      accepted(await edit(ann, 'a', { kind: 'write', content: 'all\n' }));
      assert.deepEqual([editor?.text, editor?.dirty], ['all\n', true]);
      assert.equal(onDisk('a'), 'saved\n');
    });

    it('CON-03: refuses with the typed text when the person types in between', async () => {
      let editor: FakeEditor | undefined;
      const { files, read } = await opened({ a: 'one\n' }, (root) => {
        editor = new FakeEditor(path.join(root, 'a'), 'one\n', false);
        return editor;
      });
      accepted(await read(ann, 'a'));
      const plan = accepted(await files.edits.plan(ann, 'a', replace('one', '1')));
      editor?.type('one\ntyping\n');
      assert.match(refusalOf(await files.edits.apply(ann, plan)), /has changed since you read it[^]*2\ttyping/);
      assert.equal(editor?.text, 'one\ntyping\n');
    });

    it('writes bytes when the editor cannot represent the file', async () => {
      let editor: FakeEditor | undefined;
      const { edit, read, onDisk } = await opened({ a: 'one\r\ntwo\nthree\r\n' }, (root) => {
        editor = new FakeEditor(path.join(root, 'a'), 'one\r\ntwo\r\nthree\r\n', false);
        return editor;
      });
      accepted(await read(ann, 'a'));
      accepted(await edit(ann, 'a', replace('three', '3')));
      assert.equal(onDisk('a'), 'one\r\ntwo\n3\r\n');
      assert.deepEqual(editor?.undo, []);
    });

    it('does not change a read-only file through a clean document', async () => {
      let editor: FakeEditor | undefined;
      const { root, edit, read } = await opened({ a: 'one\n' }, (folder) => {
        editor = new FakeEditor(path.join(folder, 'a'), 'one\n', false);
        return editor;
      });
      chmodSync(path.join(root, 'a'), 0o444);
      accepted(await read(ann, 'a'));
      assert.match(refusalOf(await edit(ann, 'a', replace('one', '1'))), /a is read-only/);
      assert.equal(editor?.text, 'one\n');
    });

    it('says so when the editor could not save', async () => {
      const document = { text: 'one\n', version: 1, dirty: false };
      const { edit, read } = await opened({ a: 'one\n' }, () => ({ read: () => document, replace: async () => 'unsaved' }));
      accepted(await read(ann, 'a'));
      assert.equal(accepted(await edit(ann, 'a', replace('one', '1'))).saved, false);
    });

    it('CON-04: shows what formatting on save made of the edit before the next one', async () => {
      const { edit, read, onDisk } = await opened({ a: 'f( )\n' }, (root) => {
        return new FakeEditor(path.join(root, 'a'), 'f( )\n', false, (text) => text.replaceAll('( )', '()'));
      });
      accepted(await read(ann, 'a'));
      accepted(await edit(ann, 'a', replace('f( )\n', 'f( )\ng( )\n')));
      assert.equal(onDisk('a'), 'f()\ng()\n');
      assert.match(refusalOf(await edit(ann, 'a', replace('g( )', 'h( )'))), /has changed since you read it[^]*2\tg\(\)/);
    });
  });
});
