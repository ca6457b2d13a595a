import type { FleetEvent, JournalEntry } from '../../src/core/events.ts';
import type { Log } from '../../src/orchestrator/ports.ts';
import { type OpenedJournal, openJournal } from '../../src/store/journalFile.ts';
import type { JournalFs } from '../../src/store/journalFs.ts';
import type { LockHost } from '../../src/store/lock.ts';
import { FakeClock } from './fakeClock.ts';
import { sampleRun } from './sampleRun.ts';

/** Where the journals of these tests are. */
export const folder = '/storage';
export const journalPath = '/storage/journal.jsonl';

/** A log for runs in which warnings and errors are expected and checked elsewhere. */
export const quietLog: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** A machine on which no other process is alive, so that a lock left behind is free. */
export const aloneOnHost: LockHost = { name: 'host', pid: 1, isAlive: () => false };
/** A machine on which every process is alive. */
export const amongOthers: LockHost = { name: 'host', pid: 2, isAlive: () => true };

/** Opens the journal of a folder in a test file system. */
export function openIn(
  fs: JournalFs,
  options: { readonly clock?: FakeClock; readonly host?: LockHost; readonly waitForLockMs?: number } = {},
): Promise<OpenedJournal> {
  return openJournal({ directory: folder, clock: new FakeClock(), log: quietLog, host: aloneOnHost, fs, ...options });
}

/** What one writer did, as far as it got. */
export interface WriterRecord {
  /** Facts given to the journal. */
  readonly appended: JournalEntry[];
  /** Number of the last fact that a sync acknowledged. */
  acked: number;
  /** How often a sync was refused. */
  refused: number;
}

/**
 * Opens a journal and writes the sample run in uneven pieces: some synced, some left to the flush timer. A refused sync is followed by
 * `recover`, as the fleet does, until it works. Keeps its record up to date at every step, because it may be stopped at any.
 */
export async function writeSampleRun(fs: JournalFs, record: WriterRecord, events: readonly FleetEvent[] = sampleRun()): Promise<void> {
  const clock = new FakeClock();
  let opened = await openIn(fs, { clock });
  for (let tries = 0; opened.readOnly !== undefined; tries++) {
    giveUpAfter(tries, opened.readOnly);
    opened = await opened.retry();
  }
  const { journal } = opened;
  for (let next = 0, step = 0; next < events.length; step++) {
    const size = 1 + (step % 3);
    record.appended.push(...journal.append(events.slice(next, next + size)));
    next += size;
    if (step % 3 === 0) {
      await clock.advance(20);
    } else {
      await acknowledge(journal, record);
    }
  }
  await acknowledge(journal, record);
  await journal.close();
}

/** A record of a writer that did nothing yet. */
export function newRecord(): WriterRecord {
  return { appended: [], acked: 0, refused: 0 };
}

/** Syncs, or recovers, until either says that everything so far is saved. */
async function acknowledge(journal: OpenedJournal['journal'], record: WriterRecord): Promise<void> {
  const seq = record.appended.at(-1)?.seq ?? 0;
  for (let tries = 0; record.acked < seq; tries++) {
    try {
      await (journal.failure === undefined ? journal.sync() : journal.recover());
      record.acked = seq;
    } catch (error) {
      record.refused++;
      giveUpAfter(tries, error);
    }
  }
}

/** One fault must never cost more than a few tries. */
function giveUpAfter(tries: number, reason: unknown): void {
  if (tries >= 5) {
    throw new Error(`The journal does not get going again: ${String(reason)}`);
  }
}
