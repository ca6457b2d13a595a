import type { Block } from '../events.ts';

/** Label of the block by which an endpoint says that it has replaced what came before by a summary. */
const compactionLabel = 'compaction';

/** Whether an endpoint summarised the history before this block. Every later request sends the block back, with all that came before. */
export function isCompaction(block: Block): boolean {
  return block.kind === 'opaque' && block.label === compactionLabel && hasSummary(block.raw);
}

/** A summary that could not be made comes as a block without content and changes nothing. */
function hasSummary(raw: unknown): boolean {
  return typeof raw === 'object' && raw !== null && 'content' in raw && typeof raw.content === 'string' && raw.content !== '';
}

/** What an agent is told after its history was summarised, so that it does not forget whom it has at work. */
export function afterCompaction(roster: string): string {
  return `Your history was summarised to make room. What the engine knows of your agents and tasks, as they are now:\n${roster}`;
}
