import { setImmediate } from 'node:timers/promises';
import { fleetEventSchema, type FleetEvent, type JournalEntry } from '../core/events.ts';
import type { Disposable } from '../lib/disposables.ts';
import { Emitter } from '../lib/emitter.ts';
import type { Clock, JournalPort, Log } from '../orchestrator/ports.ts';
import { JournalError, toStorageError } from './journalError.ts';
import { appendAll, type JournalFile, type JournalFs } from './journalFs.ts';
import { encodeEntry } from './lineFormat.ts';
import type { WriterLock } from './lock.ts';
import { scanJournal } from './scanJournal.ts';

/** The newest moment at which everything up to `seq` was known to be on the disk; `tookMs` is how long the disk needed. */
export interface LastSync {
  readonly seq: number;
  readonly at: number;
  readonly tookMs: number;
}

/** The journal of an open fleet, beyond what the orchestrator needs of it. */
export interface Journal extends JournalPort {
  /** Why nothing is being saved, while that is so. */
  readonly failure: JournalError | undefined;
  readonly lastSync: LastSync | undefined;
  /** Told once each time saving begins to fail. */
  onDidFail(listener: (error: JournalError) => void): Disposable;
  /**
   * After a storage failure: checks what is on the disk, cuts off what is not whole and writes again what was not yet acknowledged.
   * Rejects with the JournalError that still stands in the way.
   */
  recover(): Promise<void>;
  /** Saves the rest and lets go of file and lock; rejects with a JournalError when something could not be saved. */
  close(): Promise<void>;
}

export interface WriterOptions {
  readonly fs: JournalFs;
  readonly path: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly lock: WriterLock;
  readonly file: JournalFile;
  readonly epoch: number;
  /** Number and time of the last fact in the file. */
  readonly seq: number;
  readonly at: number;
  /** Length of the file, all of which is on the disk. */
  readonly size: number;
}

interface Waiter {
  readonly seq: number;
  readonly resolve: () => void;
  readonly reject: (error: JournalError) => void;
}

/** Facts appended within this time share one write. */
const flushDelayMs = 10;
/** What is written is on the disk within this time, even if nobody waits for it. */
const syncDelayMs = 250;
/** The lock is looked at before a write unless that was done within this time; after a sync it always is. */
const lockTrustMs = 1_000;
/** Written facts are kept until they are on the disk; beyond this many bytes the disk is asked without waiting for a sync. */
const maxUnsyncedBytes = 4 * 1024 * 1024;

/** Appends facts to one file. At most one flush runs at a time; whatever is appended meanwhile waits for the next. */
export class JournalWriter implements Journal {
  readonly #options: WriterOptions;
  readonly #failed: Emitter<JournalError>;
  #file: JournalFile;
  #seq: number;
  #at: number;
  /** Length of the file with all that was written, and with all that is on the disk. */
  #size: number;
  #durableSize: number;
  #durableSeq: number;
  #queued: JournalEntry[] = [];
  #unsynced: readonly JournalEntry[] = [];
  #waiters: Waiter[] = [];
  #delay: AbortController | undefined;
  #syncDelay: AbortController | undefined;
  #syncDue = false;
  #running: Promise<void> | undefined;
  #recovering: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #failure: JournalError | undefined;
  #lastSync: LastSync | undefined;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#failed = new Emitter((error) => options.log.error('A listener of the journal failed', error));
    this.#file = options.file;
    this.#seq = options.seq;
    this.#durableSeq = options.seq;
    this.#at = options.at;
    this.#size = options.size;
    this.#durableSize = options.size;
  }

  get failure(): JournalError | undefined {
    return this.#failure;
  }

  get lastSync(): LastSync | undefined {
    return this.#lastSync;
  }

  onDidFail(listener: (error: JournalError) => void): Disposable {
    return this.#failed.event(listener);
  }

  append(events: readonly FleetEvent[]): readonly JournalEntry[] {
    const now = Math.floor(this.#options.clock.now());
    this.#at = now > this.#at ? now : this.#at;
    const entries = events.map((event) => ({ seq: ++this.#seq, at: this.#at, event }));
    // Behind a failure that cannot be recovered nothing may follow, or the file would have a hole.
    if (this.#failure === undefined || this.#failure.kind === 'storage') {
      for (const entry of entries) {
        this.#queued.push(entry);
      }
    }
    // What an agent has got from a model and from its tools is paid for: the next flush takes it to the disk, though nobody waits for that.
    this.#syncDue ||= events.some(({ type }) => type === 'turnEnded' || type === 'agentEnded');
    this.#flushSoon();
    return entries;
  }

  sync(): Promise<void> {
    if (this.#failure !== undefined) {
      return Promise.reject(this.#failure);
    }
    if (this.#durableSeq >= this.#seq) {
      return Promise.resolve();
    }
    const done = new Promise<void>((resolve, reject) => this.#waiters.push({ seq: this.#seq, resolve, reject }));
    this.#flushNow();
    return done;
  }

  recover(): Promise<void> {
    this.#recovering ??= this.#recover().finally(() => {
      this.#recovering = undefined;
      this.#flushSoon();
    });
    return this.#recovering;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #flushSoon(): void {
    if (this.#queued.length === 0 || this.#running !== undefined || this.#delay !== undefined || !this.#canWrite()) {
      return;
    }
    this.#delay = this.#later(flushDelayMs, () => this.#flushNow());
  }

  #syncSoon(): void {
    if (this.#size > this.#durableSize && this.#canWrite()) {
      this.#syncDelay ??= this.#later(syncDelayMs, () => {
        this.#syncDue = true;
        this.#flushNow();
      });
    }
  }

  /** Acts after a while, unless what it returns is aborted before. */
  #later(ms: number, act: () => void): AbortController {
    const delay = new AbortController();
    this.#options.clock.sleep(ms, delay.signal).then(act, (error: unknown) => {
      if (!delay.signal.aborted) {
        this.#options.log.error('A timer of the journal failed', error);
        act();
      }
    });
    return delay;
  }

  #flushNow(): void {
    this.#delay?.abort();
    this.#delay = undefined;
    if (this.#running === undefined && this.#canWrite()) {
      this.#running = this.#flush().finally(() => {
        this.#running = undefined;
        // A sync may have come in after the flush looked for one last time.
        if (this.#isSyncWanted()) {
          this.#flushNow();
        } else {
          this.#flushSoon();
          this.#syncSoon();
        }
      });
    }
  }

  #isSyncWanted(): boolean {
    return this.#syncDue || this.#waiters.length > 0;
  }

  #canWrite(): boolean {
    return this.#failure === undefined && this.#recovering === undefined;
  }

  async #flush(): Promise<void> {
    // The request that is about to be made goes first, and what else happens in this moment shares the write.
    await setImmediate();
    try {
      do {
        await this.#writeQueued();
        if (this.#isSyncWanted() || this.#size - this.#durableSize > maxUnsyncedBytes) {
          await this.#syncWritten();
        }
      } while (this.#isSyncWanted() && this.#failure === undefined);
    } catch (error) {
      this.#fail(toStorageError('save what the fleet does', this.#options.path, error));
    }
  }

  async #writeQueued(): Promise<void> {
    const { fs, lock, path } = this.#options;
    if (this.#queued.length === 0) {
      return;
    }
    await lock.check(lockTrustMs);
    const { entries, bytes, defect } = encodeUpToDefect(this.#queued, this.#options.epoch);
    this.#queued = [];
    this.#unsynced = [...this.#unsynced, ...entries];
    await appendAll(this.#file, bytes);
    this.#size += bytes.length;
    // By path, so that a file that was deleted, replaced or written by somebody else is noticed before anything is acknowledged.
    const { size } = await fs.stat(path);
    if (size !== this.#size) {
      throw new Error(`something else changed the file: it should have ${this.#size} bytes and has ${size}`);
    }
    if (defect !== undefined) {
      throw defect;
    }
  }

  async #syncWritten(): Promise<void> {
    const { clock, lock } = this.#options;
    const seq = this.#unsynced.at(-1)?.seq ?? this.#durableSeq;
    const started = clock.now();
    this.#dropSyncDelay();
    await this.#file.datasync();
    // Only now: whoever takes the lock reads the file afterwards, and so finds all that is acknowledged here.
    await lock.check(0);
    this.#unsynced = [];
    this.#durableSize = this.#size;
    this.#durableSeq = seq;
    const at = clock.now();
    this.#lastSync = { seq, at, tookMs: at - started };
    const served = this.#waiters.filter((waiter) => waiter.seq <= seq);
    this.#waiters = this.#waiters.filter((waiter) => waiter.seq > seq);
    for (const waiter of served) {
      waiter.resolve();
    }
  }

  #fail(error: JournalError): void {
    if (this.#failure !== undefined) {
      return;
    }
    this.#failure = error;
    this.#rejectWaiters(error);
    this.#options.log.error(error.message, error);
    this.#failed.fire(error);
  }

  #rejectWaiters(error: JournalError): void {
    this.#delay?.abort();
    this.#delay = undefined;
    this.#dropSyncDelay();
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) {
      waiter.reject(error);
    }
  }

  #dropSyncDelay(): void {
    this.#syncDelay?.abort();
    this.#syncDelay = undefined;
    this.#syncDue = false;
  }

  async #recover(): Promise<void> {
    await this.#running;
    const failure = this.#failure;
    if (failure === undefined) {
      return;
    }
    if (failure.kind !== 'storage') {
      throw failure;
    }
    try {
      await this.#reopen();
      this.#queued = [...this.#unsynced, ...this.#queued];
      this.#unsynced = [];
      await this.#writeQueued();
      await this.#syncWritten();
      this.#failure = undefined;
      this.#options.log.info(`The journal is being saved again, up to fact ${this.#durableSeq}.`);
    } catch (error) {
      this.#failure = toStorageError('save what the fleet does', this.#options.path, error);
      throw this.#failure;
    }
  }

  /**
   * Opens the file anew and cuts it to what is known to be on the disk. What lies behind may read well and still exist in a cache only: after
   * a failed sync the system may believe that it wrote it, so it is written again.
   */
  async #reopen(): Promise<void> {
    const { fs, path, lock, log, epoch } = this.#options;
    await this.#file.close().catch((error: unknown) => log.warn(`The journal file could not be closed: ${String(error)}`));
    this.#file = await fs.open(path, 'append');
    const scan = await scanJournal(this.#file, this.#durableSize);
    if (scan.problem !== undefined || scan.end !== this.#durableSize || scan.seq !== this.#durableSeq || scan.epoch !== epoch) {
      const why = scan.problem === undefined ? `it ends with fact ${scan.seq}` : `line ${scan.problem.line}: ${scan.problem.why}`;
      throw new Error(`the file no longer holds the facts up to ${this.#durableSeq} that were saved (${why})`);
    }
    await lock.check(0);
    await this.#file.truncate(this.#durableSize);
    this.#size = this.#durableSize;
  }

  async #close(): Promise<void> {
    const { lock, log, path } = this.#options;
    try {
      await (this.#failure?.kind === 'storage' ? this.recover() : this.#failure === undefined ? this.sync() : this.#running);
    } finally {
      this.#failure = new JournalError('closed', `The journal is closed (${path}).`, 'Reload the window.');
      this.#rejectWaiters(this.#failure);
      await this.#running;
      await this.#file.close().catch((error: unknown) => log.warn(`The journal file could not be closed: ${String(error)}`));
      await lock.release().catch((error: unknown) => log.warn(`The storage lock could not be released: ${String(error)}`));
      this.#failed.dispose();
    }
  }
}

/** A fact that could not be read back must not be written, and nothing behind it: the file would have a hole. */
function encodeUpToDefect(
  queued: readonly JournalEntry[],
  epoch: number,
): { readonly entries: readonly JournalEntry[]; readonly bytes: Uint8Array; readonly defect: JournalError | undefined } {
  const lines: Uint8Array[] = [];
  let defect: JournalError | undefined;
  for (const entry of queued) {
    try {
      fleetEventSchema.parse(entry.event);
      lines.push(encodeEntry(entry, epoch));
    } catch (cause) {
      const what = `The fact ${entry.seq} (${entry.event.type}) is not valid, so it was not saved and saving has stopped.`;
      defect = new JournalError('defect', what, 'Reload the window and report this as a bug in Flotilla.', { cause });
      break;
    }
  }
  return { entries: queued.slice(0, lines.length), bytes: Buffer.concat(lines), defect };
}
