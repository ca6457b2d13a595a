import type { Story } from './story.ts';

/** The brief as an agent reads it in its opening message. */
export interface ReadBrief {
  readonly objective: string;
  readonly paths: readonly string[];
  readonly focus: string;
  readonly context: string;
}

const names = {
  objective: 'objective|task|goal',
  paths: 'paths|scope paths|where to look|look in|files and folders',
  focus: 'focus',
  context: 'context',
} as const;
const anyName = `${Object.values(names).join('|')}|scope|done[ _-]criteria|done when|output[ _-]format|constraints|withheld|budget|limits|place|report|notes?`;

/**
 * Finds the brief's parts in an opening, whether it marks them with tags, headings or `Name: value` lines. An opening with none of them is
 * all objective; a follow-up's text replaces the objective and what narrowed it.
 */
export function readBrief(story: Story): ReadBrief {
  if (story.followUp !== undefined) {
    const place = story.followUp.place;
    return { objective: story.followUp.text, paths: place === undefined ? [] : [place.path], focus: '', context: '' };
  }
  const { opening } = story;
  return {
    objective: part(opening, names.objective) ?? opening.trim(),
    paths: toPaths(part(opening, names.paths) ?? ''),
    focus: part(opening, names.focus) ?? '',
    context: part(opening, names.context) ?? '',
  };
}

function part(opening: string, name: string): string | undefined {
  const patterns = [
    new RegExp(`<(?:${name})>([\\s\\S]*?)</(?:${name})>`, 'i'),
    new RegExp(`^#+ *(?:${name}):? *\\n([\\s\\S]*?)(?=^#+ |(?![\\s\\S]))`, 'im'),
    new RegExp(
      `^(?:[-*] *)?(?:\\*\\*)?(?:${name})(?:\\*\\*)?: *([\\s\\S]*?)(?=^(?:[-*] *)?(?:\\*\\*)?(?:${anyName})(?:\\*\\*)?: *|^#+ |\\n\\n|(?![\\s\\S]))`,
      'im',
    ),
  ];
  for (const pattern of patterns) {
    const found = pattern.exec(opening)?.[1]?.trim();
    if (found !== undefined && found !== '') {
      return found;
    }
  }
  return undefined;
}

function toPaths(section: string): readonly string[] {
  return section
    .split(/[\n,]+/)
    .map((line) =>
      line
        .trim()
        .replace(/^[-*] +/, '')
        .replace(/^`|`$/g, '')
        .replace(/^\.?\//, '')
        .replace(/(?<=.)\/+$/, ''),
    )
    .filter((line) => line !== '' && line !== '.' && !/\s{2,}/.test(line));
}
