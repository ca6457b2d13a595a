import assert from 'node:assert/strict';
import { ModelError } from '../../src/orchestrator/ports.ts';
import { toModelError } from '../../src/providers/anthropic/errors.ts';
import { ProtocolError, StreamedError } from '../../src/providers/anthropic/streamErrors.ts';

const key = `sk-ant-api03-${'Ab3_'.repeat(24)}`;

function messageOf(error: Error, secret = key): string {
  const told = toModelError(error, { model: 'm', endpoint: 'host', key: secret, knownModels: [], now: 0 });
  assert.ok(told instanceof ModelError);
  return told.failure.message;
}

describe('the key in what an endpoint says', () => {
  it('is left out, however much of it is left when the text is cut', () => {
    for (let before = 0; before <= 320; before++) {
      const message = messageOf(new StreamedError('authentication_error', undefined, `${'x'.repeat(before)} ${key} is wrong`));
      assert.ok(!message.includes(key.slice(0, 14)), `cut after ${before} characters: ${message}`);
    }
    const event = messageOf(new ProtocolError(`an event that is not JSON: ${`bad ${key}`.slice(0, 80)}`));
    assert.equal(event, 'host broke the rules of the Messages API: an event that is not JSON: bad ….');
  });

  it('is left out each time, and the words around it are kept', () => {
    const message = messageOf(new StreamedError('authentication_error', undefined, `key ${key}, again ${key}, and ${key.slice(0, 40)}`));
    assert.match(message, /key …, again …, and …/);
  });

  it('may be short, and then goes as a whole', () => {
    assert.match(messageOf(new StreamedError('api_error', undefined, 'no local for local'), 'local'), /no … for …/);
  });
});
