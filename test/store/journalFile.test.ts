import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClock } from '../../src/platform/clock.ts';
import { openJournal } from '../../src/store/journalFile.ts';
import { CrashFs } from '../support/crashFs.ts';
import { FakeClock, settle } from '../support/fakeClock.ts';
import { needs } from '../support/needs.ts';
import { folder, journalPath, openIn, quietLog } from '../support/journalRun.ts';
import { sampleRun } from '../support/sampleRun.ts';

const events = sampleRun();
const midTurn = events.filter(({ type }) => type !== 'turnEnded' && type !== 'agentEnded');

function callsOf(fs: CrashFs, name: string): number {
  return fs.calls.filter((call) => call.name === name && call.path === journalPath).length;
}

describe('journal', () => {
  it('numbers facts from 1 without gaps, across writers', async () => {
    const fs = new CrashFs();
    const first = await openIn(fs);
    assert.deepEqual([first.entries, first.notices, first.readOnly, first.setAside], [[], [], undefined, undefined]);
    assert.deepEqual(
      [...first.journal.append(events.slice(0, 2)), ...first.journal.append([]), ...first.journal.append(events.slice(2, 3))].map(
        ({ seq }) => seq,
      ),
      [1, 2, 3],
    );
    await first.journal.close();
    const second = await openIn(fs);
    assert.deepEqual(
      second.journal.append(events.slice(3, 5)).map(({ seq }) => seq),
      [4, 5],
    );
    await second.journal.close();
    const third = await openIn(fs);
    assert.deepEqual(
      third.entries.map(({ seq, event }) => [seq, event]),
      events.slice(0, 5).map((event, index) => [index + 1, event]),
    );
    await third.journal.close();
  });

  it('stamps times that never go back, whatever the clock does', async () => {
    const fs = new CrashFs();
    let time = 5_000.7;
    const clock = Object.assign(new FakeClock(), { now: () => time });
    const first = await openIn(fs, { clock });
    const stamp = (now: number): number | undefined => {
      time = now;
      return first.journal.append(events.slice(0, 1))[0]?.at;
    };
    assert.deepEqual(
      [stamp(5_000.7), stamp(4_000), stamp(Number.NaN), stamp(6_000), stamp(-86_400_000)],
      [5_000, 5_000, 5_000, 6_000, 6_000],
    );
    time = 6_000;
    await first.journal.close();
    const second = await openIn(fs, { clock: new FakeClock(100) });
    assert.equal(second.journal.append(events.slice(0, 1))[0]?.at, 6_000);
    await second.journal.close();
  });

  it('writes facts of the same moment together, soon, and without asking the disk to sync', async () => {
    const fs = new CrashFs();
    const clock = new FakeClock();
    const { journal } = await openIn(fs, { clock });
    const [appends, syncs] = [callsOf(fs, 'append'), callsOf(fs, 'datasync')];
    for (const event of midTurn.slice(0, 20)) {
      journal.append([event]);
    }
    assert.equal(callsOf(fs, 'append'), appends, 'append only queues');
    await clock.advance(20);
    await settle();
    assert.deepEqual([callsOf(fs, 'append') - appends, callsOf(fs, 'datasync') - syncs], [1, 0]);
    await journal.close();
  });

  it('brings to the disk what nobody waits for, within a quarter of a second and together', async () => {
    const fs = new CrashFs();
    const clock = new FakeClock();
    const { journal } = await openIn(fs, { clock });
    const syncs = callsOf(fs, 'datasync');
    for (const event of midTurn.slice(0, 10)) {
      journal.append([event]);
      await clock.advance(15);
      await settle();
    }
    assert.equal(callsOf(fs, 'datasync') - syncs, 0);
    await clock.advance(250);
    await settle();
    assert.equal(callsOf(fs, 'datasync') - syncs, 1);
    await settle();
    assert.equal(journal.lastSync?.seq, 10);
    await clock.advance(10_000);
    assert.equal(callsOf(fs, 'datasync') - syncs, 1, 'nothing is left to do');
    await journal.close();
    assert.equal(clock.pending(), 0);
  });

  it('takes the end of a turn to the disk with the next flush, though nobody waits for it', async () => {
    const fs = new CrashFs();
    const clock = new FakeClock();
    const { journal } = await openIn(fs, { clock });
    const syncs = callsOf(fs, 'datasync');
    journal.append(events.filter(({ type }) => type === 'turnEnded').slice(0, 1));
    assert.equal(callsOf(fs, 'datasync') - syncs, 0, 'append only queues');
    await clock.advance(10);
    await settle();
    assert.deepEqual([callsOf(fs, 'datasync') - syncs, journal.lastSync?.seq], [1, 1]);
    await journal.close();
  });

  it('serves many syncs with few writes, and those that come meanwhile with the next', async () => {
    const fs = new CrashFs();
    const { journal } = await openIn(fs);
    const [appends, syncs] = [callsOf(fs, 'append'), callsOf(fs, 'datasync')];
    const done = events.map((event) => {
      journal.append([event]);
      return journal.sync();
    });
    await Promise.resolve();
    await Promise.all(done);
    assert.ok(callsOf(fs, 'append') - appends <= 2 && callsOf(fs, 'datasync') - syncs <= 2);
    assert.equal(journal.lastSync?.seq, events.length);
    await journal.close();
  });

  it('answers a sync at every moment of a flush', async () => {
    for (let turns = 0; turns < 40; turns++) {
      const fs = new CrashFs();
      const { journal } = await openIn(fs);
      journal.append(events.slice(0, 1));
      const first = journal.sync();
      for (let i = 0; i < turns; i++) {
        await Promise.resolve();
      }
      journal.append(events.slice(1, 2));
      await Promise.all([first, journal.sync()]);
      assert.equal(journal.lastSync?.seq, 2, `${turns} turns later`);
      await journal.close();
    }
  });

  it('has nothing to do in a sync when all is saved', async () => {
    const fs = new CrashFs();
    const { journal } = await openIn(fs);
    await journal.sync();
    journal.append(events.slice(0, 1));
    await journal.sync();
    const before = fs.calls.length;
    await journal.sync();
    assert.equal(fs.calls.length, before);
    await journal.close();
  });

  it('does not let memory grow with facts that nobody syncs', async () => {
    const fs = new CrashFs();
    const clock = new FakeClock();
    const { journal } = await openIn(fs, { clock });
    const syncs = callsOf(fs, 'datasync');
    const [run] = events;
    assert.ok(run?.type === 'runStarted');
    journal.append([{ ...run, task: 'x'.repeat(5 * 1024 * 1024) }]);
    await clock.advance(20);
    await settle();
    assert.equal(callsOf(fs, 'datasync') - syncs, 1);
    await journal.close();
  });

  it('saves on close what was never synced, and refuses afterwards', async () => {
    const fs = new CrashFs();
    const clock = new FakeClock();
    const { journal } = await openIn(fs, { clock });
    const told: unknown[] = [];
    journal.onDidFail((error) => told.push(error));
    journal.append(events);
    await Promise.all([journal.close(), journal.close()]);
    assert.equal(journal.append(events.slice(0, 1))[0]?.seq, events.length + 1);
    await assert.rejects(journal.sync(), { name: 'JournalError', kind: 'closed' });
    await assert.rejects(journal.recover(), { name: 'JournalError', kind: 'closed' });
    assert.deepEqual([told, clock.pending()], [[], 0]);
    const again = await openIn(fs);
    assert.equal(again.entries.length, events.length);
    await again.journal.close();
  });

  it('refuses a fact that could not be read back, and everything behind it', async () => {
    const fs = new CrashFs();
    const { journal } = await openIn(fs);
    const told: string[] = [];
    journal.onDidFail((error) => told.push(error.kind));
    journal.append(events.slice(0, 1));
    await journal.sync();
    const [good] = events.slice(0, 1);
    assert.ok(good?.type === 'runStarted');
    const count = journal.append([{ ...good, label: JSON.parse('7') }, good]).length;
    assert.equal(count, 2);
    await assert.rejects(journal.sync(), { kind: 'defect', message: /fact 2 \(runStarted\) is not valid/ });
    await assert.rejects(journal.recover(), { kind: 'defect' });
    assert.deepEqual(told, ['defect']);
    await journal.close();
    const again = await openIn(fs);
    assert.deepEqual([again.readOnly, again.entries.length], [undefined, 1]);
    await again.journal.close();
  });

  it('saves what came before a fact that could not be read back', async () => {
    const fs = new CrashFs();
    const { journal } = await openIn(fs);
    const [good] = events.slice(0, 1);
    assert.ok(good?.type === 'runStarted');
    journal.append([good, { ...good, label: JSON.parse('7') }, good]);
    journal.append([good]);
    await assert.rejects(journal.sync(), { kind: 'defect', message: /fact 2 / });
    journal.append([good]);
    await journal.close();
    const again = await openIn(fs);
    assert.deepEqual([again.readOnly, again.entries.length], [undefined, 1]);
    await again.journal.close();
  });

  it('begins anew over an empty file and says so', async () => {
    const fs = new CrashFs(new Map([[journalPath, Buffer.alloc(0)]]));
    const opened = await openIn(fs);
    assert.deepEqual([opened.readOnly, opened.notices.map(({ kind }) => kind)], [undefined, ['empty']]);
    await opened.journal.close();
  });

  it('goes on behind a last line that lacks only its line feed', async () => {
    const fs = new CrashFs();
    const first = await openIn(fs);
    first.journal.append(events.slice(0, 2));
    await first.journal.close();
    const cut = new CrashFs(new Map([[journalPath, (fs.files.get(journalPath) ?? Buffer.alloc(0)).subarray(0, -1)]]));
    const opened = await openIn(cut);
    assert.deepEqual([opened.entries.length, opened.notices], [2, []]);
    opened.journal.append(events.slice(2, 3));
    await opened.journal.close();
    const again = await openIn(cut);
    assert.deepEqual([again.entries.length, again.notices], [3, []]);
    await again.journal.close();
  });

  for (const code of ['EACCES', 'EROFS', 'EIO', 'EMFILE']) {
    it(`shows what it can read when it may not write (${code})`, async () => {
      const fs = new CrashFs();
      const first = await openIn(fs);
      first.journal.append(events);
      await first.journal.close();
      fs.fault = (call) => (call.name === 'open' && !call.path.includes('journal.jsonl') ? { kind: 'error', code } : undefined);
      const opened = await openIn(fs);
      assert.deepEqual(
        [opened.entries.length, opened.notices.map(({ kind }) => kind), opened.setAside],
        [events.length, ['unreadable'], undefined],
      );
      assert.match(opened.readOnly ?? '', /^Flotilla could not open the journal of this workspace/);
      fs.fault = () => undefined;
      const again = await opened.retry();
      assert.deepEqual([again.readOnly, again.entries.length], [undefined, events.length]);
      await again.journal.close();
    });
  }

  it('shows the fleet when the disk is full at the start, and goes on once there is room', async () => {
    const fs = new CrashFs();
    const first = await openIn(fs);
    first.journal.append(events);
    await first.journal.close();
    fs.fault = (call) => (call.name === 'append' && call.path === journalPath ? { kind: 'error', code: 'ENOSPC', bytes: 4 } : undefined);
    const opened = await openIn(fs);
    assert.match(opened.readOnly ?? '', /the disk is full/);
    assert.equal(opened.entries.length, events.length);
    fs.fault = () => undefined;
    const again = await opened.retry();
    assert.deepEqual(
      [again.readOnly, again.entries.length, again.notices.map(({ kind }) => kind)],
      [undefined, events.length, ['tornTail']],
    );
    await again.journal.close();
  });

  it('offers to set a file aside that may not be opened', async () => {
    const fs = new CrashFs(new Map([[journalPath, Buffer.from('secret')]]));
    fs.fault = (call) => (call.name === 'open' && call.path === journalPath && !fs.files.has(`${folder}/x`) ? denied(fs) : undefined);
    const opened = await openIn(fs);
    assert.match(opened.readOnly ?? '', /this user may not do that/);
    const aside = await opened.setAside?.();
    assert.deepEqual([aside?.readOnly, aside?.notices.map(({ kind }) => kind)], [undefined, ['setAside']]);
    assert.deepEqual(
      [...fs.files].filter(([path]) => path.includes('.damaged-')).map(([, data]) => data.toString()),
      ['secret'],
    );
    await aside?.journal.close();
  });

  function denied(fs: CrashFs) {
    const current = fs.files.get(journalPath)?.toString();
    return current === 'secret' ? ({ kind: 'error', code: 'EACCES' } as const) : undefined;
  }
});

describe('journal on a real disk', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'flotilla-journal-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const open = (directory = root) => openJournal({ directory, clock: createClock(), log: quietLog });

  it('makes its folder, keeps it to this user, and leaves only the journal behind', async () => {
    const directory = join(root, 'a', 'b');
    const { journal } = await open(directory);
    journal.append(events);
    await journal.sync();
    assert.deepEqual(readdirSync(directory).sort(), ['journal.jsonl', 'lock']);
    await journal.close();
    assert.deepEqual(readdirSync(directory), ['journal.jsonl']);
    if (process.platform !== 'win32') {
      assert.deepEqual([statSync(directory).mode & 0o777, statSync(join(directory, 'journal.jsonl')).mode & 0o777], [0o700, 0o600]);
    }
    const again = await open(directory);
    assert.deepEqual(
      again.entries.map(({ event }) => event),
      events,
    );
    await again.journal.close();
  });

  it('refuses a second writer of the same process', async () => {
    const first = await open();
    const second = await open();
    assert.match(second.readOnly ?? '', new RegExp(`^Another window \\(process ${process.pid} on `));
    await first.journal.close();
    const again = await second.retry();
    assert.equal(again.readOnly, undefined);
    await again.journal.close();
  });

  it('leaves a folder in its place alone until a person sets it aside', async () => {
    mkdirSync(join(root, 'journal.jsonl'));
    writeFileSync(join(root, 'journal.jsonl', 'inside'), 'kept');
    const opened = await open();
    assert.match(opened.readOnly ?? '', /is a folder, so nothing can be read or saved/);
    assert.deepEqual(readdirSync(root), ['journal.jsonl']);
    const aside = await opened.setAside?.();
    assert.equal(aside?.readOnly, undefined);
    const kept = readdirSync(root).find((name) => name.includes('.damaged-'));
    assert.equal(readFileSync(join(root, kept ?? '', 'inside'), 'utf8'), 'kept');
    await aside?.journal.close();
  });

  it('does not wait for ever on a pipe in its place', async function () {
    needs(this, process.platform !== 'win32', 'named pipes');
    execFileSync('mkfifo', [join(root, 'journal.jsonl')]);
    const opened = await open();
    assert.match(opened.readOnly ?? '', /is not an ordinary file/);
  });

  it('says so when the storage folder is a file', async () => {
    writeFileSync(join(root, 'file'), '');
    const opened = await open(join(root, 'file'));
    assert.match(opened.readOnly ?? '', /^Flotilla could not open the journal/);
    assert.deepEqual(opened.entries, []);
  });

  it('keeps a torn tail byte for byte', async () => {
    const first = await open();
    first.journal.append(events.slice(0, 3));
    await first.journal.close();
    const path = join(root, 'journal.jsonl');
    const whole = readFileSync(path);
    writeFileSync(path, whole.subarray(0, -20));
    const opened = await open();
    assert.deepEqual([opened.entries.length, opened.notices.map(({ kind }) => kind)], [2, ['tornTail']]);
    const kept = readdirSync(root).find((name) => name.includes('.torn-'));
    const end = readFileSync(join(root, kept ?? ''));
    assert.ok(whole.subarray(0, -20).subarray(-end.length).equals(end) && end.length > 20);
    await opened.journal.close();
  });

  it('reads lines longer and shorter than what it reads at once', async () => {
    const { journal } = await open();
    const [run] = events;
    assert.ok(run?.type === 'runStarted');
    const sizes = [1, 511 * 1024, 512 * 1024, 3 * 1024 * 1024, 10, 700 * 1024];
    journal.append(sizes.map((size) => ({ ...run, task: 'ä'.repeat(size / 2) })));
    journal.append(events);
    await journal.close();
    const again = await open();
    assert.deepEqual(
      again.entries.slice(0, sizes.length).map(({ event }) => (event.type === 'runStarted' ? event.task.length : -1)),
      sizes.map((size) => Math.floor(size / 2)),
    );
    assert.equal(again.entries.length, sizes.length + events.length);
    await again.journal.close();
  });
});
