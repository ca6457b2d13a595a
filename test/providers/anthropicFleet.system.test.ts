import assert from 'node:assert/strict';
import { listPrices } from '../../src/core/prices.ts';
import type { FleetState } from '../../src/core/state.ts';
import { createAnthropicProvider } from '../../src/providers/anthropic/index.ts';
import { createFleetScript } from '../support/messagesServer/fleetScript.ts';
import type { Fault, Reply } from '../support/messagesServer/reply.ts';
import { type MessagesServer, type SeenRequest, startMessagesServer } from '../support/messagesServer/server.ts';
import { TestFleet } from '../support/testFleet.ts';
import { testTool } from '../support/testTools.ts';

const workers = 10;
const work = createFleetScript({ workers, turns: 4, firstMs: 0, betweenMs: 0, deltaChars: 40 });
const readTool = testTool('read_file', () => ({ text: 'a line of the file\n'.repeat(30), isError: false }));

/** The whole engine on the real provider and a strict server; pauses are skipped as soon as something waits for them. */
async function runFleet(script: (seen: SeenRequest) => Reply, during: (fleet: TestFleet) => void = () => undefined) {
  const server: MessagesServer = await startMessagesServer({ script });
  const provider = createAnthropicProvider({
    readKey: async () => server.key,
    baseUrl: () => server.url,
    prices: () => listPrices,
    now: () => 0,
  });
  const bench = new TestFleet(
    {},
    { provider, tools: [readTool], settings: { models: { lead: 'claude-opus-5-5', worker: 'claude-sonnet-5-5', scout: 'x' } } },
  );
  const ended = new Promise<FleetState>((resolve) => {
    bench.fleet.subscribe((entries) => {
      const { state } = bench;
      const waits = entries.flatMap(({ event }) => (event.type === 'waitStarted' ? [event.wait.until ?? 0] : []));
      if (waits.length > 0) {
        setImmediate(() => void bench.clock.advance(Math.max(0, ...waits.map((until) => until - bench.clock.now()))));
      }
      if (Object.values(state.agents).every((agent) => agent.stage === 'ended')) {
        resolve(state);
      }
    });
  });
  bench.start('Look around.');
  during(bench);
  const state = await ended;
  await bench.fleet.stop();
  await server.close();
  return { server, bench, agents: Object.values(state.agents) };
}

describe('a fleet of ten workers at a strict endpoint', () => {
  const assertAllDone = ({ agents, server, bench }: Awaited<ReturnType<typeof runFleet>>): void => {
    assert.deepEqual(server.violations, []);
    assert.deepEqual(bench.errors, []);
    assert.equal(agents.length, workers + 1);
    for (const { label, phase } of agents) {
      assert.ok(phase.kind === 'ended' && phase.outcome.kind === 'done', `${label}: ${JSON.stringify(phase)}`);
    }
  };

  it('keeps every law of the API, and reads from the cache what it shares', async () => {
    const result = await runFleet(work);
    assertAllDone(result);
    const firsts = result.server.seen.filter(({ turn, request }) => turn === 0 && request.model === 'claude-sonnet-5-5');
    assert.equal(firsts.length, workers);
    assert.equal(firsts.filter(({ account }) => account.cacheRead === 0).length, 1, 'only the first worker writes what all share');
    for (const agent of result.agents) {
      assert.ok(agent.usage.cacheRead > agent.usage.input, `${agent.label}: ${JSON.stringify(agent.usage)}`);
    }
  });

  it('keeps them when messages are put between calls, and each is read once', async () => {
    const told = new Set<string>();
    const result = await runFleet(work, ({ fleet }) => {
      fleet.subscribe((entries) => {
        for (const { event } of entries) {
          if (event.type === 'toolStarted' && event.title === 'read_file' && !told.has(event.agentId)) {
            told.add(event.agentId);
            fleet.execute({
              type: 'sendMessage',
              agentId: event.agentId,
              kind: 'steer',
              text: 'Look at the tests too.',
              interrupt: told.size % 2 === 0,
            });
          }
        }
      });
    });
    assertAllDone(result);
    assert.equal(told.size, workers);
    const lasts = new Map(result.server.seen.map((seen) => [JSON.stringify(seen.request.messages[0]?.content[0]?.['text']), seen]));
    const read = [...lasts.values()].filter(({ request }) => JSON.stringify(request.messages).split('Look at the tests too.').length === 2);
    assert.equal(read.length, workers);
  });

  it('finishes the same work while the endpoint cuts, stumbles and asks for patience', async () => {
    const overloaded = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
    const faults: readonly Fault[] = [
      { kind: 'cutAtEvent', after: 4 },
      { kind: 'status', status: 529, body: overloaded },
      { kind: 'endEarly', after: 5 },
      {
        kind: 'status',
        status: 429,
        body: { type: 'error', error: { type: 'rate_limit_error', message: '' } },
        headers: { 'retry-after': '7' },
      },
      { kind: 'status', status: 500, body: '<html>Oops</html>' },
    ];
    const result = await runFleet((seen) => {
      const fault = seen.number % 4 === 1 ? faults[Math.floor(seen.number / 4) % faults.length] : undefined;
      return { ...work(seen), ...(fault === undefined ? {} : { fault }) };
    });
    assertAllDone(result);
    const failed = result.bench.journal.events.filter(({ type }) => type === 'requestFailed').length;
    assert.ok(failed >= 15, `${failed} requests failed`);
    const calls = result.bench.journal.events.flatMap((event) =>
      event.type === 'toolStarted' ? [`${event.agentId} ${event.callId}`] : [],
    );
    assert.equal(new Set(calls).size, calls.length, 'no call ran twice');
  });
});
