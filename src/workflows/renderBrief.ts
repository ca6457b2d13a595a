import type { Brief, Place } from '../core/events.ts';
import { withoutTags } from '../core/history.ts';
import { openingTitles } from '../core/context/openingHeadings.ts';
import { oneLine, withoutHeadings } from '../core/context/quoted.ts';

/** What an agent is told about where it works. */
export interface RunInfo {
  /** The agent's own label. */
  readonly label: string;
  /** Names of the workspace folders. */
  readonly folders: readonly string[];
}

const titles = {
  objective: 'Objective',
  scope: 'Scope',
  context: 'Context',
  withheld: 'Left out on purpose',
  outputFormat: 'What your report must contain',
  doneCriteria: 'Done when',
  limits: 'Limits',
} as const;
/** The sections of an opening: what an agent writes into a brief must not pose as one of them. */
const allTitles = [...Object.values(titles), ...openingTitles];

/** The brief as the first message of an agent begins. The same brief gives the same text; what the brief does not say is left out. */
export function renderBrief(brief: Brief, { label, folders }: RunInfo): string {
  const { objective, scope, context, withheld, outputFormat, constraints } = brief;
  const sections = [
    section(titles.objective, objective),
    section(titles.scope, lines([list('Paths:', scope?.paths ?? []), labelled('Focus', scope?.focus)])),
    section(titles.context, context),
    section(titles.withheld, withheld),
    section(titles.outputFormat, outputFormat),
    section(titles.doneCriteria, list('', constraints?.doneCriteria ?? [])),
    section(
      titles.limits,
      lines([
        constraints?.tokens === undefined ? undefined : `- About ${constraints.tokens} tokens in all.`,
        constraints?.minutes === undefined ? undefined : `- About ${constraints.minutes} minutes.`,
      ]),
    ),
  ];
  // Most briefs are written by agents, who may have been told by a file what to write.
  return withoutTags([whoAndWhere(label, folders), ...sections.filter((text) => text !== undefined)].join('\n\n'));
}

/** The brief of a task that a person gave in one text, perhaps about a place in the editor. */
export function briefOfTask(task: string, place?: Place): Brief {
  const objective = task.trim();
  if (place === undefined) {
    return { objective };
  }
  const focus = focusOf(place);
  return { objective, scope: { paths: [place.path], ...(focus === undefined ? {} : { focus }) } };
}

function focusOf({ line, endLine }: Place): string | undefined {
  if (line === undefined) {
    return undefined;
  }
  return endLine === undefined || endLine === line ? `line ${line}` : `lines ${line} to ${endLine}`;
}

function whoAndWhere(label: string, folders: readonly string[]): string {
  const where =
    folders.length === 0
      ? 'No folder is open.'
      : folders.length === 1
        ? `The workspace is the folder ${folders[0]}.`
        : `The workspace has the folders ${folders.join(', ')}; paths begin with the name of one.`;
  return `You are ${oneLine(label)}. ${where}`;
}

function section(title: string, text: string | undefined): string | undefined {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? undefined : `# ${title}\n${withoutHeadings(trimmed, allTitles)}`;
}

function labelled(name: string, text: string | undefined): string | undefined {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? undefined : `${name}: ${trimmed}`;
}

function list(title: string, items: readonly string[]): string | undefined {
  const entries = items.map((item) => item.trim()).filter((item) => item !== '');
  return entries.length === 0 ? undefined : lines([title, ...entries.map((item) => `- ${item}`)]);
}

function lines(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join('\n');
}
