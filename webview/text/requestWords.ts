import type { DeliveredMessage, QueuedMessage, SentRequest } from '../../src/core/state.ts';
import { formatClock, formatDuration } from './format.ts';
import { toVisibleLine } from './visible.ts';
import type { Sign } from './words.ts';

/** How a request that an agent sent stands. `to`: who was asked, for people; `live`: whether its sender is at work; `now`: ms since the epoch. */
export function sentSign(request: SentRequest, to: string, live: boolean, now: number): Sign {
  const { settled } = request;
  if (settled !== undefined) {
    return settled.how === 'answered'
      ? { icon: 'check', words: `${to} answered, ${formatClock(settled.at)}`, tone: 'good' }
      : { icon: 'circle-slash', words: `No answer: ${to} ended, ${formatClock(settled.at)}`, tone: 'wait' };
  }
  return live
    ? {
        icon: 'comment-discussion',
        words: `Waits for an answer of ${to} since ${formatClock(request.at)} (${formatDuration(Math.max(0, now - request.at))})`,
        tone: 'busy',
      }
    : { icon: 'circle-slash', words: `No answer of ${to}`, tone: 'plain' };
}

/** How a request that an agent received stands, seen from its sender's list. */
export function receivedSign(request: SentRequest | undefined): Sign | undefined {
  if (request === undefined) {
    return undefined;
  }
  return request.settled === undefined
    ? { icon: 'circle-outline', words: 'Not answered yet', tone: 'busy' }
    : request.settled.how === 'answered'
      ? { icon: 'check', words: `Answered, ${formatClock(request.settled.at)}`, tone: 'good' }
      : { icon: 'circle-slash', words: 'Not answered', tone: 'wait' };
}

/** What a message answers, if it answers one: the receiver's own request by its text, anything else in general. */
export function answersWords(
  { replyTo }: Pick<DeliveredMessage | QueuedMessage, 'replyTo'>,
  requests: readonly SentRequest[] | undefined,
): string | undefined {
  if (replyTo === undefined) {
    return undefined;
  }
  const request = requests?.find((sent) => sent.messageId === replyTo);
  return request === undefined ? 'answers an earlier message' : `answers "${toVisibleLine(request.text)}"`;
}
