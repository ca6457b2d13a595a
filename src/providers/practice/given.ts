import {
  checkLine,
  earlierAttemptHeading,
  askedNowHeading,
  handoffHeading,
  resultsHeading,
  verdictHeading,
} from '../../core/context/openingHeadings.ts';
import { readRound, type Round, sectionsOf } from './opening.ts';
import type { Story } from './story.ts';
import { readReport, type ReadReport } from './synthesis.ts';
import { distinct } from './words.ts';

/** What came of a task that this one depends on. */
export interface EarlierResult {
  readonly title: string;
  readonly taskId: string;
  readonly report: ReadReport;
  /** There is no report, only the news of that. */
  readonly missing: boolean;
}

/** What an agent was given beside its brief. */
export interface Given {
  readonly results: readonly EarlierResult[];
  /** Set for a gate: its report must judge. */
  readonly verdict: { readonly check: string | undefined } | undefined;
  readonly round: Round | undefined;
  /** What a reviewer or the person wants of this agent beside its brief. */
  readonly asked: string;
  /** What became of the attempt before this one. */
  readonly earlierAttempt: string;
  /** What an agent left whose context was nearly full. */
  readonly handoff: string;
  /** The form the report is to have and the criteria for being done. */
  readonly wanted: string;
}

const resultPattern = /^## (.+) \(([A-Za-z0-9][\w.-]{0,63})\)(?:, by (.+))?$/;
/** How a further round tells what became of the tasks before this one. */
const newResultPattern = /^The new result of "(.+)" \(([A-Za-z0-9][\w.-]{0,63})\), by (.+):$/;
const judgeAgain = /\n*Judge again, and give your verdict in the report\.\s*$/;

/** Reads back what the opening says beside the brief, and what a further round brought. */
export function readGiven(story: Pick<Story, 'opening' | 'followUp'>): Given {
  const sections = sectionsOf(story.opening);
  const section = (heading: string) => sections.get(heading.replace(/^# /, '')) ?? '';
  const verdict = sections.has(verdictHeading.replace(/^# /, '')) ? section(verdictHeading) : undefined;
  const round = readRound(story);
  const news = resultsIn((round?.text ?? '').replace(judgeAgain, ''));
  return {
    results: [...news, ...resultsIn(section(resultsHeading)).filter((old) => !news.some((entry) => entry.taskId === old.taskId))],
    verdict: verdict === undefined ? undefined : { check: checkIn(verdict) },
    round,
    asked: round === undefined ? section(askedNowHeading) : wantedIn(round.text),
    earlierAttempt: section(earlierAttemptHeading),
    handoff: section(handoffHeading),
    wanted: `${sections.get('What your report must contain') ?? ''}\n${sections.get('Done when') ?? ''}`,
  };
}

/** What a round's message wants, without the news of others. */
function wantedIn(text: string): string {
  const lines = text.replace(judgeAgain, '').split('\n');
  const news = lines.findIndex((line) => newResultPattern.test(line) || resultPattern.test(line));
  return lines
    .slice(0, news < 0 ? lines.length : news)
    .join('\n')
    .trim();
}

function resultsIn(text: string): readonly EarlierResult[] {
  const results: { title: string; taskId: string; lines: string[]; missing: boolean }[] = [];
  for (const line of text.split('\n')) {
    const match = resultPattern.exec(line) ?? newResultPattern.exec(line);
    if (match === null) {
      results.at(-1)?.lines.push(line);
    } else {
      results.push({ title: match[1] ?? '', taskId: match[2] ?? '', lines: [], missing: match[3] === undefined });
    }
  }
  // A person's approval is no report and none that is missing.
  const others = results.filter(
    ({ missing, lines }) => !(missing && /^There is no report: the person approved it/m.test(lines.join('\n'))),
  );
  return others.map(({ title, taskId, lines, missing }) => ({ title, taskId, missing, report: readReport(lines.join('\n').trim()) }));
}

function checkIn(verdict: string): string | undefined {
  const start = checkLine('');
  return verdict
    .split('\n')
    .find((line) => line.startsWith(start))
    ?.slice(start.length)
    .trim();
}

/** Everything the results say was changed, each path once. */
export function changedFiles(results: readonly EarlierResult[]): readonly string[] {
  return distinct(
    results.flatMap((result) => result.report.filesChanged),
    (path) => path,
  );
}
