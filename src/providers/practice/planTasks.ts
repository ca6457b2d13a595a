import type { ToolSpec } from '../../core/events.ts';
import { knownType } from './agentTypes.ts';
import type { Finding } from './findings.ts';
import type { CallInput } from './planned.ts';
import { slugOf } from './proposing.ts';
import { brief, distinct, listOf, plural } from './words.ts';

/** A task a planner means to add, in the words of change_plan. */
export interface DraftTask {
  readonly id: string;
  readonly title: string;
  readonly agentType: string;
  readonly objective: string;
  readonly paths: readonly string[];
  readonly context: string;
  readonly doneCriteria: readonly string[];
  readonly dependsOn: readonly string[];
  readonly priority: 'high' | 'medium' | 'low';
  /** A line that shows why there is something to do. */
  readonly place: Finding | undefined;
}

/** What a plan is made from. */
export interface PlanGround {
  readonly task: string;
  readonly readOnly: boolean;
  /** Places worth a change, the gravest first; each has a path. */
  readonly places: readonly Finding[];
  /** Folders to fall back on when no place is known, the largest first. */
  readonly folders: readonly string[];
  /** Ids that are taken. */
  readonly taken: (id: string) => boolean;
  /** Tasks that every new one has to wait for. */
  readonly after: readonly string[];
  readonly specs: readonly ToolSpec[];
}

const mostParts = 3;
/** As many as one agent looks into. */
const mostFiles = 3;

/** Two to five tasks: parts that write different files, so that they can run at once, and a last one that checks them all. */
export function draftTasks(ground: PlanGround): readonly DraftTask[] {
  const parts = partsOf(ground).map((part, index) => toTask(part, index, ground));
  if (parts.length === 0) {
    return [];
  }
  const check = checkTask(parts, ground);
  return [...parts, check];
}

interface PlanPart {
  readonly name: string;
  readonly paths: readonly string[];
  readonly places: readonly Finding[];
}

/** Files by their top folder; where there are none, the largest folders themselves. */
function partsOf({ places, folders }: PlanGround): readonly PlanPart[] {
  const byFolder = new Map<string, Finding[]>();
  for (const place of places) {
    const path = place.path ?? '';
    const name = path.includes('/') ? (path.split('/')[0] ?? path) : path;
    byFolder.set(name, [...(byFolder.get(name) ?? []), place]);
  }
  const parts = [...byFolder].map(([name, found]): PlanPart => {
    const paths = distinct(
      found.flatMap((place) => place.path ?? []),
      (path) => path,
      mostFiles,
    );
    return { name, paths, places: found.filter((place) => paths.includes(place.path ?? '')) };
  });
  return parts.length > 0
    ? parts.slice(0, mostParts)
    : folders.slice(0, 2).map((folder) => ({ name: folder, paths: [folder], places: [] }));
}

function toTask({ name, paths, places }: PlanPart, index: number, ground: PlanGround): DraftTask {
  const verb = ground.readOnly ? 'Look into' : 'Change';
  const known = places.slice(0, 6).map((place) => `${place.path}:${place.line ?? 1}: ${brief(place.text, 140)}`);
  return {
    id: freeId(`${ground.readOnly ? 'look' : 'change'}-${slugOf(name)}`, ground),
    title: `${verb} ${brief(name, 50)}`,
    agentType: knownType(ground.specs, 'change_plan', ground.readOnly ? ['scout', 'general'] : ['builder', 'general']),
    objective: brief(ground.task, 600),
    paths,
    context: [
      `This is one part, ${listOf(paths)}; others do the rest at the same time.`,
      ...(known.length === 0 ? [] : [`Known places:\n${known.map((line) => `- ${line}`).join('\n')}`]),
    ].join('\n\n'),
    doneCriteria: ground.readOnly
      ? ['Every finding names a file and a line that was read']
      : [`Nothing outside ${listOf(paths)} is changed`, 'What was changed is named with file and line'],
    dependsOn: ground.after,
    priority: index === 0 ? 'high' : 'medium',
    place: places[0],
  };
}

function checkTask(parts: readonly DraftTask[], ground: PlanGround): DraftTask {
  const paths = distinct(
    parts.flatMap((part) => part.paths),
    (path) => path,
  );
  const wanted = ground.readOnly ? ['analyst', 'reviewer', 'general'] : ['tester', 'reviewer', 'general'];
  return {
    id: freeId(ground.readOnly ? 'put-together' : 'check-changes', ground),
    title: ground.readOnly ? 'Put the findings together' : 'Check the changes',
    agentType: knownType(ground.specs, 'change_plan', wanted),
    objective: `${ground.readOnly ? 'Put together what the tasks before this one found about' : 'Find out whether the changes hold that were made for'}: ${brief(ground.task, 400)}`,
    paths,
    context: '',
    doneCriteria: [ground.readOnly ? 'Each finding is told once' : 'The project’s own tests have run, or it is said why not'],
    dependsOn: [...ground.after, ...parts.map((part) => part.id)],
    priority: 'medium',
    place: undefined,
  };
}

function freeId(wanted: string, { taken }: PlanGround): string {
  for (let number = 1; number < 50; number++) {
    const id = number === 1 ? wanted : `${wanted}-${number}`;
    if (!taken(id)) {
      return id;
    }
  }
  return `${wanted}-more`;
}

/** Why the plan is as it is, for whoever reads its history. */
export function reasonFor(tasks: readonly DraftTask[], { places }: PlanGround): string {
  const files = distinct(places, (place) => place.path ?? '').length;
  const why =
    files === 0
      ? 'No single place was found, so the work is divided by folders'
      : `${plural(places.length, 'place')} in ${plural(files, 'file')} were found`;
  return `${why}; the parts write different files and can run at once, and ${tasks.at(-1)?.title ?? 'the last'} needs them all.`;
}

/** A task as change_plan takes it. */
export function toAdd(task: DraftTask): CallInput {
  return {
    id: task.id,
    title: task.title,
    agent_type: task.agentType,
    objective: task.objective,
    ...(task.paths.length === 0 ? {} : { paths: [...task.paths] }),
    ...(task.context === '' ? {} : { context: task.context }),
    output_format: 'A summary, then findings that name file and line',
    done_criteria: [...task.doneCriteria],
    ...(task.dependsOn.length === 0 ? {} : { depends_on: [...task.dependsOn] }),
    priority: task.priority,
  };
}

/** The tasks again, without what a refusal says is wrong; when it says nothing that can be acted on, the plainest form. */
export function correctTasks(tasks: readonly DraftTask[], refusal: string): readonly DraftTask[] {
  const names = (word: string) => new RegExp(`(?<![\\w./-])${word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w/-])`).test(refusal);
  const isTaken = /already|two tasks|same id|duplicate|taken/i.test(refusal);
  const renamed = new Map(tasks.filter((task) => isTaken && names(task.id)).map((task) => [task.id, `${task.id}-b`]));
  const own = new Set(tasks.map((task) => task.id));
  const fixed = tasks.map(
    (task): DraftTask => ({
      ...task,
      id: renamed.get(task.id) ?? task.id,
      agentType: /type/i.test(refusal) && names(task.agentType) ? 'general' : task.agentType,
      paths: task.paths.filter((path) => !names(path)),
      dependsOn: task.dependsOn.filter((id) => own.has(id) || !names(id)).map((id) => renamed.get(id) ?? id),
    }),
  );
  if (JSON.stringify(fixed) !== JSON.stringify(tasks)) {
    return fixed;
  }
  const [first] = tasks;
  return first === undefined ? [] : [{ ...first, dependsOn: first.dependsOn.filter((id) => !own.has(id)), agentType: 'general' }];
}
