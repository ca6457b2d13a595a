import { type Assignment, isInside, isReadOnly, mapsOnly, saysOnlyWhatIsThere, toAssignment } from './assignment.ts';
import { namedFixes } from './chosenFixes.ts';
import { conduct } from './conduct.ts';
import { sourceFolders } from './decompose.ts';
import { byRules, endReply } from './ending.ts';
import { confirmedHits, type Finding, toFinding } from './findings.ts';
import { type Given, readGiven } from './given.ts';
import { judge } from './judging.ts';
import { readBrief } from './opening.ts';
import { call, callKey, type Planned, text, thinking } from './planned.ts';
import { addedTasks, limitsIn, replanNext } from './replan.ts';
import { correctTasks, type DraftTask, draftTasks, type PlanGround, reasonFor, toAdd } from './planTasks.ts';
import { isGenerated, type Probe } from './probes.ts';
import { type PastCall, settledKeys, type Story } from './story.ts';
import { mergeFindings } from './synthesis.ts';
import { isWithin, readsOf } from './toolText.ts';
import { topics } from './topics.ts';
import { brief, distinct, listOf, plural } from './words.ts';
import { searchCalls } from './worker.ts';

const searchesPerTurn = 4;
const mostPlaces = 30;

/** An agent that decides what is to be done: it looks, adds tasks that fit what is there, and reports the plan. */
export function decidePlanner(story: Story): readonly Planned[] {
  const assignment = planning(story);
  const given = readGiven(story);
  const tasks = () => draftTasks(groundOf(story, assignment, given));
  return conduct({
    story,
    assignment,
    next: () =>
      addedTasks(story).length > 0 && given.asked !== ''
        ? replanNext(story, given, assignment)
        : (look(story, assignment) ?? addTasks(story, assignment, given, tasks())),
    end: () => planReport(story, assignment, given, tasks()),
  });
}

/** What a planner searches for: the task's own subject, and what can certainly be improved. */
function planning(story: Story): Assignment {
  const assignment = toAssignment(story);
  const fixes: readonly Probe[] = namedFixes(assignment.task) ?? topics.improvement.probes;
  const probes = [...new Set([...assignment.probes.slice(0, 4), ...fixes])];
  return { ...assignment, probes: isReadOnly(assignment.task) ? assignment.probes : probes };
}

function look(story: Story, assignment: Assignment): readonly Planned[] | undefined {
  const done = settledKeys(story);
  const isNew = (planned: Parameters<typeof callKey>[0]) => !done.has(callKey(planned)) && story.tools.has(planned.name);
  const looks = [call('list_files', { depth: 2 }), call('find_files', { glob: '**/*' }), call('view_plan')].filter(isNew);
  if (looks.length > 0) {
    return [
      thinking('A plan has to fit what is there: the files, and the tasks that are planned already.'),
      text('I look at the workspace and at the plan as it is.'),
      ...looks,
    ];
  }
  const searches = searchCalls(assignment).filter(isNew).slice(0, searchesPerTurn);
  return searches.length === 0 || story.calls.filter((entry) => entry.name === 'search_text').length >= searchesPerTurn * 2
    ? undefined
    : [
        thinking('Tasks are divided by the files they change, so I need to know which.'),
        text('I search for the places the task is about.'),
        ...searches,
      ];
}

function groundOf(story: Story, assignment: Assignment, given: Given): PlanGround {
  const calls = [...story.earlierCalls, ...story.calls];
  const plan = calls.find((entry) => entry.name === 'view_plan')?.result?.text ?? '';
  const { objective } = readBrief(story);
  return {
    task: assignment.task,
    readOnly: isReadOnly(assignment.task) || /^(what|where|which|how|why|find|explain|review|check|audit)\b/i.test(assignment.task),
    places: placesIn(story, assignment, given),
    // Corrections that were searched for and not found are nowhere to be made.
    folders:
      namedFixes(assignment.task) !== undefined
        ? []
        : sourceFolders({ task: assignment.task, terrain: assignment.terrain, only: assignment.scope, avoid: assignment.avoid }),
    taken: (id) => new RegExp(`(?<![\\w.-])${id}(?![\\w-])`).test(plan),
    after: [...objective.matchAll(/\bdepends_on contains ["“`]([\w.-]+)["”`]/g)].map((match) => match[1] ?? ''),
    specs: story.specs,
  };
}

/** Places worth a task: what earlier reports name, then what the searches found; only files that are there, no generated ones. */
function placesIn(story: Story, assignment: Assignment, given: Given): readonly Finding[] {
  const { files, partial } = assignment.terrain;
  const { only, avoid } = limitsIn(given.asked, assignment.terrain);
  const isWanted = (path: string) => isWithin(path, only) && !(avoid.length > 0 && isWithin(path, avoid));
  const hits = confirmedHits(
    [...story.earlierCalls, ...story.calls],
    assignment.probes,
    (path, probe) => !mapsOnly(probe) && isInside(assignment, path, probe),
  ).map(toFinding);
  const reported = mergeFindings(given.results.map((result) => result.report)).filter(
    ({ path, text: said }) => path !== undefined && (partial || files.includes(path)) && !saysOnlyWhatIsThere(said),
  );
  // What the task names is looked for by itself; what others say beside it is not part of it.
  const wanted = assignment.namesFixes && hits.length > 0 ? hits : [...reported, ...hits];
  const open = wanted.filter(({ path }) => path !== undefined && !isGenerated(path) && isWithin(path, assignment.scope) && isWanted(path));
  return distinct(open, (place) => `${place.path}:${place.line ?? 0}`, mostPlaces);
}

const attempts = (story: Story): readonly PastCall[] => story.calls.filter((entry) => entry.name === 'change_plan');

/** Whether the brief wants the plan in the report alone. */
const reportsOnly = (story: Story): boolean =>
  !story.tools.has('change_plan') || /\b(add no tasks|do not (add|change) tasks|no tasks to the)\b/i.test(readBrief(story).objective);

function addTasks(story: Story, assignment: Assignment, given: Given, tasks: readonly DraftTask[]): readonly Planned[] | undefined {
  const tried = attempts(story);
  const last = tried.at(-1);
  if (tasks.length === 0 || reportsOnly(story) || tried.length > 1 || last?.result?.isError === false) {
    return undefined;
  }
  const ground = groundOf(story, assignment, given);
  const refusal = last === undefined ? undefined : (last.result?.text ?? '');
  const corrected = refusal === undefined ? tasks : correctTasks(tasks, refusal);
  return [
    thinking(
      refusal === undefined
        ? 'No two tasks that run at once may write the same file.'
        : 'The refusal says what is wrong. I correct that, once.',
    ),
    text(
      refusal === undefined
        ? `My plan: ${listOf(corrected.map((task) => `${task.title} (${task.agentType})`))}.`
        : `The plan was refused: ${brief(refusal, 160)}. I correct it.`,
    ),
    call('change_plan', { reason: reasonFor(corrected, ground), add: corrected.map(toAdd) }),
  ];
}

function planReport(story: Story, assignment: Assignment, given: Given, drafted: readonly DraftTask[]): readonly Planned[] {
  const tried = attempts(story);
  const refusal = tried[0]?.result?.isError === true ? tried[0].result.text : undefined;
  const isAdded = tried.some((entry) => entry.result?.isError === false);
  const tasks = refusal !== undefined && tried.length > 1 ? correctTasks(drafted, refusal) : drafted;
  const lastRefusal = tried.findLast((entry) => entry.result?.isError === true)?.result?.text;
  return endReply(story, {
    thought: 'The plan is told task by task, so that who judges it need not look elsewhere.',
    words: `I report a plan of ${plural(tasks.length, 'task')}.`,
    summary: [
      `Plan for “${brief(assignment.task, 160)}”: ${tasks.length === 0 ? 'I found nothing in the workspace to make tasks of' : plural(tasks.length, 'task')}.`,
      ...(tasks.length === 0 ? [] : [reasonFor(tasks, groundOf(story, assignment, given))]),
      howKept(story, given, isAdded, lastRefusal),
    ].join(' '),
    findings: tasks.map(taskFinding),
    filesRead: distinct(readsOf(story.calls), (part) => part.path).map((part) => part.path),
    recommendations: [],
    openQuestions: isAdded || lastRefusal === undefined ? [] : [`The plan was not taken: ${brief(lastRefusal, 300)}`],
    notes: [byRules],
    verdict: given.verdict === undefined ? undefined : judge([], given.round?.number ?? 1),
  });
}

function howKept(story: Story, given: Given, isAdded: boolean, refusal: string | undefined): string {
  if (given.asked !== '') {
    return `Asked for: “${brief(given.asked, 160)}”. ${isAdded ? 'The plan was changed accordingly.' : 'The plan stays as it was.'}`;
  }
  if (isAdded) {
    return 'The tasks are in the plan.';
  }
  const why =
    refusal !== undefined
      ? ', for it was refused'
      : !story.tools.has('change_plan')
        ? ', for I cannot change the plan'
        : reportsOnly(story)
          ? ', as the brief wants'
          : '';
  return `The plan is in this report alone${why}.`;
}

function taskFinding(task: DraftTask): Finding {
  const after = task.dependsOn.length === 0 ? '' : `, after ${listOf(task.dependsOn)}`;
  const why = task.place === undefined ? '' : `. Begin with: ${brief(task.place.text, 120)}`;
  return {
    text: `${task.id}: ${task.title} (${task.agentType}${after}), in ${listOf(task.paths) || 'the whole workspace'}${why}`,
    ...(task.place?.path === undefined ? {} : { path: task.place.path }),
    ...(task.place?.line === undefined ? {} : { line: task.place.line }),
    severity: 'info',
  };
}
