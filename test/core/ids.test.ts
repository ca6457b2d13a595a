import assert from 'node:assert/strict';
import { isIdText, isTaskIdText, toId } from '../../src/core/ids.ts';
import { emptyFleet } from '../../src/core/state.ts';

const inEveryObject = Object.getOwnPropertyNames(Object.prototype);

describe('ids', () => {
  it('are printable and without blanks, and those of tasks short names', () => {
    for (const text of ['a', 'agent-1', 'toolu_01/+=', 'x'.repeat(8192)]) {
      assert.equal(isIdText(text), true, text);
    }
    for (const value of ['', ' ', 'a b', 'a\n', 'ä', 'x'.repeat(8193), 1, null, undefined]) {
      assert.equal(isIdText(value), false, String(value));
    }
    assert.deepEqual(['check.types', 'a_1', '.a', '-a', 'a/b', 'x'.repeat(65)].map(isTaskIdText), [true, true, false, false, false, false]);
  });

  it('TIN-01: are never what every object has, so that nothing is found under an id that is not there', () => {
    assert.ok(inEveryObject.includes('constructor') && inEveryObject.includes('__proto__'));
    for (const name of inEveryObject) {
      assert.ok(name in emptyFleet.agents, `${name} would be found`);
      assert.equal(isIdText(name), false, name);
      assert.equal(isTaskIdText(name), false, name);
      assert.throws(() => toId('agent', name), RangeError);
    }
  });
});
