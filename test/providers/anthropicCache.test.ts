import assert from 'node:assert/strict';
import type { HistoryMessage } from '../../src/core/history.ts';
import { toId } from '../../src/core/ids.ts';
import type { ModelReply } from '../../src/orchestrator/ports.ts';
import type { Piece } from '../support/messagesServer/reply.ts';
import type { Bench } from './anthropicBench.ts';
import { continued, opening, readTool, startBench, toRequest } from './anthropicBench.ts';

const long = (text: string): string => `${text} `.repeat(200);

describe('Anthropic provider and the prompt cache', () => {
  let bench: Bench | undefined;
  afterEach(async () => {
    await bench?.server.close();
    bench = undefined;
  });

  const ask = async (history: readonly HistoryMessage[], changes: Parameters<typeof toRequest>[1] = {}): Promise<ModelReply> => {
    const course = await bench?.run(toRequest(history, changes));
    assert.deepEqual(bench?.server.violations, []);
    assert.ok(course?.reply !== undefined, String(course?.error));
    return course.reply;
  };

  it('reads in each turn all that the turn before sent and wrote', async () => {
    bench = await startBench({
      script: ({ turn }) => ({
        pieces: [
          { type: 'thinking', thinking: long(`Turn ${turn}.`) },
          { type: 'text', text: `I look at file ${turn}.` },
          { type: 'tool_use', name: 'read_file', input: { path: `${turn}.ts` } },
        ],
      }),
    });
    let history = opening(long('Look around.'));
    const usages = [];
    for (let turn = 0; turn < 3; turn++) {
      const reply = await ask(history);
      usages.push(reply.usage);
      history = continued(history, reply);
    }
    const [first, second, third] = usages;
    assert.ok(first !== undefined && second !== undefined && third !== undefined);
    assert.equal(first.cacheRead, 0);
    assert.ok(first.cacheWrite5m > 500);
    assert.equal(second.cacheRead, first.cacheWrite5m);
    assert.equal(third.cacheRead, second.cacheRead + second.cacheWrite5m);
    assert.deepEqual(
      usages.map(({ input, cacheWrite1h }) => [input, cacheWrite1h]),
      [
        [0, 0],
        [0, 0],
        [0, 0],
      ],
      'everything up to the last message is written, nothing is paid twice',
    );
  });

  it('still reads it after a turn of more blocks than the server looks back over', async () => {
    const calls: readonly Piece[] = Array.from({ length: 30 }, (_, index) => ({
      type: 'tool_use',
      name: 'read_file',
      input: { path: `${index}.ts` },
    }));
    bench = await startBench({ script: () => ({ pieces: calls }) });
    const start = opening(long('Read thirty files.'));
    const first = await ask(start);
    const second = await ask(continued(start, first));
    assert.equal(second.usage.cacheRead, first.usage.cacheWrite5m);
    assert.ok(second.usage.cacheWrite5m > 500);
  });

  it('lets an agent read what another with the same prompt has written, in its first request', async () => {
    bench = await startBench({ script: () => ({ pieces: [{ type: 'text', text: 'Done.' }] }) });
    const one = await ask(opening(long('You are the first.')));
    const two = await ask(opening(long('You are the second.')), { agentId: toId('agent', 'a2') });
    const shared = two.usage.cacheRead;
    assert.ok(shared > 200, `${shared} tokens of system and tools`);
    assert.ok(two.usage.cacheWrite5m > 200 && two.usage.cacheWrite5m < one.usage.cacheWrite5m);
    const three = await ask(opening(long('Another prompt.')), { agentId: toId('agent', 'a3'), system: long('You are something else.') });
    assert.equal(three.usage.cacheRead, 0);
  });

  it('finds the tools in the cache when there is no system prompt', async () => {
    bench = await startBench({ script: () => ({ pieces: [{ type: 'text', text: 'Done.' }] }) });
    const tools = Array.from({ length: 10 }, (_, index) => ({ ...readTool, name: `read_${index}` }));
    await ask(opening('One.'), { system: '', tools });
    assert.ok((await ask(opening('Two.'), { system: '', tools })).usage.cacheRead > 200);
  });

  it('keeps every law of the API through long histories of every kind of block', async () => {
    bench = await startBench({
      script: ({ turn }) => ({
        pieces: [
          { type: 'redacted_thinking', data: `sealed ${turn}` },
          { type: 'thinking', thinking: turn % 3 === 0 ? '' : `Thought ${turn}` },
          { type: 'text', text: turn % 2 === 0 ? '' : `Text ${turn}` },
          { type: 'tool_use', name: 'read_file', json: turn % 4 === 1 ? '{"path": "a' : '{"path": "a"}' },
          { type: 'tool_use', name: 'no_such_tool', input: { turn } },
        ],
        stopReason: turn % 4 === 1 ? 'max_tokens' : 'tool_use',
      }),
    });
    let history = opening('Begin.');
    for (let turn = 0; turn < 12; turn++) {
      history = continued(history, await ask(history), turn % 5 === 0 ? '  \n' : `Go on with ${turn}.`);
    }
    assert.equal(bench.server.seen.length, 12);
  });

  it('is refused by the local server when it breaks such a law, so that the tests above can fail', async () => {
    bench = await startBench({
      script: ({ turn }) => ({
        pieces: [
          { type: 'thinking', thinking: 'Hm.' },
          { type: 'text', text: `Reply ${turn}` },
          { type: 'tool_use', name: 'read_file' },
        ],
      }),
    });
    const start = opening('Begin.');
    const first = await ask(start);
    const history = continued(start, first);
    const [user, assistant, results] = history;
    assert.ok(user?.role === 'user' && assistant?.role === 'assistant' && results?.role === 'user');
    const refused: readonly (readonly [RegExp, readonly HistoryMessage[], Parameters<typeof toRequest>[1]?])[] = [
      [/thinking block was changed/, history, { system: 'Another system prompt.' }],
      [/thinking block was changed/, history, { tools: [] }],
      [/thinking block was changed/, [{ role: 'user', parts: [{ kind: 'text', text: 'Begin!' }] }, assistant, results]],
      [/need exactly these/, [user, assistant, { role: 'user', parts: [{ kind: 'text', text: 'No results.' }] }]],
      [
        /is not what was replied/,
        [user, { role: 'assistant', blocks: assistant.blocks.filter((block) => block.kind !== 'text') }, results],
      ],
      [
        /never sent/,
        [
          user,
          { role: 'user', parts: [{ kind: 'text', text: 'Inserted.' }] },
          { role: 'assistant', blocks: [{ kind: 'text', text: 'x' }] },
          ...start,
        ],
      ],
    ];
    for (const [law, messages, changes] of refused) {
      const { error } = await bench.run(toRequest(messages, changes));
      assert.match(String(error), law);
    }
    assert.equal(bench.server.violations.length, refused.length);
  });
});
