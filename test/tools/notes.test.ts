import * as assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { Effect } from '../../src/core/events.ts';
import type { Agent } from '../../src/core/state.ts';
import { createNotes, createNoteTools } from '../../src/tools/notes.ts';
import { call, fakeAgent } from './fakes.ts';

/** Notes over a map, with the state that their effects lead to. */
function setUp() {
  const texts = new Map<string, string>();
  let agents: readonly Agent[] = [fakeAgent('me'), fakeAgent('other', { label: 'scout' })];
  const notes = createNotes({
    blobs: {
      put: async (text) => {
        const hash = createHash('sha256').update(text).digest('hex');
        texts.set(hash, text);
        return { hash, bytes: Buffer.byteLength(text) };
      },
      get: async (hash) => texts.get(hash) ?? assert.fail('no such blob'),
    },
    agentsOfRun: () => agents,
    reportFor: (reader, taskId) => (reader.id === 'me' && taskId === 'map' ? 'r'.repeat(30_000) : undefined),
  });
  const [write, read] = createNoteTools(notes);
  assert.ok(write !== undefined && read !== undefined);
  const record = (id: string, effects: readonly Effect[] = []) => {
    agents = agents.map((agent) =>
      agent.id === id ? { ...agent, notes: [...agent.notes, ...effects.filter((effect) => effect.kind === 'noted')] } : agent,
    );
  };
  return { write, read, record, notes };
}

describe('notes', () => {
  it('are read back by any agent of the run once they are recorded', async () => {
    const { write, read, record } = setUp();
    const written = await call(write, { name: 'auth-findings', text: 'größe' });
    assert.equal(written.text, 'Wrote note auth-findings (7 bytes).');
    assert.equal(written.effects?.[0]?.kind, 'noted');
    record('me', written.effects);
    assert.deepEqual(await call(read, { name: 'auth-findings' }, { self: 'other' }), { text: 'größe', isError: false, paged: true });
  });

  it('keep a name for the agent that used it first, also before that is recorded', async () => {
    const { write, record } = setUp();
    const [mine, theirs] = await Promise.all([
      call(write, { name: 'plan', text: 'mine' }),
      call(write, { name: 'plan', text: 'theirs' }, { self: 'other' }),
    ]);
    assert.equal(mine.isError, false);
    assert.equal(theirs.isError, true);
    assert.match(theirs.text, /belongs to me; nothing was written/);
    record('me', mine.effects);
    assert.equal((await call(write, { name: 'plan', text: 'again' }, { self: 'other' })).isError, true);
    assert.equal((await call(write, { name: 'plan', text: 'again' })).isError, false);
  });

  it('say which there are when a name is unknown', async () => {
    const { write, read, record } = setUp();
    assert.match((await call(read, { name: 'nope' })).text, /There is no note nope in this run\. No agent has written one yet\./);
    record('other', (await call(write, { name: 'map', text: 'abc' }, { self: 'other' })).effects);
    const missing = await call(read, { name: 'nope' });
    assert.equal(missing.isError, true);
    assert.match(missing.text, /Notes: map \(by scout, 3 bytes\)\./);
  });

  it('give the whole report of a task to an agent it was handed to, page by page, and to no other', async () => {
    const { read, write } = setUp();
    const first = await call(read, { name: 'report-map' });
    assert.match(first.text, /^\(characters 0 to 20000 of 30000; go on with from 20000\)\nr/);
    assert.match((await call(read, { name: 'report-map', from: 20_000 })).text, /^\(characters 20000 to 30000 of 30000\)\nr{10000}$/);
    assert.equal((await call(read, { name: 'report-map' }, { self: 'other' })).isError, true);
    assert.match((await call(write, { name: 'report-map', text: 'forged' })).text, /does not begin with "report-"/);
  });

  it('refuse names that are paths or tricks, and empty or huge texts', async () => {
    const { write } = setUp();
    for (const name of ['', '../x', 'a/b', '.hidden', 'a b', 'a\u202eb', 'x'.repeat(65)]) {
      assert.equal((await call(write, { name, text: 'x' })).isError, true, name);
    }
    assert.equal((await call(write, { name: 'a', text: '' })).isError, true);
    assert.equal((await call(write, { name: 'a', text: 'x'.repeat(60_001) })).isError, true);
    assert.equal((await call(write, { name: '__proto__', text: 'x' })).isError, true);
  });
});
