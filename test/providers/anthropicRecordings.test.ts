import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSseDecoder } from '../../src/providers/anthropic/sse.ts';
import { createStreamTranslator } from '../../src/providers/anthropic/translateStream.ts';

const folder = join(process.cwd(), 'test/recordings/anthropic');
const names = readdirSync(folder).flatMap((file) => (file.endsWith('.sse') ? [file.slice(0, -4)] : []));

/** Translates a recording that arrives in chunks of so many bytes. */
function translate(bytes: Uint8Array, chunkBytes: number) {
  const decoder = createSseDecoder(1 << 20);
  const translator = createStreamTranslator('req_1');
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, index) =>
    bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes),
  );
  return chunks.flatMap((chunk) => decoder.push(chunk)).flatMap(({ data }) => translator.push(JSON.parse(data)));
}

describe('recorded streams', () => {
  it('are all there, each with what it means', () => {
    assert.ok(names.length >= 15);
    const others = readdirSync(folder).filter((file) => !names.includes(file.replace(/\.(sse|json)$/, '')));
    assert.deepEqual(others, []);
  });

  for (const name of names) {
    it(`mean the same in any chunks: ${name}`, () => {
      const bytes = readFileSync(join(folder, `${name}.sse`));
      const events = translate(bytes, bytes.length);
      const text = `[\n${events.map((event) => `  ${JSON.stringify(event)}`).join(',\n')}\n]\n`;
      const expected = join(folder, `${name}.json`);
      if (process.env['UPDATE_GOLDEN'] === '1') {
        writeFileSync(expected, text);
      }
      assert.ok(existsSync(expected), `${name}.json is missing; read it, then write it with UPDATE_GOLDEN=1`);
      assert.equal(text, readFileSync(expected, 'utf8'));
      for (const chunkBytes of [1, 3, 64]) {
        assert.deepEqual(translate(bytes, chunkBytes), events);
      }
    });
  }
});
