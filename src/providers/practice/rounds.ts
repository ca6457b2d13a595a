import { type Assignment, toAssignment } from './assignment.ts';
import { commandNext, isDenied, uniqueEdit } from './builder.ts';
import { conduct } from './conduct.ts';
import { byRules, changedByMe, endReply } from './ending.ts';
import { correction, type Finding } from './findings.ts';
import { type Fix, fixOf } from './fixes.ts';
import { type Given, readGiven } from './given.ts';
import { call, type Planned, text, thinking } from './planned.ts';
import { pathsIn } from './steering.ts';
import { field, type PastCall, type Story } from './story.ts';
import { readReport } from './synthesis.ts';
import { wholeName } from './taskText.ts';
import { cleanPath, linesRead, readsOf } from './toolText.ts';
import { brief, distinct, listOf, plural } from './words.ts';

const readsPerTurn = 4;
const mostFiles = 8;
const mostEdits = 8;

/** A builder that was sent back: it deals with what it was told, and with nothing else. */
export function decideRound(story: Story, given: Given): readonly Planned[] {
  const assignment = toAssignment(story);
  const wanted = wantedIn(given.asked, assignment);
  return conduct({
    story,
    assignment,
    next: () => readWanted(story, wanted) ?? correctWanted(story, assignment, wanted) ?? checkAfter(story, assignment),
    end: () => roundReport(story, assignment, given, wanted),
  });
}

/** What is to be changed: the findings of a report, else the paths that words name, else the words. */
function wantedIn(asked: string, { terrain }: Assignment): readonly Finding[] {
  const { findings } = readReport(asked);
  if (findings.length > 0) {
    return findings;
  }
  const places = [...asked.matchAll(/([\w@.$-]+(?:\/[\w@.$-]+)*\.\w{1,8}):(\d+)/g)].map(
    ([, path = '', line]): Finding => ({ text: brief(asked, 200), path: cleanPath(path), line: Number(line), severity: 'medium' }),
  );
  const paths = pathsIn(asked, terrain)
    .filter((path) => !places.some((place) => place.path === path))
    .map((path): Finding => ({ text: brief(asked, 200), path, severity: 'medium' }));
  const all = [...places, ...paths];
  return all.length > 0 ? all : [{ text: brief(asked, 300), severity: 'medium' }];
}

function readWanted(story: Story, wanted: readonly Finding[]): readonly Planned[] | undefined {
  const tried = new Set(
    story.calls.filter((entry) => entry.name === 'read_file').map((entry) => cleanPath(field(entry.input, 'path') ?? '')),
  );
  const paths = distinct(
    wanted.flatMap((finding) => finding.path ?? []),
    (path) => path,
    mostFiles,
  );
  const unread = paths.filter((path) => !tried.has(path)).slice(0, readsPerTurn);
  return unread.length === 0 || !story.tools.has('read_file')
    ? undefined
    : [
        thinking('The work came back. Each finding is looked at where it stands before anything is changed.'),
        text(`${plural(wanted.length, 'finding')} to deal with. I read ${listOf(unread)} as it is now.`),
        ...unread.map((path) => call('read_file', { path })),
      ];
}

const editsOf = (story: Story): readonly PastCall[] => story.calls.filter((entry) => entry.name === 'edit_file');

function correctWanted(story: Story, assignment: Assignment, wanted: readonly Finding[]): readonly Planned[] | undefined {
  const tried = editsOf(story);
  if (!story.tools.has('edit_file') || tried.some(isDenied) || tried.length >= mostEdits) {
    return undefined;
  }
  const lines = linesRead(story.calls);
  const edits = distinct(
    wanted.flatMap((finding) => fixesFor(finding, lines, assignment)),
    (fix) => `${fix.path}:${fix.line}`,
  ).flatMap((fix) => {
    const file = lines.get(fix.path);
    const isTried = tried.some(
      (entry) => field(entry.input, 'path') === fix.path && (field(entry.input, 'old_text') ?? '').includes(fix.text),
    );
    const input = file === undefined || isTried ? undefined : uniqueEdit(fix, file, story);
    return input === undefined ? [] : [{ fix, edit: call('edit_file', input) }];
  });
  // One edit of a file in a reply, so that each meets the text it was made for.
  const now = distinct(edits, ({ fix }) => fix.path, 3);
  return now.length === 0
    ? undefined
    : [
        text(`I correct ${listOf(now.map(({ fix }) => `${fix.path}:${fix.line}`))}: ${now[0]?.fix.why ?? ''}.`),
        ...now.map(({ edit }) => edit),
      ];
}

/** What can certainly be corrected about a finding: its own line; without one, the lines of its file. */
function fixesFor(finding: Finding, files: ReadonlyMap<string, ReadonlyMap<number, string>>, { renaming }: Assignment): readonly Fix[] {
  const { path, line } = finding;
  const file = path === undefined ? undefined : files.get(path);
  if (path === undefined || file === undefined) {
    return [];
  }
  const numbers = line === undefined ? [...file.keys()] : [line];
  return numbers.flatMap((number): Fix[] => {
    const now = file.get(number);
    if (now === undefined) {
      return [];
    }
    if (renaming !== undefined && wholeName(renaming.from).test(now)) {
      const better = now.replace(wholeName(renaming.from), () => renaming.to);
      return [{ path, line: number, text: now, better, why: `“${renaming.from}” was left over` }];
    }
    const fix = fixOf({ path, line: number, text: now });
    return fix === undefined ? [] : [fix];
  });
}

function checkAfter(story: Story, assignment: Assignment): readonly Planned[] | undefined {
  const last = editsOf(story).at(-1);
  return last?.result?.isError === false ? commandNext(story, assignment, last) : undefined;
}

function roundReport(story: Story, assignment: Assignment, given: Given, wanted: readonly Finding[]): readonly Planned[] {
  const findings = wanted.map((finding) => outcomeOf(story, finding, assignment));
  const corrected = findings.filter((finding) => finding.text.startsWith(correction)).length;
  const { round } = given;
  const head = round === undefined ? 'Asked for changes' : `Round ${round.number} of ${round.of}`;
  const left = findings.length - corrected;
  return endReply(story, {
    thought: 'Each finding gets an answer: corrected, or why not.',
    words: `${plural(corrected, 'finding')} corrected, ${left} left.`,
    summary: `${head}: ${plural(findings.length, 'finding')} to deal with, ${corrected} corrected, ${left} left as they are because no rule of mine corrects them safely.${listed(changedByMe(story))}`,
    findings,
    filesRead: distinct(readsOf(story.calls), (part) => part.path).map((part) => part.path),
    filesChanged: changedByMe(story),
    openQuestions: findings
      .filter((finding) => !finding.text.startsWith(correction))
      .map((finding) => brief(finding.text, 200))
      .slice(0, 5),
    notes: [byRules],
  });
}

const listed = (paths: readonly string[]): string => (paths.length === 0 ? '' : ` Changed in all: ${listOf(paths)}.`);

function outcomeOf(story: Story, finding: Finding, assignment: Assignment): Finding {
  const lines = linesRead(story.calls);
  const fixes = fixesFor(finding, lines, assignment);
  const editOf = (fix: Fix) =>
    editsOf(story).find((entry) => field(entry.input, 'path') === fix.path && (field(entry.input, 'old_text') ?? '').includes(fix.text));
  const done = fixes.find((fix) => editOf(fix)?.result?.isError === false);
  if (done !== undefined) {
    return { text: `${correction}\`${brief(done.better, 110)}\``, path: done.path, line: done.line, severity: 'info' };
  }
  return { ...finding, text: `Left as it is, ${whyLeft(story, finding, fixes, editOf, lines)}. It was: ${brief(finding.text, 200)}` };
}

function whyLeft(
  story: Story,
  finding: Finding,
  fixes: readonly Fix[],
  editOf: (fix: Fix) => PastCall | undefined,
  lines: ReadonlyMap<string, unknown>,
): string {
  if (finding.path === undefined) {
    return 'for it names no place I could change';
  }
  if (!lines.has(finding.path)) {
    return 'for the file could not be read';
  }
  const [fix] = fixes;
  const edit = fix === undefined ? undefined : editOf(fix);
  if (edit !== undefined) {
    return isDenied(edit) ? 'for the edit was denied' : 'for the edit was refused';
  }
  return story.tools.has('edit_file') ? 'for no rule of mine corrects this line safely' : 'for I cannot edit files';
}

/** The round or the wish a builder was given, if any. */
export function sentBack(story: Story): Given | undefined {
  const given = readGiven(story);
  return given.asked === '' ? undefined : given;
}
