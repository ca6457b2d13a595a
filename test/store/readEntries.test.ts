import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClock } from '../../src/platform/clock.ts';
import { openJournal } from '../../src/store/journalFile.ts';
import { readEntries } from '../../src/store/readEntries.ts';
import { sampleRun } from '../support/sampleRun.ts';

describe('reading the journal beside its writer', () => {
  let directory = '';
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'flotilla-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('gives what was synced, in order', async () => {
    const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
    const { journal } = await openJournal({ directory, clock: createClock(), log: quiet });
    const written = journal.append(sampleRun());
    await journal.sync();
    assert.deepEqual(await readEntries(directory), written);
    await journal.close();
  });

  it('gives nothing where there is no journal', async () => {
    assert.deepEqual(await readEntries(directory), []);
  });
});
