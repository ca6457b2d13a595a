import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Block } from '../../src/core/events.ts';
import type { HistoryMessage } from '../../src/core/history.ts';
import { toId } from '../../src/core/ids.ts';
import { listPrices } from '../../src/core/prices.ts';
import { capabilitiesOf } from '../../src/providers/anthropic/capabilities.ts';
import { createMessageTranslator, translateRequest } from '../../src/providers/anthropic/translateRequest.ts';
import { opening, readTool, toRequest } from './anthropicBench.ts';

const translate = (
  messages: readonly HistoryMessage[],
  changes: Parameters<typeof toRequest>[1] = {},
  toMessage = createMessageTranslator(),
) => {
  const request = toRequest(messages, changes);
  return translateRequest(request, capabilitiesOf(request.model, listPrices), toMessage);
};
const call = (id: string, invalid?: string): Block => ({
  kind: 'toolCall',
  callId: toId('call', id),
  name: 'read_file',
  input: { path: 'a' },
  ...(invalid === undefined ? {} : { invalid }),
});
const result = (id: string, isError = false) => ({ kind: 'toolResult' as const, callId: toId('call', id), text: `r ${id}`, isError });
const breakpoint = { cache_control: { type: 'ephemeral' } };

describe('translateRequest', () => {
  it('asks a current model to think, to show it, and for its effort', () => {
    const { messages, ...rest } = translate(opening('Hi'), { system: 'S' });
    assert.deepEqual(rest, {
      model: 'claude-sonnet-5-5',
      max_tokens: 64_000,
      stream: true,
      system: [{ type: 'text', text: 'S', ...breakpoint }],
      tools: [{ name: 'read_file', description: 'Reads a file.', input_schema: readTool.inputSchema }],
      thinking: { type: 'adaptive', display: 'summarized' },
      output_config: { effort: 'medium' },
    });
    assert.deepEqual(messages, [{ role: 'user', content: [{ type: 'text', text: 'Hi', ...breakpoint }] }]);
  });

  const models: readonly (readonly [string, boolean, string | undefined, boolean, number])[] = [
    ['claude-opus-5-5-20260922', true, 'xhigh', true, 64_000],
    ['claude-fable-5-2', true, 'xhigh', true, 64_000],
    ['anthropic/claude-haiku-5-5', true, 'xhigh', true, 64_000],
    ['claude-opus-4-7', true, 'xhigh', true, 8192],
    ['claude-sonnet-4-6', true, 'high', true, 8192],
    ['claude-sonnet-4-5-20250929', false, undefined, true, 8192],
    ['claude-haiku-4-5-20251001', false, undefined, true, 64_000],
    ['claude-next', false, undefined, true, 8192],
    ['qwen3-coder:30b', false, undefined, false, 8192],
  ];
  for (const [model, thinks, effort, caches, maxTokens] of models) {
    it(`sends ${model} only what it understands`, () => {
      const params = translate(opening('Hi'), { model, effort: 'xhigh' });
      assert.equal('thinking' in params, thinks);
      assert.equal(params.output_config?.effort, effort);
      assert.equal(JSON.stringify(params).includes('cache_control'), caches);
      assert.equal(params.max_tokens, maxTokens);
    });
  }

  it('leaves out what may not be empty, and puts results before words', () => {
    const { messages } = translate(
      [
        {
          role: 'user',
          parts: [
            { kind: 'text', text: 'Hi' },
            { kind: 'text', text: ' \n' },
          ],
        },
        { role: 'assistant', blocks: [{ kind: 'text', text: '' }, call('c1'), call('c2', 'not JSON')] },
        { role: 'user', parts: [{ kind: 'text', text: 'Stop.' }, result('c2', true), result('c1')] },
        { role: 'assistant', blocks: [{ kind: 'text', text: '' }] },
        { role: 'user', parts: [{ kind: 'text', text: 'Well?' }] },
      ],
      { model: 'local' },
    );
    assert.deepEqual(messages, [
      { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
      {
        role: 'assistant',
        content: [
          { type: 'tool_use', id: 'c1', name: 'read_file', input: { path: 'a' } },
          { type: 'tool_use', id: 'c2', name: 'read_file', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'c2', content: 'r c2', is_error: true },
          { type: 'tool_result', tool_use_id: 'c1', content: 'r c1' },
          { type: 'text', text: 'Stop.' },
        ],
      },
      { role: 'user', content: [{ type: 'text', text: 'Well?' }] },
    ]);
    assert.deepEqual('system' in translate(opening('Hi'), { system: ' ' }), false);
  });

  it('returns thinking and unknown blocks byte for byte', () => {
    const raws = ['{"type":"thinking","signature":"s","thinking":"T","x":1}', '{"type":"redacted_thinking","data":"\\u00e4"}'];
    const [one, two] = raws.map((raw) => JSON.parse(raw));
    const blocks: readonly Block[] = [
      { kind: 'thinking', text: 'shown otherwise', raw: one },
      { kind: 'opaque', label: 'redacted_thinking', raw: two },
      { kind: 'opaque', label: 'of another provider', raw: 'not a block' },
    ];
    const { messages } = translate([...opening('Hi'), { role: 'assistant', blocks }, ...opening('Go on')]);
    assert.equal(JSON.stringify(messages[1]?.content), `[${raws[0]},{"type":"redacted_thinking","data":"ä"}]`);
  });

  const text = fc.string({ maxLength: 5 });
  const turn = fc.record({
    blocks: fc.array(
      fc.oneof(
        text.map((one): Block => ({ kind: 'text', text: one })),
        fc.nat(9).map((id) => call(`c${id}`)),
      ),
      { maxLength: 4 },
    ),
    said: text,
  });

  it('only ever adds to the end, with at most four breakpoints', () => {
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 8 }), (turns) => {
        let history = opening('Begin');
        let before: readonly string[] = [];
        const remembering = createMessageTranslator();
        for (const { blocks, said } of turns) {
          const params = translate(history, {}, remembering);
          assert.deepEqual(params, translate(history), 'a message translated for an earlier request is the same in this one');
          const content = params.messages.map((message) => JSON.stringify(message).replaceAll(',"cache_control":{"type":"ephemeral"}', ''));
          assert.deepEqual(content.slice(0, before.length), before);
          assert.ok(JSON.stringify(params).split('cache_control').length - 1 <= 4);
          before = content;
          const calls = blocks.flatMap((block) => (block.kind === 'toolCall' ? [result(block.callId)] : []));
          history = [...history, { role: 'assistant', blocks }, { role: 'user', parts: [...calls, { kind: 'text', text: said }] }];
        }
      }),
    );
  });

  it('takes a tool without an object schema for the defect it is', () => {
    assert.throws(
      () => translate(opening('Hi'), { tools: [{ name: 'bad', description: '', inputSchema: { type: 'array' } }] }),
      /tool bad/,
    );
  });
});
