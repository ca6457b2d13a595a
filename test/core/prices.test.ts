import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Usage } from '../../src/core/events.ts';
import { mergePrices } from '../../src/core/priceOverrides.ts';
import { costOf, findModel, listPrices } from '../../src/core/prices.ts';
import { emptyUsage } from '../../src/core/state.ts';
import { addUsage, contextTokens, totalInput } from '../../src/core/usage.ts';

const million = 1_000_000;
const november = Date.parse('2026-11-21');
const cost = (model: string, usage: Partial<Usage>, at = november, table = listPrices): number | undefined =>
  costOf({ model, at, usage: { ...emptyUsage, ...usage }, table });
const assertDollars = (actual: number | undefined, expected: number): void => {
  assert.ok(actual !== undefined && Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`);
};

describe('usage', () => {
  const usage: Usage = { input: 1, output: 2, cacheRead: 4, cacheWrite5m: 8, cacheWrite1h: 16 };
  const anyUsage = fc.record(
    { input: fc.nat(), output: fc.nat(), cacheRead: fc.nat(), cacheWrite5m: fc.nat(), cacheWrite1h: fc.nat() },
    { noNullPrototype: true },
  );

  it('counts every kind of input into the prompt, and the reply into the context', () => {
    assert.equal(totalInput(usage), 29);
    assert.equal(contextTokens(usage), 31);
  });

  it('adds kind by kind, so that sums do not depend on order and keep the totals', () => {
    fc.assert(
      fc.property(anyUsage, anyUsage, (a, b) => {
        assert.deepEqual(addUsage(a, b), addUsage(b, a));
        assert.equal(totalInput(addUsage(a, b)), totalInput(a) + totalInput(b));
        assert.deepEqual(addUsage(a, emptyUsage), a);
      }),
    );
  });
});

describe('costOf', () => {
  it('charges each kind of token at its own rate', () => {
    assertDollars(cost('claude-opus-5-5', { input: million }), 4);
    assertDollars(cost('claude-opus-5-5', { output: million }), 20);
    assertDollars(cost('claude-opus-5-5', { cacheWrite5m: million }), 5);
    assertDollars(cost('claude-opus-5-5', { cacheWrite1h: million }), 8);
    assertDollars(cost('claude-opus-5-5', { cacheRead: million }), 0.2);
  });

  it('uses the usual multiples where no cache price is known', () => {
    assertDollars(cost('claude-haiku-4-5', { cacheWrite5m: million, cacheWrite1h: million, cacheRead: million }), 1.25 + 2 + 0.1);
  });

  it('takes the band of the whole prompt, cached tokens included, for every token of the request', () => {
    assertDollars(cost('claude-haiku-5-5', { cacheRead: 60_000, input: 40_000, output: 1000 }), (600 + 4000 + 500) / million);
    assertDollars(cost('claude-haiku-5-5', { cacheRead: 60_000, input: 40_001, output: 1000 }), (3000 + 20_000.5 + 2500) / million);
  });

  it('takes the price of the day of the request', () => {
    assertDollars(cost('claude-sonnet-5-5', { cacheRead: million }, Date.parse('2026-10-06T23:59:59Z')), 0.2);
    assertDollars(cost('claude-sonnet-5-5', { cacheRead: million }, Date.parse('2026-10-07T00:00:00Z')), 0.1);
  });

  it('knows releases and vendor prefixes of a model, and takes a later version for another model', () => {
    const opus5 = listPrices['claude-opus-5'];
    const known = ['claude-opus-5', 'claude-opus-5-20260101', 'claude-opus-5@20260101', 'claude-opus-5-latest', 'claude-opus-5[1m]'];
    for (const name of [...known, 'anthropic/claude-opus-5', 'us.anthropic.claude-opus-5-20260101-v1:0']) {
      assert.equal(findModel(listPrices, name), opus5, name);
    }
    assert.equal(findModel(listPrices, 'claude-opus-5-5-20260922'), listPrices['claude-opus-5-5']);
    for (const name of ['claude-opus-5-7', 'claude-opus-55', 'claude-opus', 'llama3', '']) {
      assert.equal(findModel(listPrices, name), undefined, name);
      assert.equal(cost(name, { input: 1 }), undefined, name);
    }
  });

  it('has no price before the first day of a model', () => {
    const { table } = mergePrices({}, { m: { prices: [{ from: '2026-01-02', bands: [{ input: 1, output: 1 }] }] } });
    assert.equal(cost('m', { input: 1 }, Date.parse('2026-01-01'), table), undefined);
    assertDollars(cost('m', { input: million }, Date.parse('2026-01-02'), table), 1);
  });

  it('keeps its own list in the shape it asks of a person', () => {
    assert.deepEqual(mergePrices({}, listPrices), { table: listPrices, problems: [] });
  });
});

describe('mergePrices', () => {
  it('replaces prices, keeps what was not overridden, and adds models', () => {
    const { table, problems } = mergePrices(listPrices, {
      'claude-opus-5-5': { prices: [{ bands: [{ input: 1, output: 2 }] }] },
      'claude-haiku-4-5': { contextWindow: 1000 },
      'local-model': { prices: [{ bands: [{ input: 0, output: 0 }] }], maxOutput: 4096 },
    });
    assert.deepEqual(problems, []);
    assertDollars(cost('claude-opus-5-5', { input: million }, november, table), 1);
    assert.equal(table['claude-opus-5-5']?.contextWindow, 1_000_000);
    assertDollars(cost('claude-haiku-4-5', { input: million }, november, table), 1);
    assert.equal(table['claude-haiku-4-5']?.contextWindow, 1000);
    assert.equal(cost('local-model', { input: million }, november, table), 0);
    assert.equal(table['local-model']?.maxOutput, 4096);
    assert.equal(listPrices['local-model'], undefined);
  });

  const band = { input: 1, output: 1 };
  const bad: readonly (readonly [string, unknown, RegExp])[] = [
    ['not an object', 3, /"m": expected an object/],
    ['a size of zero', { contextWindow: 0 }, /"contextWindow" must be a whole number/],
    ['a size that is no number', { maxOutput: '8k' }, /"maxOutput" must be a whole number/],
    ['no entries', { prices: [] }, /"prices" must be a list/],
    ['an entry without bands', { prices: [{}] }, /"prices\[0\]" must have a list "bands"/],
    ['no such day', { prices: [{ from: '2026-13-40', bands: [band] }] }, /"prices\[0\]" has a "from"/],
    ['a negative price', { prices: [{ bands: [{ input: -1, output: 1 }] }] }, /whose "input" is not a price/],
    ['a price that is not finite', { prices: [{ bands: [{ input: 1, output: Number.NaN }] }] }, /whose "output" is not a price/],
    ['a bad cache price', { prices: [{ bands: [{ ...band, cacheRead: '1' }] }] }, /whose "cacheRead" is not a price/],
    ['bands without a limit', { prices: [{ bands: [band, band] }] }, /rising "upTo"/],
    ['falling limits', { prices: [{ bands: [{ ...band, upTo: 2 }, { ...band, upTo: 1 }, band] }] }, /rising "upTo"/],
    ['a limit on the last band', { prices: [{ bands: [{ ...band, upTo: 2 }] }] }, /rising "upTo"/],
    [
      'days out of order',
      {
        prices: [
          { from: '2026-02-01', bands: [band] },
          { from: '2026-01-01', bands: [band] },
        ],
      },
      /ordered by "from"/,
    ],
  ];
  for (const [name, override, message] of bad) {
    it(`names the entry and leaves it out: ${name}`, () => {
      const { table, problems } = mergePrices(listPrices, { m: override, good: { prices: [{ bands: [band] }] } });
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', message);
      assert.equal(table['m'], undefined);
      assert.equal(cost('good', { input: million }, november, table), 1);
    });
  }

  it('says so when the whole setting has the wrong shape, and takes its absence for no override', () => {
    assert.equal(mergePrices(listPrices, ['x']).problems.length, 1);
    assert.equal(mergePrices(listPrices, undefined).table, listPrices);
  });
});
