import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readFile, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../refusal.ts';
import { type GitTrouble, trouble } from './gitResult.ts';

/** One holder at a time for each repository, across all windows of this machine. */
export interface RepositoryLock {
  /** Waits for its turn, at most `patienceMs`. */
  readonly hold: <T>(commonDir: string, work: () => Promise<T>, signal?: AbortSignal) => Promise<T | GitTrouble>;
}

export interface RepositoryLockOptions {
  /** Absolute, the same for all windows, ours alone. */
  readonly folder: string;
  readonly patienceMs?: number;
}

/** Longer than anything that is done under the lock: every Git call in it is limited. */
const staleAfterMs = 10 * 60_000;

/**
 * Makes the lock. Git's own commands for worktrees are not safe against each other (one removes the folder that another is about to use),
 * so ours take turns. The lock is a file in our own folder, not in the repository; one whose process is gone is taken over.
 */
export function createRepositoryLock({ folder, patienceMs = 60_000 }: RepositoryLockOptions): RepositoryLock {
  const tails = new Map<string, Promise<unknown>>();
  const inTurn = <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const turn = (tails.get(key) ?? Promise.resolve()).then(work, work);
    const tail = turn.then(
      () => undefined,
      () => undefined,
    );
    tails.set(key, tail);
    void tail.then(() => (tails.get(key) === tail ? tails.delete(key) : false));
    return turn;
  };
  return {
    hold: (commonDir, work, signal) =>
      inTurn(commonDir, async () => {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const file = path.join(folder, `${createHash('sha256').update(commonDir).digest('hex').slice(0, 24)}.lock`);
        const owner = await acquire(file, patienceMs, signal);
        if (owner === undefined) {
          return trouble(
            'locked',
            `Another window is still making or removing worktrees of ${commonDir}.`,
            `Wait for it and try again. If no other window is open, remove ${file}.`,
            { lock: file },
          );
        }
        try {
          return await work();
        } finally {
          await release(file, owner);
        }
      }),
  };
}

/** The text that marks the lock as ours. */
async function acquire(file: string, patienceMs: number, signal: AbortSignal | undefined): Promise<string | undefined> {
  const owner = `${process.pid} ${randomBytes(8).toString('hex')}`;
  const deadline = Date.now() + patienceMs;
  for (let pause = 10; ; pause = Math.min(pause * 1.5, 250)) {
    signal?.throwIfAborted();
    if (await createOwned(file, owner)) {
      return owner;
    }
    await removeStale(file);
    if (Date.now() > deadline) {
      return undefined;
    }
    await sleep(pause * (0.5 + Math.random()));
  }
}

/** Not what somebody else made after taking ours over. */
async function release(file: string, owner: string): Promise<void> {
  if ((await readFile(file, 'utf8').catch(() => '')) === owner) {
    await unlinkIfThere(file);
  }
}

async function createOwned(file: string, owner: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile(owner);
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') {
      throw error;
    }
    return false;
  }
}

/** Under a guard, so that of several who see the same leftover only one removes it, and none a newer lock. */
async function removeStale(file: string): Promise<void> {
  if (!(await isStale(file))) {
    return;
  }
  const guard = `${file}.takeover`;
  if (!(await createOwned(guard, `${process.pid} guard`))) {
    if (await isStale(guard)) {
      await unlinkIfThere(guard);
    }
    return;
  }
  try {
    if (await isStale(file)) {
      await unlinkIfThere(file);
    }
  } finally {
    await unlinkIfThere(guard);
  }
}

async function isStale(file: string): Promise<boolean> {
  try {
    const [text, { mtimeMs }] = [await readFile(file, 'utf8'), await stat(file)];
    const pid = Number(/^\d+/.exec(text)?.[0] ?? Number.NaN);
    const age = Date.now() - mtimeMs;
    // An empty one is being written right now, or its writer died in that instant.
    return age > staleAfterMs || (Number.isInteger(pid) ? !isAlive(pid) : age > 5000);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') {
      throw error;
    }
    return false;
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

async function unlinkIfThere(file: string): Promise<void> {
  try {
    await unlink(file);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') {
      throw error;
    }
  }
}
