import { isIdText, type MessageId, toId } from '../../core/ids.ts';
import { endsWait, requestsTo } from '../../core/requests.ts';
import { countText } from '../../core/rowText.ts';
import type { Agent } from '../../core/state.ts';
import type { ToolContext } from '../../orchestrator/ports.ts';
import { ToolError } from '../defineTool.ts';
import { nameOf } from './target.ts';

/** A message that was accepted for an agent. */
export interface Sent {
  readonly target: Agent;
  readonly messageId: MessageId;
}

/** The id that the model gave, or that of the one open request which a confirmation without an id must mean. */
export function replyIdOf(context: ToolContext, target: Agent, kind: string, given: string | undefined): MessageId | undefined {
  if (given !== undefined) {
    if (!isIdText(given)) {
      throw new ToolError('reply_to is not the id of a message. It is the id in the tag of the message that you answer; nothing was sent.');
    }
    return toId('message', given);
  }
  if (kind !== 'confirmation') {
    return undefined;
  }
  const open = requestsTo(context.coordination.agents(), context.agentId).filter((request) => request.from === target.id);
  if (open.length > 1) {
    const list = open.map(({ messageId, text }) => `${messageId} (${JSON.stringify(text)})`).join(', ');
    throw new ToolError(
      `${nameOf(target)} waits for your answer to several requests: ${list}. Say in reply_to which one you confirm; nothing was sent.`,
    );
  }
  return open[0]?.messageId;
}

/** Waits for the answers to requests until all are there, the time (ms since the epoch) has come, or something else has to be read first; tells how it went. */
export async function awaitReplies(
  context: ToolContext,
  sent: readonly Sent[],
  minutes: number,
  now: () => number,
  signal: AbortSignal,
): Promise<string> {
  const until = now() + minutes * 60_000;
  for (const { messageId } of sent) {
    const answered = await context.coordination.waitForReply(messageId, Math.max(0, until - now()), signal);
    if (!answered && isBrokenOff(context, sent)) {
      break;
    }
  }
  return waitedText(context, sent, minutes);
}

function waitedText(context: ToolContext, sent: readonly Sent[], minutes: number): string {
  const names = (fate: Fate): string =>
    sent
      .filter(({ messageId }) => fateOf(context, messageId) === fate)
      .map(({ target }) => nameOf(target))
      .join(', ');
  const silent = names('silent');
  const lines = [
    names('answered') === '' ? '' : `Answered, read below: ${names('answered')}.`,
    names('ended') === '' ? '' : `Ended without an answer: ${names('ended')}. Go on without it.`,
  ];
  if (silent !== '') {
    lines.push(
      isBrokenOff(context, sent)
        ? `Something else came before the answer of ${silent}; read below and see to it. The answer, when it comes, comes as a message.`
        : `No answer from ${silent} within ${countText(minutes, 'minute')}. Go on with a stated assumption, ask another agent, or report the question as open; a late answer still comes as a message.`,
    );
  }
  return lines.filter((line) => line !== '').join(' ');
}

type Fate = 'answered' | 'ended' | 'silent';

function fateOf(context: ToolContext, messageId: MessageId): Fate {
  const answer = mailboxOf(context).find((message) => message.replyTo === messageId && message.kind !== 'request');
  return answer === undefined ? 'silent' : answer.from.kind === 'engine' ? 'ended' : 'answered';
}

/** Whether something that is no answer has to be read before the wait may go on. */
function isBrokenOff(context: ToolContext, sent: readonly Sent[]): boolean {
  return mailboxOf(context).some(
    (message) =>
      !sent.some(({ messageId }) => message.replyTo === messageId && message.kind !== 'request') &&
      sent.some(({ target, messageId }) => endsWait(message, messageId, target.id)),
  );
}

function mailboxOf({ coordination, agentId }: ToolContext): Agent['mailbox'] {
  return coordination.agents().find((agent) => agent.id === agentId)?.mailbox ?? [];
}
