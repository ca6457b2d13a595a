import type { Story } from './story.ts';
import { cleanPath } from './toolText.ts';

/** The brief as an agent reads it in its opening message. */
export interface ReadBrief {
  readonly objective: string;
  readonly paths: readonly string[];
  readonly focus: string;
  readonly context: string;
}

const titles = ['Objective', 'Scope', 'Context', 'Left out on purpose', 'What your report must contain', 'Done when', 'Limits'];
const heading = new RegExp(`^# (${titles.join('|')})$`);

/**
 * Reads the brief's sections back from an opening. An opening without them is all objective; a follow-up's text replaces the objective and
 * what narrowed it.
 */
export function readBrief(story: Pick<Story, 'opening' | 'followUp'>): ReadBrief {
  if (story.followUp !== undefined) {
    const { text, place } = story.followUp;
    return { objective: text, paths: place === undefined ? [] : [place.path], focus: '', context: '' };
  }
  const sections = sectionsOf(story.opening);
  const scope = sections.get('Scope') ?? '';
  return {
    objective: sections.get('Objective') ?? story.opening.trim(),
    paths: [...scope.matchAll(/^- (.+)$/gm)].map((match) => cleanPath(match[1] ?? '')).filter((path) => path !== '' && path !== '.'),
    focus: /^Focus: ([\s\S]*)$/m.exec(scope)?.[1]?.trim() ?? '',
    context: sections.get('Context') ?? '',
  };
}

/** Sections by title; a title counts once, so that a task may hold headings of its own. */
function sectionsOf(opening: string): ReadonlyMap<string, string> {
  const sections = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of opening.split('\n')) {
    const title = heading.exec(line)?.[1];
    if (title === undefined || sections.has(title)) {
      current.push(line);
    } else {
      current = [];
      sections.set(title, current);
    }
  }
  return new Map([...sections].map(([title, lines]) => [title, lines.join('\n').trim()]));
}
