import type { Usage } from '../../core/events.ts';
import type { HistoryMessage } from '../../core/history.ts';
import type { ModelRequest } from '../../orchestrator/ports.ts';
import type { Planned } from './planned.ts';

const charsPerToken = 4;
/** What an endpoint that caches counts beside the cached prefix. */
const uncachedTokens = 6;

/** Token counts estimated from lengths: what the request before this one held is read from the cache, the rest is written to it. */
export function estimateUsage(request: ModelRequest, planned: readonly Planned[]): Usage {
  const lastReply = request.messages.findLastIndex((message) => message.role === 'assistant');
  const fixed = tokens(request.system.length + JSON.stringify(request.tools).length);
  const seen = lastReply < 0 ? 0 : fixed + tokens(lengthOf(request.messages.slice(0, lastReply)));
  const all = fixed + tokens(lengthOf(request.messages));
  const output = planned.reduce((sum, block) => sum + plannedText(block).length, 0);
  return {
    input: Math.min(uncachedTokens, all - seen),
    output: tokens(output),
    cacheRead: seen,
    cacheWrite5m: Math.max(0, all - seen - uncachedTokens),
    cacheWrite1h: 0,
  };
}

const tokens = (chars: number): number => Math.ceil(chars / charsPerToken);

function lengthOf(messages: readonly HistoryMessage[]): number {
  let length = 0;
  for (const message of messages) {
    const parts = message.role === 'user' ? message.parts : message.blocks;
    for (const part of parts) {
      length += part.kind === 'toolCall' ? JSON.stringify(part.input).length : part.kind === 'opaque' ? 0 : part.text.length;
    }
  }
  return length;
}

/** A block as it streams: words, or a call's input as JSON. */
export function plannedText(block: Planned): string {
  return block.kind === 'call' ? JSON.stringify(block.input) : block.text;
}
