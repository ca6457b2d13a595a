import { type Fields, hashOf, isFields, prefixHash, type WireRequest, withoutBreakpoint } from './wire.ts';

/** The laws of the API that a mock usually forgets; each answers a broken request with 400 and the law it broke. */
export interface Strictness {
  /** What the API would refuse in a request, or undefined. */
  findViolation(request: WireRequest, features: readonly string[]): string | undefined;
  /** The signature of a thinking block in the reply to this request. */
  sign(request: WireRequest, thinking: string): string;
  /** Remembers a reply that was sent to its end, so that the history must continue from it. */
  remember(request: WireRequest, content: readonly Fields[]): void;
}

const allowedFields = new Set(['model', 'max_tokens', 'stream', 'system', 'tools', 'thinking', 'output_config', 'messages', 'metadata']);

/** Laws over all requests of one server. */
export function createStrictness(): Strictness {
  /** Replies by the prefix they answered. */
  const replies = new Map<string, Set<string>>();
  const signatureOf = (request: WireRequest, length: number, thinking: string): string =>
    `sig_${hashOf([prefixHash(request, length), thinking])}`;

  const findForgery = (request: WireRequest): string | undefined =>
    findIn(request.messages, ({ content }, index) => {
      const forged = content.some(
        (block) => block['type'] === 'thinking' && block['signature'] !== signatureOf(request, index, String(block['thinking'])),
      );
      return forged ? `messages.${index}: a thinking block was changed, or what stands before it` : undefined;
    });

  const findRewriting = (request: WireRequest): string | undefined =>
    findIn(request.messages, ({ role, content }, index) => {
      const given = role === 'assistant' ? replies.get(prefixHash(request, index)) : undefined;
      const last = index === request.messages.length - 2;
      if (role === 'assistant' && last && given === undefined && replies.size > 0) {
        return `messages.${index}: answers a history that was never sent`;
      }
      return given !== undefined && !given.has(hashOf(content.map(withoutBreakpoint)))
        ? `messages.${index}: is not what was replied`
        : undefined;
    });

  return {
    findViolation: (request, features) =>
      findBadField(request, features) ??
      findBadCompaction(request) ??
      findBadPair(request) ??
      findForgery(request) ??
      findRewriting(request),
    sign: (request, thinking) => signatureOf(request, request.messages.length, thinking),
    remember: (request, content) => {
      const key = prefixHash(request, request.messages.length);
      replies.set(key, (replies.get(key) ?? new Set()).add(hashOf(content)));
    },
  };
}

/** The feature that a request must name before it may ask for compaction. */
const compactionFeature = 'compact-2026-01-12';
const leastTrigger = 50_000;

function findBadCompaction({ body, messages }: WireRequest): string | undefined {
  const management = body['context_management'];
  if (management !== undefined) {
    const edits: unknown = isFields(management) ? management['edits'] : undefined;
    const [edit] = Array.isArray(edits) ? edits : [];
    const trigger: unknown = isFields(edit) ? edit['trigger'] : undefined;
    if (!isFields(edit) || edit['type'] !== 'compact_20260112' || !isFields(trigger) || trigger['type'] !== 'input_tokens') {
      return 'context_management.edits: not an edit that this server knows';
    }
    if (Number(trigger['value']) < leastTrigger) {
      return `context_management.edits.0.trigger.value: must be at least ${leastTrigger}`;
    }
  }
  return findIn(messages, ({ role, content }, index) => {
    const place = content.findIndex((block) => block['type'] === 'compaction');
    if (place > 0 || (place === 0 && role !== 'assistant')) {
      return `messages.${index}: a compaction block must come first in its reply`;
    }
    return place === 0 && management === undefined ? `messages.${index}: compaction blocks need context_management` : undefined;
  });
}

function findBadField({ body, system, tools, messages }: WireRequest, features: readonly string[]): string | undefined {
  const allowed = (key: string) => allowedFields.has(key) || (key === 'context_management' && features.includes(compactionFeature));
  const unknown = Object.keys(body).find((key) => !allowed(key));
  if (unknown !== undefined) {
    return `${unknown}: Extra inputs are not permitted`;
  }
  const maxTokens = body['max_tokens'];
  if (typeof body['model'] !== 'string' || typeof maxTokens !== 'number' || maxTokens < 1 || body['stream'] !== true) {
    return 'model, max_tokens and stream are required';
  }
  const blocks = [...tools, ...system, ...messages.flatMap(({ content }) => content)];
  if (blocks.filter((block) => block['cache_control'] !== undefined).length > 4) {
    return 'A maximum of 4 blocks with cache_control may be provided';
  }
  if (blocks.some((block) => block['type'] === 'thinking' && block['cache_control'] !== undefined)) {
    return 'thinking blocks cannot have cache_control';
  }
  if (blocks.some((block) => block['type'] === 'text' && String(block['text']).trim() === '')) {
    return 'text content blocks must contain non-whitespace text';
  }
  if (
    tools.some((tool) => typeof tool['name'] !== 'string' || !isFields(tool['input_schema']) || tool['input_schema']['type'] !== 'object')
  ) {
    return 'tools: name and input_schema of type object are required';
  }
  return messages[0]?.role === 'user' ? undefined : 'messages: the first message must be of the user';
}

/** Calls are answered at once, all of them, first in the next message, and nothing else is. */
function findBadPair({ messages }: WireRequest): string | undefined {
  return findIn(messages, ({ role, content }, index) => {
    if (content.length === 0) {
      return `messages.${index}: all messages must have non-empty content`;
    }
    const before = messages[index - 1];
    const calls = before?.role === 'assistant' ? idsOf(before.content, 'tool_use', 'id') : [];
    const results = role === 'user' ? idsOf(content, 'tool_result', 'tool_use_id') : [];
    if ([...calls].sort().join() !== [...results].sort().join()) {
      return `messages.${index}: tool_use ids [${calls.join()}] need exactly these tool_result blocks right after, got [${results.join()}]`;
    }
    if (
      role === 'user' &&
      content.findIndex((block) => block['type'] !== 'tool_result') < results.length &&
      content.length > results.length
    ) {
      return `messages.${index}: tool_result blocks must come first`;
    }
    const calling = content.filter((block) => block['type'] === 'tool_use');
    if (calling.some((block) => !isFields(block['input']))) {
      return `messages.${index}: tool_use.input must be an object`;
    }
    return role === 'assistant' && index === messages.length - 1 ? `messages.${index}: prefill is not supported` : undefined;
  });
}

const idsOf = (content: readonly Fields[], type: string, key: string): readonly string[] =>
  content.filter((block) => block['type'] === type).map((block) => String(block[key]));

function findIn<T>(items: readonly T[], find: (item: T, index: number) => string | undefined): string | undefined {
  for (const [index, item] of items.entries()) {
    const found = find(item, index);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}
