import type { AgentId } from '../core/ids.ts';
import type { Disposable } from '../lib/disposables.ts';
import { Emitter } from '../lib/emitter.ts';
import type { Clock, Log, TailBlock } from './ports.ts';

/** Text on its way: gathered for whoever is looking, told in batches, and forgotten once it is a settled fact. */
export interface LiveTail extends Disposable {
  /** Adds text to a block and begins the block if it is new. */
  push(agentId: AgentId, block: Omit<TailBlock, 'text'>, delta: string): void;
  /** Forgets the blocks of one key; without a key those of the model's reply. */
  settle(agentId: AgentId, key?: string): void;
  /** Forgets everything of an agent. */
  clear(agentId: AgentId): void;
  /** The blocks of an agent in the order they began; of a long one only the end. */
  tail(agentId: AgentId): readonly TailBlock[];
  /** Told which agents have other live text than before, at most once per `flushMs`. */
  onDidChange(listener: (agentIds: ReadonlySet<AgentId>) => void): Disposable;
}

export interface LiveTailOptions {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly log: Pick<Log, 'error'>;
  /** How long changes are gathered, in ms. */
  readonly flushMs?: number;
  /** What may be shown of a text that grows, and its end that has to wait for more; everything may without it. Of what was shown once all may be. */
  readonly growing?: (text: string) => { readonly shown: string; readonly held: string };
  /** How many characters of a block are kept, counted from its end. */
  readonly maxCharsPerBlock?: number;
}

/** A live tail without content; disposing it ends its timer and its listeners. */
export function createLiveTail(options: LiveTailOptions): LiveTail {
  const { clock, log, flushMs = 50, maxCharsPerBlock = 64 * 1024, growing = (text) => ({ shown: text, held: '' }) } = options;
  const blocksByAgent = new Map<AgentId, Map<string, GrowingBlock>>();
  const changes = new Emitter<ReadonlySet<AgentId>>((error) => log.error('A listener of the live text failed', error));
  const stop = new AbortController();
  let changed = new Set<AgentId>();

  const flush = (): void => {
    const agentIds = changed;
    changed = new Set();
    changes.fire(agentIds);
  };
  const markChanged = (agentId: AgentId): void => {
    if (changed.size === 0 && !stop.signal.aborted) {
      clock.sleep(flushMs, stop.signal).then(flush, (error: unknown) => {
        if (!stop.signal.aborted) {
          log.error('The timer of the live text failed', error);
        }
      });
    }
    changed.add(agentId);
  };
  const forget = (agentId: AgentId, isOver: (block: GrowingBlock) => boolean): void => {
    const blocks = blocksByAgent.get(agentId);
    const over = [...(blocks ?? [])].filter(([, block]) => isOver(block));
    if (blocks === undefined || over.length === 0) {
      return;
    }
    for (const [name] of over) {
      blocks.delete(name);
    }
    if (blocks.size === 0) {
      blocksByAgent.delete(agentId);
    }
    markChanged(agentId);
  };

  return {
    push: (agentId, { source, key, kind }, delta) => {
      if (delta === '' || stop.signal.aborted) {
        return;
      }
      const blocks = blocksByAgent.get(agentId) ?? new Map<string, GrowingBlock>();
      blocksByAgent.set(agentId, blocks);
      const name = `${source} ${kind} ${key}`;
      const block = blocks.get(name) ?? { source, key, kind, text: '', cutAt: 2 * maxCharsPerBlock };
      blocks.set(name, block);
      block.text += delta;
      // Cut rarely and far, so that a long block costs no copy per delta.
      if (block.text.length > block.cutAt) {
        const { shown, held } = growing(block.text);
        block.text = lastChars(shown, maxCharsPerBlock) + withoutMiddle(held, maxCharsPerBlock);
        block.cutAt = Math.max(2 * maxCharsPerBlock, block.text.length + maxCharsPerBlock);
      }
      markChanged(agentId);
    },
    settle: (agentId, key) => forget(agentId, (block) => (key === undefined ? block.source === 'model' : block.key === key)),
    clear: (agentId) => forget(agentId, () => true),
    tail: (agentId) =>
      [...(blocksByAgent.get(agentId)?.values() ?? [])].map(({ source, key, kind, text }) => ({
        source,
        key,
        kind,
        text: lastChars(growing(text).shown, maxCharsPerBlock),
      })),
    onDidChange: changes.event,
    dispose: () => {
      stop.abort();
      blocksByAgent.clear();
      changes.dispose();
    },
  };
}

interface GrowingBlock extends Omit<TailBlock, 'text'> {
  text: string;
  /** At which length it is cut. */
  cutAt: number;
}

/** Enough of a secret that does not end to know what it is, and that it goes on. */
function withoutMiddle(held: string, count: number): string {
  return held.length <= 2 * count ? held : held.slice(0, count) + lastChars(held, count);
}

/** The end of a text, never beginning in the middle of a surrogate pair. */
function lastChars(text: string, count: number): string {
  if (text.length <= count) {
    return text;
  }
  const start = text.length - count;
  const unit = text.charCodeAt(start);
  return text.slice(unit >= 0xdc00 && unit <= 0xdfff ? start + 1 : start);
}
