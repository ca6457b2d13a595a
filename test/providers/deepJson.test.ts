import assert from 'node:assert/strict';
import { parseEvent } from '../../src/providers/anthropic/parseJson.ts';
import { createStreamTranslator } from '../../src/providers/anthropic/translateStream.ts';

const nested = (depth: number) => `{"path":${'['.repeat(depth)}${']'.repeat(depth)}}`;

/** The only block of a reply with one tool call whose input arrives as this text. */
function blockOf(json: string) {
  const translator = createStreamTranslator();
  const events = [
    { type: 'message_start', message: { model: 'm', usage: {} } },
    { type: 'content_block_start', index: 0, content_block: { type: 'tool_use', id: 'c1', name: 'read_file', input: {} } },
    { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: json } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'tool_use' } },
    { type: 'message_stop' },
  ];
  const settled = events.flatMap((event) => translator.push(event)).at(-1);
  assert.ok(settled?.type === 'settled');
  return settled.reply.blocks[0];
}

describe('JSON that is nested without end', () => {
  it('makes a tool call unreadable, so that nothing after it has to bear it', () => {
    const block = blockOf(nested(100_000));
    assert.ok(block?.kind === 'toolCall');
    assert.match(block.invalid ?? '', /^The input is nested more than 200 levels deep\./);
    assert.deepEqual(block.input, {});
    const plain = blockOf(nested(100));
    assert.ok(plain?.kind === 'toolCall' && plain.invalid === undefined);
  });

  it('is no event', () => {
    assert.throws(() => parseEvent(nested(100_000)), /an event that is nested more than 200 levels deep/);
    assert.throws(() => parseEvent('{"a":'), /an event that is not JSON/);
    assert.deepEqual(parseEvent('{"type":"ping"}'), { type: 'ping' });
  });
});
