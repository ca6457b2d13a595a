import type { WorktreeNote } from './worktreeTypes.ts';

/** Names beyond this many are counted. */
const mostNames = 5;

/** What a worktree lacks or has differently, as a sentence for a person. */
export function noteText(note: WorktreeNote): string {
  switch (note.kind) {
    case 'leftOut':
      return `Left out: ${named(note.items.map(({ path }) => path))}.`;
    case 'filtered':
      return `${note.files} files stand there as they are stored (${note.filters.join(', ')}).`;
    case 'submodules':
      return `Submodules are empty: ${named(note.paths)}.`;
    case 'sparse':
      return 'Only the part of the sparse checkout is there.';
    case 'setUp':
      return `Set up with ${note.commands.join(', ')}.${note.unconfined === undefined ? '' : ` That ran unconfined: ${note.unconfined}`}`;
    case 'notCopied':
      return `Not copied: ${named(note.paths)}. ${note.why}`;
  }
}

function named(names: readonly string[]): string {
  const more = names.length - mostNames;
  return `${names.slice(0, mostNames).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
