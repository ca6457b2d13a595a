import { decideAnalyst } from './analyst.ts';
import { decideBuilder } from './builderPart.ts';
import { decideLead } from './lead.ts';
import { type Planned, text } from './planned.ts';
import { decidePlanner } from './planner.ts';
import type { PlayedType } from './playedType.ts';
import { decideReviewer } from './reviewer.ts';
import { type Asked, type Story, toStory } from './story.ts';
import { decideTester } from './tester.ts';
import { decideWorker } from './worker.ts';
import { decideWriter } from './writer.ts';

/** How each built-in agent type is played. */
const parts: Readonly<Record<PlayedType, (story: Story) => readonly Planned[]>> = {
  lead: decideLead,
  planner: decidePlanner,
  analyst: decideAnalyst,
  scout: decideWorker,
  builder: decideBuilder,
  reviewer: decideReviewer,
  tester: decideTester,
  writer: decideWriter,
  general: decideBuilder,
};

/**
 * What the practice model replies to a history: the same for the same history, and never empty. Which part it plays follows from its
 * instructions; for a type of somebody's own, from the tools it was given.
 */
export function decideReply(request: Asked): readonly Planned[] {
  const story = toStory(request);
  const planned = story.type === undefined ? decideByTools(story) : parts[story.type](story);
  return planned.length > 0 ? planned : [text('There is nothing left for me to do.')];
}

function decideByTools(story: Story): readonly Planned[] {
  if (story.tools.has('spawn_agent') && !story.tools.has('edit_file')) {
    return decideLead(story);
  }
  return story.tools.has('change_plan') && !story.tools.has('edit_file') ? decidePlanner(story) : decideWorker(story);
}
