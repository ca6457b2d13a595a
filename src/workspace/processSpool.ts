import { type FileHandle, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { toError } from '../lib/errors.ts';
import type { KeptOutput } from './outputRing.ts';

/** How the names of spool files end. */
export const spoolSuffix = '.out';

/** Writes an output that is too long for memory to a file, up to a cap. Never throws: a full disk must not end a command. */
export class Spool {
  readonly #path: string;
  readonly #capBytes: number;
  #written = 0;
  #file: FileHandle | undefined;
  #chain: Promise<void> | undefined;
  #failure: Error | undefined;
  #begun = false;

  constructor(path: string, capBytes: number) {
    this.#path = path;
    this.#capBytes = capBytes;
  }

  /** The file, once something was written to it. */
  get path(): string | undefined {
    return this.#file === undefined ? undefined : this.#path;
  }

  /** Bytes from the start of the output that the file holds. */
  get written(): number {
    return this.#written;
  }

  /** Why nothing more is written, when that is not the cap. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Whether the file was begun. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Begins the file with what memory held so far. */
  start(soFar: KeptOutput): Promise<void> | undefined {
    this.#begun = true;
    this.#chain = this.#open();
    return this.write(Buffer.concat([soFar.head, soFar.tail]));
  }

  /** Resolves when the bytes are written, which is when more may be read; undefined when nothing is to be waited for. */
  write(bytes: Buffer): Promise<void> | undefined {
    const part = bytes.subarray(0, Math.max(0, this.#capBytes - this.#written));
    if (part.length === 0 || this.#failure !== undefined || this.#chain === undefined) {
      return undefined;
    }
    this.#written += part.length;
    this.#chain = this.#chain.then(() => this.#writeNow(part));
    return this.#chain;
  }

  /** Finishes the file; what is written later is ignored. */
  async close(): Promise<void> {
    const chain = this.#chain;
    this.#chain = undefined;
    await chain;
    await this.#file?.close();
  }

  async #open(): Promise<void> {
    try {
      // Only the person may read what a command printed.
      this.#file = await open(this.#path, 'wx', 0o600);
    } catch (error) {
      this.#failure = toError(error);
    }
  }

  async #writeNow(bytes: Buffer): Promise<void> {
    try {
      await this.#file?.writeFile(bytes);
    } catch (error) {
      this.#failure = toError(error);
    }
  }
}

/** Removes the oldest spool files until the rest fits into `keepBytes`. */
export async function tidySpoolFolder(folder: string, keepBytes: number): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(spoolSuffix));
  const files = await Promise.all(names.map(async (name) => ({ path: join(folder, name), info: await stat(join(folder, name)) })));
  files.sort((a, b) => b.info.mtimeMs - a.info.mtimeMs);
  let kept = 0;
  for (const { path, info } of files) {
    kept += info.size;
    if (kept > keepBytes) {
      await rm(path, { force: true });
    }
  }
}
