import { type Fields, hashOf, type WireRequest, withoutBreakpoint } from './wire.ts';

/** Where the tokens of a prompt came from. */
export interface PromptAccount {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

/** A prompt cache as the API describes it: entries end at breakpoints and are found by their exact prefix. */
export interface PromptCache {
  /** Accounts for a prompt and keeps what its breakpoints mark. */
  account(request: WireRequest): PromptAccount;
}

/** How many blocks before a breakpoint the API searches for an earlier entry. */
const lookback = 20;

/** A cache that keeps prefixes of at least `minTokens` tokens. */
export function createPromptCache(minTokens: number): PromptCache {
  const kept = new Set<string>();
  return {
    account: (request) => {
      const blocks = promptBlocks(request);
      let tokens = 0;
      let hash = request.model;
      const prefixes = blocks.map((block) => {
        tokens += tokensOf(block);
        hash = hashOf([hash, withoutBreakpoint(block)]);
        return { tokens, hash, marked: isFieldsMarked(block) && tokens >= minTokens };
      });
      const marks = prefixes.flatMap(({ marked }, index) => (marked ? [index] : []));
      const read = marks
        .flatMap((mark) => prefixes.slice(Math.max(0, mark - lookback), mark + 1))
        .filter((prefix) => kept.has(prefix.hash))
        .reduce((longest, prefix) => Math.max(longest, prefix.tokens), 0);
      const written = Math.max(read, prefixes[marks.at(-1) ?? -1]?.tokens ?? 0);
      for (const mark of marks) {
        kept.add(prefixes[mark]?.hash ?? '');
      }
      return { cacheRead: read, cacheWrite: written - read, input: tokens - written };
    },
  };
}

/** The order in which the API renders a prompt. */
function promptBlocks(request: WireRequest): readonly Fields[] {
  // Of a history that was summarised, only the summary and what follows it are read.
  const summary = request.messages.findLastIndex(
    ({ content }) => typeof content[0]?.['content'] === 'string' && content[0]['type'] === 'compaction',
  );
  const read = request.messages.slice(Math.max(0, summary));
  return [...request.tools, ...request.system, ...read.flatMap(({ role, content }) => content.map((block) => ({ role, ...block })))];
}

const isFieldsMarked = (block: Fields): boolean => block['cache_control'] !== undefined && block['cache_control'] !== null;
const tokensOf = (block: Fields): number => Math.ceil(JSON.stringify(withoutBreakpoint(block)).length / 4);
