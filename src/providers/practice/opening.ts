import { openingTitles, roundOpening } from '../../core/context/openingHeadings.ts';
import type { Story } from './story.ts';
import { cleanPath } from './toolText.ts';

/** The brief as an agent reads it in its opening message. */
export interface ReadBrief {
  readonly objective: string;
  readonly paths: readonly string[];
  readonly focus: string;
  readonly context: string;
}

const briefTitles = ['Objective', 'Scope', 'Context', 'Left out on purpose', 'What your report must contain', 'Done when', 'Limits'];
const heading = new RegExp(`^# (${[...briefTitles, ...openingTitles].join('|')})$`);

const roundPattern = new RegExp(`^${roundOpening(0, 0).replaceAll('0', '(\\d+)').replace('.', '\\.')}`);

/** A further round of a task whose result was judged: the brief still holds. */
export interface Round {
  readonly number: number;
  readonly of: number;
  /** What is to be changed, or what has become of it. */
  readonly text: string;
}

/** The round this agent was sent into, unless it is on its first or on another task. */
export function readRound({ followUp }: Pick<Story, 'followUp'>): Round | undefined {
  const match = followUp?.from === 'engine' ? roundPattern.exec(followUp.text) : null;
  return match === null || followUp === undefined
    ? undefined
    : { number: Number(match[1]), of: Number(match[2]), text: followUp.text.slice(match[0].length).trim() };
}

/**
 * Reads the brief's sections back from an opening. An opening without them is all objective; a follow-up's text replaces the objective and
 * what narrowed it, unless it is another round of the same.
 */
export function readBrief(story: Pick<Story, 'opening' | 'followUp'>): ReadBrief {
  if (story.followUp !== undefined && readRound(story) === undefined) {
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
export function sectionsOf(opening: string): ReadonlyMap<string, string> {
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
