import { basename, dirname, join } from 'node:path';
import type { JournalEntry } from '../core/events.ts';
import { appendAll, createFile, createFileWith, ifThere, type JournalFile, type JournalFs } from './journalFs.ts';
import { currentSchema, encodeEntry, encodeLine } from './lineFormat.ts';
import { type JournalNotice, setAsideNotice, tornNotice } from './notices.ts';
import type { JournalProblem, JournalScan } from './scanJournal.ts';

/*
 * Changes to a journal file as a whole. Each is safe to be interrupted anywhere: what is removed from the file exists under another name,
 * on the disk, before it is removed.
 */

/** Puts a new journal with these facts in the place of whatever is there, in one step. */
export async function beginJournal(
  fs: JournalFs,
  path: string,
  header: { readonly epoch: number; readonly created: number },
  entries: readonly JournalEntry[],
): Promise<void> {
  const fresh = `${path}.new`;
  const lines = entries.map((entry) => encodeEntry(entry, header.epoch));
  await ifThere(fs.unlink(fresh));
  await createFile(fs, fresh, Buffer.concat([encodeLine({ kind: 'header', schema: currentSchema, ...header }), ...lines]), true);
  await fs.rename(fresh, path);
  await fs.syncDirectory(dirname(path));
}

/** Cuts off what lies behind the last whole line, after copying it to a file of its own. */
export async function keepTornTail(
  fs: JournalFs,
  path: string,
  file: JournalFile,
  scan: JournalScan,
  problem: JournalProblem,
): Promise<JournalNotice> {
  const { size } = await fs.stat(path);
  const kept = await copyAside(fs, path, 'torn', file, scan.end, size);
  await file.truncate(scan.end);
  await file.datasync();
  return tornNotice(problem, size - scan.end, kept);
}

/** Copies the damaged file to another name and puts a journal of its readable beginning in its place. */
export async function replaceDamaged(
  fs: JournalFs,
  path: string,
  scan: JournalScan,
  header: { readonly epoch: number; readonly created: number },
): Promise<JournalNotice> {
  const { size } = await fs.stat(path);
  const file = await fs.open(path, 'read');
  let kept: string;
  try {
    kept = await copyAside(fs, path, 'damaged', file, 0, size);
  } finally {
    await file.close();
  }
  await beginJournal(fs, path, header, scan.entries);
  return setAsideNotice(kept);
}

/** Moves something that cannot be read as a journal at all to another name. */
export async function setWholeAside(fs: JournalFs, path: string): Promise<JournalNotice> {
  const kept = await freeName(fs, path, 'damaged');
  await fs.rename(path, kept);
  await fs.syncDirectory(dirname(path));
  return setAsideNotice(kept);
}

const copyBytes = 1024 * 1024;

async function copyAside(
  fs: JournalFs,
  path: string,
  why: 'torn' | 'damaged',
  from: JournalFile,
  start: number,
  end: number,
): Promise<string> {
  const name = await freeName(fs, path, why);
  await createFileWith(fs, name, async (to) => {
    await copyRange(from, to, start, end);
    await to.datasync();
  });
  await fs.syncDirectory(dirname(name));
  return name;
}

async function copyRange(from: JournalFile, to: JournalFile, start: number, end: number): Promise<void> {
  const chunk = Buffer.alloc(Math.min(copyBytes, end - start));
  let position = start;
  while (position < end) {
    const count = await from.read(chunk.subarray(0, Math.min(chunk.length, end - position)), position);
    if (count === 0) {
      throw new Error('the file became shorter while it was copied');
    }
    await appendAll(to, chunk.subarray(0, count));
    position += count;
  }
}

/** A name with the time in it that nothing has yet. */
async function freeName(fs: JournalFs, path: string, why: 'torn' | 'damaged'): Promise<string> {
  const time = new Date(fs.now()).toISOString().replaceAll(/[-:.]/g, '');
  for (let count = 1; ; count++) {
    const name = join(dirname(path), `${basename(path)}.${why}-${time}${count === 1 ? '' : `-${count}`}`);
    if ((await ifThere(fs.stat(name))) === undefined) {
      return name;
    }
  }
}
