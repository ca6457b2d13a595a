import * as assert from 'node:assert/strict';
import { createHandOverTool } from '../../src/tools/handOver.ts';
import { call } from './fakes.ts';

const tool = createHandOverTool({ mayHandOver: (agentId) => agentId === 'full' });

describe('hand_over', () => {
  it('ends the agent with a report that says what is done and what is left', async () => {
    const input = { done: ' the lexer ', left: 'the parser', findings: [{ text: 'No tests.', path: 'a.ts' }], files: ['lexer.ts'] };
    const { report } = await call(tool, input, { self: 'full' });
    assert.deepEqual(report?.handoff, { done: 'the lexer', left: 'the parser' });
    assert.deepEqual(report?.findings, [{ text: 'No tests.', path: 'a.ts' }]);
    assert.deepEqual(report?.filesChanged, ['lexer.ts']);
  });

  it('is refused to an agent that has room left, and without the two texts', async () => {
    const refused = await call(tool, { done: 'a', left: 'b' }, { self: 'roomy' });
    assert.match(refused.text, /has room left: go on with the task yourself/);
    assert.equal(refused.report, undefined);
    for (const input of [{ done: 'a' }, { done: ' ', left: 'b' }, { done: 'a', left: '' }]) {
      assert.equal((await call(tool, input, { self: 'full' })).isError, true);
    }
  });
});
