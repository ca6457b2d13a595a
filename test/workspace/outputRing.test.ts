import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { keptOutputToText, OutputRing } from '../../src/workspace/outputRing.ts';

describe('OutputRing', () => {
  it('keeps exactly the first and last bytes of any output, however it is cut into chunks', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 }), (chunks) => {
        const ring = new OutputRing(8, 16);
        for (const chunk of chunks) {
          ring.push(Buffer.from(chunk));
        }
        const whole = Buffer.concat(chunks);
        const { head, tail, leftOut } = ring.kept();
        const held = Math.min(whole.length, 24);
        assert.equal(ring.totalBytes, whole.length);
        assert.equal(leftOut, whole.length - held);
        assert.deepEqual(head, whole.subarray(0, 8));
        assert.deepEqual(tail, whole.subarray(Math.max(8, whole.length - 16)));
      }),
    );
  });

  it('cuts text between characters and says how much is missing', () => {
    const ring = new OutputRing(5, 5);
    ring.push(Buffer.from('ab€€€€cd'));
    assert.equal(
      keptOutputToText(ring.kept(), (leftOut) => `<${leftOut}>`),
      'ab€<6>€cd',
    );
  });

  it('drops a character that the cut would split on either side', () => {
    const ring = new OutputRing(4, 4);
    ring.push(Buffer.from('ab€--€cd'));
    assert.equal(
      keptOutputToText(ring.kept(), (leftOut) => `<${leftOut}>`),
      'ab<8>cd',
    );
  });

  it('leaves text that fits as it is, a character across the seam included', () => {
    const ring = new OutputRing(2, 10);
    ring.push(Buffer.from('a€b'));
    assert.equal(
      keptOutputToText(ring.kept(), () => 'gap'),
      'a€b',
    );
  });
});
