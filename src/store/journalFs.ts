import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rename, stat, unlink, utimes } from 'node:fs/promises';
import { errorCode } from './journalError.ts';

/** What is known of a path without opening it. */
export interface FileFacts {
  readonly kind: 'file' | 'directory' | 'other';
  readonly size: number;
  /** In the clock of {@link JournalFs.now}. */
  readonly mtimeMs: number;
}

/** An open file. */
export interface JournalFile {
  /** Fills `target` from `position` on; the number of bytes read, 0 at the end. */
  read(target: Uint8Array, position: number): Promise<number>;
  /** Writes at the end, perhaps only a part; the number of bytes written. */
  append(bytes: Uint8Array): Promise<number>;
  /** Resolves when the content is on the disk and not only in a cache. */
  datasync(): Promise<void>;
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

/** The few file operations the store uses, so that a test can make any single one fail. */
export interface JournalFs {
  /** Time in the clock that file times are in; may jump. */
  now(): number;
  /** `append` needs an existing file, `create` needs that there is none. */
  open(path: string, mode: 'read' | 'append' | 'create'): Promise<JournalFile>;
  readFile(path: string): Promise<Uint8Array>;
  stat(path: string): Promise<FileFacts>;
  /** Replaces `to` if it is there, in one step. */
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** Sets the modification time to now. */
  touch(path: string): Promise<void>;
  /** Makes the folder and its parents, unless they are there. */
  makeDirectory(path: string): Promise<void>;
  /** Makes created and renamed names in a folder survive a power cut. */
  syncDirectory(path: string): Promise<void>;
}

const flagsByMode = {
  read: constants.O_RDONLY,
  append: constants.O_RDWR | constants.O_APPEND,
  create: constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_EXCL,
};

/** The file system of this machine; what it makes is readable by this user only. */
export const nodeFs: JournalFs = {
  now: () => Date.now(),
  open: async (path, mode) => toJournalFile(await open(path, flagsByMode[mode], 0o600)),
  readFile: (path) => readFile(path),
  stat: async (path) => {
    const facts = await stat(path);
    const kind = facts.isFile() ? 'file' : facts.isDirectory() ? 'directory' : 'other';
    return { kind, size: facts.size, mtimeMs: facts.mtimeMs };
  },
  rename: (from, to) => rename(from, to),
  unlink: (path) => unlink(path),
  touch: (path) => {
    const now = new Date();
    return utimes(path, now, now);
  },
  makeDirectory: async (path) => {
    await mkdir(path, { recursive: true, mode: 0o700 });
  },
  syncDirectory: async (path) => {
    // Windows has no handle for a folder that could be synced; its file system orders these changes itself.
    if (process.platform === 'win32') {
      return;
    }
    const handle = await open(path, constants.O_RDONLY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};

/** Writes all bytes at the end of the file, however many steps that takes. */
export async function appendAll(file: JournalFile, bytes: Uint8Array): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const written = await file.append(done === 0 ? bytes : bytes.subarray(done));
    if (written <= 0) {
      throw new Error('the disk took only a part of what was written');
    }
    done += written;
  }
}

/** Creates a file that must not be there yet, whole or not at all; `durable` waits until the disk has it. */
export function createFile(fs: JournalFs, path: string, bytes: Uint8Array, durable: boolean): Promise<void> {
  return createFileWith(fs, path, async (file) => {
    await appendAll(file, bytes);
    if (durable) {
      await file.datasync();
    }
  });
}

/** Creates a file and lets `fill` write it; removes it again when that fails. */
export async function createFileWith(fs: JournalFs, path: string, fill: (file: JournalFile) => Promise<void>): Promise<void> {
  const file = await fs.open(path, 'create');
  try {
    try {
      await fill(file);
    } finally {
      await file.close();
    }
  } catch (error) {
    await ifThere(fs.unlink(path)).catch((cause: unknown) => {
      throw new AggregateError([error, cause], `${String(error)}, and what was written could not be removed: ${String(cause)}`);
    });
    throw error;
  }
}

/** Runs a file operation; undefined when the path is not there. */
export async function ifThere<T>(operation: Promise<T>): Promise<T | undefined> {
  try {
    return await operation;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

function toJournalFile(handle: FileHandle): JournalFile {
  return {
    read: async (target, position) => (await handle.read(target, 0, target.length, position)).bytesRead,
    append: async (bytes) => (await handle.write(bytes, 0, bytes.length, null)).bytesWritten,
    datasync: () => handle.datasync(),
    truncate: (length) => handle.truncate(length),
    close: () => handle.close(),
  };
}
