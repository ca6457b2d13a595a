import { dirname } from 'node:path';
import type { FileFacts, JournalFile, JournalFs } from '../../src/store/journalFs.ts';

/** One call that a program under test made. */
export interface FsCall {
  /** Counts from 1. */
  readonly index: number;
  readonly name: keyof JournalFs | keyof JournalFile;
  readonly path: string;
  /** What `append` was to write. */
  readonly bytes: Uint8Array;
}

/** What a call does instead of working. `crash` stops the program there and then; of an append `bytes` bytes still reach the file. */
export type Fault =
  | { readonly kind: 'error'; readonly code: string; readonly bytes?: number }
  | { readonly kind: 'short'; readonly bytes: number }
  | { readonly kind: 'crash'; readonly when: 'before' | 'after'; readonly bytes?: number };

interface Inode {
  data: Buffer;
  /** What a power cut leaves for sure, and the writes since. */
  synced: Buffer;
  pending: Change[];
  mtimeMs: number;
}

type Change = { readonly at: number; readonly bytes: Buffer } | { readonly length: number };
type Names = Map<string, Inode>;
type NameChange = { readonly folder: string; readonly apply: (names: Names) => void };

/**
 * A file system in memory that can stop the program at any call, and then shows what a killed process, or a power cut, would leave on a real
 * disk. After the stop no call of the program ever returns.
 */
export class CrashFs implements JournalFs {
  readonly calls: FsCall[] = [];
  readonly folders = new Set<string>();
  /** Resolves when the program was stopped. */
  readonly crashed: Promise<void>;
  /** Asked before every call; may wait. */
  fault: (call: FsCall) => Fault | undefined | Promise<Fault | undefined> = () => undefined;
  time = 1_700_000_000_000;
  #names: Names;
  #durableNames: Names;
  #nameChanges: NameChange[] = [];
  #stop: () => void = () => undefined;
  #stopped = false;

  constructor(files: ReadonlyMap<string, Buffer> = new Map()) {
    this.#names = new Map([...files].map(([path, data]) => [path, { data, synced: data, pending: [], mtimeMs: this.time }]));
    this.#durableNames = new Map(this.#names);
    this.crashed = new Promise((resolve) => {
      this.#stop = resolve;
    });
  }

  /** All files as they are. */
  get files(): ReadonlyMap<string, Buffer> {
    return new Map([...this.#names].map(([path, inode]) => [path, inode.data]));
  }

  /** The disk as another process finds it after this one was killed: everything written is there. */
  afterKill(): CrashFs {
    return later(this.time, new CrashFs(this.files));
  }

  /** The disk after a power cut: unsynced writes, lengths and names survive or not, as `chance` (0 to 1) decides. */
  afterPowerCut(chance: () => number): CrashFs {
    const names: Names = new Map(this.#durableNames);
    const kept = Math.floor(chance() * (this.#nameChanges.length + 1));
    for (const change of this.#nameChanges.slice(0, kept)) {
      change.apply(names);
    }
    return later(this.time, new CrashFs(new Map([...names].map(([path, inode]) => [path, surviving(inode, chance)]))));
  }

  /** Another process at work on the same disk: its calls are its own, and it lives on when this one is stopped. */
  otherProcess(): CrashFs {
    const other = new CrashFs();
    other.#names = this.#names;
    other.#durableNames = this.#durableNames;
    other.#nameChanges = this.#nameChanges;
    return other;
  }

  now(): number {
    return this.time;
  }

  async open(path: string, mode: 'read' | 'append' | 'create'): Promise<JournalFile> {
    const inode = await this.#call('open', path, () => {
      if (this.folders.has(path)) {
        throw systemError('EISDIR', path);
      }
      if (mode === 'create') {
        if (this.#names.has(path)) {
          throw systemError('EEXIST', path);
        }
        const made: Inode = { data: Buffer.alloc(0), synced: Buffer.alloc(0), pending: [], mtimeMs: this.time };
        this.#changeName({ folder: dirname(path), apply: (names) => names.set(path, made) });
      }
      return this.#inode(path);
    });
    return this.#toFile(path, inode);
  }

  readFile(path: string): Promise<Uint8Array> {
    return this.#call('readFile', path, () => Buffer.from(this.#inode(path).data));
  }

  stat(path: string): Promise<FileFacts> {
    return this.#call('stat', path, () => {
      if (this.folders.has(path)) {
        return { kind: 'directory', size: 0, mtimeMs: this.time };
      }
      const inode = this.#inode(path);
      return { kind: 'file', size: inode.data.length, mtimeMs: inode.mtimeMs };
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.#call('rename', from, () => {
      if (this.folders.delete(from)) {
        this.folders.add(to);
        return;
      }
      const inode = this.#inode(from);
      const apply = (names: Names): void => {
        names.delete(from);
        names.set(to, inode);
      };
      this.#changeName({ folder: dirname(to), apply });
    });
  }

  unlink(path: string): Promise<void> {
    return this.#call('unlink', path, () => {
      this.#inode(path);
      this.#changeName({ folder: dirname(path), apply: (names) => names.delete(path) });
    });
  }

  touch(path: string): Promise<void> {
    return this.#call('touch', path, () => {
      this.#inode(path).mtimeMs = this.time;
    });
  }

  makeDirectory(path: string): Promise<void> {
    return this.#call('makeDirectory', path, () => undefined);
  }

  syncDirectory(path: string): Promise<void> {
    return this.#call('syncDirectory', path, () => {
      const done = this.#nameChanges.filter((change) => change.folder === path);
      for (const change of done) {
        change.apply(this.#durableNames);
        this.#nameChanges.splice(this.#nameChanges.indexOf(change), 1);
      }
    });
  }

  #toFile(path: string, inode: Inode): JournalFile {
    return {
      read: (target, position) => this.#call('read', path, () => inode.data.copy(target, 0, position, position + target.length)),
      append: (bytes) =>
        this.#call(
          'append',
          path,
          (limit) => {
            const taken = Buffer.from(bytes.subarray(0, limit));
            inode.pending.push({ at: inode.data.length, bytes: taken });
            inode.data = Buffer.concat([inode.data, taken]);
            inode.mtimeMs = this.time;
            return taken.length;
          },
          bytes,
        ),
      datasync: () =>
        this.#call('datasync', path, () => {
          inode.synced = inode.data;
          inode.pending = [];
        }),
      truncate: (length) =>
        this.#call('truncate', path, () => {
          inode.pending.push({ length });
          inode.data = inode.data.subarray(0, length);
        }),
      close: () => this.#call('close', path, () => undefined),
    };
  }

  async #call<T>(name: FsCall['name'], path: string, work: (limit: number) => T, bytes: Uint8Array = new Uint8Array()): Promise<T> {
    if (this.#stopped) {
      return new Promise<never>(() => undefined);
    }
    const call: FsCall = { index: this.calls.length + 1, name, path, bytes };
    this.calls.push(call);
    const answer = this.fault(call);
    // Waiting only when there is something to wait for keeps thousands of runs quick.
    const fault = answer instanceof Promise ? await answer : answer;
    if (this.#stopped) {
      return new Promise<never>(() => undefined);
    }
    switch (fault?.kind) {
      case undefined:
        return work(bytes.length);
      case 'short':
        return work(Math.min(fault.bytes, bytes.length));
      case 'error':
        if (fault.bytes !== undefined) {
          work(Math.min(fault.bytes, bytes.length));
        }
        throw systemError(fault.code, path);
      case 'crash':
        if (fault.when === 'after' || fault.bytes !== undefined) {
          work(Math.min(fault.bytes ?? bytes.length, bytes.length));
        }
        this.#stopped = true;
        this.#stop();
        return new Promise<never>(() => undefined);
    }
  }

  #inode(path: string): Inode {
    const inode = this.#names.get(path);
    if (inode === undefined) {
      throw systemError('ENOENT', path);
    }
    return inode;
  }

  #changeName(change: NameChange): void {
    change.apply(this.#names);
    this.#nameChanges.push(change);
  }
}

/** Nobody is back within three seconds. */
function later(time: number, fs: CrashFs): CrashFs {
  fs.time = time + 3_000;
  return fs;
}

/** An error as the system's file calls throw it. */
export function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: made to fail, '${path}'`), { code });
}

/** Each unsynced change reached the disk whole, in part, or not at all; what a lost write should have filled may read as zeros. */
function surviving(inode: Inode, chance: () => number): Buffer {
  let data = Buffer.from(inode.synced);
  for (const change of inode.pending) {
    if ('length' in change) {
      data = chance() < 0.5 ? data.subarray(0, change.length) : data;
      continue;
    }
    const fate = chance();
    const bytes = fate < 0.4 ? change.bytes : change.bytes.subarray(0, Math.floor(chance() * change.bytes.length));
    if (fate > 0.8 && chance() < 0.5) {
      continue;
    }
    const size = Math.max(data.length, change.at + bytes.length);
    const next = Buffer.alloc(size);
    data.copy(next);
    if (fate <= 0.8) {
      bytes.copy(next, change.at);
    }
    data = next;
  }
  return data;
}
