import { answerAgents } from './leadAnswers.ts';
import { crewOf, emptyWaits, type Member, refusedSpawns } from './crew.ts';
import { decompose, type Ground, isQuestion, reviewOf, spawnCall, withReview } from './decompose.ts';
import { type Finding, pickFindings, confirmedHits, searchInput } from './findings.ts';
import { followSteering, leadPlan } from './leadSteering.ts';
import { readBrief } from './opening.ts';
import { call, callKey, type Planned, type PlannedCall, text, thinking } from './planned.ts';
import { probes } from './probes.ts';
import { acknowledge, directivesOf, pathsIn, toDirective } from './steering.ts';
import { settledKeys, type Story } from './story.ts';
import { cleanPath, isWithin, toTerrain } from './toolText.ts';
import { leadReport, mergeFindings, readReport } from './synthesis.ts';
import { brief, listOf, plural, wordsOf } from './words.ts';

const maxTurns = 60;
const maxEmptyWaits = 2;

/** The next reply of an agent that can spawn others: look, perhaps ask, divide, wait, check, report. */
export function decideLead(story: Story): readonly Planned[] {
  const terrain = toTerrain(story);
  const directives = directivesOf(story, terrain);
  const task = taskOf(story);
  const ground: Ground = { task, terrain, ...limitsOf(story, task, directives, terrain) };
  const crew = crewOf(story);
  const open = crew.filter((member) => member.report === undefined);
  const spoken = acknowledge(story.fresh, (message) => leadPlan(toDirective(message, terrain), open.length)).map((answer) => text(answer));
  const answers = [...spoken, ...answerAgents(story, ground, open.length)];
  const inScope = (path: string) => isWithin(path, ground.only) && !(ground.avoid.length > 0 && isWithin(path, ground.avoid));
  const finish = () => leadReport(story, crew, task, ownFindings(story, inScope), inScope);
  const wantsEnd = directives.some((directive) => directive.kind === 'finish');
  const endings = directives.filter((directive) => directive.kind === 'finish').length;
  if (story.taskTurns >= maxTurns || (wantsEnd && (open.length === 0 || endings > 1))) {
    return [...answers, ...finish()];
  }
  if (crew.length > 0) {
    return [...answers, ...(guide(story, ground, crew, open) ?? finish())];
  }
  const step =
    askFirst(story, task, ground) ??
    look(story, ground) ??
    (refusedSpawns(story).length === 0 ? divide(story, ground) : alone(story, ground));
  return [...answers, ...(step ?? finish())];
}

/** The task in the person's words, with the answer to the lead's own question if it asked one. */
function taskOf(story: Story): string {
  const answered = story.calls.findLast((entry) => entry.name === 'ask_person' && entry.result?.isError === false);
  const objective = readBrief(story).objective;
  return answered === undefined ? objective : `${objective}: ${answered.result?.text ?? ''}`;
}

function limitsOf(
  story: Story,
  task: string,
  directives: ReturnType<typeof directivesOf>,
  terrain: ReturnType<typeof toTerrain>,
): Pick<Ground, 'only' | 'avoid'> {
  const exists = (path: string) => terrain.folders.has(path) || terrain.files.includes(path);
  const only = directives.filter((directive) => directive.kind === 'only').at(-1)?.paths ?? [
    ...readBrief(story).paths,
    ...pathsIn(task, terrain),
  ];
  const inTask = toDirective({ turn: 0, from: 'person', kind: 'steer', text: task, place: undefined }, terrain);
  const avoid = [...directives, inTask].flatMap((directive) => (directive.kind === 'avoid' ? directive.paths : []));
  return { only: only.map(cleanPath).filter((path) => exists(path) && !avoid.includes(path)), avoid };
}

const verbs = new Set(
  'review check find fix look map list explain describe improve refactor clean test document write add change update remove search audit analyse analyze examine inspect investigate summarise summarize tell show read count compare make build create implement rename move understand explore survey report assess study simplify optimise optimize polish correct translate migrate prepare plan verify validate debug trace try do run get give see help ask tidy harden speed learn scan evaluate suggest propose replace extract split merge convert upgrade modernise modernize'.split(
    ' ',
  ),
);

/** One question first when the task says so or says too little. */
function askFirst(story: Story, task: string, { terrain }: Ground): readonly Planned[] | undefined {
  const words = wordsOf(task);
  const vague = words.length < 3 || !(words.some((word) => verbs.has(word)) || isQuestion(task));
  const asked = [...story.calls, ...story.earlierCalls].some((entry) => entry.name === 'ask_person');
  if (asked || !story.tools.has('ask_person') || story.followUp !== undefined || !(vague || words.includes('ask'))) {
    return undefined;
  }
  if (!story.calls.some((entry) => entry.name === 'list_files')) {
    return undefined;
  }
  const [largest] = [...terrain.folders]
    .filter(([folder]) => !folder.includes('/') && !folder.startsWith('.'))
    .toSorted((a, b) => b[1] - a[1]);
  const options = [
    'Review everything',
    'Find bugs and risks',
    'Check the tests',
    ...(largest === undefined ? [] : [`Review only ${largest[0]}`]),
  ];
  return [
    thinking('Better one question now than four agents in the wrong direction.'),
    text('Before I divide the work I need to know what matters most.'),
    call('ask_person', { question: `What should the agents concentrate on for “${brief(task, 100)}”?`, options }),
  ];
}

/** First the lay of the land, then the files that explain it. */
function look(story: Story, { terrain, task }: Ground): readonly Planned[] | undefined {
  const done = settledKeys(story);
  const isNew = (planned: PlannedCall) => !done.has(callKey(planned)) && story.tools.has(planned.name);
  const listings = [call('list_files', { depth: 2 }), call('find_files', { glob: '**/*' })].filter(isNew);
  if (listings.length > 0) {
    const again = story.followUp === undefined ? '' : ' again, because the task is a new one';
    return [
      thinking(`The task: ${brief(task, 160)}. Before it can be divided, it has to be clear what is there.`),
      text(`I look at the workspace first${again}.`),
      ...listings,
    ];
  }
  const wanted = [
    /^readme(\.\w+)?$/i,
    /^(package\.json|pyproject\.toml|Cargo\.toml|go\.mod|pom\.xml|composer\.json)$/,
    /^(contributing|architecture)(\.\w+)?$/i,
  ];
  const files = wanted.flatMap((pattern) => terrain.files.filter((file) => pattern.test(file)).slice(0, 1));
  const reads = files.map((path) => call('read_file', { path, from_line: 1, to_line: 80 })).filter(isNew);
  if (reads.length === 0 || story.calls.some((entry) => entry.name === 'read_file')) {
    return undefined;
  }
  const size = `${terrain.partial ? 'more than ' : ''}${plural(terrain.files.length, 'file')} in ${plural(terrain.folders.size, 'folder')}`;
  return [
    thinking('Names tell where things are; these files tell what they are for.'),
    text(`I see ${size}. I read ${listOf(files)} to know what this is.`),
    ...reads,
  ];
}

function divide(story: Story, ground: Ground): readonly Planned[] {
  const parts = withReview(decompose(ground), story);
  const places = parts.map((part) => `${part.label}${part.paths.length === 0 ? '' : ` (${listOf(part.paths)})`}`);
  const why =
    parts.length === 1
      ? 'One scout is enough for a question.'
      : `The parts do not depend on each other, so ${parts.length} agents can work at once.`;
  return [
    thinking(`${why} Each gets paths that exist, a focus and a test for being done.`),
    text(`My plan: ${listOf(places)}. ${why}`),
    ...parts.map((part) => spawnCall(part, ground.task, story.specs, ground.avoid)),
  ];
}

/** When nobody can be spawned: a small search of its own, so that there is something true to report. */
function alone(story: Story, ground: Ground): readonly Planned[] | undefined {
  const root = ground.only[0];
  const searches = [probes.marker, probes.emptyCatch, probes.evaluated].map((probe) => call('search_text', searchInput(probe, root, 20)));
  const done = settledKeys(story);
  const next = searches.filter((planned) => !done.has(callKey(planned)) && story.tools.has('search_text'));
  return next.length === 0
    ? undefined
    : [text(`No agent could be spawned (${brief(refusedSpawns(story)[0] ?? '', 120)}). I look myself.`), ...next];
}

function ownFindings(story: Story, inScope: (path: string) => boolean): readonly Finding[] {
  return pickFindings(confirmedHits(story.calls, [probes.marker, probes.emptyCatch, probes.evaluated], inScope), 8);
}

/** While others work: pass steering on, wait, and check one finding before the end. */
function guide(story: Story, ground: Ground, crew: readonly Member[], open: readonly Member[]): readonly Planned[] | undefined {
  const actions = followSteering(story, ground, open);
  if (actions.length > 0) {
    return [thinking('Steering comes first: pass it on before waiting again.'), ...actions];
  }
  const review = reviewOf(story);
  if (review !== undefined) {
    return [
      thinking('A change is judged by somebody else than who made it, and only when it is made.'),
      text(`I plan a review of the change; it starts when ${review.after} is done.`),
      spawnCall(review, ground.task, story.specs, ground.avoid),
    ];
  }
  if (open.length > 0 && emptyWaits(story) < maxEmptyWaits) {
    const news = reportNews(story, crew, open);
    const refused = refusedSpawns(story).length;
    const note =
      refused > 0 && !story.calls.some((entry) => entry.name === 'wait_for_agents')
        ? ` ${plural(refused, 'agent')} could not be spawned; I go on without.`
        : '';
    return [text(`${news}${note}`), call('wait_for_agents')];
  }
  return checkOne(story, crew, ground);
}

function reportNews(story: Story, crew: readonly Member[], open: readonly Member[]): string {
  const arrived = crew.filter((member) => member.report !== undefined && member.report.turn === story.turn);
  const said = arrived.map((member) =>
    member.lost
      ? `${member.label} ended without a report; I go on without it.`
      : `${member.label} reported ${plural(readReport(member.report?.text ?? '').findings.length, 'finding')}.`,
  );
  return [...said, `I wait for ${listOf(open.map((member) => member.label))}.`].join(' ');
}

/** The lead looks at the gravest place itself before it repeats it. */
function checkOne(story: Story, crew: readonly Member[], ground: Ground): readonly Planned[] | undefined {
  const reports = crew.filter((member) => !member.lost).map((member) => readReport(member.report?.text ?? ''));
  const first = mergeFindings(reports).find(
    (finding) =>
      finding.line !== undefined && finding.path !== undefined && (ground.only.length === 0 || isWithin(finding.path, ground.only)),
  );
  const spawned = story.calls.find((entry) => entry.name === 'spawn_agent')?.turn ?? 0;
  const checked = story.calls.some((entry) => entry.name === 'read_file' && entry.turn > spawned);
  if (first?.path === undefined || first.line === undefined || checked || !story.tools.has('read_file')) {
    return undefined;
  }
  return [
    thinking('A report is worth what its places are worth. One look at the gravest.'),
    text(`All reports are in. I check ${first.path}:${first.line} myself before I write mine.`),
    call('read_file', { path: first.path, from_line: Math.max(1, first.line - 5), to_line: first.line + 5 }),
  ];
}
