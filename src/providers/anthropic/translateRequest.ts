import type Anthropic from '@anthropic-ai/sdk';
import type { Block, ToolSpec } from '../../core/events.ts';
import type { HistoryMessage, UserPart } from '../../core/history.ts';
import type { Json } from '../../core/json.ts';
import type { ModelRequest } from '../../orchestrator/ports.ts';
import type { Capabilities } from './capabilities.ts';

type Params = Anthropic.MessageCreateParamsStreaming;
type Content = Anthropic.ContentBlockParam;
type UserContent = Anthropic.TextBlockParam | Anthropic.ToolResultBlockParam;
/** A message of a history as the API wants it, without breakpoints. */
type Message =
  | { readonly role: 'user'; readonly content: readonly UserContent[] }
  | { readonly role: 'assistant'; readonly content: readonly Content[] };

const breakpoint = { cache_control: { type: 'ephemeral' } } as const;

/** Translates messages, and each only once as long as it lives: a history is sent again with every turn, and only its end is new. */
export function createMessageTranslator(): (message: HistoryMessage) => Message {
  const known = new WeakMap<HistoryMessage, Message>();
  return (message) => {
    const translated = known.get(message) ?? messageToParam(message);
    known.set(message, translated);
    return translated;
  };
}

/**
 * The request as the Messages API wants it. The same history always gives the same text, and a longer history only adds to its end,
 * because thinking is bound to the exact prefix and the cache is found by it.
 */
export function translateRequest(request: ModelRequest, capabilities: Capabilities, toMessage = messageToParam): Params {
  const messages = withBreakpoints(request.messages.map((message) => toMessage(message)).filter(hasContent), capabilities.cache);
  const system = systemToParam(request.system, capabilities.cache);
  const effort = capabilities.effort(request.effort);
  return {
    model: request.model,
    max_tokens: capabilities.maxTokens,
    stream: true,
    ...(system.length > 0 ? { system } : {}),
    ...(request.tools.length > 0 ? { tools: toolsToParam(request.tools, capabilities.cache && system.length === 0) } : {}),
    // Summaries, because current models say what they do between tool calls only in their thinking, which is empty by default.
    ...(capabilities.thinking ? { thinking: { type: 'adaptive', display: 'summarized' } } : {}),
    ...(effort === undefined ? {} : { output_config: { effort } }),
    messages,
  };
}

/** The prefix is rendered tools first, then system, so that a breakpoint here keeps both for all agents that share them. */
function systemToParam(system: string, cache: boolean): Anthropic.TextBlockParam[] {
  return isBlank(system) ? [] : [{ type: 'text', text: system, ...(cache ? breakpoint : {}) }];
}

function toolsToParam(tools: readonly ToolSpec[], cacheLast: boolean): Anthropic.Tool[] {
  return tools.map((tool, index) => ({
    name: tool.name,
    description: tool.description,
    input_schema: schemaToParam(tool),
    ...(cacheLast && index === tools.length - 1 ? breakpoint : {}),
  }));
}

function schemaToParam({ name, inputSchema }: ToolSpec): Anthropic.Tool.InputSchema {
  if (!isInputSchema(inputSchema)) {
    throw new TypeError(`The tool ${name} has an input schema that is not of type "object"`);
  }
  return inputSchema;
}

function messageToParam(message: HistoryMessage): Message {
  return message.role === 'user'
    ? { role: 'user', content: resultsFirst(message.parts).flatMap(partToParam) }
    : { role: 'assistant', content: message.blocks.flatMap(blockToParam) };
}

/** The API wants the results of all calls before anything else that is said. */
function resultsFirst(parts: readonly UserPart[]): readonly UserPart[] {
  const words = parts.filter((part) => part.kind === 'text');
  return words.length === 0 ? parts : [...parts.filter((part) => part.kind === 'toolResult'), ...words];
}

function partToParam(part: UserPart): UserContent[] {
  if (part.kind === 'text') {
    return isBlank(part.text) ? [] : [{ type: 'text', text: part.text }];
  }
  const { callId, text, isError } = part;
  // An empty result is legal, an empty text block inside one is not, hence the plain string.
  return [{ type: 'tool_result', tool_use_id: callId, content: text, ...(isError ? { is_error: true } : {}) }];
}

function blockToParam(block: Block): Content[] {
  switch (block.kind) {
    case 'text':
      return isBlank(block.text) ? [] : [{ type: 'text', text: block.text }];
    case 'toolCall':
      return [{ type: 'tool_use', id: block.callId, name: block.name, input: block.invalid === undefined ? block.input : {} }];
    case 'thinking':
    case 'opaque':
      return isRawBlock(block.raw) ? [block.raw] : [];
  }
}

/**
 * Marks the end of the first user message, of the last, and of the one before it; with the one after the system prompt these are the four
 * that are allowed. The one before the last is where the previous request ended: without it a turn of more than twenty blocks would put
 * that entry out of the server's reach.
 */
function withBreakpoints(messages: readonly Message[], cache: boolean): Anthropic.MessageParam[] {
  const users = messages.flatMap((message, index) => (message.role === 'user' ? [index] : []));
  const compacted = messages.findLastIndex(({ content }) => content.some((block) => isCompactionBlock(block)));
  // What an endpoint has summarised it no longer reads, nor looks for in its cache.
  const first = compacted < 0 ? users[0] : users.find((index) => index > compacted);
  const marked = new Set(cache ? [first, users.at(-2), users.at(-1)] : []);
  return messages.map((message, index) =>
    message.role === 'user'
      ? { role: 'user', content: marked.has(index) ? markLast(message.content) : [...message.content] }
      : { role: 'assistant', content: [...message.content] },
  );
}

function markLast(content: readonly UserContent[]): UserContent[] {
  return content.map((block, index) => (index === content.length - 1 ? { ...block, ...breakpoint } : block));
}

/** A kind of block that the SDK's stable types do not know. */
const isCompactionBlock = (block: { readonly type: string }): boolean => block.type === 'compaction';
const hasContent = (message: Message): boolean => message.content.length > 0;
const isBlank = (text: string): boolean => !/\S/.test(text);
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isInputSchema = (value: unknown): value is Anthropic.Tool.InputSchema => isObject(value) && value['type'] === 'object';
/** Blocks that the endpoint itself made are returned as they came, whatever they are. */
const isRawBlock = (raw: Json | Content): raw is Content => isObject(raw) && typeof raw['type'] === 'string';
