import { join } from 'node:path';
import type { JournalEntry } from '../core/events.ts';
import { journalFileName } from './journalFile.ts';
import { ifThere, type JournalFs, nodeFs } from './journalFs.ts';
import { scanJournal } from './scanJournal.ts';

/** Every fact on the disk, oldest first, up to the first that cannot be read. Changes nothing; rejects when the file cannot be read. */
export async function readEntries(directory: string, fs: JournalFs = nodeFs): Promise<readonly JournalEntry[]> {
  const path = join(directory, journalFileName);
  if ((await ifThere(fs.stat(path))) === undefined) {
    return [];
  }
  const file = await fs.open(path, 'read');
  try {
    return (await scanJournal(file)).entries;
  } finally {
    await file.close();
  }
}
