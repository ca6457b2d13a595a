import assert from 'node:assert/strict';
import { toId } from '../../src/core/ids.ts';
import type { EditDone, EditPlan, EditRefusal, FileEdits } from '../../src/workspace/fileEdits.ts';
import { leasedEdits } from '../../src/workspace/leasedEdits.ts';
import { createLeases, type LeaseCall } from '../../src/workspace/leases.ts';
import { refuse } from '../../src/workspace/refusal.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { accepted, refusalOf } from './temporaryFolder.ts';

const [ann, bob] = [toId('agent', 'ann'), toId('agent', 'bob')];
const request = { kind: 'write', content: 'text' } as const;
const diff = { text: '', added: 1, removed: 0, line: 1, fingerprint: '' };
const plan: EditPlan = {
  ok: true,
  pathText: 'a',
  display: 'a',
  absolute: '/w/a',
  real: 'a',
  request,
  change: 'edited',
  diff,
  lines: undefined,
  base: undefined,
  concern: undefined,
};
const done: EditDone = { ok: true, display: 'a', change: 'edited', diff, saved: true, excerpt: '', after: '' };
const call: LeaseCall = { signal: new AbortController().signal, whileWaiting: (_, until) => until(() => undefined) };

function opened(rule: 'wait' | 'refuse', apply: () => EditDone | EditRefusal) {
  const leases = createLeases({ clock: new FakeClock(), policy: () => rule, labelOf: String, limitMs: () => 1000 });
  const edits: FileEdits = { plan: async () => plan, apply: async () => apply() };
  return { leases, edits: leasedEdits(edits, leases), holders: () => leases.holders('/w/a') };
}

describe('changes of files that agents share', () => {
  it('are refused when they are planned, so that nobody is asked about them, where the rule is to refuse', async () => {
    for (const rule of ['refuse', 'wait'] as const) {
      const { edits } = opened(rule, () => done);
      accepted(await edits.plan(bob, 'a', request));
      accepted(await edits.apply(ann, plan, call));
      accepted(await edits.plan(ann, 'a', request));
      assert.equal((await edits.plan(bob, 'a', request)).ok, rule === 'wait');
    }
  });

  it('keep the file for whoever made one, or was shown what another wrote and makes it again', async () => {
    for (const [came, holders] of [
      [done, [ann]],
      [{ ok: false, text: 'has changed', showed: 'a' }, [ann]],
      [refuse('is gone'), []],
    ] as const) {
      const test = opened('wait', () => came);
      await test.edits.apply(ann, plan, call);
      assert.deepEqual(test.holders(), holders);
    }
  });

  it('do not keep the file when they fail', async () => {
    const test = opened('wait', () => {
      throw new Error('disk full');
    });
    await assert.rejects(test.edits.apply(ann, plan, call), /disk full/);
    assert.deepEqual(test.holders(), []);
  });

  it('are not made by whoever no longer waits', async () => {
    let made = 0;
    const test = opened('wait', () => {
      made++;
      return done;
    });
    accepted(await test.edits.apply(ann, plan, call));
    const waiting = test.edits.apply(bob, plan, call);
    test.leases.stopWaiting(bob);
    assert.match(refusalOf(await waiting), /^You no longer wait for a; nothing was changed/);
    assert.deepEqual([made, test.holders()], [1, [ann]]);
  });
});
