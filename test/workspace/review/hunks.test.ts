import assert from 'node:assert/strict';
import fc from 'fast-check';
import { spliceText } from '../../../src/workspace/fileText.ts';
import { hunksOf, splicesBack, splicesOnBase, withoutHunks } from '../../../src/workspace/review/hunks.ts';
import { examples } from '../../support/examples.ts';

/** Few different lines, so that they repeat and can be aligned in several ways; every kind of line end; no line end at the end. */
const line = fc
  .tuple(fc.constantFrom('a', 'b', 'c', '', 'ä😀'), fc.constantFrom('\n', '\n', '\r\n', '\r'))
  .map(([text, end]) => text + end);
const text = fc.tuple(fc.array(line, { maxLength: 14 }), fc.constantFrom('', '', 'end')).map(([lines, end]) => lines.join('') + end);

describe('hunks', () => {
  it('turn the base into the file and the file into the base, byte for byte', () => {
    fc.assert(
      fc.property(text, text, (base, present) => {
        const hunks = hunksOf(base, present);
        assert.equal(spliceText(base, splicesOnBase(base, hunks)), present);
        assert.equal(spliceText(present, splicesBack(present, hunks)), base);
        assert.equal(hunks.length === 0, base === present);
      }),
      examples(2000),
    );
  });

  it('keep their ids while others are taken back, in any order, until the base is there again', () => {
    fc.assert(
      fc.property(text, text, fc.array(fc.nat(), { maxLength: 20 }), (base, present, order) => {
        let [hunks, now] = [hunksOf(base, present), present];
        for (const step of [...order, ...hunks.map(() => 0)]) {
          const taken = hunks[step % Math.max(1, hunks.length)];
          if (taken === undefined) {
            break;
          }
          const before = hunks;
          now = spliceText(now, splicesBack(now, [taken]));
          hunks = withoutHunks(hunks, new Set([taken.id]));
          assert.deepEqual(
            hunks.map(({ id }) => id),
            before.filter(({ id }) => id !== taken.id).map(({ id }) => id),
          );
          // Whatever is left still stands where it says.
          assert.equal(spliceText(base, splicesOnBase(base, hunks)), now);
          assert.equal(spliceText(now, splicesBack(now, hunks)), base);
        }
        assert.equal(now, base);
      }),
      examples(2000),
    );
  });

  it('meet in the same text whether they are accepted or rejected first', () => {
    fc.assert(
      fc.property(text, text, fc.func(fc.boolean()), (base, present, isAccepted) => {
        const hunks = hunksOf(base, present);
        const accepted = hunks.filter(({ id }) => isAccepted(id));
        const rejected = hunks.filter(({ id }) => !isAccepted(id));
        const left = spliceText(base, splicesOnBase(base, accepted));
        const right = spliceText(present, splicesBack(present, rejected));
        assert.equal(left, right);
      }),
      examples(1000),
    );
  });

  it('have an id of their own each', () => {
    const same = 'x\nold\nx\nold\nx\n';
    const ids = hunksOf(same, same.replaceAll('old', 'new')).map(({ id }) => id);
    assert.equal(new Set(ids).size, 2);
  });

  it('are one when the texts differ so much that the shortest difference would take long', () => {
    const lines = (from: string) => Array.from({ length: 6000 }, (_, index) => `${from} ${index}\n`).join('');
    const [base, present] = [`same\n${lines('old')}end\n`, `same\n${lines('new')}end\n`];
    const hunks = hunksOf(base, present);
    assert.deepEqual(
      hunks.map(({ baseLine, baseLines, line: at, lines: count }) => [baseLine, baseLines, at, count]),
      [[2, 6000, 2, 6000]],
    );
    assert.equal(spliceText(present, splicesBack(present, hunks)), base);
  });
});
