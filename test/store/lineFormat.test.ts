import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { examples } from '../support/examples.ts';
import { currentSchema, decodeLine, encodeLine, type LineContent } from '../../src/store/lineFormat.ts';
import { isKnownSchema, upcast } from '../../src/store/upcast.ts';

const content: fc.Arbitrary<LineContent> = fc.oneof(
  fc.record({ kind: fc.constant('header'), schema: fc.nat(), epoch: fc.nat(), created: fc.nat() }),
  fc.record({ kind: fc.constant('opened'), schema: fc.nat(), epoch: fc.nat(), at: fc.nat(), after: fc.nat() }),
  fc.record({ kind: fc.constant('fact'), seq: fc.nat(), at: fc.nat(), epoch: fc.nat(), event: fc.jsonValue() }),
);

describe('journal line', () => {
  it('is the checksum, the length and the JSON, and nothing else', () => {
    const line = encodeLine({ kind: 'fact', seq: 1, at: 2, epoch: 3, event: 'ä' });
    assert.equal(Buffer.from(line).toString('utf8'), '92a9dee4 39 {"seq":1,"at":2,"epoch":3,"event":"ä"}\n');
  });

  it('holds any content on one line', () => {
    fc.assert(
      fc.property(content, (value) => {
        const line = Buffer.from(encodeLine(value));
        assert.equal(line.indexOf(10), line.length - 1);
        assert.deepEqual(decodeLine(line.subarray(0, -1)), { ok: true, content: JSON.parse(JSON.stringify(value)) });
      }),
      examples(200),
    );
  });

  it('is not read when any bit of it is different or any byte is missing', () => {
    const line = Buffer.from(encodeLine({ kind: 'fact', seq: 1, at: 2, epoch: 3, event: { text: 'x' } })).subarray(0, -1);
    for (let at = 0; at < line.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const changed = Buffer.from(line).map((byte, index) => (index === at ? byte ^ (1 << bit) : byte));
        assert.equal(decodeLine(Buffer.from(changed)).ok, false, `bit ${bit} of byte ${at}`);
      }
      assert.equal(decodeLine(Buffer.concat([line.subarray(0, at), line.subarray(at + 1)])).ok, false, `without byte ${at}`);
      assert.equal(decodeLine(line.subarray(0, at)).ok, false, `only ${at} bytes`);
    }
  });

  for (const [what, json] of [
    ['not JSON', '{"seq":1,'],
    ['not an object', '12'],
    ['nothing', 'null'],
    ['without a writer', '{"seq":1,"at":2,"event":{}}'],
    ['without a fact', '{"seq":1,"at":2,"epoch":1}'],
    ['with half a number', '{"seq":1.5,"at":2,"epoch":1,"event":{}}'],
    ['with a negative number', '{"seq":-1,"at":2,"epoch":1,"event":{}}'],
    ['with a time that is text', '{"seq":1,"at":"2","epoch":1,"event":{}}'],
    ['of an unknown kind', '{"kind":"footer","epoch":1}'],
    ['a header without a schema', '{"kind":"header","epoch":1,"created":1}'],
  ] as const) {
    it(`is not read when its JSON is whole but ${what}`, () => {
      const bytes = Buffer.from(json);
      const line = Buffer.from(`${crc32(bytes).toString(16).padStart(8, '0')} ${bytes.length} ${json}`);
      assert.equal(decodeLine(line).ok, false);
    });
  }
});

describe('upcast', () => {
  const steps = [(event: unknown) => [event, 2], (event: unknown) => [event, 3]];

  it('goes step by step from the schema of the file to the current one', () => {
    assert.deepEqual(upcast(1, 'e', steps), [['e', 2], 3]);
    assert.deepEqual(upcast(2, 'e', steps), ['e', 3]);
    assert.equal(upcast(3, 'e', steps), 'e');
    assert.equal(upcast(1, 'e'), 'e');
  });

  it('refuses a schema it does not know', () => {
    for (const schema of [0, 4, 1.5, Number.NaN, -1]) {
      assert.throws(() => upcast(schema, 'e', steps), RangeError);
    }
    assert.deepEqual([0, 1, currentSchema, currentSchema + 1].map(isKnownSchema), [false, true, true, false]);
  });
});
