import * as assert from 'node:assert/strict';
import { contextLevel, mayHandOver } from '../../../src/core/context/contextFullness.ts';

describe('how full a context is', () => {
  it('has two levels, and none while the window is not known', () => {
    const levels = [0, 749, 750, 899, 900, 2000].map((tokens) => contextLevel(tokens, 1000));
    assert.deepEqual(levels, ['room', 'room', 'filling', 'filling', 'full', 'full']);
    assert.equal(contextLevel(1_000_000, undefined), 'room');
    assert.equal(contextLevel(1_000_000, 0), 'room');
  });

  it('lets an agent hand over only when much of it is used, or nobody knows', () => {
    assert.deepEqual(
      [599, 600].map((tokens) => mayHandOver(tokens, 1000)),
      [false, true],
    );
    assert.equal(mayHandOver(1, undefined), true);
  });
});
