import assert from 'node:assert/strict';
import type { HistoryMessage } from '../../src/core/history.ts';
import type { ModelReply } from '../../src/orchestrator/ports.ts';
import type { Piece, Reply } from '../support/messagesServer/reply.ts';
import type { ServerOptions } from '../support/messagesServer/server.ts';
import { type Bench, continued, failureOf, opening, startBench, toRequest } from './anthropicBench.ts';

const look: Piece = { type: 'tool_use', name: 'read_file', input: { path: 'a.ts' } };
const summary: Piece = { type: 'compaction', content: 'You looked at a.ts.' };
const step = (type: string, input: number, output: number) => ({
  type,
  input_tokens: input,
  output_tokens: output,
  cache_read_input_tokens: 10,
  cache_creation_input_tokens: 0,
  cache_creation: null,
});
const compacting: Reply = {
  pieces: [summary, { type: 'thinking', thinking: 'Now b.ts.' }, look],
  usage: {
    end: {
      input_tokens: 900,
      output_tokens: 70,
      cache_read_input_tokens: 10,
      cache_creation_input_tokens: 0,
      iterations: [step('compaction', 150_000, 3000), step('message', 900, 70)],
    },
  },
};
const script =
  (...replies: readonly Reply[]) =>
  ({ number }: { readonly number: number }): Reply =>
    replies[number] ?? { pieces: [look] };

describe('Anthropic provider and histories that grow long', () => {
  let bench: Bench | undefined;
  afterEach(async () => {
    await bench?.server.close();
    bench = undefined;
  });

  const start = async (options: ServerOptions) => {
    bench = await startBench(options);
    const { run, server } = bench;
    const ask = async (history: readonly HistoryMessage[], model = 'claude-sonnet-5-5'): Promise<ModelReply> => {
      const { reply, error } = await run(toRequest(history, { model }));
      assert.ok(reply !== undefined, String(error));
      return reply;
    };
    const managed = () => server.seen.map(({ request }) => request.body['context_management']);
    return { ask, run, server, managed };
  };

  it('asks models that can to summarise before an agent is told that its context fills, and no others', async () => {
    const { ask, managed, server } = await start({ script: script() });
    await ask(opening('Hi'));
    await ask(opening('Hi'), 'qwen3-coder:30b');
    await ask(opening('Hi'), 'claude-haiku-4-5-20251001');
    const [first, ...others] = managed();
    assert.deepEqual(first, { edits: [{ type: 'compact_20260112', trigger: { type: 'input_tokens', value: 650_000 } }] });
    assert.deepEqual(others, [undefined, undefined]);
    assert.deepEqual(
      server.seen.map(({ headers }) => headers['anthropic-beta']),
      ['compact-2026-01-12', undefined, undefined],
    );
  });

  it('returns the summary first in its reply, byte for byte, with all that came before it', async () => {
    const { ask, server } = await start({ script: script({ pieces: [look] }, compacting) });
    const first = continued(opening('Look around.'), await ask(opening('Look around.')));
    const reply = await ask(first);
    assert.deepEqual(
      reply.blocks.map((block) => block.kind),
      ['opaque', 'thinking', 'toolCall'],
    );
    const second = continued(first, reply);
    await ask(continued(second, await ask(second)));
    assert.deepEqual(server.violations, []);
    const sent = server.seen.at(-1)?.request.messages ?? [];
    assert.deepEqual(sent[3]?.content[0], {
      type: 'compaction',
      content: 'You looked at a.ts.',
      encrypted_content: 'sealed You looked at a.ts.',
    });
    assert.equal(sent.length, 7);
    const marks = sent.map(({ content }) => content.filter((block) => block['cache_control'] !== undefined).length);
    assert.deepEqual(marks, [0, 0, 0, 0, 1, 0, 1], 'nothing before the summary is marked for the cache');
  });

  it('counts what the summary cost, and only the last step as context', async () => {
    const { ask } = await start({ script: script(compacting) });
    const reply = await ask(opening('Look around.'));
    assert.deepEqual(reply.usage, { input: 150_900, output: 3070, cacheRead: 20, cacheWrite5m: 0, cacheWrite1h: 0 });
    assert.equal(reply.contextTokens, 980);
  });

  it('asks again without where the endpoint does not know it, and from then on without', async () => {
    const { ask, managed, server } = await start({ script: script(), compaction: false });
    const first = opening('Look around.');
    const second = continued(first, await ask(first));
    await ask(second);
    assert.deepEqual(server.violations, ['context_management: Extra inputs are not permitted']);
    assert.deepEqual(managed(), [undefined, undefined]);
  });

  it('remembers nothing from a request that is refused for another reason', async () => {
    const { ask, run, managed, server } = await start({ script: script() });
    const broken = toRequest([...opening('Hi'), ...opening('again'), { role: 'assistant', blocks: [{ kind: 'text', text: 'x' }] }]);
    assert.equal(failureOf(await run(broken)).kind, 'badRequest');
    await ask(opening('Hi'));
    assert.notEqual(managed()[0], undefined);
    const attempts = server.violations.length;
    await run(broken);
    assert.equal(server.violations.length, attempts + 1, 'an endpoint that has taken the field is not asked again without');
  });
});
