import { join } from 'node:path';
import type { JournalEntry } from '../core/events.ts';
import { toError } from '../lib/errors.ts';
import type { Clock, Log } from '../orchestrator/ports.ts';
import { errorCode, JournalError, toStorageError } from './journalError.ts';
import { appendAll, ifThere, type JournalFile, type JournalFs, nodeFs } from './journalFs.ts';
import { type Journal, JournalWriter } from './journalWriter.ts';
import { currentSchema, encodeLine } from './lineFormat.ts';
import { acquireLock, type LockHost, type LockResult, nodeLockHost, type WriterLock } from './lock.ts';
import { createReadOnlyJournal } from './readOnlyJournal.ts';
import {
  emptyNotice,
  failureNotice,
  isReadOnlyReason,
  type JournalNotice,
  lockedNotice,
  overtakenNotice,
  problemNotice,
} from './notices.ts';
import { beginJournal, keepTornTail, replaceDamaged, setWholeAside } from './repairFile.ts';
import { type JournalScan, scanJournal } from './scanJournal.ts';

/** A journal with all it held when it was opened. */
export interface OpenedJournal {
  readonly journal: Journal;
  readonly entries: readonly JournalEntry[];
  readonly notices: readonly JournalNotice[];
  /** Why this window may only look; no fact is written then. */
  readonly readOnly: string | undefined;
  /** Closes this one and opens the journal again, for example because the other window is gone. */
  retry(): Promise<OpenedJournal>;
  /**
   * For a damaged or unreadable journal and only when a person wants it: keeps the whole file under another name and goes on from the facts
   * before the damage.
   */
  readonly setAside: (() => Promise<OpenedJournal>) | undefined;
}

export interface OpenJournalOptions {
  /** The storage folder of this workspace; made if it is not there. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly fs?: JournalFs;
  readonly host?: LockHost;
  /** How long to wait for another writer to let go, in ms; a reloading window overlaps with the one before it. */
  readonly waitForLockMs?: number;
}

/**
 * Opens the journal of a storage folder for writing, or for reading only when it cannot be written safely; `readOnly` and the notices say why.
 * A torn end is repaired and kept aside; nothing else is ever changed without a person asking for it. Never rejects for what is on the disk.
 */
export function openJournal(options: OpenJournalOptions): Promise<OpenedJournal> {
  return open({ fs: nodeFs, host: nodeLockHost(), waitForLockMs: 0, ...options }, false);
}

type Settings = Required<OpenJournalOptions>;

/** Name of the journal in the storage folder of a workspace. */
export const journalFileName = 'journal.jsonl';
const lockPollMs = 100;
/** A writer that was overtaken may still add lines while we begin; each try reads them and begins again behind them. */
const maxTries = 3;

async function open(settings: Settings, mayReplace: boolean): Promise<OpenedJournal> {
  const { fs, directory, log } = settings;
  const path = join(directory, journalFileName);
  let lock: WriterLock | undefined;
  try {
    await fs.makeDirectory(directory);
    const result = await waitForLock(settings);
    if (result.kind === 'held') {
      return await openBesideWriter(settings, path, result.by);
    }
    lock = result.lock;
    const opened = await openForWriting(settings, path, lock, mayReplace);
    if (opened.readOnly !== undefined) {
      await lock.release();
    }
    return opened;
  } catch (error) {
    await lock?.release().catch((cause: unknown) => log.warn(`The storage lock could not be released: ${toError(cause).message}`));
    const failure = toStorageError('open the journal of this workspace', path, error);
    log.error(failure.message, error);
    return toReadOnly(settings, await scanIfReadable(settings, path), [failureNotice(failure)]);
  }
}

async function waitForLock(settings: Settings): Promise<LockResult> {
  const { clock, waitForLockMs } = settings;
  const patience = new AbortController();
  const until = clock.now() + waitForLockMs;
  for (;;) {
    const result = await acquireLock(settings);
    if (result.kind === 'acquired' || clock.now() >= until) {
      return result;
    }
    await clock.sleep(lockPollMs, patience.signal);
  }
}

async function openForWriting(settings: Settings, path: string, lock: WriterLock, mayReplace: boolean): Promise<OpenedJournal> {
  const { fs, clock, log } = settings;
  const notices: JournalNotice[] = [];
  for (let attempt = 0; attempt < maxTries; attempt++) {
    notices.push(...(await beginIfEmpty(settings, path)));
    const found = await openExisting(fs, path);
    if (found instanceof JournalError) {
      if (!mayReplace) {
        return toReadOnly(settings, undefined, [failureNotice(found)], true);
      }
      notices.push(await setWholeAside(fs, path));
      continue;
    }
    const outcome = await prepare(settings, path, found, lock, mayReplace).catch(async (error: unknown) => {
      await found.close();
      throw error;
    });
    notices.push(...outcome.notices);
    if (outcome.kind === 'ready') {
      const { scan, size, epoch } = outcome;
      const at = scan.entries.at(-1)?.at ?? 0;
      const journal = new JournalWriter({ fs, path, clock, log, lock, file: found, epoch, seq: scan.seq, at, size });
      return {
        journal,
        entries: scan.entries,
        notices,
        readOnly: undefined,
        retry: () => reopen(settings, journal, false),
        setAside: undefined,
      };
    }
    await found.close();
    if (outcome.kind === 'refused') {
      const { scan } = outcome;
      return toReadOnly(settings, scan, notices, scan.problem?.kind === 'damaged');
    }
  }
  throw new Error('another writer keeps changing the file');
}

async function beginIfEmpty({ fs, clock }: Settings, path: string): Promise<readonly JournalNotice[]> {
  const facts = await ifThere(fs.stat(path));
  if (facts !== undefined && (facts.kind !== 'file' || facts.size > 0)) {
    return [];
  }
  await beginJournal(fs, path, { epoch: 1, created: Math.floor(clock.now()) }, []);
  return facts === undefined ? [] : [emptyNotice(path)];
}

/** Opens the file for writing; a JournalError when it is of a kind that a second try cannot open either. */
async function openExisting(fs: JournalFs, path: string): Promise<JournalFile | JournalError> {
  const { kind } = await fs.stat(path);
  if (kind !== 'file') {
    const what = kind === 'directory' ? 'a folder' : 'not an ordinary file';
    const next = 'Move it away and reload the window, or choose to set it aside.';
    return new JournalError('storage', `The journal of this workspace (${path}) is ${what}, so nothing can be read or saved.`, next);
  }
  try {
    return await fs.open(path, 'append');
  } catch (error) {
    if (errorCode(error) === 'EACCES' || errorCode(error) === 'EPERM') {
      return toStorageError('open the journal of this workspace', path, error);
    }
    throw error;
  }
}

type Prepared = { readonly notices: readonly JournalNotice[] } & (
  | { readonly kind: 'ready'; readonly scan: JournalScan; readonly size: number; readonly epoch: number }
  | { readonly kind: 'refused'; readonly scan: JournalScan }
  /** The file was repaired or somebody added to it; read it again. */
  | { readonly kind: 'again' }
);

/** Reads the file, repairs its end if that is all that is wrong, and announces this writer in it. */
async function prepare(settings: Settings, path: string, file: JournalFile, lock: WriterLock, mayReplace: boolean): Promise<Prepared> {
  const scan = await scanJournal(file);
  const problem = scan.problem;
  if (problem?.kind === 'newerSchema' || (problem?.kind === 'damaged' && !mayReplace)) {
    return { kind: 'refused', scan, notices: [problemNotice(path, scan, problem)] };
  }
  try {
    await lock.check(0);
    return await repairAndAnnounce(settings, path, file, lock, scan);
  } catch (error) {
    // What can be read is shown even when nothing can be written.
    const failure = toStorageError('write the journal of this workspace', path, error);
    return { kind: 'refused', scan, notices: [failureNotice(failure)] };
  }
}

async function repairAndAnnounce(
  { fs, clock }: Settings,
  path: string,
  file: JournalFile,
  lock: WriterLock,
  scan: JournalScan,
): Promise<Prepared> {
  const { problem } = scan;
  const epoch = scan.epoch + 1;
  const now = Math.floor(clock.now());
  if (problem?.kind === 'damaged') {
    return { kind: 'again', notices: [await replaceDamaged(fs, path, scan, { epoch, created: now })] };
  }
  const notices = problem === undefined ? [] : [await keepTornTail(fs, path, file, scan, problem)];
  if (scan.epoch === 0) {
    await beginJournal(fs, path, { epoch, created: now }, []);
    return { kind: 'again', notices };
  }
  const mark = encodeLine({ kind: 'opened', schema: currentSchema, epoch, at: now, after: scan.seq });
  const bytes = scan.lacksLineFeed ? Buffer.concat([Buffer.from('\n'), mark]) : mark;
  await appendAll(file, bytes);
  await file.datasync();
  await lock.check(0);
  if (!(await endsWith(file, scan.end, bytes))) {
    return { kind: 'again', notices };
  }
  if (scan.overtaken.length > 0) {
    notices.push(overtakenNotice(path, scan.overtaken));
  }
  return { kind: 'ready', scan, size: scan.end + bytes.length, epoch, notices };
}

/** Whether the file holds these bytes from an offset on and nothing behind them. */
async function endsWith(file: JournalFile, offset: number, bytes: Uint8Array): Promise<boolean> {
  const found = Buffer.alloc(bytes.length + 1);
  const count = await file.read(found, offset);
  return count === bytes.length && found.subarray(0, count).equals(bytes);
}

/** The other window may be in the middle of a line, so an unfinished end is nothing to speak of here. */
async function openBesideWriter(settings: Settings, path: string, by: string): Promise<OpenedJournal> {
  const scan = await scanIfReadable(settings, path);
  const problem = scan?.problem;
  const more = scan === undefined || problem === undefined || problem.kind === 'torn' ? [] : [problemNotice(path, scan, problem)];
  return toReadOnly(settings, scan, [lockedNotice(by), ...more]);
}

/** Reads without changing anything; undefined when there is nothing to read or it cannot be read, which is logged. */
async function scanIfReadable({ fs, log }: Settings, path: string): Promise<JournalScan | undefined> {
  try {
    const facts = await ifThere(fs.stat(path));
    if (facts?.kind !== 'file') {
      return undefined;
    }
    const file = await fs.open(path, 'read');
    try {
      return await scanJournal(file);
    } finally {
      await file.close();
    }
  } catch (error) {
    log.error(`The journal cannot be read (${path})`, error);
    return undefined;
  }
}

function toReadOnly(
  settings: Settings,
  scan: JournalScan | undefined,
  notices: readonly JournalNotice[],
  canSetAside = false,
): OpenedJournal {
  for (const notice of notices) {
    settings.log.warn(`${notice.message} ${notice.next}`);
  }
  const entries = scan?.entries ?? [];
  const last = { seq: entries.at(-1)?.seq ?? 0, at: entries.at(-1)?.at ?? 0 };
  const { message, next } = notices.find(isReadOnlyReason) ?? { message: 'The journal cannot be written.', next: 'Reload the window.' };
  const journal = createReadOnlyJournal(last, settings.clock, message, next);
  return {
    journal,
    entries,
    notices,
    readOnly: `${message} ${next}`,
    retry: () => reopen(settings, journal, false),
    setAside: canSetAside ? () => reopen(settings, journal, true) : undefined,
  };
}

async function reopen(settings: Settings, journal: Journal, mayReplace: boolean): Promise<OpenedJournal> {
  await journal.close();
  return open(settings, mayReplace);
}
