import assert from 'node:assert/strict';
import type { FleetEvent } from '../../src/core/events.ts';
import { toId } from '../../src/core/ids.ts';
import type { OpenedJournal } from '../../src/store/journalFile.ts';
import { encodeLine } from '../../src/store/lineFormat.ts';
import { acquireLock, heartbeatMs, staleAfterMs } from '../../src/store/lock.ts';
import { CrashFs, type Fault } from '../support/crashFs.ts';
import { FakeClock, settle } from '../support/fakeClock.ts';
import { amongOthers, folder, journalPath, openIn, quietLog } from '../support/journalRun.ts';

const lockPath = `${folder}/lock`;

function started(name: string): FleetEvent {
  return { type: 'agentStarted', agentId: toId('agent', name) };
}

function names(opened: OpenedJournal): readonly string[] {
  return opened.entries.map(({ event }) => (event.type === 'agentStarted' ? event.agentId : event.type));
}

function lockText(owner: { readonly pid: number; readonly host: string }): Buffer {
  return Buffer.from(JSON.stringify({ ...owner, token: 'someone' }));
}

/** Appends a line behind the journal's back. */
async function smuggle(fs: CrashFs, line: Uint8Array): Promise<void> {
  const file = await fs.open(journalPath, 'append');
  await file.append(line);
}

describe('two windows on one workspace', () => {
  it('CON-08: lets the second only look, says why, and leaves every file as it is', async () => {
    const fs = new CrashFs();
    const first = await openIn(fs);
    first.journal.append([started('a'), started('b')]);
    await first.journal.sync();
    await smuggle(fs, Buffer.from('0123abcd 99 {"seq":3,"at'));
    const before = new Map(fs.files);
    const second = await openIn(fs, { host: amongOthers });
    assert.equal(
      second.readOnly,
      'Another window (process 1 on host) has this workspace open, so this window can only look: it shows the fleet as it was when it opened. Go on in the other window, or close it and choose "Open Fleet Again" here.',
    );
    assert.deepEqual(
      second.notices.map(({ kind }) => kind),
      ['lockedByOther'],
    );
    assert.deepEqual(names(second), ['a', 'b']);
    assert.deepEqual(
      second.journal.append([started('x')]).map(({ seq }) => seq),
      [3],
    );
    await assert.rejects(second.journal.sync(), { name: 'JournalError', kind: 'readOnly' });
    await second.journal.close();
    assert.deepEqual(fs.files, before);
  });

  it('lets the second in when the first is closed and it tries again', async () => {
    const fs = new CrashFs();
    const first = await openIn(fs);
    const second = await openIn(fs, { host: amongOthers });
    first.journal.append([started('a')]);
    await first.journal.close();
    const again = await second.retry();
    assert.deepEqual([again.readOnly, names(again)], [undefined, ['a']]);
    await again.journal.close();
    assert.deepEqual([...fs.files.keys()], [journalPath]);
  });

  it('waits for a window that is just closing', async () => {
    const fs = new CrashFs();
    const clock = new FakeClock();
    const first = await openIn(fs, { clock });
    const opening = openIn(fs, { clock, host: amongOthers, waitForLockMs: 5_000 });
    await clock.advance(1_000);
    first.journal.append([started('a')]);
    await first.journal.close();
    await clock.advance(200);
    const second = await opening;
    assert.deepEqual([second.readOnly, names(second)], [undefined, ['a']]);
    await second.journal.close();
  });

  it('gives up waiting in the end', async () => {
    const fs = new CrashFs();
    const clock = new FakeClock();
    const first = await openIn(fs, { clock });
    const opening = openIn(fs, { clock, host: amongOthers, waitForLockMs: 5_000 });
    await clock.advance(5_000);
    assert.match((await opening).readOnly ?? '', /^Another window/);
    await first.journal.close();
  });

  const left: ReadonlyArray<readonly [string, Buffer, number, 'taken over' | 'respected']> = [
    ['of a dead process', lockText({ pid: 77, host: 'host' }), 0, 'taken over'],
    ['of a live process', lockText({ pid: 2, host: 'host' }), staleAfterMs, 'respected'],
    ['of a live process that has been silent for long', lockText({ pid: 2, host: 'host' }), staleAfterMs + 1, 'taken over'],
    ['from after the clock was set back', lockText({ pid: 2, host: 'host' }), -staleAfterMs - 1, 'taken over'],
    ['of another machine', lockText({ pid: 77, host: 'elsewhere' }), staleAfterMs, 'respected'],
    ['of another machine that has been silent for long', lockText({ pid: 77, host: 'elsewhere' }), staleAfterMs + 1, 'taken over'],
    ['without content', Buffer.alloc(0), 2_000, 'respected'],
    ['without content for long', Buffer.alloc(0), 2_001, 'taken over'],
    ['with foreign content', Buffer.from('null'), 2_001, 'taken over'],
    ['with half its content', Buffer.from('{"pid": 2, "ho'), 2_001, 'taken over'],
  ];
  for (const [what, content, ageMs, outcome] of left) {
    it(`finds a lock ${what}: ${outcome}`, async () => {
      const fs = new CrashFs(new Map([[lockPath, content]]));
      fs.time += ageMs;
      const opened = await openIn(fs, { host: { name: 'host', pid: 3, isAlive: (pid) => pid === 2 } });
      assert.equal(opened.readOnly === undefined, outcome === 'taken over');
      await opened.journal.close();
      assert.deepEqual([...fs.files.keys()].sort(), outcome === 'taken over' ? [journalPath] : [lockPath]);
    });
  }

  it('clears a take-over that was cut short', async () => {
    const dead = lockText({ pid: 77, host: 'host' });
    const fs = new CrashFs(
      new Map([
        [lockPath, dead],
        [`${lockPath}.takeover`, dead],
      ]),
    );
    const opened = await openIn(fs);
    assert.equal(opened.readOnly, undefined);
    await opened.journal.close();
    assert.deepEqual([...fs.files.keys()], [journalPath]);
  });

  it('keeps its lock for as long as it lives', async () => {
    const fs = new CrashFs();
    const clock = new FakeClock();
    const first = await openIn(fs, { clock });
    for (let i = 0; i < 20; i++) {
      fs.time += heartbeatMs;
      await clock.advance(heartbeatMs);
    }
    const second = await openIn(fs, { host: amongOthers });
    assert.match(second.readOnly ?? '', /^Another window/);
    await first.journal.close();
    assert.equal(clock.pending(), 0);
  });

  it('CON-08: gives a dead lock to exactly one of many who find it at once', async () => {
    for (let seed = 1; seed <= 30; seed++) {
      const disk = new CrashFs(new Map([[lockPath, lockText({ pid: 77, host: 'host' })]]));
      const tries = Array.from({ length: 4 }, (_, index) => {
        const fs = disk.otherProcess();
        const wait = jitter(seed * 10 + index);
        fs.fault = wait;
        const host = { name: 'host', pid: index, isAlive: (pid: number) => pid !== 77 };
        return acquireLock({ fs, directory: folder, clock: new FakeClock(), log: quietLog, host });
      });
      const results = await Promise.all(tries);
      const winners = results.filter((result) => result.kind === 'acquired');
      assert.equal(winners.length, 1, `seed ${seed}`);
      for (const winner of winners) {
        await winner.lock.check(0);
        await winner.lock.release();
      }
      assert.deepEqual([...disk.files.keys()], [], `seed ${seed}`);
    }
  });
});

describe('a writer that another has replaced', () => {
  async function replaced() {
    const disk = new CrashFs();
    const old = await openIn(disk.otherProcess());
    old.journal.append([started('old-1')]);
    await old.journal.sync();
    const fresh = await openIn(disk.otherProcess());
    assert.equal(fresh.readOnly, undefined);
    return { disk, old, fresh };
  }

  it('stops before it writes, says so once, and leaves the new lock alone', async () => {
    const { disk, old, fresh } = await replaced();
    const told: string[] = [];
    old.journal.onDidFail((error) => told.push(error.kind));
    fresh.journal.append([started('new-2')]);
    await fresh.journal.sync();
    old.journal.append([started('old-2')]);
    await assert.rejects(old.journal.sync());
    await assert.rejects(old.journal.recover(), { kind: 'lockLost' });
    await assert.rejects(old.journal.sync(), { kind: 'lockLost', message: /has taken over/ });
    await old.journal.close();
    assert.equal(told.length, 1);
    fresh.journal.append([started('new-3')]);
    await recoverIfNeeded(fresh);
    await fresh.journal.close();
    const after = await openIn(disk);
    assert.deepEqual(names(after), ['old-1', 'new-2', 'new-3']);
    await after.journal.close();
  });

  it('acknowledges nothing when it is replaced while the disk works', async () => {
    const disk = new CrashFs();
    const fs = disk.otherProcess();
    const old = await openIn(fs);
    let fresh: OpenedJournal | undefined;
    fs.fault = (call) =>
      call.name === 'datasync'
        ? openIn(disk.otherProcess()).then((opened) => {
            fresh = opened;
            return undefined;
          })
        : undefined;
    old.journal.append([started('old-1')]);
    await assert.rejects(old.journal.sync(), { kind: 'lockLost' });
    assert.equal(fresh?.readOnly, undefined);
    await Promise.all([old.journal.close(), fresh?.journal.close()]);
  });

  it('has its late lines read and not counted', async () => {
    const { disk, old, fresh } = await replaced();
    await smuggle(disk, encodeLine({ kind: 'fact', seq: 2, at: 1, epoch: 2, event: started('late-2') }));
    await smuggle(disk, encodeLine({ kind: 'fact', seq: 3, at: 1, epoch: 2, event: started('late-3') }));
    await fresh.journal.close();
    const after = await openIn(disk);
    assert.deepEqual([after.readOnly, names(after)], [undefined, ['old-1']]);
    assert.deepEqual(
      after.notices.map(({ kind, line }) => [kind, line]),
      [['overtaken', 5]],
    );
    after.journal.append([started('new-2')]);
    await after.journal.close();
    const again = await openIn(disk);
    assert.deepEqual(names(again), ['old-1', 'new-2']);
    await Promise.all([
      again.journal.close(),
      assert.rejects(
        old.journal
          .recover()
          .then(() => old.journal.append([started('x')]))
          .then(() => old.journal.sync()),
      ),
    ]);
    await assert.rejects(old.journal.sync(), { name: 'JournalError' });
  });

  for (const [what, line, notice] of [
    ['a line', encodeLine({ kind: 'fact', seq: 2, at: 1, epoch: 2, event: started('late-2') }), ['overtaken', 4]],
    ['a part of a line', Buffer.from('0123abcd 99 {"se'), ['tornTail', 4]],
  ] as const) {
    it(`may still write ${what} between the reading and the announcement of the new writer`, async () => {
      const disk = new CrashFs();
      const old = await openIn(disk.otherProcess());
      old.journal.append([started('old-1')]);
      await old.journal.sync();
      const fs = disk.otherProcess();
      let smuggled = false;
      fs.fault = async (call): Promise<Fault | undefined> => {
        if (call.name === 'append' && call.path === journalPath && !smuggled) {
          smuggled = true;
          await smuggle(disk, line);
        }
        return undefined;
      };
      const fresh = await openIn(fs);
      assert.deepEqual([smuggled, fresh.readOnly, names(fresh)], [true, undefined, ['old-1']]);
      assert.deepEqual(
        fresh.notices.map(({ kind, line }) => [kind, line]),
        [notice],
      );
      fresh.journal.append([started('new-2')]);
      await fresh.journal.close();
      const after = await openIn(disk);
      assert.deepEqual([after.readOnly, names(after)], [undefined, ['old-1', 'new-2']]);
      await after.journal.close();
      await assert.rejects(old.journal.close().then(() => old.journal.sync()));
    });
  }

  it('stops when the storage folder is removed', async () => {
    const fs = new CrashFs();
    const { journal } = await openIn(fs);
    await fs.unlink(lockPath);
    await fs.unlink(journalPath);
    journal.append([started('a')]);
    await assert.rejects(journal.sync());
    await assert.rejects(journal.recover());
    await assert.rejects(journal.sync(), { name: 'JournalError' });
    await assert.rejects(journal.close().then(() => journal.sync()));
  });

  it('CON-08: never has acknowledged what the new writer does not find, in any order of their calls', async function () {
    this.timeout(30_000);
    for (let seed = 1; seed <= 60; seed++) {
      const disk = new CrashFs();
      const acked: string[] = [];
      const oldFs = disk.otherProcess();
      const old = await openIn(oldFs);
      oldFs.fault = jitter(seed);
      const writing = writeUntilRefused(old, 'old', acked, 200);
      const freshFs = disk.otherProcess();
      freshFs.fault = jitter(seed + 1_000);
      for (let i = 0; i < seed % 7; i++) {
        await settle();
      }
      const fresh = await openIn(freshFs);
      assert.equal(fresh.readOnly, undefined, `seed ${seed}`);
      const found = new Set(names(fresh));
      const unknown = acked.filter((name) => !found.has(name));
      assert.deepEqual(unknown, [], `seed ${seed}`);
      await writeUntilRefused(fresh, 'new', acked, 5);
      await writing;
      await assert.rejects(old.journal.close().then(() => old.journal.sync()));
      await recoverIfNeeded(fresh);
      await fresh.journal.close();
      const after = await openIn(disk);
      assert.deepEqual([after.readOnly, acked.filter((name) => !names(after).includes(name))], [undefined, []], `seed ${seed}`);
      await after.journal.close();
    }
  });
});

/** Appends and syncs, remembering what was acknowledged; recovers where that can help. */
async function writeUntilRefused(opened: OpenedJournal, who: string, acked: string[], count: number): Promise<void> {
  const { journal } = opened;
  for (let number = 1; number <= count; number++) {
    const name = `${who}-${number}`;
    journal.append([started(name)]);
    try {
      await journal.sync();
    } catch {
      try {
        await journal.recover();
      } catch {
        return;
      }
    }
    acked.push(name);
  }
}

async function recoverIfNeeded({ journal }: OpenedJournal): Promise<void> {
  await (journal.failure === undefined ? journal.sync().catch(() => journal.recover()) : journal.recover());
}

/** Lets each call wait for a number of turns that looks random. */
function jitter(seed: number): () => Promise<undefined> {
  let state = seed;
  return async () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    for (let turns = (state >>> 16) % 4; turns > 0; turns--) {
      await settle();
    }
    return undefined;
  };
}
