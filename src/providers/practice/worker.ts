import { type Assignment, isInside, toAssignment } from './assignment.ts';
import { buildNext, triedToBuild } from './builder.ts';
import { conduct } from './conduct.ts';
import { confirmedHits, type Hit, searchInput, unreadHits } from './findings.ts';
import { call, callKey, type Planned, type PlannedCall, text, thinking } from './planned.ts';
import { isGenerated, type Probe } from './probes.ts';
import { proposeNext } from './proposing.ts';
import { field, settledKeys, type Story } from './story.ts';
import { hitsOf, isWithin } from './toolText.ts';
import { reportReply } from './workerReport.ts';
import { listOf, plural } from './words.ts';

const searchesPerTurn = 3;
const readsPerTurn = 2;
const maxReadTurns = 2;
const resultsPerSearch = 40;
const resultsForUses = 200;

/** The next reply of an agent that works by itself: look, search, read, perhaps change one thing, report. */
export function decideWorker(story: Story): readonly Planned[] {
  const assignment = toAssignment(story);
  return conduct({
    story,
    assignment,
    next: () => proposeNext(story, assignment) ?? nextStep(story, assignment),
    end: () => reportReply(story, assignment, hitsFor(story, assignment)),
  });
}

function hitsFor(story: Story, assignment: Assignment): readonly Hit[] {
  return confirmedHits(story.calls, assignment.probes, (path, probe) => isInside(assignment, path, probe));
}

function nextStep(story: Story, assignment: Assignment): readonly Planned[] | undefined {
  const done = settledKeys(story);
  const isNew = (planned: PlannedCall) => !done.has(callKey(planned)) && story.tools.has(planned.name);
  const first = [...looks(assignment), ...places(assignment)].filter(isNew).slice(0, 4);
  if (first.length > 0) {
    return [thinking(opinion(story, assignment)), text(lookText(story, assignment)), ...first];
  }
  const searches = searchCalls(assignment).filter(isNew).slice(0, searchesPerTurn);
  if (searches.length > 0) {
    return [
      thinking(
        hitsOf(story.calls).length === 0
          ? 'Search before reading: the hits say which files are worth opening.'
          : 'The first searches gave something; now the rest of the subject.',
      ),
      text(searchText(story, assignment, searches)),
      ...searches,
      ...manifests(assignment).filter(isNew),
    ];
  }
  const hits = hitsFor(story, assignment);
  const built = assignment.builds ? triedToBuild(story) : true;
  const reads = built ? readCalls(story, assignment, hits).filter(isNew) : [];
  if (reads.length > 0) {
    return [
      thinking(
        story.calls.some((entry) => entry.name === 'read_file')
          ? 'One more look around, so that no finding rests on a single line.'
          : 'A search shows one line; its neighbours decide whether it matters.',
      ),
      text(readText(hits, reads)),
      ...reads,
    ];
  }
  return assignment.builds ? buildNext(story, assignment, hits) : undefined;
}

function looks(assignment: Assignment): readonly PlannedCall[] {
  const roots = assignment.scope.slice(0, 3);
  const depth = assignment.topic.id === 'structure' ? 3 : 2;
  const listings =
    roots.length === 0
      ? [call('list_files', { depth })]
      : roots.filter((path) => !looksLikeFile(path)).map((path) => call('list_files', { path, depth }));
  const files = assignment.topic.id === 'tests' && roots.length === 0 ? [call('find_files', { glob: '**/*{test,spec,Test}*' })] : [];
  return [...listings, ...files];
}

function places(assignment: Assignment): readonly PlannedCall[] {
  const files = [...assignment.places, ...assignment.scope].filter((path) => looksLikeFile(path));
  return files.slice(0, 3).map((path) => call('read_file', { path }));
}

/** Who may run a command has to know which ones the project has. */
function manifests({ builds, terrain }: Assignment): readonly PlannedCall[] {
  return builds && terrain.files.includes('package.json') ? [call('read_file', { path: 'package.json' })] : [];
}

const looksLikeFile = (path: string): boolean => /(^|\/)[^/]+\.\w{1,8}$|(^|\/)(Makefile|Dockerfile|LICENSE)$/.test(path);

/** Probes before paths, so that the first searches already say something about every path. */
export function searchCalls(assignment: Assignment): readonly PlannedCall[] {
  const roots = assignment.scope.length === 0 ? [undefined] : assignment.scope.slice(0, 3);
  const rootsFor = (probe: Probe) => (assignment.everywhere.has(probe) ? [undefined] : roots);
  const limit = assignment.builds ? assignment.probes.length * roots.length : Math.max(6, roots.length * 2);
  return assignment.probes
    .flatMap((probe) =>
      rootsFor(probe).map((root) => call('search_text', searchInput(probe, root, assignment.perFile ? resultsForUses : resultsPerSearch))),
    )
    .slice(0, limit + assignment.directives.length * 4);
}

function readCalls(story: Story, assignment: Assignment, hits: readonly Hit[]): readonly PlannedCall[] {
  const turnsWithReads = new Set(story.calls.filter((entry) => entry.name === 'read_file').map((entry) => entry.turn)).size;
  if (turnsWithReads >= maxReadTurns + assignment.directives.length) {
    return [];
  }
  const around = unreadHits(story.calls, hits).map((hit) =>
    call('read_file', { path: hit.path, from_line: Math.max(1, hit.line - 8), to_line: hit.line + 12 }),
  );
  return (around.length > 0 || turnsWithReads > 0 ? around : fallbackReads(assignment)).slice(0, readsPerTurn);
}

/** When the searches found nothing, what a reader would open first. */
function fallbackReads(assignment: Assignment): readonly PlannedCall[] {
  const inside = assignment.terrain.files.filter((file) => isInside(assignment, file) && !isGenerated(file));
  const known = [
    /(^|\/)readme(\.\w+)?$/i,
    /(^|\/)(package\.json|pyproject\.toml|Cargo\.toml|go\.mod)$/,
    /(^|\/)(index|main|app|lib|mod)\.\w+$/,
  ];
  const texts = inside.filter((file) => /\.(ts|tsx|js|jsx|mjs|cjs|py|go|rs|java|rb|c|h|cpp|cs|php|md|json)$/i.test(file));
  const ordered = [...known.flatMap((pattern) => inside.filter((file) => pattern.test(file))), ...texts];
  return [...new Set(ordered)].map((path) => call('read_file', { path, from_line: 1, to_line: 60 }));
}

function opinion(story: Story, assignment: Assignment): string {
  const where = assignment.scope.length === 0 ? 'the whole workspace' : listOf(assignment.scope);
  return story.taskTurns === 0
    ? `My subject is ${assignment.topic.id}; my place is ${where}. First see what is there, then search, then read around the hits.`
    : `The task has moved: now ${where}${assignment.avoid.length === 0 ? '' : ` without ${listOf(assignment.avoid)}`}.`;
}

function lookText(story: Story, assignment: Assignment): string {
  const where = assignment.scope.length === 0 ? 'the workspace' : listOf(assignment.scope);
  return story.taskTurns === 0
    ? `I begin with a look at ${where}.`
    : `I look at ${listOf([...new Set([...assignment.scope, ...assignment.places])]) || where} now.`;
}

function searchText(story: Story, assignment: Assignment, searches: readonly PlannedCall[]): string {
  const whats = [
    ...new Set(searches.map((entry) => assignment.probes.find((probe) => probe.pattern === entry.input['pattern'])?.what ?? 'text')),
  ];
  const seen = hitsOf(story.calls).length;
  const files = assignment.terrain.files.filter((file) => isWithin(file, assignment.scope)).length;
  const before = seen > 0 ? `${plural(seen, 'line')} found so far.` : `I know of ${plural(files, 'file')} here.`;
  return `${before} Next I search for ${listOf(whats)}.`;
}

function readText(hits: readonly Hit[], reads: readonly PlannedCall[]): string {
  const paths = listOf(reads.map((entry) => field(entry.input, 'path') ?? ''));
  return hits.length === 0
    ? `The searches found nothing of the kind. I read ${paths} to be sure of what this is.`
    : `${plural(hits.length, 'line')} worth a look. I read around ${reads.length === 1 ? 'one' : 'two'} of them, in ${paths}.`;
}
