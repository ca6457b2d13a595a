import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { JournalEntry } from '../../src/core/events.ts';
import { createClock } from '../../src/platform/clock.ts';
import { openJournal } from '../../src/store/journalFile.ts';
import { deepRun } from '../support/examples.ts';
import { quietLog } from '../support/journalRun.ts';

/** How often the writer is killed. */
const kills = deepRun ? 8 : 4;

describe('journal of a process that is killed', function () {
  this.timeout(30_000);
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'flotilla-kill-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it(`has everything acknowledged after each of ${kills} kills`, async () => {
    const script = join(root, 'child.mjs');
    const entryPoints = [join(process.cwd(), 'test/support/journalChild.ts')];
    await build({ entryPoints, bundle: true, platform: 'node', format: 'esm', outfile: script, logLevel: 'error', minify: true });
    const directory = join(root, 'storage');
    let known: readonly JournalEntry[] = [];
    for (let round = 0; round < kills; round++) {
      const acked = await writeUntilKilled(script, directory, 1 + round * 7);
      const opened = await openJournal({ directory, clock: createClock(), log: quietLog, waitForLockMs: 5_000 });
      assert.equal(opened.readOnly, undefined, `kill ${round}`);
      assert.ok(
        acked > known.length && opened.entries.length >= acked,
        `kill ${round}: ${acked} acknowledged, ${opened.entries.length} found`,
      );
      assert.deepEqual(opened.entries.slice(0, known.length), known, `kill ${round}`);
      assert.ok(
        opened.entries.every((entry, index) => entry.seq === index + 1 && entry.at >= (opened.entries[index - 1]?.at ?? 0)),
        `kill ${round}`,
      );
      known = opened.entries;
      await opened.journal.close();
    }
    assert.deepEqual(
      readdirSync(directory).filter((name) => name.startsWith('lock')),
      [],
    );
  });
});

/** Starts the writer, kills it once it has reported so many syncs, and says which fact it reported last. */
async function writeUntilKilled(script: string, directory: string, reports: number): Promise<number> {
  const child = spawn(process.execPath, [script, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (text: string) => {
    output += text;
    if (output.split('\n').length > reports + 2) {
      child.kill('SIGKILL');
    }
  });
  await once(child, 'close');
  const whole = output.slice(0, output.lastIndexOf('\n') + 1);
  return Number(whole.trimEnd().split('\n').at(-1));
}
