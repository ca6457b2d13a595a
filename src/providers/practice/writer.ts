import { type Assignment, saysOnlyWhatIsThere, toAssignment } from './assignment.ts';
import { isDenied } from './builder.ts';
import { conduct } from './conduct.ts';
import { byRules, changedByMe, endReply } from './ending.ts';
import type { Finding } from './findings.ts';
import { changedFiles, type Given, readGiven } from './given.ts';
import { judge } from './judging.ts';
import { readBrief } from './opening.ts';
import { call, callKey, type Planned, text, thinking } from './planned.ts';
import { slugOf } from './proposing.ts';
import { decideRound, sentBack } from './rounds.ts';
import { pathsIn } from './steering.ts';
import { field, settledKeys, type Story } from './story.ts';
import { mergeFindings } from './synthesis.ts';
import { linesRead, readsOf } from './toolText.ts';
import { brief, distinct, listOf, plural } from './words.ts';

const mostPoints = 12;
const isDocument = (path: string): boolean => /\.(md|mdx|markdown|rst|adoc|txt)$/i.test(path);

/** An agent that writes down what others found: into one document if its brief wants a file, else into its report. */
export function decideWriter(story: Story): readonly Planned[] {
  const back = sentBack(story);
  if (back !== undefined) {
    return decideRound(story, back);
  }
  const assignment = toAssignment(story);
  const given = readGiven(story);
  return conduct({
    story,
    assignment,
    next: () => look(story, assignment, given) ?? writeNext(story, assignment, given),
    end: () => writerReport(story, assignment, given),
  });
}

/** The document the brief wants, if it wants a file at all. */
function targetOf(story: Story, { terrain, task, scope }: Assignment): string | undefined {
  const { objective } = readBrief(story);
  const named = [...scope, ...pathsIn(task, terrain)].find(isDocument);
  if (named !== undefined) {
    return named;
  }
  const log = terrain.files.find((file) => /^(changelog|changes|history)\.\w+$/i.test(file));
  if (/\bchange ?log\b/i.test(objective) && log !== undefined) {
    return log;
  }
  if (!/\bas Markdown\b|\b(write|create|add) (a|the|one) (new )?(document|guide|page|file)\b/i.test(objective)) {
    return undefined;
  }
  const home = [...terrain.folders.keys()].find((folder) => /^(docs?|documentation)$/i.test(folder));
  const name = `${slugOf(brief(task, 40).replace('…', ''))}.md`;
  return home === undefined ? name : `${home}/${name}`;
}

const canWrite = (story: Story): boolean => story.tools.has('edit_file') && story.tools.has('write_file');

function look(story: Story, assignment: Assignment, given: Given): readonly Planned[] | undefined {
  const done = settledKeys(story);
  const isNew = (planned: Parameters<typeof callKey>[0]) => !done.has(callKey(planned)) && story.tools.has(planned.name);
  const listing = [call('list_files', { depth: 2 })].filter(isNew);
  if (listing.length > 0) {
    return [
      thinking('Before anything is written, it has to be clear where this project keeps its documents.'),
      text('I look where the documents are.'),
      ...listing,
    ];
  }
  const target = targetOf(story, assignment);
  const own = target !== undefined && assignment.terrain.files.includes(target) ? [target] : [];
  const changed = changedFiles(given.results).filter((path) => path !== target);
  const cited = mergeFindings(given.results.map((result) => result.report)).flatMap((finding) => finding.path ?? []);
  const readme = assignment.terrain.files.filter((file) => /^readme(\.\w+)?$/i.test(file));
  const sources = distinct([...changed, ...cited, ...(given.results.length === 0 ? readme : [])], (path) => path, 3);
  const reads = [...own, ...sources].map((path) => call('read_file', { path })).filter(isNew);
  // Only once: what the reports cite and is not there would be tried again and again.
  return reads.length === 0 || story.calls.some((entry) => entry.name === 'read_file')
    ? undefined
    : [text(`I read ${listOf(reads.map((planned) => field(planned.input, 'path') ?? ''))} before I write.`), ...reads];
}

function writeNext(story: Story, assignment: Assignment, given: Given): readonly Planned[] | undefined {
  const target = targetOf(story, assignment);
  const tried = story.calls.some((entry) => entry.name === 'edit_file' || entry.name === 'write_file');
  if (target === undefined || tried || !canWrite(story)) {
    return undefined;
  }
  const lines = linesRead(story.calls).get(target);
  if (isChangeLog(target) && assignment.terrain.files.includes(target)) {
    const entry = logEntry(lines, assignment, given);
    return entry === undefined
      ? undefined
      : [text(`${target} is there. I add an entry at its beginning.`), call('edit_file', { path: target, ...entry })];
  }
  const body = bodyOf(assignment, given);
  if (!assignment.terrain.files.includes(target)) {
    return [
      text(`There is no ${target} yet. I write it from ${plural(given.results.length, 'report')}.`),
      call('write_file', { path: target, content: `# ${titleOf(assignment)}\n\n${body}\n` }),
    ];
  }
  const place = placeToAppend(lines, totalOf(story, target));
  return place === undefined
    ? undefined
    : [
        text(`${target} is there. I add a section at its end.`),
        call('edit_file', { path: target, old_text: place, new_text: `${place}\n\n## ${titleOf(assignment)}\n\n${body}` }),
      ];
}

const isChangeLog = (path: string): boolean => /(^|\/)(changelog|changes|history)\.\w+$/i.test(path);

/** One entry below the heading of what is not released yet; it is made below the title where there is none. */
function logEntry(
  file: ReadonlyMap<number, string> | undefined,
  assignment: Assignment,
  { results }: Given,
): { readonly old_text: string; readonly new_text: string } | undefined {
  const lines = [...(file?.values() ?? [])];
  const files = changedFiles(results);
  if (results.length > 0 && files.length === 0) {
    return undefined;
  }
  const entry = `- ${titleOf(assignment)}${files.length === 0 ? '' : ` (${listOf(files)})`}.`;
  const once = (pattern: RegExp) => lines.find((line) => pattern.test(line) && lines.join('\n').split(line).length === 2);
  const open = once(/^## \[?unreleased\]?/i);
  if (open !== undefined) {
    return { old_text: open, new_text: `${open}\n\n${entry}` };
  }
  const title = once(/^# \S/);
  return title === undefined ? undefined : { old_text: title, new_text: `${title}\n\n## Unreleased\n\n${entry}` };
}

const titleOf = ({ task }: Assignment): string => brief(task.replace(/[.!?]+$/, ''), 70);

/** What the reports say, in a form that stands by itself. */
function bodyOf({ task }: Assignment, { results }: Given): string {
  const heard = results.filter((result) => !result.missing);
  const points = mergeFindings(heard.map((result) => result.report))
    .filter((finding) => finding.path !== undefined && !saysOnlyWhatIsThere(finding.text))
    .slice(0, mostPoints)
    .map((finding) => `- \`${finding.path}${finding.line === undefined ? '' : `:${finding.line}`}\`: ${brief(finding.text, 160)}`);
  const said = heard.map((result) => `**${result.title.replace(/[^.!?]$/, '$&.')}** ${brief(result.report.summary, 400)}`);
  if (said.length === 0 && points.length === 0) {
    return `No report was given for this: ${brief(task, 200)}`;
  }
  return [...said, ...(points.length === 0 ? [] : ['Places:', points.join('\n')])].join('\n\n');
}

function totalOf(story: Story, path: string): number | undefined {
  return readsOf(story.calls).findLast((part) => part.path === path)?.total;
}

/** The last lines of a file as an edit needs them: text that occurs once and ends the file. */
function placeToAppend(file: ReadonlyMap<number, string> | undefined, total: number | undefined): string | undefined {
  if (file === undefined || total !== file.size) {
    return undefined;
  }
  const lines = [...file.values()];
  const end = lines.findLastIndex((line) => line.trim() !== '');
  const all = lines.join('\n');
  for (let start = end; start >= Math.max(0, end - 5); start--) {
    const tail = lines.slice(start, end + 1).join('\n');
    if (tail.trim() !== '' && all.split(tail).length === 2) {
      return tail;
    }
  }
  return undefined;
}

function writerReport(story: Story, assignment: Assignment, given: Given): readonly Planned[] {
  const target = targetOf(story, assignment);
  const changed = changedByMe(story);
  const findings: Finding[] = changed.map((path) => ({ text: `Written: “${titleOf(assignment)}”`, path, severity: 'info' }));
  return endReply(story, {
    thought: 'The text is the result; without a file to put it into it belongs into the report.',
    words: changed.length > 0 ? `Written: ${listOf(changed)}.` : 'I give the text in my report.',
    summary: `${newsOf(story, target, changed)}\n\n${bodyOf(assignment, given)}`,
    findings,
    filesRead: distinct(readsOf(story.calls), (part) => part.path).map((part) => part.path),
    filesChanged: changed,
    openQuestions: given.results
      .filter((result) => result.missing)
      .map((result) => `Nothing is known of “${result.title}”: it has no report`),
    notes: [byRules],
    verdict: given.verdict === undefined ? undefined : judge([], given.round?.number ?? 1),
  });
}

function newsOf(story: Story, target: string | undefined, changed: readonly string[]): string {
  if (changed.length > 0) {
    return `The text is in ${listOf(changed)}.`;
  }
  if (target === undefined) {
    return 'The brief names no file to write, so the text is here.';
  }
  const tried = story.calls.findLast((entry) => entry.name === 'edit_file' || entry.name === 'write_file');
  if (tried === undefined) {
    if (isChangeLog(target)) {
      return `${target} was left as it is: the reports tell of no file that was changed. The text is here.`;
    }
    return `${target} was left as it is: ${canWrite(story) ? 'I found no place in it where a section can be added with certainty' : 'I cannot write files'}. The text is here.`;
  }
  return `${target} was not written (${isDenied(tried) ? 'it was denied' : brief(tried.result?.text ?? 'its end is unknown', 120)}). The text is here.`;
}
