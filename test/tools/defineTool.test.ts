import assert from 'node:assert/strict';
import * as z from 'zod';
import { toId } from '../../src/core/ids.ts';
import type { Json } from '../../src/core/json.ts';
import type { ToolContext } from '../../src/orchestrator/ports.ts';
import { defineTool, ToolError } from '../../src/tools/defineTool.ts';
import { noCoordination } from './fakes.ts';

const agent = { id: toId('agent', 'a1'), runId: toId('run', 'r1') };
const signal = new AbortController().signal;
const seen: unknown[] = [];

const tool = defineTool({
  name: 'try_it',
  description: 'A tool for tests.',
  input: z.strictObject({
    path: z.string().min(1).max(10),
    line: z.number().int().positive().optional(),
    kind: z.enum(['info', 'warning']).optional(),
    items: z.array(z.strictObject({ text: z.string() })).optional(),
  }),
  prepare: (input) => {
    seen.push(input);
    if (input.path === 'refuse') {
      throw new ToolError('No such thing.');
    }
    if (input.path === 'defect') {
      throw new TypeError('bug');
    }
    return {
      kind: 'ready',
      title: 'Try it',
      outside: false,
      run: async () => {
        if (input.path === 'expected') {
          throw new ToolError('It did not work.');
        }
        throw new TypeError('bug in run');
      },
    };
  },
});

async function refusal(input: Json): Promise<string> {
  const before = seen.length;
  const call = await tool.prepare(input, agent, signal);
  assert.equal(call.kind, 'refused', JSON.stringify(call));
  assert.equal(seen.length, before, 'a refused input must not reach the tool');
  return call.kind === 'refused' ? call.text : '';
}

function nested(depth: number): Json {
  let value: Json = 'x';
  for (let i = 0; i < depth; i++) {
    value = [value];
  }
  return value;
}

describe('defineTool', () => {
  it('shows the model a closed JSON schema without noise', () => {
    assert.deepEqual(tool.spec.inputSchema, {
      type: 'object',
      properties: {
        path: { type: 'string', minLength: 1, maxLength: 10 },
        line: { type: 'integer', exclusiveMinimum: 0 },
        kind: { type: 'string', enum: ['info', 'warning'] },
        items: {
          type: 'array',
          items: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'], additionalProperties: false },
        },
      },
      required: ['path'],
      additionalProperties: false,
    });
  });

  it('TIN-01: refuses a definition with an open object', () => {
    const define = () =>
      defineTool({ name: 'open', description: '', input: z.object({ a: z.string() }), prepare: () => ({ kind: 'refused', text: '' }) });
    assert.throws(define, /open: every object of the input must be a z.strictObject/);
  });

  const cases: readonly (readonly [string, Json, RegExp])[] = [
    ['missing field', {}, /- path: missing; expected a string/],
    ['wrong type', { path: 7 }, /- path: expected a string, got 7/],
    ['null', null, /- the input: expected an object, got null/],
    ['array instead of object', [], /- the input: expected an object, got an array of 0/],
    ['fraction', { path: 'a', line: 1.5 }, /- line: expected a whole number, got 1.5/],
    ['out of range', { path: 'a', line: 0 }, /- line: expected more than 0, got 0/],
    ['number as text', { path: 'a', line: '3' }, /- line: expected a number, got "3"/],
    ['unknown value', { path: 'a', kind: 'panic' }, /- kind: expected one of "info", "warning", got "panic"/],
    ['unknown field', { path: 'a', force: true }, /- force: unknown field; the fields are path, line, kind, items/],
    ['unknown nested field', { path: 'a', items: [{ text: 'b', sudo: true }] }, /- items\[0\]\.sudo: unknown field/],
    ['nested type', { path: 'a', items: [{ text: 1 }] }, /- items\[0\]\.text: expected a string, got 1/],
    ['too long for the field', { path: 'x'.repeat(11) }, /- path: expected at most 10 characters, got "x{11}"/],
    ['empty', { path: '' }, /- path: expected at least 1 characters, got ""/],
    ['NUL', { path: 'a\0b' }, /- path: must not contain a NUL/],
    ['lone surrogate', { path: 'a\ud800' }, /- path: must not contain half of a surrogate pair/],
    ['oversize text', { path: 'x'.repeat(10_000_000) }, /- path: 10000000 characters are too long/],
    ['NUL in a key', { path: 'a', 'b\0': 1 }, /the name of a field: must not contain a NUL/],
    ['deep nesting', { path: 'a', items: nested(10_000) }, /nested more than 40 levels/],
    ['too many values', { path: 'a', items: new Array(30_000).fill(0) }, /more than 20000 values/],
    ['own __proto__', JSON.parse('{"path":"a","__proto__":{"polluted":true}}'), /- __proto__: unknown field/],
    ['own constructor', JSON.parse('{"path":"a","constructor":{"prototype":{"polluted":true}}}'), /- constructor: unknown field/],
    ['toString as a field', { path: 'a', toString: 'x' }, /- toString: unknown field/],
  ];
  for (const [name, input, expected] of cases) {
    it(`TIN-01: refuses ${name} and says why`, async () => {
      const text = await refusal(input);
      assert.match(text, expected);
      assert.match(text, /^The input of try_it is not valid; nothing was done\./);
      assert.equal(Reflect.get({}, 'polluted'), undefined);
    });
  }

  it('TIN-01: names every problem at once, up to a bound', async () => {
    const text = await refusal({ path: 1, line: 'x', kind: 2 });
    assert.equal(text.split('\n').filter((line) => line.startsWith('- ')).length, 3);
    const many = await refusal({ path: 'a', items: new Array(100).fill(1) });
    assert.match(many, /and 88 more/);
  });

  it('turns a ToolError of prepare into a refusal and passes defects on', async () => {
    assert.deepEqual(await tool.prepare({ path: 'refuse' }, agent, signal), { kind: 'refused', text: 'No such thing.' });
    await assert.rejects(tool.prepare({ path: 'defect' }, agent, signal), TypeError);
  });

  it('turns a ToolError of run into an error result and passes defects on', async () => {
    const context: ToolContext = {
      agentId: agent.id,
      runId: agent.runId,
      callId: toId('call', 'c1'),
      progress: () => undefined,
      askPerson: async () => '',
      coordination: noCoordination(),
      whileWaiting: (_wait, until) => until(() => undefined),
    };
    const expected = await tool.prepare({ path: 'expected' }, agent, signal);
    assert.ok(expected.kind === 'ready');
    assert.deepEqual(await expected.run(context, signal), { text: 'It did not work.', isError: true });
    const defect = await tool.prepare({ path: 'ok' }, agent, signal);
    assert.ok(defect.kind === 'ready');
    await assert.rejects(defect.run(context, signal), /bug in run/);
  });
});
