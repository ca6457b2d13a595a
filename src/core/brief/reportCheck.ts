import { normalisePath } from './briefPaths.ts';
import type { Gate, Report } from '../events.ts';

/** What is known, beside its own words, about what a report claims. */
export interface ReportFacts {
  /** Files the agent was seen to change, oldest first. */
  readonly changed: readonly string[];
  /** Files that agents changed whose results this one was given: those below it, and those of the tasks before its own. */
  readonly changedByOthers: ReadonlySet<string>;
  /** A command may have changed files that nobody saw changing. */
  readonly ranCommands: boolean;
  /** Lines of each cited file; infinite where they cannot be counted, without an entry where there is no such file. */
  readonly lines: ReadonlyMap<string, number>;
  /** The gate the agent judges, if its task is one. */
  readonly gate?: Gate | undefined;
  /** The gate's check was run by this agent, in this round, and its last run ended with exit code 0. */
  readonly checkPassed: boolean;
}

/** A report held against the facts. */
export interface ReportCheck {
  /** The report with its paths written plainly and every change in it that was seen. */
  readonly report: Report;
  /** What does not hold; a report may be taken with these as doubts. */
  readonly problems: readonly string[];
  /** Why the verdict cannot count as it is; a gate is never passed with one of these. */
  readonly verdictProblem?: string | undefined;
}

/** Every path whose lines are needed to check a report. */
export function citedPaths(report: Report): readonly string[] {
  return [...new Set(plainReport(report).findings.flatMap(({ path }) => path ?? []))];
}

/** Checks a report: cited places exist, the files it calls changed were changed, and a gate's verdict is there and proven. */
export function checkReport(report: Report, facts: ReportFacts): ReportCheck {
  const plain = plainReport(report);
  const filesChanged = [...new Set([...plain.filesChanged, ...facts.changed])];
  return {
    report: { ...plain, filesChanged },
    problems: [...placeProblems(plain, facts), ...changeProblems(plain, facts), ...emptyChanges(plain, facts)],
    verdictProblem: verdictProblem(plain, facts),
  };
}

/** A checked report as it is taken although it was asked for again: with its doubts, and never as an approval that is not proven. */
export function withDoubts({ report, problems, verdictProblem }: ReportCheck): Report {
  const doubts = [...problems, ...(verdictProblem === undefined ? [] : [`${verdictProblem} It counts as a verdict for changes.`])];
  return {
    ...report,
    ...(verdictProblem === undefined ? {} : { verdict: 'changes' as const }),
    ...(doubts.length === 0 ? {} : { doubts }),
  };
}

function plainReport(report: Report): Report {
  return {
    ...report,
    findings: report.findings.map(plainFinding),
    filesRead: plainPaths(report.filesRead),
    filesChanged: plainPaths(report.filesChanged),
  };
}

function plainPaths(paths: readonly string[]): string[] {
  return [...new Set(paths.map(normalisePath).filter((path) => path !== ''))];
}

/** Models write places as `src/a.ts:12` too; a line that is given apart comes first. */
function plainFinding({ path, line, ...rest }: Report['findings'][number]): Report['findings'][number] {
  const plain = normalisePath(path ?? '');
  const [, file, from] = /^(.+?):([1-9]\d{0,8})(?:-\d+)?$/.exec(plain) ?? [];
  const place = file === undefined ? { path: plain, line } : { path: file, line: line ?? Number(from) };
  return { ...rest, ...(place.path === '' ? {} : { path: place.path }), ...(place.line === undefined ? {} : { line: place.line }) };
}

function placeProblems({ findings }: Report, { lines, changed, changedByOthers }: ReportFacts): readonly string[] {
  const problems = findings.flatMap(({ path, line = 0 }) => {
    if (path === undefined) {
      return [];
    }
    const count = lines.get(path);
    if (count === undefined) {
      // What was changed and is no longer there was deleted, and that can be a finding.
      return changed.includes(path) || changedByOthers.has(path) ? [] : [`A finding names ${path}, and there is no such file.`];
    }
    return line > Math.max(1, count)
      ? [`A finding names ${path}:${line}, and that file has ${count} ${count === 1 ? 'line' : 'lines'}.`]
      : [];
  });
  return [...new Set(problems)];
}

function changeProblems({ filesChanged }: Report, { changed, changedByOthers, ranCommands }: ReportFacts): readonly string[] {
  const unseen = ranCommands ? [] : filesChanged.filter((path) => !changed.includes(path) && !changedByOthers.has(path));
  return unseen.map((path) => `files_changed names ${path}, and this agent was not seen to change it.`);
}

function emptyChanges({ verdict, findings, recommendations }: Report, { gate }: ReportFacts): readonly string[] {
  return gate !== undefined && verdict === 'changes' && findings.length + recommendations.length === 0
    ? ['The verdict is changes, and no finding says what is to be changed.']
    : [];
}

function verdictProblem({ verdict }: Report, { gate, checkPassed }: ReportFacts): string | undefined {
  if (gate?.kind !== 'verdict') {
    return undefined;
  }
  if (verdict === undefined) {
    return 'The task is a gate, and the report has no verdict: approve or changes.';
  }
  return verdict === 'approve' && gate.check !== undefined && !checkPassed
    ? `The verdict is approve, and ${JSON.stringify(gate.check)} was not run in this round by this agent with exit code 0 at the last run.`
    : undefined;
}
