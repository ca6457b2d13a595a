import { namedFixes } from './chosenFixes.ts';
import { readBrief } from './opening.ts';
import { type Probe, probes } from './probes.ts';
import { type Directive, directivesOf, pathsIn, termsIn } from './steering.ts';
import type { PastCall, Story } from './story.ts';
import { cleanPath, isWithin, type Terrain, toTerrain } from './toolText.ts';
import { type Topic, topicOfFocus, topics, topicsIn } from './topics.ts';
import { type Renaming, renamingIn, taskIn } from './taskText.ts';
import { asksPerFile, nameProbe } from './uses.ts';
import { wordsOf } from './words.ts';

/** What a worker is to do after everything it was told so far. */
export interface Assignment {
  readonly objective: string;
  /** The person's words in it, or all of it. */
  readonly task: string;
  readonly topic: Topic;
  readonly probes: readonly Probe[];
  /** Those of the probes that were added on the way and look everywhere, whatever the scope was. */
  readonly everywhere: ReadonlySet<Probe>;
  /** Paths to look in; empty means the whole workspace. */
  readonly scope: readonly string[];
  readonly avoid: readonly string[];
  /** Single places somebody pointed at. */
  readonly places: readonly string[];
  /** Its report is to have one finding for each file. */
  readonly perFile: boolean;
  readonly renaming: Renaming | undefined;
  /** The task says which of the certain corrections it wants. */
  readonly namesFixes: boolean;
  /** It may and should change something. */
  readonly builds: boolean;
  readonly finish: boolean;
  readonly directives: readonly Directive[];
  readonly terrain: Terrain;
}

/** Whether a task forbids changes. */
export const isReadOnly = (task: string): boolean =>
  /\b(read[- ]only|no (changes|edits|writes)|(do not|don't|without) (chang|edit|writ|touch|modif)\w*|only (look|read|report))\b/i.test(
    task,
  );

/** Works out a worker's assignment from its brief and from the messages since. */
export function toAssignment(story: Story): Assignment {
  const brief = readBrief(story);
  const terrain = toTerrain(story);
  const directives = directivesOf(story, terrain);
  const task = taskIn(brief.objective);
  const topic =
    story.type === 'builder'
      ? (topicOfFocus(brief.focus) ?? topics.improvement)
      : topicOf(brief.focus, task, isJudge(story) || task === brief.objective.trim());
  const only = directives.filter((directive) => directive.kind === 'only').at(-1);
  const also = directives.filter((directive) => directive.kind === 'also');
  const missing = missingPaths(story.calls);
  const ownPaths = brief.paths.length > 0 ? brief.paths : topic.id === 'structure' ? [] : pathsIn(task, terrain);
  const scope = (only?.paths ?? ownPaths)
    .map(cleanPath)
    .filter((path) => !missing.has(path) && !directives.some((entry) => entry.kind === 'avoid' && entry.paths.includes(path)));
  const perFile = asksPerFile(brief.objective) && !story.tools.has('edit_file');
  const renaming = renamingIn(task);
  const asksFor = story.type !== 'builder' && (topicOfFocus(brief.focus) === undefined || topic.id === 'question');
  const ownTerms = asksFor ? searchTerms(task, topic) : [];
  const own =
    renaming !== undefined && (perFile || story.type === 'builder')
      ? [nameProbe(renaming)]
      : [
          ...ownTerms.map(termProbe),
          ...topic.probes.filter((probe) => !perFile || !mapsOnly(probe)),
          ...(perFile ? topics.improvement.probes : []),
        ];
  const added = also.map((directive) => ({
    directive,
    probes: [...directive.terms.map(termProbe), ...directive.topics.flatMap((entry) => entry.probes)],
  }));
  const allTopics = [topic, ...also.flatMap((directive) => directive.topics)];
  const canBuild = story.tools.has('edit_file') && !isReadOnly(`${brief.objective} ${brief.context}`);
  return {
    objective: brief.objective,
    task,
    topic,
    probes: [
      ...new Set([...(topicOfFocus(brief.focus) === undefined ? onlyNamed(own, task) : own), ...added.flatMap((entry) => entry.probes)]),
    ],
    everywhere: new Set(
      only === undefined ? added.filter(({ directive }) => directive.paths.length === 0).flatMap((entry) => entry.probes) : [],
    ),
    scope: only === undefined && scope.length > 0 ? [...scope, ...also.flatMap((directive) => directive.paths)] : scope,
    avoid: directives.flatMap((directive) => (directive.kind === 'avoid' ? directive.paths : [])),
    places: also.flatMap((directive) => directive.paths).concat(story.followUp?.place?.path ?? []),
    perFile,
    renaming,
    namesFixes: topicOfFocus(brief.focus) === undefined && namedFixes(task) !== undefined,
    builds:
      canBuild &&
      (allTopics.includes(topics.improvement) || (topicOfFocus(brief.focus) === undefined && topicsIn(task).includes(topics.improvement))),
    finish: directives.some((directive) => directive.kind === 'finish'),
    directives,
    terrain,
  };
}

/** Of the certain corrections those that a task names, where it names any; everything else stays. */
function onlyNamed(own: readonly Probe[], task: string): readonly Probe[] {
  const named = namedFixes(task);
  const fixes: readonly Probe[] = topics.improvement.probes;
  return named === undefined ? own : own.filter((probe) => !fixes.includes(probe) || named.includes(probe));
}

/** Whether a path belongs to an assignment, for one of its probes if that matters. */
export function isInside(assignment: Pick<Assignment, 'scope' | 'avoid' | 'places' | 'everywhere'>, path: string, probe?: Probe): boolean {
  const placed = assignment.places.length > 0 && isWithin(path, assignment.places);
  const free = probe !== undefined && assignment.everywhere.has(probe);
  return (isWithin(path, assignment.scope) || placed || free) && !(assignment.avoid.length > 0 && isWithin(path, assignment.avoid));
}

/** Several judge the same thing, each by its own focus; others have the task before their eyes. */
const isJudge = ({ type }: Story): boolean => type === 'reviewer' || type === 'analyst';

function topicOf(focus: string, objective: string, focusFirst: boolean): Topic {
  const given = topicOfFocus(focus);
  if (given !== undefined) {
    return given;
  }
  const [first] = focusFirst ? [...topicsIn(focus), ...topicsIn(objective)] : [...topicsIn(objective), ...topicsIn(focus)];
  return first ?? (searchTerms(objective, topics.question).length > 0 ? topics.question : topics.risks);
}

const idle = new Set(
  'a about all an and any are as at be by can could do does each find for from get give has have how i in into is it its like list look make many me most must my need of on one or our out over please say search see should show so some such tell than that the their them then there these they this to under up use used uses was we what when where which who why will with work works would you your file files folder code line lines project repository repo workspace place places name names every finding answer question quote'.split(
    ' ',
  ),
);

/** What a question is about: names written as in code and quoted text, else its least common words. */
export function searchTerms(objective: string, topic: Topic): readonly string[] {
  const explicit = termsIn(objective);
  if (explicit.length > 0 || topic.id !== 'question') {
    return explicit;
  }
  const words = wordsOf(objective).filter((word) => word.length > 3 && !idle.has(word));
  const stems = [...new Set(words)].toSorted((a, b) => b.length - a.length).map((word) => word.replace(/(?<=\w{4})(ing|ed|es|s|e)$/, ''));
  return [...new Set([...(objective.match(/\b[A-Z]{2,}\b/g) ?? []), ...stems])].slice(0, 3);
}

function termProbe(term: string): Probe {
  const low = term.toLowerCase();
  return {
    pattern: term,
    literal: true,
    ignoreCase: true,
    what: `“${term}”`,
    holds: (line) => line.text.toLowerCase().includes(low),
    claim: `“${term}” occurs`,
    severity: 'info',
    advice: '',
  };
}

/** Paths that a listing, a search or a read could not use; they are not tried again. */
function missingPaths(calls: readonly PastCall[]): ReadonlySet<string> {
  const failed = calls.filter(
    (call) =>
      /list_files|search_text/.test(call.name) &&
      call.result?.isError === true &&
      /exist|outside|not a folder|is a file|no such/i.test(call.result.text),
  );
  return new Set(failed.flatMap((call) => (typeof call.input['path'] === 'string' ? [cleanPath(call.input['path'])] : [])));
}

/** The probe that declares what a file offers; it maps a scope rather than judging it. */
export const mapsOnly = (probe: Probe): boolean => probe === probes.declaration || probe === probes.heading || probe === probes.testCase;

/** Whether a finding was made by such a probe: it says what is there, not that anything has to be done. */
export function saysOnlyWhatIsThere(text: string): boolean {
  return [probes.declaration, probes.heading, probes.testCase].some((probe) => text.startsWith(probe.claim));
}
