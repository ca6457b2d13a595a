import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type AgentId, toId } from '../../src/core/ids.ts';
import type { SharedFiles } from '../../src/core/events.ts';
import { createLeases, type Lease, type LeaseCall, type Leases } from '../../src/workspace/leases.ts';
import type { Refusal } from '../../src/workspace/refusal.ts';
import { examples } from '../support/examples.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { accepted, refusalOf } from './temporaryFolder.ts';

const [ann, bob, cid] = [toId('agent', 'ann'), toId('agent', 'bob'), toId('agent', 'cid')];
const limitMs = 60_000;

function opened(policy: SharedFiles | ((agentId: AgentId) => SharedFiles)) {
  const clock = new FakeClock();
  const told: string[] = [];
  const leases = createLeases({
    clock,
    policy: typeof policy === 'string' ? () => policy : policy,
    labelOf: (agentId) => agentId.replace(/^.*?([a-z]+)$/, '$1'),
    limitMs: () => limitMs,
  });
  const callOf = (agentId: AgentId, signal: AbortSignal): LeaseCall => ({
    signal,
    whileWaiting: async (wait, until) => {
      told.push(`${agentId} waits for ${wait.detail}`);
      try {
        return await until((now) => told.push(`${agentId} waits for ${now.detail}`));
      } finally {
        told.push(`${agentId} goes on`);
      }
    },
  });
  const take = (agentId: AgentId, name: string, signal = new AbortController().signal) =>
    leases.take(agentId, `/w/${name}`, name, callOf(agentId, signal));
  return { clock, told, leases, take };
}

/** What a promise came to, once everything that can happen by itself has happened. */
async function now<T>(promise: Promise<T>): Promise<T | 'pending'> {
  await new Promise((resolve) => setImmediate(resolve));
  return Promise.race([promise, Promise.resolve('pending' as const)]);
}

describe('leases of files in a shared tree', () => {
  it('CON-01: whoever writes first has the file, and again without asking, until its turn is over', async () => {
    const { leases, take } = opened('refuse');
    accepted(await take(ann, 'a.ts'));
    accepted(await take(ann, 'a.ts'));
    accepted(await take(bob, 'b.ts'));
    const text = refusalOf(await take(bob, 'A.ts'));
    assert.match(
      text,
      /^ann is writing A\.ts, so it was not changed\. Plan anew: .* ask ann for the change with message_agent, or .* propose_change/,
    );
    leases.release(ann);
    accepted(await take(bob, 'a.ts'));
    assert.deepEqual(leases.holders('/w/a.ts'), [bob]);
  });

  it('lets both write, where the rule is to warn, and knows both for those who would wait', async () => {
    const { leases, take, told } = opened((agentId) => (agentId === cid ? 'wait' : 'warn'));
    accepted(await take(ann, 'a'));
    accepted(await take(bob, 'a'));
    assert.deepEqual([told, leases.holders('/w/a')], [[], [ann, bob]]);
    const third = take(cid, 'a');
    leases.release(ann);
    assert.equal(await now(third), 'pending');
    leases.release(bob);
    accepted(await third);
    assert.deepEqual(told, [`${cid} waits for a, which ann, bob write`, `${cid} waits for a, which bob writes`, `${cid} goes on`]);
  });

  it('says before anybody is asked that a file cannot be had, and only where the rule is to refuse', async () => {
    for (const rule of ['refuse', 'wait', 'warn'] as const) {
      const { leases, take } = opened(rule);
      assert.equal(leases.refusal(bob, '/w/a', 'a'), undefined);
      accepted(await take(ann, 'a'));
      assert.equal(leases.refusal(ann, '/w/a', 'a'), undefined);
      assert.equal(leases.refusal(bob, '/w/a', 'a')?.text.startsWith('ann is writing a'), rule === 'refuse' ? true : undefined);
    }
  });

  it('puts down what an agent has without ending what it waits for, and the other way round', async () => {
    const { leases, take } = opened('wait');
    accepted(await take(ann, 'a'));
    accepted(await take(bob, 'b'));
    const waiting = take(bob, 'a');
    assert.deepEqual([leases.concerns(ann), leases.concerns(bob), leases.concerns(cid)], [true, true, false]);
    leases.putDown(bob);
    assert.deepEqual([leases.holders('/w/b'), await now(waiting)], [[], 'pending']);
    leases.stopWaiting(bob);
    assert.match(refusalOf(await waiting), /^You no longer wait for a; nothing was changed/);
    assert.deepEqual([leases.holders('/w/a'), leases.concerns(bob)], [[ann], false]);
  });

  it('lets them wait in the order in which they came, by name, and goes on with the lease', async () => {
    const { leases, take, told } = opened('wait');
    accepted(await take(ann, 'a'));
    const [second, third] = [take(bob, 'a'), take(cid, 'a')];
    assert.deepEqual([await now(second), await now(third)], ['pending', 'pending']);
    leases.release(ann);
    accepted(await second);
    assert.equal(await now(third), 'pending');
    leases.release(bob);
    accepted(await third);
    assert.deepEqual(told, [
      `${bob} waits for a, which ann writes`,
      `${cid} waits for a, which ann writes, then bob`,
      `${cid} waits for a, which bob writes`,
      `${bob} goes on`,
      `${cid} goes on`,
    ]);
  });

  it('gives several calls of one agent the file at once', async () => {
    const { leases, take } = opened('wait');
    accepted(await take(ann, 'a'));
    const both = [take(bob, 'a'), take(cid, 'a'), take(bob, 'a')];
    leases.release(ann);
    accepted((await both[0]) ?? assert.fail());
    accepted((await both[2]) ?? assert.fail());
    assert.deepEqual(leases.holders('/w/a'), [bob]);
    leases.release(bob);
    accepted((await both[1]) ?? assert.fail());
  });

  it('ends a wait at its limit, with an abort, and with its agent', async () => {
    const { clock, leases, take } = opened('wait');
    accepted(await take(ann, 'a'));
    const late = take(bob, 'a');
    await clock.advance(limitMs);
    assert.match(refusalOf(await late), /^ann has been writing a for so long that you were not kept waiting/);
    const abort = new AbortController();
    const broken = take(bob, 'a', abort.signal);
    abort.abort(new Error('stopped'));
    await assert.rejects(broken, /stopped/);
    const ended = take(bob, 'a');
    leases.release(bob);
    assert.match(refusalOf(await ended), /^You no longer wait for a/);
    leases.release(ann);
    assert.deepEqual(leases.holders('/w/a'), [], 'nobody who gave up is given the file');
    await assert.rejects(take(cid, 'a', abort.signal), /stopped/);
    assert.deepEqual(leases.holders('/w/a'), []);
  });

  it('does not keep a lease for an agent that was stopped in the moment in which it was its turn', async () => {
    const { leases, take } = opened('wait');
    accepted(await take(ann, 'a'));
    const abort = new AbortController();
    const stopped = take(bob, 'a', abort.signal).then(accepted, (error: unknown) => String(error));
    const next = take(cid, 'a');
    abort.abort(new Error('stopped'));
    leases.release(ann);
    const came = await stopped;
    if (typeof came !== 'string') {
      came.giveBack();
    }
    accepted(await next);
    assert.deepEqual(leases.holders('/w/a'), [cid]);
  });

  it('refuses the later of two that would wait for each other, also around three, and says so', async () => {
    const { leases, take } = opened('wait');
    for (const [agentId, name] of [
      [ann, 'a'],
      [bob, 'b'],
      [cid, 'c'],
    ] as const) {
      accepted(await take(agentId, name));
    }
    const first = take(ann, 'b');
    const second = take(bob, 'c');
    assert.match(refusalOf(await take(cid, 'a')), /^ann is writing a and waits for a file that you write, so waiting would never end/);
    assert.match(refusalOf(await take(bob, 'a')), /waiting would never end/);
    leases.release(cid);
    accepted(await second);
    leases.release(bob);
    accepted(await first);
  });

  it('gives a file back that was not written after all', async () => {
    const { leases, take } = opened('refuse');
    accepted(await take(ann, 'a')).giveBack();
    assert.deepEqual(leases.holders('/w/a'), []);
    accepted(await take(ann, 'a'));
    accepted(await take(ann, 'a')).giveBack();
    assert.deepEqual(leases.holders('/w/a'), [ann], 'what it held before it keeps');
  });

  it('CON-05: whatever agents do, a file has one writer where nobody is only warned, nobody waits for ever, and nothing is kept for who is gone', async () => {
    const agents = [ann, bob, cid, toId('agent', 'dee')];
    const step = fc.record({
      agent: fc.constantFrom(...agents),
      act: fc.constantFrom('take', 'take', 'take', 'release', 'putDown', 'stopWaiting', 'giveBack', 'abort'),
      name: fc.constantFrom('a', 'b', 'c'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.constantFrom<SharedFiles>('wait', 'refuse'), async (steps, policy) => {
        const { leases, take } = opened(policy);
        const stops = new Map(agents.map((agent) => [agent, new AbortController()]));
        const open = new Set<Promise<unknown>>();
        const failures: unknown[] = [];
        const got: { agent: AgentId; lease: Lease }[] = [];
        for (const { agent, act, name } of steps) {
          if (act === 'take') {
            const taken = take(agent, name, stops.get(agent)?.signal).then(
              (result: Lease | Refusal) => {
                if (result.ok) {
                  got.push({ agent, lease: result });
                }
              },
              (error: unknown) => assert.ok(error instanceof DOMException && error.name === 'AbortError', String(error)),
            );
            open.add(taken);
            taken.then(
              () => open.delete(taken),
              (error: unknown) => failures.push(error),
            );
          } else if (act === 'release' || act === 'putDown' || act === 'stopWaiting') {
            leases[act](agent);
          } else if (act === 'giveBack') {
            got.findLast((one) => one.agent === agent)?.lease.giveBack();
          } else {
            stops.get(agent)?.abort();
            stops.set(agent, new AbortController());
          }
          await now(Promise.resolve());
          assertOneWriter(leases);
        }
        // Everybody ends one after the other: then nobody may be left waiting.
        for (const agent of agents) {
          leases.release(agent);
          await now(Promise.resolve());
        }
        for (const agent of agents) {
          leases.release(agent);
          await now(Promise.resolve());
        }
        assert.deepEqual(failures, []);
        assert.equal(open.size, 0, 'somebody waits for nobody');
        for (const name of ['a', 'b', 'c']) {
          assert.deepEqual(leases.holders(`/w/${name}`), []);
        }
        assert.deepEqual(agents.filter(leases.concerns), []);
      }),
      examples(300),
    );
  });
});

function assertOneWriter(leases: Leases): void {
  for (const name of ['a', 'b', 'c']) {
    assert.ok(leases.holders(`/w/${name}`).length <= 1, `${name} has several writers`);
  }
}
