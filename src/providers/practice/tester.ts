import { type Assignment, toAssignment } from './assignment.ts';
import { checkRunOf, type CheckRun, decisiveLines } from './checkRun.ts';
import { conduct } from './conduct.ts';
import { byRules, changedByMe, endReply, type Verdict } from './ending.ts';
import type { Finding } from './findings.ts';
import { changedFiles, type Given, readGiven } from './given.ts';
import { call, callKey, type Planned, type PlannedCall, text, thinking } from './planned.ts';
import { readBrief } from './opening.ts';
import { settledKeys, type Story } from './story.ts';
import { commandIn, wholeName } from './taskText.ts';
import { manifestsIn, testCommandOf } from './testCommand.ts';
import { cleanPath, hitsOf, linesRead, readsOf } from './toolText.ts';
import { nameProbe } from './uses.ts';
import { brief, distinct, listOf, plural } from './words.ts';

const commandSeconds = 600;

/** What is run: given by the gate or the brief, else found in the project's files. */
interface Command {
  readonly command: string;
  /** Who says so, for people. */
  readonly from: string;
  /** Without it, nothing may be approved. */
  readonly required: boolean;
}

/** An agent that runs what shows whether the work holds, and judges by its exit code alone. */
export function decideTester(story: Story): readonly Planned[] {
  const assignment = toAssignment(story);
  const given = readGiven(story);
  const command = commandOf(story, assignment, given);
  return conduct({
    story,
    assignment,
    next: () =>
      lookForCommand(story, assignment, command) ??
      runNext(story, command) ??
      readFailures(story, command) ??
      searchLeftovers(story, assignment),
    end: () => testReport(story, assignment, given, command),
  });
}

function commandOf(story: Story, { terrain }: Assignment, { verdict }: Given): Command | undefined {
  if (verdict?.check !== undefined) {
    return { command: verdict.check, from: 'the gate', required: true };
  }
  const named = commandIn(readBrief(story).objective);
  if (named !== undefined) {
    return { command: named, from: 'the brief', required: false };
  }
  const found = testCommandOf(story, terrain);
  return found === undefined ? undefined : { ...found, required: false };
}

const isOpen = (story: Story) => {
  const done = settledKeys(story);
  return (planned: PlannedCall) => !done.has(callKey(planned)) && story.tools.has(planned.name);
};

function lookForCommand(story: Story, { terrain }: Assignment, command: Command | undefined): readonly Planned[] | undefined {
  if (command !== undefined) {
    return undefined;
  }
  const open = isOpen(story);
  const listing = [call('list_files', { depth: 1 })].filter(open);
  if (listing.length > 0) {
    return [
      thinking('No command was given. The project’s own files say how it is tested.'),
      text('I look for the command that tests this project.'),
      ...listing,
    ];
  }
  const reads = manifestsIn(terrain)
    .map((path) => call('read_file', { path }))
    .filter(open);
  return reads.length === 0 ? undefined : [text('I read what defines the checks of this project.'), ...reads];
}

function runNext(story: Story, command: Command | undefined): readonly Planned[] | undefined {
  const run = command === undefined ? undefined : call('run_command', { command: command.command, timeout_seconds: commandSeconds });
  if (command === undefined || run === undefined || checkRunOf(story, command.command).kind !== 'notRun' || !isOpen(story)(run)) {
    return undefined;
  }
  return [thinking('The exit code decides, not an opinion.'), text(`I run \`${command.command}\`, as ${command.from} says.`), run];
}

const placePattern = /([\w@.$-]+(?:\/[\w@.$-]+)*\.\w{1,8}):(\d+)/;
const mostFailures = 3;

/** Looks at the places a failing command names, so that only those that are there become findings. */
function readFailures(story: Story, command: Command | undefined): readonly Planned[] | undefined {
  const run = command === undefined ? undefined : checkRunOf(story, command.command);
  if (run?.kind !== 'failed') {
    return undefined;
  }
  const reads = placesIn(run.output).map(({ path, line }) =>
    call('read_file', { path, from_line: Math.max(1, line - 5), to_line: line + 5 }),
  );
  const open = reads.filter(isOpen(story));
  return open.length === 0 ? undefined : [text('It fails. I look at the places it names.'), ...open];
}

interface FailingPlace {
  readonly path: string;
  readonly line: number;
  readonly said: string;
}

function placesIn(output: string): readonly FailingPlace[] {
  const places = decisiveLines(output).flatMap((said): FailingPlace[] => {
    const [, path, line] = placePattern.exec(said) ?? [];
    return path === undefined ? [] : [{ path: cleanPath(path), line: Number(line), said }];
  });
  return distinct(places, (place) => `${place.path}:${place.line}`, mostFailures);
}

/** After a renaming, the old name may still stand somewhere. */
function searchLeftovers(story: Story, { renaming }: Assignment): readonly Planned[] | undefined {
  if (renaming === undefined) {
    return undefined;
  }
  const search = [call('search_text', { pattern: nameProbe(renaming).pattern, max_results: 40 })].filter(isOpen(story));
  return search.length === 0 ? undefined : [text(`I search for “${renaming.from}”, which should be gone.`), ...search];
}

function leftovers(story: Story, { renaming }: Assignment): readonly Finding[] {
  if (renaming === undefined) {
    return [];
  }
  return distinct(
    hitsOf(story.calls).filter((hit) => wholeName(renaming.from).test(hit.text)),
    (hit) => `${hit.path}:${hit.line}`,
    10,
  ).map(({ path, line }) => ({ text: `“${renaming.from}” is left over here; write “${renaming.to}”`, path, line, severity: 'medium' }));
}

function testReport(story: Story, assignment: Assignment, given: Given, command: Command | undefined): readonly Planned[] {
  const run: CheckRun = command === undefined ? { kind: 'notRun' } : checkRunOf(story, command.command);
  const left = leftovers(story, assignment);
  const findings = [...(run.kind === 'failed' ? failuresIn(story, run, command?.command ?? '') : []), ...left];
  const checked = run.kind === 'passed' || run.kind === 'failed';
  const verdict = given.verdict === undefined ? undefined : verdictOn(run, left, command?.required === true, given.round?.number ?? 1);
  return endReply(story, {
    thought: 'What ran is told with its exit code; what did not run is told as not checked.',
    words: `${tellRun(run, command)}${verdict === undefined ? '' : ` My verdict: ${verdict}.`}`,
    summary: [
      tellRun(run, command),
      ...(left.length === 0 ? [] : [`${plural(left.length, 'place')} still have the old name.`]),
      ...changeNote(story, given, run),
    ].join(' '),
    findings,
    filesRead: distinct(readsOf(story.calls), (part) => part.path).map((part) => part.path),
    filesChanged: changedByMe(story),
    openQuestions: checked ? [] : [`Not checked: ${tellRun(run, command)}`],
    notes: [byRules],
    verdict,
  });
}

function verdictOn(run: CheckRun, left: readonly Finding[], required: boolean, round: number): Verdict {
  if (run.kind === 'failed') {
    return 'changes';
  }
  if (run.kind !== 'passed' && required) {
    return 'changes';
  }
  // What nobody could change in a round is no reason for one more.
  return left.length > 0 && round <= 1 ? 'changes' : 'approve';
}

function tellRun(run: CheckRun, command: Command | undefined): string {
  if (command === undefined) {
    return 'Nothing was run: no file at the top of the workspace defines a test command I know.';
  }
  const what = `\`${command.command}\` (${command.from})`;
  switch (run.kind) {
    case 'passed':
      return `${what} ended with exit code 0.`;
    case 'failed':
      return `${what} ended with ${run.exitCode === undefined ? 'no exit code' : `exit code ${run.exitCode}`}: ${brief(decisiveLines(run.output)[0] ?? 'no output', 160)}`;
    case 'denied':
      return `${what} was not run: it was denied.`;
    case 'unavailable':
      return `${what} could not be run here: ${brief(decisiveLines(run.output)[0] ?? 'the command is not there', 160)}`;
    case 'notRun':
      return `${what} was not run.`;
  }
}

/** One finding for each place the output names and that is there, else one for the command. */
function failuresIn(story: Story, run: Extract<CheckRun, { kind: 'failed' }>, command: string): readonly Finding[] {
  const lines = linesRead(story.calls);
  const placed = placesIn(run.output).filter((place) => lines.get(place.path)?.has(place.line) === true);
  return placed.length > 0
    ? placed.map(({ path, line, said }) => ({ text: `Fails in \`${command}\`: ${brief(said, 200)}`, path, line, severity: 'high' }))
    : [{ text: `\`${command}\` fails: ${brief(decisiveLines(run.output).join(' / '), 400) || 'it printed nothing'}`, severity: 'high' }];
}

/** The text for those who use the project, when the brief asks for one and everything passed. */
function changeNote(story: Story, given: Given, run: CheckRun): string[] {
  const files = changedFiles(given.results);
  if (!/\bchange note\b/i.test(readBrief(story).objective) || run.kind === 'failed') {
    return [];
  }
  return [`Change note: ${files.length === 0 ? 'no file was changed' : `changed ${listOf(files)}`}.`];
}
