import { createClock } from '../../src/platform/clock.ts';
import { openJournal } from '../../src/store/journalFile.ts';
import { quietLog } from './journalRun.ts';
import { sampleRun } from './sampleRun.ts';

/*
 * A process that writes a journal as fast as it can until it is killed, printing the number of each fact it was told is saved.
 * Argument: the storage folder.
 */

const [directory = ''] = process.argv.slice(2);
const opened = await openJournal({ directory, clock: createClock(), log: quietLog, waitForLockMs: 5_000 });
if (opened.readOnly !== undefined) {
  throw new Error(opened.readOnly);
}
const events = sampleRun();
process.stdout.write('open\n');
for (let step = opened.entries.length; ; step++) {
  const start = step % events.length;
  const added = opened.journal.append(events.slice(start, start + 1 + (step % 7)));
  if (step % 5 !== 0) {
    await opened.journal.sync();
    process.stdout.write(`${added.at(-1)?.seq}\n`);
  }
}
