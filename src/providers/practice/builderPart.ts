import { readBrief } from './opening.ts';
import { decideRound, sentBack } from './rounds.ts';
import type { Planned } from './planned.ts';
import type { Story } from './story.ts';
import { asksToRun } from './taskText.ts';
import { decideTester } from './tester.ts';
import { decideWorker } from './worker.ts';

/** An agent that brings about a change: in a further round what it was told, where it was told to run something that, else its task. */
export function decideBuilder(story: Story): readonly Planned[] {
  const back = sentBack(story);
  if (back !== undefined) {
    return decideRound(story, back);
  }
  return asksToRun(readBrief(story).objective) ? decideTester(story) : decideWorker(story);
}
