import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fleetEventSchema, type JournalEntry } from '../../src/core/events.ts';
import { reduceEntries } from '../../src/core/reduceFleet.ts';
import { phaseWord, tokensOf } from '../../src/core/selectors.ts';
import { emptyFleet } from '../../src/core/state.ts';
import { currentSchema } from '../../src/store/lineFormat.ts';
import { CrashFs } from '../support/crashFs.ts';
import { assertGolden } from '../support/golden.ts';
import { journalPath, newRecord, openIn, writeSampleRun } from '../support/journalRun.ts';
import { sampleRun } from '../support/sampleRun.ts';

const journals = join(process.cwd(), 'test/golden/journals');

/** Writes the journals of the current schema once; one that exists is never touched. */
async function writeMissingJournals(): Promise<void> {
  const folder = join(journals, `v${currentSchema}`);
  mkdirSync(folder, { recursive: true });
  const fs = new CrashFs();
  await writeSampleRun(fs, newRecord());
  const once = fs.files.get(journalPath) ?? Buffer.alloc(0);
  const again = await openIn(fs);
  again.journal.append(sampleRun().slice(0, 3));
  await again.journal.close();
  const twice = fs.files.get(journalPath) ?? Buffer.alloc(0);
  for (const [name, data] of [
    ['one-writer.jsonl', once],
    ['two-writers.jsonl', twice],
  ] as const) {
    if (!readdirSync(folder).includes(name)) {
      writeFileSync(join(folder, name), data);
    }
  }
}

/** What the fold makes of a journal, in what a person would see of each agent. */
function agentLines(entries: readonly JournalEntry[]): string {
  return Object.values(reduceEntries(emptyFleet, entries).agents)
    .map(
      (agent) =>
        `${agent.label}: ${phaseWord(agent)}, turn ${agent.turn}, ${tokensOf(agent)} tokens, ended ${agent.ends}, unread ${agent.mailbox.length}\n`,
    )
    .join('');
}

describe('journals of every version', () => {
  before(async () => {
    if (process.env.UPDATE_GOLDEN === '1') {
      await writeMissingJournals();
    }
  });

  it('exist for every schema', () => {
    assert.deepEqual(
      readdirSync(journals).sort(),
      Array.from({ length: currentSchema }, (_, index) => `v${index + 1}`),
    );
  });

  it('hold every type of fact in the current schema', () => {
    const types = new Set(sampleRun().map(({ type }) => type));
    const missing = fleetEventSchema.options.map((option) => option.shape.type.value).filter((type) => !types.has(type));
    assert.deepEqual(missing, []);
  });

  it('are read whole, and mean what they always meant', async () => {
    const found = readdirSync(journals, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.jsonl'));
    assert.ok(found.length >= 2);
    for (const name of found) {
      const data = readFileSync(join(journals, name));
      const fs = new CrashFs(new Map([[journalPath, data]]));
      const opened = await openIn(fs);
      assert.deepEqual([opened.readOnly, opened.notices], [undefined, []], name);
      await opened.journal.close();
      assert.ok(fs.files.get(journalPath)?.subarray(0, data.length).equals(data), `${name} was only added to`);
      assertGolden(join('journals', `${name}.entries`), `${opened.entries.map((entry) => JSON.stringify(entry)).join('\n')}\n`);
      assertGolden(join('journals', `${name}.agents`), agentLines(opened.entries));
    }
  });
});
