import * as assert from 'node:assert/strict';
import type { Failure } from '../../src/core/events.ts';
import { toId } from '../../src/core/ids.ts';
import { emptyUsage } from '../../src/core/state.ts';
import { requestModel } from '../../src/orchestrator/modelRequest.ts';
import { ModelError, type ModelEvent, type ModelProvider, type ModelReply, type ModelRequest } from '../../src/orchestrator/ports.ts';
import { RateGate } from '../../src/orchestrator/rateGate.ts';
import { FakeClock, settle } from '../support/fakeClock.ts';

const request: ModelRequest = { agentId: toId('agent', 'a1'), model: 'm', effort: 'low', system: '', tools: [], messages: [] };
const usage = { ...emptyUsage, input: 7 };
const reply: ModelReply = { model: 'm', blocks: [{ kind: 'text', text: 'Hello' }], stop: 'endTurn', usage };
const started: ModelEvent = { type: 'started', usage };
const hello: ModelEvent = { type: 'delta', block: 0, kind: 'text', text: 'Hello' };
const settled: ModelEvent = { type: 'settled', reply };

type Attempt = (signal: AbortSignal, clock: FakeClock) => AsyncIterable<ModelEvent>;

const fails = (kind: Failure['kind'], retry: ModelError['retry'], retryAfterMs?: number): Attempt =>
  async function* () {
    yield* [];
    throw new ModelError({ kind, message: kind, next: '' }, retry, { retryAfterMs });
  };
const says = (...events: readonly ModelEvent[]): Attempt =>
  async function* () {
    yield* events;
  };
const answers = says(started, hello, settled);
/** Says something and then hangs, and does not even listen to its signal. */
const hangs = (...events: readonly ModelEvent[]): Attempt =>
  async function* () {
    yield* events;
    await new Promise(() => undefined);
  };

const ignore = (): void => undefined;
const quiet: Omit<ModelProvider, 'stream'> = {
  id: 'test',
  label: 'Test',
  rateKey: 'test',
  contextWindow: () => undefined,
  ready: async () => undefined,
};

/** Runs one request against attempts in order and writes down everything that is told. */
function createBench(attempts: readonly Attempt[], idleTimeoutMs = 30_000) {
  const clock = new FakeClock(0);
  const log: string[] = [];
  const signals: AbortSignal[] = [];
  const abort = new AbortController();
  let next = 0;
  const provider: ModelProvider = {
    ...quiet,
    stream: (_, signal) => {
      signals.push(signal);
      const attempt = attempts[Math.min(next++, attempts.length - 1)];
      assert.ok(attempt !== undefined);
      return attempt(signal, clock);
    },
  };
  const gate = new RateGate({ clock, random: () => 0, maxInFlight: 10 });
  const deps = {
    provider,
    gate,
    clock,
    idleTimeoutMs,
    maxAttempts: 4,
    random: () => 0,
    on: {
      attemptStarted: (attempt: number) => log.push(`${clock.now()} started ${attempt}`),
      attemptFailed: (failed: { attempt: number; failure: Failure; partial: string | undefined; usage: unknown }) =>
        log.push(
          `${clock.now()} failed ${failed.attempt} ${failed.failure.kind} ${failed.partial ?? '-'} ${failed.usage === usage ? 'used' : '-'}`,
        ),
      attemptAborted: (aborted: { attempt: number; partial: string | undefined }) =>
        log.push(`${clock.now()} aborted ${aborted.attempt} ${aborted.partial ?? '-'}`),
      waiting: (wait: { kind: string; until?: number | undefined }) => log.push(`${clock.now()} waiting ${wait.kind} until ${wait.until}`),
      waitOver: () => log.push(`${clock.now()} over`),
      delta: (event: { text: string }) => log.push(`${clock.now()} "${event.text}"`),
    },
  };
  const outcome = requestModel(deps, request, abort.signal).then(
    (value) => value,
    (error: unknown) => error,
  );
  return { clock, log, abort, outcome, signals, gate, count: () => next };
}

describe('requestModel', () => {
  it('returns the settled reply and passes on what arrives', async () => {
    const bench = createBench([answers]);
    assert.equal(await bench.outcome, reply);
    assert.deepEqual(bench.log, ['0 started 1', '0 "Hello"']);
    assert.equal(bench.clock.pending(), 0);
  });

  it('asks again after longer and longer pauses, and keeps what had arrived', async () => {
    const cut: Attempt = async function* () {
      yield started;
      yield hello;
      throw new ModelError({ kind: 'network', message: 'cut', next: '' }, 'retry');
    };
    const bench = createBench([cut, fails('network', 'retry'), fails('overloaded', 'retry'), answers]);
    await bench.clock.advance(60_000);
    assert.equal(await bench.outcome, reply);
    assert.deepEqual(bench.log, [
      '0 started 1',
      '0 "Hello"',
      '0 failed 1 network Hello used',
      '0 waiting network until 1000',
      '1000 over',
      '1000 started 2',
      '1000 failed 2 network - -',
      '1000 waiting network until 3000',
      '3000 over',
      '3000 started 3',
      '3000 failed 3 overloaded - -',
      '3000 waiting network until 7000',
      '7000 over',
      '7000 started 4',
      '7000 "Hello"',
    ]);
  });

  it('gives up after the permitted attempts, with the last failure', async () => {
    const bench = createBench([fails('network', 'retry')]);
    await bench.clock.advance(600_000);
    const error = await bench.outcome;
    assert.ok(error instanceof ModelError && error.failure.kind === 'network');
    assert.match(error.failure.next, /^4 tries failed\. .*retry the agent/);
    assert.equal(bench.count(), 4);
    assert.equal(bench.clock.pending(), 0);
  });

  it('gives up sooner on an endpoint that does not speak the protocol', async () => {
    const bench = createBench([fails('endpoint', 'retry')]);
    await bench.clock.advance(600_000);
    assert.ok((await bench.outcome) instanceof ModelError);
    assert.equal(bench.count(), 3);
  });

  it('does not ask again where a person must act first', async () => {
    const bench = createBench([fails('auth', 'never')]);
    const error = await bench.outcome;
    assert.ok(error instanceof ModelError && error.failure.kind === 'auth');
    assert.deepEqual(bench.log, ['0 started 1', '0 failed 1 auth - -']);
  });

  it('waits at the gate when asked for patience, which does not count as an attempt', async () => {
    const delays = Array.from({ length: 20 }, () => fails('rateLimit', 'wait', 5000));
    const bench = createBench([...delays, answers]);
    await bench.clock.advance(200_000);
    assert.equal(await bench.outcome, reply);
    assert.equal(bench.count(), 21);
    assert.deepEqual(bench.log.slice(0, 5), [
      '0 started 1',
      '0 failed 1 rateLimit - -',
      '0 waiting rateLimit until 5000',
      '5000 over',
      '5000 started 2',
    ]);
  });

  it('breaks off an attempt that says nothing before its first event, or after any other', async () => {
    const bench = createBench([hangs(), hangs(started), hangs(started, hello), answers]);
    await bench.clock.advance(200_000);
    assert.equal(await bench.outcome, reply);
    assert.deepEqual(
      bench.log.filter((line) => line.includes('failed')),
      ['30000 failed 1 network - -', '61000 failed 2 network - used', '93000 failed 3 network Hello used'],
    );
    assert.deepEqual(
      bench.signals.map((signal) => signal.aborted),
      [true, true, true, false],
    );
  });

  it('does not break off a slow reply as long as something arrives', async () => {
    const slow: Attempt = async function* (signal, clock) {
      for (let part = 0; part < 10; part++) {
        await clock.sleep(29_999, signal);
        yield hello;
      }
      yield settled;
    };
    const bench = createBench([slow]);
    await bench.clock.advance(400_000);
    assert.equal(await bench.outcome, reply);
    assert.equal(bench.count(), 1);
    assert.equal(bench.clock.pending(), 0);
  });

  it('takes a stream that ends without a settled reply for a failure', async () => {
    const bench = createBench([says(started, hello), answers]);
    await bench.clock.advance(1000);
    assert.equal(await bench.outcome, reply);
    assert.ok(bench.log.includes('0 failed 1 network Hello used'), bench.log.join('\n'));
  });

  it('reports a defect once and does not ask again', async () => {
    const defect: Attempt = async function* () {
      yield started;
      throw new RangeError('a bug');
    };
    const bench = createBench([defect]);
    assert.ok((await bench.outcome) instanceof RangeError);
    assert.deepEqual(bench.log, ['0 started 1', '0 failed 1 defect - used']);
  });

  const reason = new Error('killed');
  const states: readonly (readonly [string, Attempt, number, readonly string[]])[] = [
    ['before anything arrived', hangs(), 0, ['0 started 1', '0 aborted 1 -']],
    ['in the middle of a reply', hangs(started, hello), 0, ['0 started 1', '0 "Hello"', '0 aborted 1 Hello']],
    [
      'between two attempts',
      fails('network', 'retry'),
      500,
      ['0 started 1', '0 failed 1 network - -', '0 waiting network until 1000', '500 over'],
    ],
    [
      'at the gate',
      fails('rateLimit', 'wait', 5000),
      500,
      ['0 started 1', '0 failed 1 rateLimit - -', '0 waiting rateLimit until 5000', '500 over'],
    ],
  ];
  for (const [name, attempt, after, log] of states) {
    it(`ends at once with the signal's reason when aborted ${name}`, async () => {
      const bench = createBench([attempt]);
      await bench.clock.advance(after);
      bench.abort.abort(reason);
      assert.equal(await bench.outcome, reason);
      await bench.clock.advance(600_000);
      assert.deepEqual(bench.log, log);
      assert.equal(bench.clock.pending(), 0);
    });
  }

  it('sends one request of a hundred first, when all were refused together, and one more per agent in all', async () => {
    const clock = new FakeClock(0);
    const gate = new RateGate({ clock, random: () => 0.5, maxInFlight: 1000 });
    const sentAt: number[] = [];
    const provider: ModelProvider = {
      ...quiet,
      stream: async function* () {
        sentAt.push(clock.now());
        await clock.sleep(100, new AbortController().signal);
        if (clock.now() < 5000) {
          throw new ModelError({ kind: 'rateLimit', message: '', next: '' }, 'wait', { retryAfterMs: 1000 });
        }
        yield started;
        yield settled;
      },
    };
    const on = { attemptStarted: ignore, attemptFailed: ignore, waiting: ignore, waitOver: ignore, delta: ignore };
    const deps = { provider, gate, clock, idleTimeoutMs: 30_000, maxAttempts: 1, random: () => 0, on };
    const all = Array.from({ length: 100 }, () => requestModel(deps, request, new AbortController().signal));
    await clock.advance(60_000);
    assert.equal((await Promise.all(all)).length, 100);
    const probes = sentAt.filter((at) => at > 0 && at < 5000);
    assert.equal(probes.length, new Set(probes).size, 'never two at once while the endpoint refuses');
    assert.equal(sentAt.length, 100 + probes.length + 100);
  });

  it('gives its place at the gate back however it ends', async () => {
    const bench = createBench([fails('auth', 'never')]);
    await bench.outcome;
    const admitted: number[] = [];
    for (let place = 0; place < 10; place++) {
      void bench.gate.enter(() => undefined, bench.abort.signal).then(() => admitted.push(place));
    }
    await settle();
    assert.equal(admitted.length, 10);
  });
});
