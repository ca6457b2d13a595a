import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { examples } from '../support/examples.ts';
import { createReadOutputTool } from '../../src/tools/readOutput.ts';
import { pageLength, pageOf } from '../../src/tools/textPage.ts';
import { call } from './fakes.ts';

const whole = 'z'.repeat(pageLength + 10);
const tool = createReadOutputTool({
  find: (agentId, name) =>
    agentId === 'me' && name === '1.1' ? { text: 'zz', blob: { hash: 'h', bytes: 1 } } : name === '1.2' ? { text: 'short' } : undefined,
  blobs: { get: async (hash) => (hash === 'h' ? whole : assert.fail('no such blob')) },
});

describe('read_output', () => {
  it('reads on in a cut output of the agent itself', async () => {
    assert.match((await call(tool, { output: '1.1', from: pageLength })).text, /^\(characters 20000 to 20010 of 20010\)\nz{10}$/);
    assert.equal((await call(tool, { output: '1.2' })).text, 'short');
    assert.match((await call(tool, { output: '1.1', from: 90_000 })).text, /only 20010 characters/);
  });

  it('refuses names that are no output of this agent', async () => {
    for (const output of ['9.9', '', '../1.1']) {
      assert.match((await call(tool, { output })).text, /You have no output/);
    }
    assert.equal((await call(tool, { output: '1.1' }, { self: 'other' })).isError, true);
  });
});

describe('pages of a text', () => {
  it('join to the text when each begins where the one before said', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('\u{1F6A2}', 'ab', '\n'), { maxLength: 4 }),
        fc.integer({ min: 1, max: 60_000 }),
        (parts, size) => {
          const unit = parts.join('') || 'x';
          const text = unit.repeat(Math.ceil(size / unit.length));
          let joined = '';
          for (let from: number | undefined = 0; from !== undefined; ) {
            const page = pageOf(text, from);
            const [, body = page] = /^\(characters [^\n]*\)\n([\s\S]*)$/.exec(page) ?? [];
            joined += body;
            const next = /^\(characters [^\n]*go on with from (\d+)\)/.exec(page)?.[1];
            from = next === undefined ? undefined : Number(next);
          }
          assert.equal(joined, text);
        },
      ),
      examples(50),
    );
  });
});
