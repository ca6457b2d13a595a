import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { examples } from '../support/examples.ts';
import type { Effect } from '../../src/core/events.ts';
import { type AgentId, toId } from '../../src/core/ids.ts';
import type { EditRequest } from '../../src/workspace/fileEdits.ts';
import { bytesHash } from '../../src/workspace/keptBytes.ts';
import { closedDocuments, type OpenDocuments } from '../../src/workspace/openDocuments.ts';
import { createWorkspaceFiles, type WorkspaceFiles } from '../../src/workspace/workspaceFiles.ts';
import { createWriteFileTool } from '../../src/tools/writeFile.ts';
import { MemoryBlobs } from '../support/memoryJournal.ts';
import { call } from '../tools/fakes.ts';
import { FakeEditor } from './fakeEditor.ts';
import { accepted, temporaryFolders, writeTree } from './temporaryFolder.ts';

const ann = toId('agent', 'ann');
const bob = toId('agent', 'bob');
const utf16 = (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
const tree = {
  'plain.txt': 'one\ntwo\n',
  'mark.txt': Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from('one\r\ntwo\nthree')]),
  'wide.txt': utf16('one\r\ntwo\r\n'),
  'latin.txt': Buffer.from('one\ncaf\xe9\n', 'latin1'),
  'open.txt': 'one\ntwo\n',
};

/** A workspace with a list of what each agent did in it. */
class Workspace {
  readonly root: string;
  readonly blobs = new MemoryBlobs();
  readonly files: WorkspaceFiles;
  readonly #effects = new Map<AgentId, Effect[]>();

  constructor(root: string, documents: OpenDocuments) {
    this.root = root;
    this.files = createWorkspaceFiles({
      folders: () => [{ name: 'w', path: root }],
      documents,
      ripgrep: async () => undefined,
      blobs: this.blobs,
    });
  }

  absolute(name: string): string {
    return path.join(this.root, name);
  }

  bytes(name: string): Buffer | undefined {
    return existsSync(this.absolute(name)) ? readFileSync(this.absolute(name)) : undefined;
  }

  /** Reads the file and changes it, as the file tools do; whether it was changed. */
  async change(agentId: AgentId, name: string, request: EditRequest): Promise<boolean> {
    await this.files.readLines(agentId, name, 1, undefined);
    const plan = await this.files.edits.plan(agentId, name, request);
    const done = plan.ok ? await this.files.edits.apply(agentId, plan) : plan;
    if (!done.ok) {
      return false;
    }
    const { display, change, diff, before, after } = done;
    this.add(agentId, { kind: 'changed', path: display, change, added: diff.added, removed: diff.removed, ...before, after });
    return true;
  }

  add(agentId: AgentId, effect: Effect): void {
    this.#effects.set(agentId, [...(this.#effects.get(agentId) ?? []), effect]);
  }

  undo(agentId: AgentId) {
    return this.files.undo.undo(this.#effects.get(agentId) ?? []);
  }
}

const replace = (oldText: string, newText: string): EditRequest => ({ kind: 'replace', oldText, newText, all: false });
const write = (content: string): EditRequest => ({ kind: 'write', content });

describe('undoing the changes of an agent', () => {
  const temporary = temporaryFolders();

  async function opened(toDocuments: (root: string) => OpenDocuments = () => closedDocuments): Promise<Workspace> {
    const root = temporary();
    await writeTree(root, tree);
    return new Workspace(root, toDocuments(root));
  }

  for (const name of Object.keys(tree)) {
    it(`gives back every byte of ${name} after several changes`, async () => {
      const workspace = await opened();
      const before = workspace.bytes(name);
      assert.ok(await workspace.change(ann, name, replace('one', '1\nnew')));
      assert.ok(name === 'latin.txt' || (await workspace.change(ann, name, write('all new\n'))));
      assert.deepEqual(await workspace.undo(ann), { restored: [name], kept: [] });
      assert.deepEqual(workspace.bytes(name), before);
    });
  }

  it('removes what was created and brings back what was deleted', async () => {
    const workspace = await opened();
    assert.ok(await workspace.change(ann, 'deep/new.txt', write('x')));
    assert.ok(await workspace.change(ann, 'deep/new.txt', replace('x', 'y')));
    const { hash } = await workspace.blobs.put('one\ntwo\n');
    workspace.add(ann, { kind: 'changed', path: 'plain.txt', change: 'deleted', added: 0, removed: 2, before: hash });
    rmSync(workspace.absolute('plain.txt'));
    assert.deepEqual(await workspace.undo(ann), { restored: ['deep/new.txt', 'plain.txt'], kept: [] });
    assert.equal(workspace.bytes('deep/new.txt'), undefined);
    assert.equal(workspace.bytes('plain.txt')?.toString(), 'one\ntwo\n');
  });

  it('leaves a file that somebody else changed since, or in between, or removed, and says so', async () => {
    const workspace = await opened();
    await workspace.change(ann, 'plain.txt', replace('one', '1'));
    await workspace.change(ann, 'mark.txt', replace('one', '1'));
    await workspace.change(ann, 'wide.txt', replace('one', '1'));
    writeFileSync(workspace.absolute('plain.txt'), '1\ntwo\nmine\n');
    await workspace.change(bob, 'mark.txt', replace('two', '2'));
    await workspace.change(ann, 'mark.txt', replace('three', '3'));
    rmSync(workspace.absolute('wide.txt'));
    const mark = workspace.bytes('mark.txt');
    assert.deepEqual(await workspace.undo(ann), {
      restored: [],
      kept: [
        { path: 'plain.txt', why: 'Somebody else has changed it since.' },
        { path: 'mark.txt', why: 'Somebody else changed it between the changes of this agent.' },
        { path: 'wide.txt', why: 'Somebody else has removed it since.' },
      ],
    });
    assert.equal(workspace.bytes('plain.txt')?.toString(), '1\ntwo\nmine\n');
    assert.deepEqual(workspace.bytes('mark.txt'), mark);
    assert.equal(workspace.bytes('wide.txt'), undefined);
  });

  it('leaves a file of which it is not known what it was', async () => {
    const workspace = await opened();
    const after = bytesHash(Buffer.from('one\ntwo\n'));
    workspace.add(ann, { kind: 'changed', path: 'plain.txt', change: 'edited', added: 1, removed: 1, after });
    workspace.add(ann, { kind: 'changed', path: 'open.txt', change: 'edited', added: 1, removed: 1, before: 'ff'.repeat(32), after });
    workspace.add(ann, { kind: 'changed', path: '../out.txt', change: 'edited', added: 1, removed: 1, before: after, after });
    const { restored, kept } = await workspace.undo(ann);
    assert.deepEqual(restored, []);
    assert.match(
      kept.map(({ why }) => why).join('\n'),
      /^What the file was before was not kept\.\n.*cannot be read: No blob .*\n.*contains "\.\."/,
    );
  });

  it('changes unsaved text in the editor, unsaved, and nothing under it', async () => {
    let editor: FakeEditor | undefined;
    const workspace = await opened((root) => {
      editor = new FakeEditor(path.join(root, 'open.txt'), 'typed\n', true);
      return editor;
    });
    assert.ok(await workspace.change(ann, 'open.txt', replace('typed', 'edited')));
    assert.deepEqual(await workspace.undo(ann), { restored: ['open.txt'], kept: [] });
    assert.deepEqual([editor?.text, editor?.dirty, workspace.bytes('open.txt')?.toString()], ['typed\n', true, 'one\ntwo\n']);
  });

  it('never touches what a person typed since', async () => {
    let editor: FakeEditor | undefined;
    const workspace = await opened((root) => {
      editor = new FakeEditor(path.join(root, 'open.txt'), 'one\ntwo\n', false);
      return editor;
    });
    assert.ok(await workspace.change(ann, 'open.txt', replace('one', '1')));
    editor?.type('1\ntwo\nmine\n');
    assert.deepEqual((await workspace.undo(ann)).kept, [{ path: 'open.txt', why: 'It has unsaved changes in the editor.' }]);
    assert.deepEqual([editor?.text, workspace.bytes('open.txt')?.toString()], ['1\ntwo\nmine\n', '1\ntwo\n']);
  });

  it('makes no change that it could not keep the text before of', async () => {
    const workspace = await opened();
    accepted(await workspace.files.readLines(ann, 'plain.txt', 1, undefined));
    const plan = accepted(await workspace.files.edits.plan(ann, 'plain.txt', replace('one', '1')));
    workspace.blobs.failure = new Error('disk full');
    await assert.rejects(workspace.files.edits.apply(ann, plan), /disk full/);
    assert.equal(workspace.bytes('plain.txt')?.toString(), 'one\ntwo\n');
  });

  it('is made possible by what the file tools record', async () => {
    const workspace = await opened();
    const tool = createWriteFileTool(workspace.files.edits);
    const created = await call(tool, { path: 'new.txt', content: 'x' });
    const edited = await call(tool, { path: 'new.txt', content: 'xy' });
    const effects = [...(created.effects ?? []), ...(edited.effects ?? [])];
    const [x, xy] = ['x', 'xy'].map((text) => bytesHash(Buffer.from(text)));
    assert.deepEqual(
      effects.map((effect) => effect.kind === 'changed' && [effect.change, effect.before, effect.after]),
      [
        ['created', undefined, x],
        ['edited', x, xy],
      ],
    );
    assert.deepEqual(await workspace.files.undo.undo(effects), { restored: ['new.txt'], kept: [] });
  });

  it('restores exactly the files on which nobody else worked after its first change, whatever was done by whom', async () => {
    const names = [...Object.keys(tree), 'new.txt'];
    const agent = fc.constantFrom(ann, bob);
    const stepOn = (name: fc.Arbitrary<string>) =>
      fc.oneof(
        { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom('edit', 'write'), agent, name }) },
        { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('person', 'remove', 'type', 'save'), agent, name }) },
        { weight: 1, arbitrary: fc.record({ kind: fc.constant('undo'), agent, name }) },
      );
    // Few files at a time, so that agents and the person meet on them.
    const steps = fc
      .shuffledSubarray(names, { minLength: 1, maxLength: 3 })
      .chain((few) => fc.array(stepOn(fc.constantFrom(...few)), { minLength: 2, maxLength: 14 }));
    await fc.assert(
      fc.asyncProperty(steps, async (taken) => {
        const world = await World.open(temporary());
        for (const { kind, agent: who, name } of taken) {
          await world.take(kind, who, name);
        }
        await world.take('undo', ann, '');
        await world.take('undo', bob, '');
      }),
      examples(30),
    );
  });
});

interface State {
  readonly by: AgentId | 'person';
  readonly bytes: string | undefined;
}

/** A workspace with the history of each file by author. Every change writes something that was never there, so no two states are the same. */
class World {
  readonly #workspace: Workspace;
  readonly #editor: FakeEditor;
  readonly #history = new Map<string, State[]>();
  readonly #undone = new Set<AgentId>();
  #count = 0;

  private constructor(workspace: Workspace, editor: FakeEditor) {
    this.#workspace = workspace;
    this.#editor = editor;
    for (const name of [...Object.keys(tree), 'new.txt']) {
      this.#history.set(name, [{ by: 'person', bytes: this.#look(name) }]);
    }
  }

  static async open(root: string): Promise<World> {
    await writeTree(root, tree);
    const editor = new FakeEditor(path.join(root, 'open.txt'), tree['open.txt'], false);
    return new World(new Workspace(root, editor), editor);
  }

  async take(kind: string, agent: AgentId, name: string): Promise<void> {
    const token = `token${++this.#count}`;
    if (kind === 'undo') {
      return this.#undo(agent);
    }
    if ((kind === 'edit' || kind === 'write') && !this.#undone.has(agent)) {
      const text = this.#text(name);
      const request =
        kind === 'edit' && text !== undefined ? replace(text.slice(0, 1) + text.slice(1, 3), `${token} `) : write(`${token}\n`);
      if (await this.#workspace.change(agent, name, request)) {
        this.#note(name, agent);
      }
    } else if (kind === 'person' && name !== 'open.txt') {
      writeFileSync(
        this.#workspace.absolute(name),
        Buffer.concat([this.#workspace.bytes(name) ?? Buffer.alloc(0), Buffer.from(`${token}\n\n`)]),
      );
      this.#note(name, 'person');
    } else if (kind === 'remove' && name !== 'open.txt' && this.#workspace.bytes(name) !== undefined) {
      rmSync(this.#workspace.absolute(name));
      this.#note(name, 'person');
    } else if (kind === 'type') {
      this.#editor.type(`${this.#editor.text}${token}\n`);
      this.#note('open.txt', 'person');
    } else if (kind === 'save' && this.#editor.dirty) {
      writeFileSync(this.#workspace.absolute('open.txt'), this.#editor.text);
      this.#editor.dirty = false;
    }
    this.#reload();
  }

  async #undo(agent: AgentId): Promise<void> {
    const under = this.#editor.dirty ? this.#workspace.bytes('open.txt') : undefined;
    const wanted = new Map([...this.#history].map(([name, states]) => [name, stateAfterUndo(states, agent)]));
    // Its effects are used up: the orchestrator undoes an agent once.
    if (this.#undone.has(agent)) {
      return;
    }
    this.#undone.add(agent);
    const { restored } = await this.#workspace.undo(agent);
    for (const [name, states] of wanted) {
      assert.equal(this.#look(name), states.at(-1)?.bytes, name);
      assert.equal(restored.includes(name), states.length < (this.#history.get(name) ?? []).length, name);
      this.#history.set(name, [...states]);
    }
    assert.ok(under === undefined || under.equals(this.#workspace.bytes('open.txt') ?? Buffer.alloc(0)), 'the disk under unsaved text');
    this.#reload();
  }

  /** What an editor does by itself when a file changes on disk under a clean document. */
  #reload(): void {
    if (!this.#editor.dirty) {
      this.#editor.text = this.#workspace.bytes('open.txt')?.toString() ?? '';
    }
  }

  #note(name: string, by: State['by']): void {
    this.#history.get(name)?.push({ by, bytes: this.#look(name) });
  }

  /** A file as a person sees it, in hex. */
  #look(name: string): string | undefined {
    const typed = name === 'open.txt' && this.#editor.dirty;
    return (typed ? Buffer.from(this.#editor.text) : this.#workspace.bytes(name))?.toString('hex');
  }

  #text(name: string): string | undefined {
    const hex = this.#look(name);
    return hex === undefined
      ? undefined
      : Buffer.from(hex, 'hex')
          .toString(name === 'wide.txt' ? 'utf16le' : 'utf8')
          .replace(/^\ufeff/, '');
  }
}

/** The states that are left: those before the agent's first change when all since are its own, otherwise all of them. */
function stateAfterUndo(states: readonly State[], agent: AgentId): readonly State[] {
  const first = states.findIndex(({ by }) => by === agent);
  return first > 0 && states.slice(first).every(({ by }) => by === agent) ? states.slice(0, first) : states;
}
