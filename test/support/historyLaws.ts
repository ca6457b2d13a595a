import type { HistoryMessage } from '../../src/core/history.ts';
import type { ModelRequest } from '../../src/orchestrator/ports.ts';

/**
 * What an endpoint would refuse in a request, or undefined: a history that does not begin and end with the user, roles that do not
 * alternate, tool calls whose results are not at once and first in the next message, or a prefix that changed since the agent's last
 * request. A last message that got no answer may be added to.
 */
export function findBrokenHistory(before: ModelRequest | undefined, request: ModelRequest): string | undefined {
  const { messages } = request;
  const last = messages.at(-1);
  // A turn that an endpoint paused is continued by sending its blocks back as they are.
  const paused = last?.role === 'assistant' && last.blocks.some((block) => block.kind === 'opaque');
  if (messages.at(0)?.role !== 'user' || !(last?.role === 'user' || paused)) {
    return 'the history does not begin and end with a user message';
  }
  for (const [index, message] of messages.entries()) {
    const problem = findBrokenPair(messages[index - 1], message);
    if (problem !== undefined) {
      return `message ${index}: ${problem}`;
    }
  }
  return before === undefined ? undefined : findChange(before, request);
}

function findBrokenPair(previous: HistoryMessage | undefined, message: HistoryMessage): string | undefined {
  const continues = previous?.role === 'assistant' && previous.blocks.some((block) => block.kind === 'opaque');
  if (previous?.role === message.role && !continues) {
    return 'two messages of the same role in a row';
  }
  if (message.role === 'assistant') {
    return message.blocks.length === 0 ? 'an empty reply' : undefined;
  }
  if (message.parts.length === 0) {
    return 'an empty user message';
  }
  const calls = previous?.role === 'assistant' ? previous.blocks.flatMap((block) => (block.kind === 'toolCall' ? [block.callId] : [])) : [];
  const results = message.parts.flatMap((part) => (part.kind === 'toolResult' ? [part.callId] : []));
  const firstText = message.parts.findIndex((part) => part.kind === 'text');
  if ([...calls].sort().join() !== [...results].sort().join()) {
    return `tool results [${results.join()}] do not answer the calls [${calls.join()}]`;
  }
  return firstText >= 0 && firstText < results.length ? 'text before a tool result' : undefined;
}

/** Nothing is bound to a question that was never answered, so more may be said before it is asked again. */
function isKept(message: HistoryMessage, now: HistoryMessage | undefined, unanswered: boolean): boolean {
  if (!unanswered || message.role !== 'user' || now?.role !== 'user') {
    return JSON.stringify(message) === JSON.stringify(now);
  }
  return message.parts.every((part, index) => JSON.stringify(part) === JSON.stringify(now.parts[index]));
}

function findChange(before: ModelRequest, now: ModelRequest): string | undefined {
  if (before.system !== now.system || JSON.stringify(before.tools) !== JSON.stringify(now.tools)) {
    return 'the system prompt or the tools changed between two requests';
  }
  const changed = before.messages.findIndex(
    (message, index) => !isKept(message, now.messages[index], index === before.messages.length - 1),
  );
  return changed < 0 ? undefined : `message ${changed} changed or is gone since the last request: the history must be append-only`;
}
