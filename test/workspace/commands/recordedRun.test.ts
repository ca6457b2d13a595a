import * as assert from 'node:assert/strict';
import { toId } from '../../../src/core/ids.ts';
import type { CommandResult, RunnablePlan } from '../../../src/workspace/commands/commandGate.ts';
import { RecordedRuns } from '../../../src/workspace/commands/recordedRun.ts';
import type { Checkpoint } from '../../../src/workspace/git/checkpoints.ts';

const builder = toId('agent', 'builder');
const tester = toId('agent', 'tester');
const options = { timeoutMs: 1000, onOutput: () => undefined };
const ended: CommandResult = {
  ok: true,
  exitCode: 0,
  output: '',
  timedOut: false,
  killed: false,
  totalBytes: 0,
  leftOutBytes: 0,
  leftRunning: false,
  unkillable: 0,
};

/** Checkpoints between which these files of the folder have changed. */
class Yard {
  readonly listeners = new Set<(absolute: string) => void>();
  changed: readonly string[] = [];
  readonly runs: RecordedRuns;

  constructor(folders = [{ name: 'app', path: '/w/app' }]) {
    let taken = 0;
    this.runs = new RecordedRuns({
      checkpoints: {
        take: async (folder): Promise<Checkpoint> => ({ ok: true, folder, id: `${++taken}`, leftOut: [] }),
        changesBetween: async () => ({
          ok: true,
          changes: this.changed.map((path) => ({
            path,
            change: 'edited',
            before: { kind: 'file', blob: 'old' },
            after: { kind: 'file', blob: 'new' },
          })),
        }),
        read: async (_, blob) => ({ ok: true, bytes: Buffer.from(`${blob}\n`) }),
      },
      blobs: { put: async (text) => ({ hash: 'h', bytes: text.length }) },
      paths: { folders: () => folders },
      onSaved: (listener) => {
        this.listeners.add(listener);
        return { dispose: () => this.listeners.delete(listener) };
      },
    });
  }

  /** A command during which this happens. */
  command(during: () => void | Promise<void>, folder = '/w/app'): RunnablePlan {
    const run = async () => {
      await during();
      return ended;
    };
    return { route: 'shell', reason: '', folder, hash: 'h', writes: '', run };
  }

  save(absolute: string): void {
    this.listeners.forEach((listener) => listener(absolute));
  }

  async outcome(plan: RunnablePlan) {
    const result = await this.runs.run(plan, builder, options, new AbortController().signal);
    assert.ok(result.ok);
    return {
      changes: result.changes?.map((effect) => ('path' in effect ? effect.path : effect.kind)),
      unsure: result.unsure?.map((one) => one.path),
    };
  }
}

describe('keeping what a command changes', () => {
  it('takes what changed while it ran as its own, but not what another agent wrote or the person saved meanwhile', async () => {
    const yard = new Yard();
    yard.changed = ['a.txt', 'docs/b.txt', 'c.txt'];
    const plan = yard.command(() => {
      yard.runs.wrote(tester, 'a.txt');
      yard.runs.wrote(builder, 'c.txt');
      yard.save('/w/app/docs/b.txt');
      yard.save('/w/elsewhere/c.txt');
    });
    assert.deepEqual(await yard.outcome(plan), { changes: ['c.txt'], unsure: ['a.txt', 'docs/b.txt'] });
    assert.equal(yard.listeners.size, 0, 'saves are followed only while a command runs');
  });

  it('names files by their folder where there are several', async () => {
    const yard = new Yard([
      { name: 'app', path: '/w/app' },
      { name: 'lib', path: '/w/lib' },
    ]);
    yard.changed = ['a.txt', 'b.txt'];
    const plan = yard.command(() => yard.save('/w/lib/b.txt'), '/w/lib');
    assert.deepEqual(await yard.outcome(plan), { changes: ['lib/a.txt'], unsure: ['lib/b.txt'] });
  });

  it('claims nothing for either of two commands that ran at once', async () => {
    const yard = new Yard();
    yard.changed = ['a.txt'];
    const inner = yard.command(() => undefined);
    const outer = yard.command(async () => {
      assert.deepEqual(await yard.outcome(inner), { changes: [], unsure: ['a.txt'] });
    });
    assert.deepEqual(await yard.outcome(outer), { changes: [], unsure: ['a.txt'] });
  });

  it('runs nothing without a checkpoint before it', async () => {
    const yard = new Yard();
    const runs = new RecordedRuns({
      checkpoints: {
        take: async () => ({ ok: false, kind: 'failed', text: 'The disk is full.', next: 'Make room.' }),
        changesBetween: () => assert.fail(),
        read: () => assert.fail(),
      },
      blobs: { put: () => assert.fail() },
      paths: { folders: () => [{ name: 'app', path: '/w/app' }] },
      onSaved: () => assert.fail(),
    });
    const plan = yard.command(() => assert.fail('it ran'));
    const result = await runs.run(plan, builder, options, new AbortController().signal);
    assert.ok(!result.ok && /Nothing was run.*disk is full.*Make room/.test(result.text));
  });
});
