import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { toError } from '../lib/errors.ts';
import type { Clock, Log } from '../orchestrator/ports.ts';
import { errorCode, JournalError } from './journalError.ts';
import { createFile, ifThere, type JournalFs } from './journalFs.ts';

/** This process, as other processes see it. */
export interface LockHost {
  readonly name: string;
  readonly pid: number;
  /** Whether a process of this machine is running. */
  isAlive(pid: number): boolean;
}

export interface LockOptions {
  readonly fs: JournalFs;
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly host: LockHost;
}

/** The right to write one storage folder, until released or taken over. */
export interface WriterLock {
  /** Rejects with a JournalError of kind `lockLost` when another writer has the lock; trusts a check younger than `maxAgeMs`. */
  check(maxAgeMs: number): Promise<void>;
  /** Gives the lock up if it is still ours. */
  release(): Promise<void>;
}

/** The lock, or words for who has it. */
export type LockResult = { readonly kind: 'acquired'; readonly lock: WriterLock } | { readonly kind: 'held'; readonly by: string };

/** A lock whose owner has not shown itself for this long may be taken over, even if a process with its number runs. */
export const staleAfterMs = 15_000;
/** How often the owner shows itself. */
export const heartbeatMs = 3_000;

/**
 * Tries once to become the only writer of a folder. A lock is an ordinary file, so it can be lost to a writer that believed us dead; the
 * holder must therefore check it after data is on the disk and before telling anybody so.
 */
export async function acquireLock(options: LockOptions): Promise<LockResult> {
  const { fs, directory, host } = options;
  const path = join(directory, 'lock');
  const token = randomUUID();
  const mine = Buffer.from(JSON.stringify({ pid: host.pid, host: host.name, token }), 'utf8');
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    if (await create(fs, path, mine)) {
      return { kind: 'acquired', lock: new HeldLock(options, path, token) };
    }
    const found = await inspect(fs, path);
    if (found === undefined) {
      continue;
    }
    if (!isStale(found, options)) {
      return { kind: 'held', by: describe(found) };
    }
    if (await takeOver(options, path, found, mine, token)) {
      options.log.warn(`Took over the storage lock of ${describe(found)}, which is gone.`);
      return { kind: 'acquired', lock: new HeldLock(options, path, token) };
    }
  }
  return { kind: 'held', by: 'a window that is just starting' };
}

/** This process. */
export function nodeLockHost(): LockHost {
  return { name: hostname(), pid: process.pid, isAlive };
}

const maxAttempts = 4;
/** A lock without content is one whose owner died, or is, between two system calls. */
const emptyStaleAfterMs = 2_000;

interface Found {
  readonly text: string;
  readonly owner: { readonly pid: number; readonly host: string } | undefined;
  readonly ageMs: number;
}

async function create(fs: JournalFs, path: string, bytes: Uint8Array): Promise<boolean> {
  try {
    await createFile(fs, path, bytes, false);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') {
      return false;
    }
    throw error;
  }
}

async function inspect(fs: JournalFs, path: string): Promise<Found | undefined> {
  const facts = await ifThere(fs.stat(path));
  const bytes = await ifThere(fs.readFile(path));
  if (facts === undefined || bytes === undefined) {
    return undefined;
  }
  const text = Buffer.from(bytes).toString('utf8');
  // Only the distance counts: a clock set back must not make a dead lock look young for ever.
  return { text, owner: toOwner(text), ageMs: Math.abs(fs.now() - facts.mtimeMs) };
}

function toOwner(text: string): Found['owner'] {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && 'pid' in value && 'host' in value) {
      const { pid, host } = value;
      return typeof pid === 'number' && typeof host === 'string' ? { pid, host } : undefined;
    }
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}

function isStale(found: Found, { host }: LockOptions): boolean {
  if (found.owner === undefined) {
    return found.ageMs > emptyStaleAfterMs;
  }
  return found.ageMs > staleAfterMs || (found.owner.host === host.name && !host.isAlive(found.owner.pid));
}

function describe({ owner }: Found): string {
  return owner === undefined ? 'another window' : `another window (process ${owner.pid} on ${owner.host})`;
}

/** Replaces a stale lock. A second file makes sure that of two who found it stale only one does so. */
async function takeOver(options: LockOptions, path: string, found: Found, mine: Uint8Array, token: string): Promise<boolean> {
  const { fs, directory } = options;
  const guard = join(directory, 'lock.takeover');
  const candidate = join(directory, `lock.${token}`);
  if (!(await create(fs, guard, mine))) {
    const other = await inspect(fs, guard);
    if (other !== undefined && isStale(other, options)) {
      await ifThere(fs.unlink(guard));
    }
    return false;
  }
  try {
    const again = await inspect(fs, path);
    if (again === undefined || again.text !== found.text || !isStale(again, options)) {
      return false;
    }
    await createFile(fs, candidate, mine, false);
    await fs.rename(candidate, path);
    return true;
  } finally {
    await ifThere(fs.unlink(guard));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== 'ESRCH';
  }
}

class HeldLock implements WriterLock {
  readonly #options: LockOptions;
  readonly #path: string;
  readonly #token: string;
  readonly #stop = new AbortController();
  #checkedAt: number;

  constructor(options: LockOptions, path: string, token: string) {
    this.#options = options;
    this.#path = path;
    this.#token = token;
    this.#checkedAt = options.clock.now();
    this.#beat().catch((error: unknown) => options.log.error('The heartbeat of the storage lock stopped', error));
  }

  async check(maxAgeMs: number): Promise<void> {
    const now = this.#options.clock.now();
    if (now - this.#checkedAt < maxAgeMs) {
      return;
    }
    if (!(await this.#isOurs())) {
      throw new JournalError(
        'lockLost',
        `Another window has taken over this workspace's storage (${this.#options.directory}), or the folder was removed; this window has stopped writing.`,
        'Go on in the other window, or close it and reload this one.',
      );
    }
    this.#checkedAt = now;
  }

  async release(): Promise<void> {
    this.#stop.abort();
    if (await this.#isOurs()) {
      await ifThere(this.#options.fs.unlink(this.#path));
    }
  }

  async #isOurs(): Promise<boolean> {
    const bytes = await ifThere(this.#options.fs.readFile(this.#path));
    return bytes !== undefined && Buffer.from(bytes).toString('utf8').includes(this.#token);
  }

  async #beat(): Promise<void> {
    const { clock, fs, log } = this.#options;
    while (await sleepUnlessStopped(clock, heartbeatMs, this.#stop.signal)) {
      try {
        if (!(await this.#isOurs())) {
          return;
        }
        await fs.touch(this.#path);
      } catch (error) {
        log.warn(`The storage lock could not be renewed: ${toError(error).message}`);
      }
    }
  }
}

/** Whether the whole time passed. */
async function sleepUnlessStopped(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(ms, signal);
    return true;
  } catch (error) {
    if (signal.aborted) {
      return false;
    }
    throw error;
  }
}
