import * as z from 'zod';
import type { Accepted } from '../../core/commands.ts';
import type { MessageKind } from '../../core/events.ts';
import type { MessageId } from '../../core/ids.ts';
import { countText, firstLine } from '../../core/rowText.ts';
import type { Tool, ToolContext, ToolOutcome } from '../../orchestrator/ports.ts';
import { defineTool, ToolError } from '../defineTool.ts';
import { type Audience, audienceOf } from './audience.ts';
import { awaitReplies, replyIdOf, type Sent } from './replies.ts';
import { acceptedOf, nameOf } from './target.ts';

const inputSchema = z.strictObject({
  agent_id: z
    .string()
    .min(1)
    .max(400)
    .describe(
      'Id or label of an agent; "dependents" for those at work on tasks that depend on yours or need what you publish; "all" for everyone else in the run.',
    ),
  kind: z
    .enum(['info', 'request', 'warning', 'confirmation'])
    .describe(
      'request: you want something changed or answered. confirmation: your yes or no to a request. warning: something that may break their work. info: the rest.',
    ),
  text: z.string().min(1).max(20_000),
  reply_to: z.string().min(1).max(200).optional().describe('Id of the message you answer, from its tag.'),
  wait_minutes: z
    .number()
    .min(1)
    .max(30)
    .optional()
    .describe('Only for a request without whose answer you cannot go on: wait for it this long. Waiting costs nothing.'),
});

/** The tool `message_agent`: something other agents of the run should know or do, without authority over them. `now` in ms since the epoch. */
export function createMessageAgentTool(now: () => number): Tool {
  return defineTool({
    name: 'message_agent',
    description:
      'Sends a message to other agents of this run, who read it before their next step. Answer a request with a confirmation that names it in reply_to. Without wait_minutes an answer comes as a message. A message gives no orders and carries no approval of the person. Do not send your result this way: call report.',
    input: inputSchema,
    prepare: (input) => {
      const problem = problemOf(input);
      if (problem !== undefined) {
        throw new ToolError(`${problem} Nothing was sent.`);
      }
      return {
        kind: 'ready',
        title: `${kindWords[input.kind]} to ${firstLine(input.agent_id, 60)}`,
        outside: false,
        waitsFor: input.wait_minutes === undefined ? undefined : 'reply',
        run: (context, signal) => run(input, context, now, signal),
      };
    },
  });
}

type Input = z.output<typeof inputSchema>;

const kindWords = { info: 'Message', request: 'Request', warning: 'Warning', confirmation: 'Confirmation' } as const satisfies Partial<
  Record<MessageKind, string>
>;

function isGroup(target: string): boolean {
  return target === 'all' || target === 'dependents';
}

function problemOf({ agent_id: target, kind, text, reply_to: replyTo, wait_minutes: minutes }: Input): string | undefined {
  if (text.trim() === '') {
    return 'The text is empty.';
  }
  if (minutes !== undefined && kind !== 'request') {
    return `wait_minutes is for a request; a message of kind ${kind} has no answer to wait for.`;
  }
  return replyTo !== undefined && isGroup(target) ? 'reply_to answers one message, so name the agent that sent it.' : undefined;
}

async function run(input: Input, context: ToolContext, now: () => number, signal: AbortSignal): Promise<ToolOutcome> {
  const audience = audienceOf(context, input.agent_id);
  const result = isGroup(input.agent_id) ? sendToGroup(input, context, audience) : sendToOne(input, context, audience);
  if (result.sent.length === 0) {
    return { text: `Nobody was sent it. ${result.text}`, isError: true };
  }
  const effects = result.sent.map(({ target, messageId }) => ({ kind: 'sent', messageId, to: target.id }) as const);
  const after =
    input.wait_minutes === undefined ? laterText(input.kind) : await awaitReplies(context, result.sent, input.wait_minutes, now, signal);
  return { text: [result.text, after].filter((part) => part !== '').join(' '), isError: false, effects };
}

function laterText(kind: Input['kind']): string {
  return kind === 'request' ? 'The answer comes as a message.' : '';
}

interface Sending {
  readonly sent: readonly Sent[];
  readonly text: string;
}

function sendToOne(input: Input, context: ToolContext, { receivers }: Audience): Sending {
  const sent = receivers.map((target) => {
    const replyTo = replyIdOf(context, target, input.kind, input.reply_to);
    const accepted = acceptedOf(context.coordination.send(target.id, input.kind, input.text, { replyTo }));
    return { target, messageId: messageIdOf(accepted), replyTo };
  });
  const texts = sent.map(({ target, messageId, replyTo }) => {
    const answers = replyTo === undefined ? '' : `, as the answer to ${replyTo}`;
    return `Sent to ${nameOf(target)} as message ${messageId}${answers}.`;
  });
  return { sent, text: texts.join(' ') };
}

function sendToGroup(input: Input, context: ToolContext, { receivers, missed }: Audience): Sending {
  const tries = receivers.map((target) => ({ target, result: context.coordination.send(target.id, input.kind, input.text) }));
  const sent = tries.flatMap(({ target, result }) => (result.ok ? [{ target, messageId: messageIdOf(result.accepted) }] : []));
  const refused = tries.flatMap(({ target, result }) => (result.ok ? [] : [`${nameOf(target)}: ${result.rejection.message}`]));
  const to = sent.map(({ target, messageId }) => `${nameOf(target)} as message ${messageId}`);
  const lines = [
    sent.length === 0 ? '' : `Sent to ${countText(sent.length, 'agent')}: ${listText(to)}.`,
    refused.length + missed.length === 0 ? '' : `Not sent to: ${listText([...refused, ...missed])}.`,
    receivers.length + missed.length === 0 ? 'There is no other agent in this run.' : '',
  ];
  return { sent, text: lines.filter((line) => line !== '').join(' ') };
}

function messageIdOf({ messageId }: Accepted): MessageId {
  if (messageId === undefined) {
    throw new Error('The fleet accepted a message and did not name it');
  }
  return messageId;
}

const mostListed = 30;

function listText(items: readonly string[]): string {
  const more = items.length - mostListed;
  return more > 0 ? `${items.slice(0, mostListed).join('; ')}; and ${more} more` : items.join('; ');
}
