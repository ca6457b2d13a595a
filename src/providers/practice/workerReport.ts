import { type Assignment, isInside, mapsOnly } from './assignment.ts';
import { isDenied } from './builder.ts';
import { bySeverity, correction, type Finding, type Hit, longFiles, pickFindings } from './findings.ts';
import { byRules, changedByMe, endReply, type Verdict } from './ending.ts';
import { namedFixes } from './chosenFixes.ts';
import { readBrief } from './opening.ts';
import { topicOfFocus } from './topics.ts';
import { readGiven } from './given.ts';
import { judge } from './judging.ts';
import type { Planned } from './planned.ts';
import { isGenerated, isTestPath } from './probes.ts';
import { renameFindings } from './renameEdit.ts';
import { isSteering } from './steering.ts';
import { field, type PastCall, type Story } from './story.ts';
import { cleanPath, readsOf } from './toolText.ts';
import { usesByFile } from './uses.ts';
import { brief, distinct, listOf, plural } from './words.ts';

const maxFindings = 8;

/** The reply that ends a worker: everything it found that is still true, with places. After a refused report the plainest one, then words alone. */
export function reportReply(story: Story, assignment: Assignment, hits: readonly Hit[]): readonly Planned[] {
  const changed = new Set(changedByMe(story));
  const standing = hits.filter((hit) => !changed.has(hit.path));
  const findings = assignment.perFile ? usesByFile(standing, assignment.renaming) : findingsOf(story, assignment, hits, standing);
  return endReply(story, {
    thought: 'Only what was read goes into the report, each finding with its file and line.',
    words: `I report ${plural(findings.length, 'finding')}.`,
    summary: summaryOf(story, assignment, hits, findings),
    findings,
    filesRead: distinct(readsOf(story.calls), (part) => part.path, 30).map((part) => part.path),
    filesChanged: changedByMe(story),
    recommendations: recommend(standing),
    notes: notesOf(story, assignment),
    verdict: verdictFor(story, findings),
  });
}

function findingsOf(story: Story, assignment: Assignment, hits: readonly Hit[], standing: readonly Hit[]): readonly Finding[] {
  const renames = assignment.builds && assignment.renaming !== undefined;
  const found = [
    ...changesOf(story),
    ...(renames
      ? renameFindings(story, assignment, hits)
      : pickFindings(
          standing.filter((hit) => !mapsOnly(hit.probe)),
          maxFindings,
        )),
    ...(assignment.topic.id === 'structure' || assignment.topic.id === 'quality' ? longFiles(story.calls, assignment.scope) : []),
    ...untested(assignment),
  ];
  const maps = (found.length < 4 && !renames) || assignment.topic.id === 'structure';
  const mapped = maps
    ? pickFindings(
        standing.filter((hit) => mapsOnly(hit.probe)),
        5,
      )
    : [];
  return [...found, ...mapped].toSorted(bySeverity);
}

/** A gate's verdict by what a scan found; there is none for other tasks. */
function verdictFor(story: Story, findings: readonly Finding[]): Verdict | undefined {
  const { verdict, round } = readGiven(story);
  return verdict === undefined ? undefined : judge(findings, round?.number ?? 1);
}

function recommend(hits: readonly Hit[]): { text: string; priority: 'high' | 'medium' | 'low' }[] {
  return distinct(
    hits.filter((hit) => hit.probe.advice !== ''),
    (hit) => hit.probe.claim,
    3,
  ).map(({ probe }) => ({ text: probe.advice, priority: probe.severity === 'info' ? 'low' : probe.severity }));
}

function summaryOf(story: Story, assignment: Assignment, hits: readonly Hit[], findings: readonly Finding[]): string {
  const where = assignment.scope.length === 0 ? 'the workspace' : listOf(assignment.scope);
  const inside = assignment.terrain.files.filter((file) => isInside(assignment, file));
  const searches = story.calls.filter((entry) => entry.name === 'search_text' && entry.result?.isError === false).length;
  const reads = distinct(readsOf(story.calls), (part) => part.path).length;
  const [worst] = findings;
  const counted = distinct(hits, (hit) => hit.probe.claim).map(
    (hit) => `${hit.probe.what}: ${hits.filter((other) => other.probe === hit.probe).length}`,
  );
  return [
    `${subject(assignment)} in ${where}: ${plural(searches, 'search', 'searches')}, ${plural(reads, 'file')} read, ${assignment.terrain.partial ? 'at least ' : ''}${plural(inside.length, 'file')} known.`,
    ...(counted.length > 0 ? [`Lines found — ${counted.join('; ')}.`] : ['No line of the kind I searched for was found.']),
    ...(worst?.path === undefined ? [] : [`First to look at: ${worst.path}:${worst.line ?? 1}.`]),
    ...buildNews(story),
    ...(isBeyondRules(story, assignment)
      ? ['The task itself is beyond what rules can do; what I can do is one small change that is certainly safe.']
      : []),
    ...(assignment.finish ? ['I was asked to stop early, so this is what I had by then.'] : []),
  ].join(' ');
}

/** Whether the task wants more than the corrections there are rules for, so that its report must not pass for its result. */
function isBeyondRules(story: Story, { builds, renaming, task }: Assignment): boolean {
  const isGeneral = /\b(improve\w*|tidy|clean\w*|polish|small)\b/i.test(task);
  return (
    builds && renaming === undefined && namedFixes(task) === undefined && !isGeneral && topicOfFocus(readBrief(story).focus) === undefined
  );
}

function subject(assignment: Assignment): string {
  return assignment.topic.id === 'question'
    ? `Places for “${brief(assignment.task, 80)}”`
    : (assignment.topic.focus.split(':')[0] ?? assignment.topic.focus);
}

function buildNews(story: Story): string[] {
  const edit = story.calls.findLast((entry) => entry.name === 'edit_file' || entry.name === 'write_file');
  const ran = story.calls.findLast((entry) => entry.name === 'run_command');
  return [
    ...(edit === undefined ? [] : [news(edit, `The edit of ${field(edit.input, 'path') ?? 'a file'}`)]),
    ...(ran === undefined ? [] : [news(ran, `The command \`${field(ran.input, 'command') ?? ''}\``)]),
  ];
}

function news(entry: PastCall, what: string): string {
  if (entry.result === undefined) {
    return `${what} has no known result.`;
  }
  if (isDenied(entry)) {
    return `${what} was denied, and I left it at that.`;
  }
  const first = brief(entry.result.text.split('\n').find((line) => line.trim() !== '') ?? '', 80);
  return entry.result.isError ? `${what} did not succeed (${first}).` : `${what} is done${first === '' ? '' : ` (${first})`}.`;
}

/** What the worker itself changed, with the line as it reads now. */
function changesOf(story: Story): readonly Finding[] {
  return story.calls
    .filter((entry) => entry.name === 'edit_file' && entry.result?.isError === false && entry.input['replace_all'] !== true)
    .flatMap((entry): Finding[] => {
      const path = cleanPath(field(entry.input, 'path') ?? '');
      const old = (field(entry.input, 'old_text') ?? '').split('\n');
      const now = (field(entry.input, 'new_text') ?? '').split('\n');
      const at = old.findIndex((line, index) => line !== now[index]);
      const read = readsOf(story.calls.filter((past) => past.turn < entry.turn)).findLast(
        (part) => part.path === path && [...part.lines.values()].includes(old[at] ?? ''),
      );
      const line = read === undefined ? undefined : lineOf(read.lines, old, at);
      return [{ text: `${correction}\`${brief(now[at] ?? '', 110)}\``, path, ...(line === undefined ? {} : { line }), severity: 'info' }];
    });
}

function lineOf(lines: ReadonlyMap<number, string>, old: readonly string[], at: number): number | undefined {
  const start = [...lines.keys()].find((number) => old.every((text, index) => lines.get(number + index) === text));
  return start === undefined ? undefined : start + at;
}

/** Sources that no test is named after, when the whole list of files is known and there are tests at all. */
function untested(assignment: Assignment): readonly Finding[] {
  const { files, partial } = assignment.terrain;
  const tests = files.filter(isTestPath);
  if (assignment.topic.id !== 'tests' || partial || tests.length === 0) {
    return [];
  }
  const names = tests.map((file) => (file.split('/').at(-1) ?? '').toLowerCase());
  return files
    .filter(
      (file) =>
        /\.(ts|js|mjs|py|go|rs|java|rb)$/.test(file) &&
        !/\.d\.ts$|config|(^|\/)(index|main|types)\.\w+$/.test(file) &&
        !isTestPath(file) &&
        isInside(assignment, file) &&
        !isGenerated(file),
    )
    .filter((file) => !names.some((name) => name.includes((file.split('/').at(-1) ?? '').replace(/\.\w+$/, '').toLowerCase())))
    .slice(0, 3)
    .map((path) => ({ text: 'No test file that I know of is named after this source', path, severity: 'info' }));
}

function attemptNote(story: Story): string[] {
  const { earlierAttempt, handoff } = readGiven(story);
  return [
    ...(earlierAttempt === '' ? [] : [`Another attempt had failed before: ${brief(earlierAttempt, 160)}`]),
    ...(handoff === '' ? [] : [`Taken over from another agent: ${brief(handoff, 160)}`]),
  ];
}

function notesOf(story: Story, assignment: Assignment): string[] {
  const unheeded = story.heard.filter(isSteering).filter((_, index) => assignment.directives[index]?.kind === 'noted');
  const failed = story.calls.filter((entry) => entry.result?.isError === true && !isDenied(entry) && entry.name !== 'report');
  return [
    byRules,
    ...attemptNote(story),
    ...unheeded.map((message) => `Not acted on, for want of a rule: “${brief(message.text, 120)}”`),
    ...(failed.length === 0
      ? []
      : [`${plural(failed.length, 'call')} failed, for example ${failed[0]?.name ?? ''}: ${brief(failed[0]?.result?.text ?? '', 100)}`]),
  ];
}
