import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { createStreamTranslator } from '../../src/providers/anthropic/translateStream.ts';
import type { Fault, Frame, Piece, Reply } from '../support/messagesServer/reply.ts';
import { frameText, renderReply, toFrame } from '../support/messagesServer/reply.ts';
import type { Bench } from './anthropicBench.ts';
import { failureOf, idleMs, opening, startBench, toRequest } from './anthropicBench.ts';

const pieces: readonly Piece[] = [
  { type: 'thinking', thinking: 'The person greets, so I greet.' },
  { type: 'text', text: 'Grüße, 世界! 🚢 Here is what I found.' },
  { type: 'tool_use', name: 'read_file', input: { path: 'src/ä.ts' } },
];
const whole = 'Grüße, 世界! 🚢 Here is what I found.';
const rendered = renderReply(
  { pieces },
  { model: 'm', messageId: 'm', account: { input: 1, cacheRead: 0, cacheWrite: 0 }, sign: () => 's' },
);
const frames = rendered.frames;
const wire = Buffer.from(frames.map(frameText).join(''));

/** How many ModelEvents the first `count` frames make. */
function eventsIn(count: number): number {
  const translator = createStreamTranslator();
  return frames.slice(0, count).flatMap(({ data }) => translator.push(data)).length;
}

describe('Anthropic provider against a faulty endpoint', () => {
  let bench: Bench | undefined;
  afterEach(async () => {
    await bench?.server.close();
    bench = undefined;
  });

  /** A server whose first reply is faulty and whose later ones are sound. */
  const startFaulty = async (fault: Fault, times = 1): Promise<Bench> => {
    const script = ({ number }: { number: number }): Reply => ({ pieces, ...(number < times ? { fault } : {}) });
    bench = await startBench({ script });
    return bench;
  };
  const request = toRequest(opening('Hello'));

  /** The reply must be the whole one, once, however the first attempt went. */
  const assertWhole = (course: Awaited<ReturnType<Bench['run']>>, attempts: number): void => {
    assert.equal(course.error, undefined);
    assert.deepEqual(
      course.reply?.blocks.map((block) => block.kind),
      ['thinking', 'text', 'toolCall'],
    );
    assert.ok(course.reply?.blocks.some((block) => block.kind === 'text' && block.text === whole));
    assert.equal(course.heard.length, attempts);
    assert.equal(course.heard.at(-1), whole);
    for (const heard of course.heard) {
      assert.ok(whole.startsWith(heard), `"${heard}" is not the beginning of the reply`);
    }
  };

  it('gets the whole reply, in order, from a sound one', async () => {
    bench = await startBench({ script: () => ({ pieces }) });
    assertWhole(await bench.run(request), 1);
    assert.deepEqual(bench.server.violations, []);
  });

  it('survives a cut after every event', async () => {
    for (let after = 0; after < frames.length; after++) {
      const { run, server } = await startFaulty({ kind: 'cutAtEvent', after });
      const course = await run(request);
      assertWhole(course, 2);
      assert.deepEqual(
        course.failures.map(({ kind }) => kind),
        ['network'],
        `after ${after} events`,
      );
      await server.close();
    }
  });

  it('survives a cut at a byte, wherever it falls', async () => {
    // A step that is coprime with everything in sight falls into every kind of place: names, JSON, characters, line ends.
    const places = Array.from({ length: 60 }, (_, index) => (index * 37) % (wire.length - 2));
    const { run, server } = await startBench({
      script: ({ number }) => ({ pieces, ...(number % 2 === 0 ? { fault: { kind: 'cutAtByte', after: places[number / 2] ?? 0 } } : {}) }),
    });
    for (const place of places) {
      const course = await run(request);
      assertWhole(course, 2);
      assert.equal(course.failures[0]?.kind, 'network', `at byte ${place}`);
    }
    await server.close();
  });

  it('takes an answer that ends properly but too early for a failure, after every event', async () => {
    const { run, server } = await startBench({
      script: ({ number }) => ({ pieces, ...(number % 2 === 0 ? { fault: { kind: 'endEarly', after: number / 2 } } : {}) }),
    });
    for (let after = 0; after < frames.length; after++) {
      assertWhole(await run(request), 2);
    }
    await server.close();
  });

  it('breaks off a stall after every event, and asks again', async () => {
    for (let after = 0; after < frames.length; after++) {
      const { run, server, clock } = await startFaulty({ kind: 'stall', after });
      const expected = eventsIn(after);
      const silent = (): void => void clock.advance(idleMs);
      const running = run(request, undefined, (count) => (server.seen.length === 1 && count === expected ? silent() : undefined));
      if (expected === 0) {
        await server.whenSeen(1);
        silent();
      }
      const course = await running;
      assertWhole(course, 2);
      assert.match(course.failures[0]?.message ?? '', /silent for 60 s/, `after ${after} events`);
      await server.close();
    }
  });

  it('does not take pings for an answer', async () => {
    const { run, server, clock } = await startFaulty({ kind: 'stall', after: 2, pingMs: 1 });
    const running = run(request, undefined, () => (server.seen.length === 1 ? void clock.advance(idleMs) : undefined));
    const course = await running;
    assertWhole(course, 2);
    assert.match(course.failures[0]?.message ?? '', /silent/);
  });

  const split = (kind: string, rewrite: (text: string) => string, chunkBytes?: number): readonly [string, Fault] => [
    kind,
    { kind: 'rewrite', rewrite, ...(chunkBytes === undefined ? {} : { chunkBytes }) },
  ];
  const sound: readonly (readonly [string, Fault])[] = [
    split('every byte on its own', (text) => text, 1),
    split('CRLF line ends', (text) => text.replaceAll('\n', '\r\n')),
    split('CRLF line ends, split everywhere', (text) => text.replaceAll('\n', '\r\n'), 1),
    split('CR line ends', (text) => text.replaceAll('\n', '\r'), 7),
    split('comments, retry hints and a byte order mark', (text) => `\uFEFF: hi\nretry: 5\n\n${text.replaceAll('data: ', ': x\ndata:')}`),
    split('no event names', (text) => text.replaceAll(/^event: .*\n/gm, '')),
    split('data in several lines', (text) => text.replaceAll(/^data: \{/gm, 'data: {\ndata: ')),
  ];
  for (const [name, fault] of sound) {
    it(`reads a stream with ${name}`, async () => {
      const { run } = await startFaulty(fault);
      assertWhole(await run(request), 1);
    });
  }

  const isDelta = ({ event }: Frame): boolean => event === 'content_block_delta';
  const insertAfter = (place: (frame: Frame) => boolean, ...added: readonly Frame[]): Fault => ({
    kind: 'reframe',
    reframe: (all) => {
      const index = all.findIndex(place);
      return [...all.slice(0, index + 1), ...added, ...all.slice(index + 1)];
    },
  });
  const without = (left: (frame: Frame) => boolean): Fault => ({
    kind: 'reframe',
    reframe: (all) => all.filter((frame) => !left(frame)),
  });
  const isLastStop = ({ data }: Frame): boolean => JSON.stringify(data) === '{"type":"content_block_stop","index":2}';
  const late = toFrame({ type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'late' } });
  const broken: readonly (readonly [string, Fault, RegExp])[] = [
    ['malformed JSON', insertAfter(isDelta, { event: 'content_block_delta', data: '{"type":' }), /not JSON/],
    ['an event that is no object', insertAfter(isDelta, { event: 'x', data: '[]' }), /no object/],
    ['a delta after its block stopped', insertAfter(({ event }) => event === 'content_block_stop', late), /block 0, which is not open/],
    [
      'a delta for a block that never started',
      insertAfter(isDelta, toFrame({ type: 'content_block_delta', index: 9, delta: {} })),
      /block 9/,
    ],
    ['a delta without an index', insertAfter(isDelta, toFrame({ type: 'content_block_delta', delta: {} })), /usable index/],
    [
      'a delta of the wrong kind',
      insertAfter(isDelta, toFrame({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta' } })),
      /text_delta for a thinking block/,
    ],
    [
      'a block that starts twice',
      insertAfter(isDelta, toFrame({ type: 'content_block_start', index: 0, content_block: { type: 'text' } })),
      /block 0 started where block 1/,
    ],
    [
      'a block that stops twice',
      insertAfter(({ event }) => event === 'content_block_stop', toFrame({ type: 'content_block_stop', index: 0 })),
      /not open/,
    ],
    ['a block that never stops', without(isLastStop), /while block 2 was open/],
    ['no start of the message', without(({ event }) => event === 'message_start'), /before the message started/],
    ['two starts of the message', insertAfter(isDelta, toFrame({ type: 'message_start', message: {} })), /started twice/],
    [
      'a call without an id',
      insertAfter(
        isLastStop,
        toFrame({ type: 'content_block_start', index: 3, content_block: { type: 'tool_use', name: 'x', id: 'a b' } }),
      ),
      /usable id/,
    ],
  ];
  for (const [name, fault, message] of broken) {
    it(`rejects ${name}, and asks again`, async () => {
      const { run } = await startFaulty(fault);
      const course = await run(request);
      assertWhole(course, 2);
      assert.equal(course.failures[0]?.kind, 'endpoint');
      assert.match(course.failures[0]?.message ?? '', message);
    });
  }

  it('gives up with a clear message when the rules are broken again and again', async () => {
    const { run, server } = await startFaulty(broken[0]?.[1] ?? { kind: 'stall', after: 0 }, 100);
    assert.match(failureOf(await run(request)).next, /flotilla\.anthropic\.baseUrl/);
    assert.equal(server.seen.length, 3);
  });

  it('skips events, deltas and blocks it does not know, and returns unknown blocks as they were', async () => {
    const unknown = { type: 'hologram', depth: 3 };
    const { run } = await startFaulty({
      kind: 'reframe',
      reframe: (all) => [
        ...all.slice(0, -2),
        toFrame({ type: 'weather', sky: 'blue' }),
        toFrame({ type: 'content_block_start', index: 3, content_block: unknown }),
        toFrame({ type: 'content_block_delta', index: 3, delta: { type: 'hologram_delta' } }),
        toFrame({ type: 'content_block_stop', index: 3 }),
        ...all.slice(-2),
      ],
    });
    const { reply } = await run(request);
    assert.deepEqual(reply?.blocks[3], { kind: 'opaque', label: 'hologram', raw: unknown });
  });

  it('stops reading a reply that grows beyond all measure', async () => {
    const { run, server } = await startFaulty({
      kind: 'rewrite',
      rewrite: (text) => text.replace('"ping"', `"ping","x":"${'x'.repeat(17 << 20)}"`),
    });
    const course = await run(request);
    assert.equal(failureOf(course).kind, 'endpoint');
    assert.match(failureOf(course).message, /far more than a reply can be/);
    assert.equal(server.seen.length, 1);
  });

  const streamed: readonly (readonly [string, string, string])[] = [
    ['overloaded_error', 'overloaded', 'rateLimit'],
    ['rate_limit_error', 'rateLimit', 'rateLimit'],
    ['api_error', 'overloaded', 'network'],
  ];
  for (const [type, kind, wait] of streamed) {
    it(`waits after ${type} in the middle of a stream, and asks again`, async () => {
      const { run } = await startFaulty(insertAfter(isDelta, toFrame({ type: 'error', error: { type, message: 'Sorry' } })));
      const course = await run(request);
      assertWhole(course, 2);
      assert.equal(course.failures[0]?.kind, kind);
      assert.deepEqual(course.waits, [wait]);
    });
  }

  const status = (code: number, type: string, message: string, headers: Readonly<Record<string, string>> = {}, details = {}): Fault => ({
    kind: 'status',
    status: code,
    body: { type: 'error', error: { type, message, details } },
    headers,
  });
  const temporary: readonly (readonly [string, Fault, string, string])[] = [
    ['429', status(429, 'rate_limit_error', 'Slow down', { 'retry-after': '3' }), 'rateLimit', 'rateLimit'],
    ['429 that asks for a day', status(429, 'rate_limit_error', 'Slow down', { 'retry-after': '86400' }), 'rateLimit', 'rateLimit'],
    ['429 that asks for the past', status(429, 'rate_limit_error', 'Slow down', { 'retry-after': '-5' }), 'rateLimit', 'rateLimit'],
    ['429 that asks for nonsense', status(429, 'rate_limit_error', 'Slow down', { 'retry-after': 'soon' }), 'rateLimit', 'rateLimit'],
    ['529', status(529, 'overloaded_error', 'Overloaded'), 'overloaded', 'rateLimit'],
    ['500', status(500, 'api_error', 'Oops'), 'overloaded', 'network'],
    ['502 with a web page', { kind: 'status', status: 502, body: '<html>Bad gateway</html>' }, 'overloaded', 'network'],
    ['503 with Retry-After', status(503, 'api_error', 'Later', { 'retry-after': '1' }), 'overloaded', 'rateLimit'],
    ['408', status(408, 'timeout_error', 'Too slow'), 'network', 'network'],
    ['a web page instead of a stream', { kind: 'status', status: 200, body: '<html>Welcome to our hotel</html>' }, 'endpoint', 'network'],
    ['JSON instead of a stream', { kind: 'status', status: 200, body: { type: 'message' } }, 'endpoint', 'network'],
  ];
  for (const [name, fault, kind, wait] of temporary) {
    it(`waits after ${name}, and asks again`, async () => {
      const { run } = await startFaulty(fault);
      const course = await run(request);
      assertWhole(course, 2);
      assert.equal(course.failures[0]?.kind, kind);
      assert.deepEqual(course.waits, [wait]);
    });
  }

  it('never waits longer than two minutes and a quarter, whatever is asked for', async () => {
    const { run, clock } = await startFaulty(status(429, 'rate_limit_error', '', { 'retry-after': '1e9' }));
    const before = clock.now();
    await run(request);
    assert.equal(clock.now() - before, 120_000);
  });

  const permanent: readonly (readonly [string, Fault, string, RegExp])[] = [
    ['401', status(401, 'authentication_error', 'bad key test-key'), 'auth', /rejected the key\. It said: bad key …/],
    ['403', status(403, 'permission_error', 'not you'), 'auth', /rejected the key/],
    ['402', status(402, 'billing_error', 'no credit'), 'spendLimit', /spending limit/],
    [
      '429 for a spending limit',
      status(429, 'rate_limit_error', 'limit', {}, { error_code: 'enforced_spend_limit_reached' }),
      'spendLimit',
      /spending limit/,
    ],
    ['404 for a model', status(404, 'not_found_error', 'model: claude-sonnet-5-5'), 'unknownModel', /knows no model "claude-sonnet-5-5"/],
    ['404 with a web page', { kind: 'status', status: 404, body: '<html>Not found</html>' }, 'endpoint', /There is no Messages API/],
    ['a redirect', { kind: 'status', status: 302, body: '', headers: { location: 'http://127.0.0.1:9/' } }, 'endpoint', /answered 302/],
    ['400', status(400, 'invalid_request_error', 'messages.1: nonsense'), 'badRequest', /messages\.1: nonsense/],
    [
      '400 for a prompt that is too long',
      status(400, 'invalid_request_error', 'Prompt is too long: 3 > 2'),
      'contextWindow',
      /larger than/,
    ],
    ['413', status(413, 'invalid_request_error', 'big'), 'contextWindow', /larger than/],
    [
      'invalid_request_error in the stream',
      insertAfter(isDelta, toFrame({ type: 'error', error: { type: 'invalid_request_error', message: 'No' } })),
      'badRequest',
      /refused the request\. It said: No/,
    ],
  ];
  for (const [name, fault, kind, message] of permanent) {
    it(`fails at once after ${name}, and says what to do`, async () => {
      const { run, server } = await startFaulty(fault, 100);
      const failure = failureOf(await run(request));
      assert.equal(failure.kind, kind);
      assert.match(failure.message, message);
      assert.ok(failure.next.length > 10);
      assert.equal(server.seen.length, 1);
    });
  }

  it('says that nothing answers, when nothing does, after some tries', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => closed.once('listening', resolve));
    const address = closed.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await new Promise((resolve) => closed.close(resolve));
    bench = await startBench({ script: () => ({ pieces }) }, { baseUrl: () => `http://127.0.0.1:${port}` });
    const course = await bench.run(request);
    assert.equal(failureOf(course).kind, 'network');
    assert.match(failureOf(course).message, /Nothing answers at 127\.0\.0\.1:\d+ \(ECONNREFUSED\)/);
    assert.equal(course.failures.length, 4);
  });

  it('says that a name cannot be resolved', async () => {
    bench = await startBench({ script: () => ({ pieces }) }, { baseUrl: () => 'http://flotilla.invalid' });
    assert.match(failureOf(await bench.run(request)).message, /name of flotilla\.invalid cannot be resolved/);
  });

  it('says that there is no secure connection, when the endpoint speaks plain text', async () => {
    bench = await startBench({ script: () => ({ pieces }) });
    const { url } = bench.server;
    const secure = await startBench({ script: () => ({ pieces }) }, { baseUrl: () => url.replace('http:', 'https:') });
    assert.match(failureOf(await secure.run(request)).message, /No secure connection|connection to .* failed/);
    await secure.server.close();
  });

  it('closes its connection when it is aborted, in any state, and throws the reason', async () => {
    const reason = new Error('killed');
    for (let after = 0; after < frames.length; after++) {
      const { run, server } = await startFaulty({ kind: 'stall', after });
      const abort = new AbortController();
      const expected = eventsIn(after);
      const running = run(request, abort.signal, (count) => (count === expected ? abort.abort(reason) : undefined));
      if (expected === 0) {
        await server.whenSeen(1);
        abort.abort(reason);
      }
      const course = await running;
      assert.equal(course.error, reason, `after ${after} events`);
      assert.equal(server.seen.length, 1);
      await server.close();
    }
  });

  it('keeps connections for later requests', async () => {
    bench = await startBench({ script: () => ({ pieces }) });
    for (let turn = 0; turn < 6; turn++) {
      await bench.run(request);
    }
    // A request that follows at once may be earlier than the last byte of the answer before it, and so need a second connection.
    const ports = new Set(bench.server.seen.map(({ clientPort }) => clientPort));
    assert.ok(ports.size <= 2, `${ports.size} connections for 6 requests`);
  });
});
