import * as assert from 'node:assert/strict';
import { toId } from '../../../src/core/ids.ts';
import type { SentRequest } from '../../../src/core/state.ts';
import { answersWords, receivedSign, sentSign } from '../../../webview/text/requestWords.ts';
import { formatClock } from '../../../webview/text/format.ts';

const at = Date.UTC(2026, 10, 21, 9, 30, 0);
const open: SentRequest = { messageId: toId('message', 'm1'), to: toId('agent', 'b'), text: 'Rename \u202eit', at };
const settled = (how: 'answered' | 'ended'): SentRequest => ({
  ...open,
  settled: { how, messageId: toId('message', 'm2'), at: at + 60_000 },
});
const later = formatClock(at + 60_000);

describe('a request that an agent sent', () => {
  it('says since when it waits for whom, as long as its sender is at work', () => {
    assert.deepEqual(sentSign(open, 'builder', true, at + 180_000), {
      icon: 'comment-discussion',
      words: `Waits for an answer of builder since ${formatClock(at)} (3 m 00 s)`,
      tone: 'busy',
    });
    assert.equal(sentSign(open, 'builder', false, at).words, 'No answer of builder');
  });

  it('says how it was settled, whether or not its sender is at work', () => {
    for (const live of [true, false]) {
      assert.equal(sentSign(settled('answered'), 'builder', live, at).words, `builder answered, ${later}`);
      assert.equal(sentSign(settled('ended'), 'builder', live, at).words, `No answer: builder ended, ${later}`);
    }
  });
});

describe('a request that an agent received', () => {
  it('says whether it has answered', () => {
    assert.deepEqual(
      [receivedSign(undefined), receivedSign(open), receivedSign(settled('answered')), receivedSign(settled('ended'))].map(
        (sign) => sign?.words,
      ),
      [undefined, 'Not answered yet', `Answered, ${later}`, 'Not answered'],
    );
  });
});

describe('a message that answers another', () => {
  it('says which, with hidden characters shown', () => {
    const words = answersWords({ replyTo: open.messageId }, [open]) ?? assert.fail('It answers');
    assert.ok(words.startsWith('answers "Rename ') && !words.includes('\u202e'), words);
  });

  it('says so in general when the other is not a request of the reader, and nothing when it answers none', () => {
    assert.equal(answersWords({ replyTo: open.messageId }, undefined), 'answers an earlier message');
    assert.equal(answersWords({}, [open]), undefined);
  });
});
