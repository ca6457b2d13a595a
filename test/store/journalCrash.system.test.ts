import assert from 'node:assert/strict';
import type { JournalEntry } from '../../src/core/events.ts';
import { CrashFs, type Fault } from '../support/crashFs.ts';
import { folder, journalPath, newRecord, openIn, type WriterRecord, writeSampleRun } from '../support/journalRun.ts';
import { sampleRun } from '../support/sampleRun.ts';

const events = sampleRun();
const more = events.slice(0, 3);

/** The laws: all that was acknowledged is there, what is there is a beginning of what was appended, and the journal can be gone on with. */
async function assertRecovers(fs: CrashFs, record: WriterRecord, what: string): Promise<readonly JournalEntry[]> {
  const opened = await openIn(fs);
  assert.equal(opened.readOnly, undefined, what);
  assertPrefix(opened.entries, record, what);
  const added = opened.journal.append(more);
  assert.equal(added[0]?.seq, opened.entries.length + 1, what);
  await opened.journal.close();
  const again = await openIn(fs);
  assert.deepEqual([again.notices, again.entries], [[], [...opened.entries, ...added]], what);
  await again.journal.close();
  return opened.entries;
}

function assertPrefix(entries: readonly JournalEntry[], record: WriterRecord, what: string): void {
  assert.ok(entries.length >= record.acked, `${what}: ${record.acked} acknowledged, ${entries.length} found`);
  assert.deepEqual(entries, record.appended.slice(0, entries.length), what);
}

/** Runs the writer until it is done or stopped. */
async function run(fs: CrashFs, facts = events): Promise<WriterRecord> {
  const record = newRecord();
  await Promise.race([writeSampleRun(fs, record, facts), fs.crashed]);
  return record;
}

/** All calls of a writer that nothing disturbs. */
async function countCalls(facts = events) {
  const fs = new CrashFs();
  const record = await run(fs, facts);
  assert.equal(record.acked, facts.length);
  return fs.calls;
}

/** A sequence of numbers in [0, 1) that looks random and is always the same for a seed. */
function seeded(seed: number): () => number {
  let state = seed * 2_654_435_761 + 1;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 374_761_393) >>> 0;
    return state / 4_294_967_296;
  };
}

/** A journal that was written and closed, and one that was cut in its last line. */
async function finishedFiles(): Promise<ReadonlyMap<string, Buffer>> {
  const fs = new CrashFs();
  await run(fs);
  return fs.files;
}

describe('journal after a crash', function () {
  this.timeout(30_000);

  it('has everything acknowledged when killed before any call', async () => {
    const calls = await countCalls();
    // After one call the disk is as before the next, and by then no less is acknowledged.
    assert.ok(events.length >= 60 && calls.length > 100, `${events.length} facts and ${calls.length} calls are too few to mean something`);
    for (const { index, name } of calls) {
      const fs = new CrashFs();
      fs.fault = (call) => (call.index === index ? { kind: 'crash', when: 'before' } : undefined);
      const record = await run(fs);
      await assertRecovers(fs.afterKill(), record, `killed before call ${index} (${name})`);
    }
  });

  it('has everything acknowledged when killed in the middle of any write', async () => {
    const calls = await countCalls();
    for (const { index, name, bytes } of calls.filter((call) => call.name === 'append')) {
      for (const part of [1, Math.floor(bytes.length / 2), bytes.length - 1]) {
        const fs = new CrashFs();
        fs.fault = (call) => (call.index === index ? { kind: 'crash', when: 'before', bytes: part } : undefined);
        const record = await run(fs);
        await assertRecovers(fs.afterKill(), record, `killed in call ${index} (${name}) after ${part} bytes`);
      }
    }
  });

  it('cuts a torn end at every byte, keeps what it cut, and goes on', async () => {
    const files = await finishedFiles();
    const whole = files.get(journalPath) ?? Buffer.alloc(0);
    const record: WriterRecord = { ...(await run(new CrashFs())), acked: 0 };
    const lastLines = whole.length - 200;
    for (let length = lastLines; length < whole.length; length++) {
      const torn = whole.subarray(0, length);
      const fs = new CrashFs(new Map([[journalPath, torn]]));
      const good = torn.lastIndexOf(10) + 1;
      const entries = await assertRecovers(fs, record, `torn at ${length}`);
      // Without the header, the line of the writer, and what split finds behind the last line feed.
      const complete = torn.subarray(0, good).toString('utf8').split('\n').length - 3;
      assert.equal(entries.length, complete + (whole[length] === 10 ? 1 : 0), `facts left of ${length} bytes of ${whole.length}`);
      const kept = [...fs.files].filter(([path]) => path.includes('.torn-')).map(([, data]) => data);
      assert.deepEqual(kept, entries.length === complete && good < length ? [torn.subarray(good)] : [], `kept of ${length}`);
    }
  });

  it('recovers when the recovery itself is killed at any call', async () => {
    const files = new Map(await finishedFiles());
    const whole = files.get(journalPath) ?? Buffer.alloc(0);
    const torn = new Map([...files, [journalPath, whole.subarray(0, whole.length - 30)]]);
    const record: WriterRecord = { ...(await run(new CrashFs())), acked: events.length - 1 };
    const probe = new CrashFs(torn);
    await (await openIn(probe)).journal.close();
    for (const { index } of probe.calls) {
      for (const when of ['before', 'after'] as const) {
        const fs = new CrashFs(torn);
        fs.fault = (call) => (call.index === index ? { kind: 'crash', when } : undefined);
        await Promise.race([openIn(fs).then((opened) => opened.journal.close()), fs.crashed]);
        await assertRecovers(fs.afterKill(), record, `recovery killed ${when} call ${index}`);
      }
    }
  });

  it('treats a block of zeros at the end as torn', async () => {
    const files = await finishedFiles();
    const whole = files.get(journalPath) ?? Buffer.alloc(0);
    const record = await run(new CrashFs());
    const fs = new CrashFs(new Map([[journalPath, Buffer.concat([whole, Buffer.alloc(4096)])]]));
    const opened = await openIn(fs);
    assert.deepEqual([opened.notices.map(({ kind }) => kind), opened.readOnly], [['tornTail'], undefined]);
    assert.deepEqual(opened.entries, record.appended);
    await opened.journal.close();
    await assertRecovers(fs, record, 'zeros at the end');
  });

  it('keeps what was acknowledged through power cuts that lose or reorder unsynced writes', async () => {
    const calls = await countCalls();
    let damaged = 0;
    for (let seed = 1; seed <= 100; seed++) {
      const chance = seeded(seed);
      const index = 1 + Math.floor(chance() * calls.length);
      const fs = new CrashFs();
      fs.fault = (call) => (call.index === index ? { kind: 'crash', when: chance() < 0.5 ? 'before' : 'after' } : undefined);
      const record = await run(fs);
      const opened = await openIn(fs.afterPowerCut(chance));
      assertPrefix(opened.entries, record, `power cut ${seed} at call ${index}`);
      // A lost page before one that was kept looks like damage; that is said loudly, and a person goes on from there.
      if (opened.readOnly !== undefined) {
        damaged++;
        const after = await opened.setAside?.();
        assert.deepEqual([after?.readOnly, after?.entries], [undefined, opened.entries], `power cut ${seed} at call ${index}`);
        await after?.journal.close();
      }
      await opened.journal.close();
    }
    assert.ok(damaged < 50, `${damaged} of 100`);
  });

  it('is begun in one piece: no power cut while it is opened first leaves half a journal', async () => {
    const probe = new CrashFs();
    await openIn(probe);
    for (let index = 1; index <= probe.calls.length; index++) {
      for (let seed = 1; seed <= 8; seed++) {
        const fs = new CrashFs();
        fs.fault = (call) => (call.index === index ? { kind: 'crash', when: 'before' } : undefined);
        await Promise.race([openIn(fs), fs.crashed]);
        const opened = await openIn(fs.afterPowerCut(seeded(seed * 100 + index)));
        const kinds = opened.notices.map(({ kind }) => kind).filter((kind) => kind !== 'tornTail');
        assert.deepEqual([opened.readOnly, kinds], [undefined, []], `power cut ${seed} before call ${index}`);
        await opened.journal.close();
      }
    }
  });

  it('has its writer announced on the disk before the first fact is taken', async () => {
    const fs = new CrashFs();
    const { journal } = await openIn(fs);
    // 0.99 loses every write that was not synced.
    assert.deepEqual(fs.afterPowerCut(() => 0.99).files.get(journalPath), fs.files.get(journalPath));
    await journal.close();
  });
});

describe('journal on a failing disk', function () {
  this.timeout(30_000);

  const faults: ReadonlyArray<readonly [string, Fault]> = [
    ['EIO', { kind: 'error', code: 'EIO' }],
    ['a short write', { kind: 'short', bytes: 7 }],
    ['ENOSPC after a part', { kind: 'error', code: 'ENOSPC', bytes: 11 }],
    ['an empty write', { kind: 'short', bytes: 0 }],
  ];
  for (const [name, fault] of faults) {
    it(`loses nothing when any one call meets ${name}`, async () => {
      const facts = events.slice(0, 24);
      const calls = (await countCalls(facts)).filter((call) => name === 'EIO' || call.name === 'append');
      let refused = 0;
      for (const { index, name: callName } of calls) {
        const fs = new CrashFs();
        fs.fault = (call) => (call.index === index ? fault : undefined);
        const record = await run(fs, facts);
        refused += record.refused;
        assert.equal(record.acked, facts.length);
        const found = await assertRecovers(fs.afterKill(), record, `${name} at call ${index} (${callName})`);
        assert.equal(found.length, facts.length, `${name} at call ${index} (${callName})`);
      }
      assert.equal(refused > 0, name !== 'a short write', `${refused} refusals were seen`);
    });
  }

  it('says once what failed and what to do, refuses every sync, and saves everything after recover', async () => {
    const fs = new CrashFs();
    const { journal } = await openIn(fs);
    const told: string[] = [];
    journal.onDidFail((error) => told.push(`${error.kind}: ${error.message} ${error.next}`));
    journal.append(events.slice(0, 2));
    await journal.sync();
    fs.fault = (call) => (call.name === 'append' ? { kind: 'error', code: 'ENOSPC' } : undefined);
    journal.append(events.slice(2, 4));
    const both = await Promise.allSettled([journal.sync(), journal.sync()]);
    assert.deepEqual(
      both.map((result) => result.status),
      ['rejected', 'rejected'],
    );
    journal.append(events.slice(4, 6));
    await assert.rejects(journal.sync(), { name: 'JournalError', kind: 'storage' });
    await assert.rejects(journal.recover(), { name: 'JournalError', kind: 'storage' });
    assert.deepEqual(told, [
      `storage: Flotilla could not save what the fleet does (${journalPath}): the disk is full. Free some space on this disk, then try again. Nothing that was saved is lost.`,
    ]);
    assert.equal(journal.lastSync?.seq, 2);
    fs.fault = () => undefined;
    await journal.recover();
    assert.deepEqual([journal.failure, journal.lastSync?.seq], [undefined, 6]);
    journal.append(events.slice(6, 7));
    await journal.close();
    const again = await openIn(fs);
    assert.deepEqual(
      again.entries.map((entry) => entry.event),
      events.slice(0, 7),
    );
    await again.journal.close();
  });

  it('writes again what a failed datasync may have lost, instead of syncing once more', async () => {
    const fs = new CrashFs();
    const { journal } = await openIn(fs);
    fs.fault = (call) => (call.name === 'datasync' ? { kind: 'error', code: 'EIO' } : undefined);
    const entries = journal.append(events.slice(0, 5));
    await assert.rejects(journal.sync(), /the disk reported an error/);
    fs.fault = () => undefined;
    const before = fs.calls.length;
    await journal.recover();
    const names = fs.calls.slice(before).map((call) => call.name);
    assert.ok(names.indexOf('truncate') < names.indexOf('append') && names.indexOf('append') < names.indexOf('datasync'), names.join(' '));
    const opened = await openIn(fs.afterPowerCut(() => 0.9));
    assert.deepEqual(opened.entries, entries);
    await Promise.all([journal.close(), opened.journal.close()]);
  });

  it('tries once more when it is closed', async () => {
    const fs = new CrashFs();
    const { journal } = await openIn(fs);
    fs.fault = (call) => (call.name === 'append' ? { kind: 'error', code: 'ENOSPC', bytes: 5 } : undefined);
    const entries = journal.append(events.slice(0, 3));
    await assert.rejects(journal.sync());
    fs.fault = () => undefined;
    await journal.close();
    const again = await openIn(fs);
    assert.deepEqual([again.entries, again.notices], [entries, []]);
    await again.journal.close();
  });

  it('rejects close and lets the lock go when the rest cannot be saved', async () => {
    const fs = new CrashFs();
    const { journal } = await openIn(fs);
    fs.fault = (call) => (call.name === 'append' ? { kind: 'error', code: 'ENOSPC' } : undefined);
    journal.append(events.slice(0, 3));
    await assert.rejects(journal.close(), { kind: 'storage' });
    assert.deepEqual([...fs.files.keys()], [journalPath]);
  });

  it('notices that something else wrote the file, and puts that right', async () => {
    const fs = new CrashFs();
    const { journal } = await openIn(fs);
    const first = journal.append(events.slice(0, 2));
    await journal.sync();
    await (await fs.open(journalPath, 'append')).append(Buffer.from('not a line of ours'));
    const second = journal.append(events.slice(2, 4));
    await assert.rejects(journal.sync(), { kind: 'storage', message: /something else changed the file/ });
    await journal.recover();
    await journal.close();
    const again = await openIn(fs);
    assert.deepEqual([again.entries, again.notices], [[...first, ...second], []]);
    await again.journal.close();
  });

  for (const [what, change] of [
    ['deleted', (fs: CrashFs) => fs.unlink(journalPath)],
    ['emptied', async (fs: CrashFs) => (await fs.open(journalPath, 'append')).truncate(0)],
    ['made shorter', async (fs: CrashFs) => (await fs.open(journalPath, 'append')).truncate(100)],
    ['moved away', (fs: CrashFs) => fs.rename(journalPath, `${folder}/elsewhere`)],
  ] as const) {
    it(`notices that the file was ${what} and acknowledges nothing more`, async () => {
      const fs = new CrashFs();
      const { journal } = await openIn(fs);
      journal.append(events.slice(0, 2));
      await journal.sync();
      await change(fs);
      journal.append(events.slice(2, 4));
      await assert.rejects(journal.sync(), { kind: 'storage' });
      await assert.rejects(journal.recover(), { kind: 'storage' });
      await assert.rejects(journal.close(), { kind: 'storage' });
    });
  }
});
