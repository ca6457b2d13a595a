import * as assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { createPersonCommands } from '../../../src/workspace/commands/personCommand.ts';
import type { SandboxWish } from '../../../src/workspace/commands/commandPlanner.ts';
import { createPlace, type Place } from '../sandbox/confined.ts';

describe('a command of the person', function () {
  this.timeout(60_000);
  let place: Place;

  before(async () => {
    place = createPlace();
    assert.deepEqual(await place.sandbox.status(), { kind: 'ready' });
  });

  beforeEach(() => place.empty());
  after(() => place.close());

  function run(command: string, wish: SandboxWish, { ready = true, signal = new AbortController().signal } = {}) {
    const { sandbox, processes, environment } = place;
    const status = async () => ({ kind: 'unavailable' as const, why: 'There is none.', next: 'Install it.' });
    const commands = createPersonCommands({
      processes,
      environment,
      sandbox: ready ? sandbox : { status, wrap: () => assert.fail('there is none') },
      wish: () => wish,
      domains: () => [],
    });
    // As a scratch worktree lies: below the storage, which no command reads otherwise.
    const tree = place.at('storage/trees/one');
    mkdirSync(tree, { recursive: true });
    return commands({ command, folder: tree, writable: tree, timeoutMs: 30_000 }, signal);
  }

  for (const wish of ['auto', 'required'] as const) {
    it(`is confined to its folder where it can be (${wish})`, async () => {
      const end = await run(`echo in > made.txt; echo out > ${place.at('work/made.txt')}; exit 3`, wish);
      assert.ok(end.kind === 'ended', JSON.stringify(end));
      assert.deepEqual([end.exitCode, end.timedOut, end.unconfined], [3, false, undefined]);
      assert.equal(readFileSync(place.at('storage/trees/one/made.txt'), 'utf8'), 'in\n');
      assert.equal(existsSync(place.at('work/made.txt')), false);
    });
  }

  it('runs unconfined when the person wants that or the machine cannot, and says why', async () => {
    const command = `echo out > ${place.at('work/made.txt')}`;
    const off = await run(command, 'off');
    assert.equal(off.kind === 'ended' && off.unconfined, 'flotilla.sandbox is "off".');
    assert.equal(readFileSync(place.at('work/made.txt'), 'utf8'), 'out\n');
    const cannot = await run(command, 'auto', { ready: false });
    assert.equal(cannot.kind === 'ended' && cannot.unconfined, 'There is none.');
  });

  it('is not run when it is to be confined and cannot be', async () => {
    assert.deepEqual(await run(`echo out > ${place.at('work/made.txt')}`, 'required', { ready: false }), {
      kind: 'notRun',
      text: 'You want every command confined (flotilla.sandbox is "required"). There is none.',
      next: 'Install it.',
    });
    assert.equal(existsSync(place.at('work/made.txt')), false);
  });

  it('throws the reason of an abort when it was running', async () => {
    const stop = new AbortController();
    const ended = assert.rejects(run('touch begun; sleep 300', 'auto', { signal: stop.signal }), /enough/);
    while (!existsSync(place.at('storage/trees/one/begun'))) {
      await setTimeout(5);
    }
    stop.abort(new Error('enough'));
    await ended;
  });
});
