import assert from 'node:assert/strict';
import { placeIn } from '../../../src/workflows/planText/placeIn.ts';

/** The place of the mark `|` in a text. */
function at(text: string) {
  const before = text.slice(0, text.indexOf('|'));
  const lines = text.replace('|', '').split('\n');
  const line = before.split('\n').length - 1;
  return placeIn(lines, line, before.length - before.lastIndexOf('\n') - 1);
}

const value = (key: string, used: readonly string[] = [], list = false) => ({ kind: 'value', key, list, used });

describe('what may be written in a plan', () => {
  it('knows the key of a value', () => {
    assert.deepEqual(at('tasks:\n  - id: a\n    agent: |'), value('agent'));
    assert.deepEqual(at('tasks:\n  - id: a\n    agent: bui|'), value('agent'));
    assert.deepEqual(at('tasks:\n  - id: a\n    gate:\n      backTo: |'), value('backTo'));
  });

  it('knows the items that a list has already', () => {
    assert.deepEqual(at('tasks:\n  - id: a\n    dependsOn: [b, c, |]'), value('dependsOn', ['b', 'c'], true));
    assert.deepEqual(at('tasks:\n  - id: a\n    dependsOn: [b, c|'), value('dependsOn', ['b'], true));
    assert.deepEqual(at('tasks:\n  - id: a\n    dependsOn:\n      - b\n      - |\n'), value('dependsOn', ['b'], true));
    assert.deepEqual(at('tasks:\n  - id: a\n    dependsOn:\n    - |\n'), value('dependsOn', [], true));
  });

  it('knows the keys that a task has already', () => {
    assert.deepEqual(at('tasks:\n  - id: a\n    |\n    title: b\n  - id: c\n    agent: d'), { kind: 'key', used: ['id', 'title'] });
    assert.deepEqual(at('tasks:\n  - id: a\n  - |'), { kind: 'key', used: [] });
  });

  it('offers nothing in a comment, in a text, behind a list, or outside the tasks', () => {
    assert.equal(at('tasks:\n  - id: a # run|'), undefined);
    assert.equal(at('tasks:\n  - id: a\n    objective: |-\n      some te@'.replace('|-', '>-').replace('@', '|')), undefined);
    assert.equal(at('tasks:\n  - id: a\n    dependsOn: [b] |'), undefined);
    assert.equal(at('rea|\ntasks:\n'), undefined);
  });
});
