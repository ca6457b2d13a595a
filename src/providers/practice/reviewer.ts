import { type Assignment, toAssignment } from './assignment.ts';
import { checkRunOf, decisiveLines } from './checkRun.ts';
import { conduct } from './conduct.ts';
import { byRules, endReply, type Verdict } from './ending.ts';
import { bySeverity, type Finding } from './findings.ts';
import { changedFiles, type Given, readGiven } from './given.ts';
import { faultOf, judge } from './judging.ts';
import { call, type Planned, text, thinking } from './planned.ts';
import { field, type Story } from './story.ts';
import { cleanPath, linesRead, readsOf } from './toolText.ts';
import { brief, distinct, listOf, plural } from './words.ts';
import { decideWorker } from './worker.ts';

const readsPerTurn = 4;
const mostChanged = 12;
const mostCited = 4;
const mostFindings = 8;

/** An agent that judges: what others changed or claim, when it was given their reports; else the code its brief names. */
export function decideReviewer(story: Story): readonly Planned[] {
  const given = readGiven(story);
  const changed = changedFiles(given.results);
  const judgesWork = changed.length > 0 || (given.verdict !== undefined && given.results.length > 0);
  if (!judgesWork) {
    return decideWorker(story);
  }
  const assignment = toAssignment(story);
  return conduct({
    story,
    assignment,
    next: () => readNext(story, given, changed) ?? checkNext(story, given),
    end: () => reviewReport(story, assignment, given, changed),
  });
}

/** A place that a report cites beside the files that were changed. */
interface Cited {
  readonly path: string;
  readonly line: number;
  readonly by: string;
}

function citedIn(given: Given, changed: readonly string[]): readonly Cited[] {
  const places = given.results.flatMap(({ title, report }) =>
    report.findings.flatMap(({ path, line }) =>
      path === undefined || changed.includes(path) ? [] : [{ path, line: line ?? 1, by: title }],
    ),
  );
  return distinct(places, (place) => place.path, mostCited);
}

function readNext(story: Story, given: Given, changed: readonly string[]): readonly Planned[] | undefined {
  const tried = new Set(
    story.calls.filter((entry) => entry.name === 'read_file').map((entry) => cleanPath(field(entry.input, 'path') ?? '')),
  );
  const whole = changed.slice(0, mostChanged).map((path) => call('read_file', { path }));
  const around = citedIn(given, changed).map(({ path, line }) =>
    call('read_file', { path, from_line: Math.max(1, line - 5), to_line: line + 5 }),
  );
  const open = [...whole, ...around].filter((planned) => !tried.has(field(planned.input, 'path') ?? '')).slice(0, readsPerTurn);
  if (open.length === 0 || !story.tools.has('read_file')) {
    return undefined;
  }
  const what = changed.length === 0 ? 'the places the reports cite' : `what was changed (${plural(changed.length, 'file')})`;
  return [
    thinking('A report is not the work. The files as they are now decide.'),
    text(
      `${given.round === undefined ? '' : `Round ${given.round.number}: `}I read ${what}: ${listOf(open.map((planned) => field(planned.input, 'path') ?? ''))}.`,
    ),
    ...open,
  ];
}

/** The gate's command, once in each round. */
function checkNext(story: Story, { verdict }: Given): readonly Planned[] | undefined {
  const command = verdict?.check;
  return command === undefined || !story.tools.has('run_command') || checkRunOf(story, command).kind !== 'notRun'
    ? undefined
    : [text(`I run \`${command}\`, without which nothing may be approved.`), call('run_command', { command, timeout_seconds: 600 })];
}

function reviewReport(story: Story, assignment: Assignment, given: Given, changed: readonly string[]): readonly Planned[] {
  const found = [...faultsIn(story, changed), ...citedFaults(story, given, changed), ...checkFaults(story, given)]
    .toSorted(bySeverity)
    .slice(0, mostFindings);
  const round = given.round?.number ?? 1;
  const verdict = given.verdict === undefined ? undefined : verdictOf(story, given, found, round);
  const missing = given.results.filter((result) => result.missing).map((result) => result.title);
  const summary = [
    `${changed.length === 0 ? 'No file was changed' : `Changed were ${listOf(changed.slice(0, mostChanged))}`}; I read ${plural(distinct(readsOf(story.calls), (part) => part.path).length, 'file')} as of now.`,
    found.length === 0
      ? 'No rule of mine shows anything wrong in it.'
      : `${plural(found.length, 'finding')} to settle, the first: ${placeOf(found[0])}.`,
    ...(verdict === 'approve' && found.length > 0 ? [`None of it is grave enough for round ${round + 1}.`] : []),
    ...(missing.length === 0 ? [] : [`Without a report: ${listOf(missing)}.`]),
    ...(assignment.finish ? ['I was asked to stop early, so this is what I had by then.'] : []),
  ].join(' ');
  return endReply(story, {
    thought: 'Only what a rule shows in the files as they are now is a finding, each with what would settle it.',
    words:
      verdict === undefined
        ? `I report ${plural(found.length, 'finding')}.`
        : `My verdict is ${verdict}, on ${plural(found.length, 'finding')}.`,
    summary,
    findings: found,
    filesRead: distinct(readsOf(story.calls), (part) => part.path).map((part) => part.path),
    recommendations: found
      .slice(0, 3)
      .map((finding) => ({ text: brief(finding.text, 200), priority: finding.severity === 'high' ? 'high' : 'medium' })),
    openQuestions: changed.slice(mostChanged).map((path) => `Not checked: ${path}`),
    notes: [byRules],
    verdict,
  });
}

function placeOf(finding: Finding | undefined): string {
  return finding?.path === undefined ? brief(finding?.text ?? '', 80) : `${finding.path}:${finding.line ?? 1}`;
}

/** An approval needs the gate's command to have passed. */
function verdictOf(story: Story, { verdict }: Given, found: readonly Finding[], round: number): Verdict {
  const passed = verdict?.check === undefined || checkRunOf(story, verdict.check).kind === 'passed';
  return passed ? judge(found, round) : 'changes';
}

/** What a rule shows in the changed files as they are now. */
function faultsIn(story: Story, changed: readonly string[]): readonly Finding[] {
  const lines = linesRead(story.calls);
  return changed.flatMap((path) =>
    [...(lines.get(path) ?? [])].flatMap(([line, value]) => {
      const fault = inFence(lines.get(path), line) ? undefined : faultOf({ path, line, text: value });
      return fault === undefined ? [] : [fault];
    }),
  );
}

/** Text between code fences shows something literally. */
function inFence(file: ReadonlyMap<number, string> | undefined, line: number): boolean {
  return [...(file ?? [])].filter(([number, value]) => number < line && /^\s*(```|~~~)/.test(value)).length % 2 === 1;
}

/** Cited places that are not there, and those that somebody named and left as they were. */
function citedFaults(story: Story, given: Given, changed: readonly string[]): readonly Finding[] {
  const lines = linesRead(story.calls);
  return citedIn(given, changed).flatMap(({ path, line, by }): Finding[] => {
    const read = story.calls.findLast((entry) => entry.name === 'read_file' && cleanPath(field(entry.input, 'path') ?? '') === path);
    if (read?.result?.isError === true && /does not exist|has only \d+ lines/i.test(read.result.text)) {
      return [{ text: `“${by}” cites ${path}:${line}, which is not there. Correct the place or drop it`, severity: 'medium' }];
    }
    const now = lines.get(path)?.get(line);
    const fault = now === undefined || given.round !== undefined ? undefined : faultOf({ path, line, text: now });
    return fault === undefined ? [] : [{ ...fault, text: `Named by “${by}” and left: ${fault.text}` }];
  });
}

function checkFaults(story: Story, { verdict }: Given): readonly Finding[] {
  const command = verdict?.check;
  const run = command === undefined ? undefined : checkRunOf(story, command);
  switch (run?.kind) {
    case 'failed':
      return [{ text: `\`${command}\` fails: ${brief(decisiveLines(run.output).join(' / '), 400)}`, severity: 'high' }];
    case 'denied':
    case 'unavailable':
    case 'notRun':
      return [
        {
          text: `\`${command}\` did not run, so nothing can be approved: ${brief(run.kind === 'notRun' ? 'there was no way to run it' : run.output, 200)}`,
          severity: 'medium',
        },
      ];
    case 'passed':
    case undefined:
      return [];
  }
}
