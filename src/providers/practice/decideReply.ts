import type { ModelRequest } from '../../orchestrator/ports.ts';
import { decideLead } from './lead.ts';
import { type Planned, text } from './planned.ts';
import { toStory } from './story.ts';
import { decideWorker } from './worker.ts';

/**
 * What the practice model replies to a history: the same for the same history, and never empty. Whether it leads or works follows from the
 * tools it was given.
 */
export function decideReply(request: Pick<ModelRequest, 'messages' | 'tools'>): readonly Planned[] {
  const story = toStory(request);
  const planned = story.tools.has('spawn_agent') && !story.tools.has('edit_file') ? decideLead(story) : decideWorker(story);
  return planned.length > 0 ? planned : [text('There is nothing left for me to do.')];
}
