import * as assert from 'node:assert/strict';
import { createTwoFilesPatch } from 'diff';
import * as fc from 'fast-check';
import { examples } from '../support/examples.ts';
import { applyUnifiedDiff } from '../../src/ui/unifiedDiff.ts';

const patch = (before: string, after: string) => createTwoFilesPatch('a', 'a', before, after, undefined, undefined, { context: 2 });

describe('applyUnifiedDiff', () => {
  it('gives the text after any change', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c', '', '  d', '-x', '+y', '@@ z'), { maxLength: 30 })
      .map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(text, text, (before, after) => {
        fc.pre(before !== after && before.endsWith('\n') === after.endsWith('\n'));
        assert.equal(applyUnifiedDiff(before, patch(before, after)), after);
      }),
      examples(300),
    );
  });

  it('keeps the line ends of the file', () => {
    assert.equal(applyUnifiedDiff('a\r\nb\r\n', '@@ -1,2 +1,2 @@\n a\n-b\n+c\n'), 'a\r\nc\r\n');
  });

  it('makes a new file', () => {
    assert.equal(applyUnifiedDiff('', '--- /dev/null\n+++ b/a\n@@ -0,0 +1,2 @@\n+one\n+two\n'), 'one\ntwo');
  });

  for (const [why, before, diff] of [
    ['the file has changed', 'other\n', '@@ -1,1 +1,1 @@\n-a\n+b\n'],
    ['there is no hunk', 'a\n', 'nothing here'],
    ['a hunk is cut off', 'a\nb\n', '@@ -1,2 +1,2 @@\n a\n'],
    ['a hunk lies behind the end', 'a\n', '@@ -9,1 +9,1 @@\n-a\n+b\n'],
  ] as const) {
    it(`gives nothing when ${why}`, () => {
      assert.equal(applyUnifiedDiff(before, diff), undefined);
    });
  }
});
