import type { Assignment } from './assignment.ts';
import { knownType } from './agentTypes.ts';
import { readBrief } from './opening.ts';
import { call, callKey, type Planned, text, thinking } from './planned.ts';
import { field, settledKeys, type Story } from './story.ts';
import { cleanPath } from './toolText.ts';
import { brief, listOf } from './words.ts';

/** One change of plan, when the brief names a place that is not there: somebody has to find out what was meant. */
export function proposeNext(story: Story, { terrain, objective }: Assignment): readonly Planned[] | undefined {
  const proposed = [...story.earlierCalls, ...story.calls].some((entry) => entry.name === 'propose_change');
  const isNew = /\b(create|add|write|new|document)\b/i.test(objective);
  if (proposed || isNew || !story.tools.has('propose_change')) {
    return undefined;
  }
  const path = readBrief(story).paths.find((wanted) => isMissing(story, wanted));
  if (path === undefined) {
    return undefined;
  }
  const name = path.split('/').at(-1) ?? path;
  const search = call('find_files', { glob: `**/${name.replaceAll(/[[\]{}()*?!]/g, '?')}` });
  if (story.tools.has('find_files') && !settledKeys(story).has(callKey(search))) {
    return [text(`My brief names ${path}, which does not exist. I look whether it is elsewhere.`), search];
  }
  const alike = terrain.files.filter((file) => file.endsWith(`/${name}`) || file === name).slice(0, 3);
  const instead = alike.length === 0 ? '' : ` There is ${listOf(alike)}, which may be what was meant.`;
  return [
    thinking('The brief and the workspace contradict each other. Whoever made the plan should know before others build on it.'),
    text(`My brief names ${path}, which does not exist.${instead} I propose a change of plan and go on with what there is.`),
    call('propose_change', {
      reason: `The brief of this task names ${path}, which does not exist.${instead}`,
      add: [
        {
          id: `find-${slugOf(path)}`,
          title: `Find what was meant by ${brief(path, 60)}`,
          agent_type: knownType(story.specs, 'propose_change', ['scout', 'general']),
          objective: `A brief names ${path}, which does not exist. Find out where it is now or what was meant by it: look for files and names like “${name}”.`,
          done_criteria: ['The place that was meant is named, or it is said what was searched for in vain'],
          priority: 'medium',
        },
      ],
    }),
  ];
}

function isMissing(story: Story, path: string): boolean {
  return story.calls.some(
    (entry) =>
      cleanPath(field(entry.input, 'path') ?? '') === path &&
      entry.result?.isError === true &&
      /does not exist|no such/i.test(entry.result.text),
  );
}

/** Text as part of a task's id. */
export function slugOf(text: string): string {
  const slug = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  return slug === '' ? 'part' : slug;
}
