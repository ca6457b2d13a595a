import type { ToolSpec } from '../../core/events.ts';
import { knownType } from './agentTypes.ts';
import { isReadOnly } from './assignment.ts';
import { call, type PlannedCall } from './planned.ts';
import { isGenerated, isTestPath } from './probes.ts';
import { termsIn } from './steering.ts';
import { field, type Story } from './story.ts';
import { isWithin, type Terrain } from './toolText.ts';
import { type Topic, type TopicId, topics, topicsIn } from './topics.ts';
import { brief, wordsOf } from './words.ts';

/** One worker the lead means to spawn. */
export interface Part {
  readonly label: string;
  readonly topic: Topic;
  readonly objective: string;
  /** Existing paths; empty means the whole workspace. */
  readonly paths: readonly string[];
  /** Name of its task, where another part waits for it. */
  readonly taskId?: string;
  /** The task it waits for. */
  readonly after?: string;
}

/** What the lead has to divide the work by. */
export interface Ground {
  readonly task: string;
  readonly terrain: Terrain;
  /** What a person or the task restricts the work to. */
  readonly only: readonly string[];
  readonly avoid: readonly string[];
}

const mostParts = 5;

/** Whether a task only wants to know something. */
export function isQuestion(task: string): boolean {
  const [first = ''] = wordsOf(task);
  const asks = /^(what|where|which|who|whose|how|why|when|is|are|does|do|has|have)$/.test(first);
  return asks || (topicsIn(task).length === 0 && (/^(find|explain|show|tell|locate)$/.test(first) || task.trim().endsWith('?')));
}

/** Divides a task into parts that fit what is really there. */
export function decompose(ground: Ground): readonly Part[] {
  if (isQuestion(ground.task)) {
    const topic = (termsIn(ground.task).length > 0 ? undefined : topicsIn(ground.task)[0]) ?? topics.question;
    return [
      { label: 'scout', topic: topic === topics.improvement ? topics.question : topic, objective: ground.task.trim(), paths: ground.only },
    ];
  }
  const readOnly = isReadOnly(ground.task);
  const chosen = chooseTopics(ground, readOnly);
  const main = chosen[0];
  const parts = chosen.flatMap((topic) => (topic === main && chosen.length < mostParts ? split(topic, ground) : [toPart(topic, ground)]));
  return parts.slice(0, mostParts);
}

/** What the task asks for first; then what every workspace can use, until there are four. */
function chooseTopics(ground: Ground, readOnly: boolean): readonly Topic[] {
  const asked = topicsIn(ground.task).map((topic) => topic.id);
  const hasTests = ground.terrain.files.some(isTestPath);
  const hasDocs = ground.terrain.files.some((file) => /\.(md|mdx|rst|adoc)$/i.test(file));
  const usual: TopicId[] = ['risks', ...(hasTests ? (['tests'] as const) : []), 'improvement', 'structure', 'quality'];
  const wanted = asked.filter((id) => id !== 'improvement');
  const lead = wanted.length > 0 ? wanted : (['structure'] as const);
  const all = [...new Set<TopicId>([...lead.slice(0, 3), ...usual])];
  const fit = all.filter((id) => (id !== 'docs' || hasDocs || wanted.includes('docs')) && (id !== 'improvement' || !readOnly));
  const count = mostParts - 1;
  const first = fit.slice(0, count);
  // The edit and the command are what a person most wants to try the approvals on.
  const complete = readOnly || first.includes('improvement') ? first : [...first.slice(0, count - 1), 'improvement' as const];
  return complete.map((id) => topics[id]);
}

/** A large workspace gets its first topic twice, in its two largest folders. */
function split(topic: Topic, ground: Ground): readonly Part[] {
  const folders = sourceFolders(ground);
  const [first, second] = folders;
  if (topic.home !== undefined || first === undefined || second === undefined || (ground.terrain.folders.get(second) ?? 0) < 12) {
    return [toPart(topic, ground)];
  }
  return [first, second].map((folder) => ({
    ...toPart(topic, ground),
    label: brief(`${topic.id}-${lastName(folder)}`, 60),
    paths: [folder],
  }));
}

const lastName = (path: string): string => path.split('/').at(-1) ?? path;

/** Folders with sources, the largest first: below the restriction if there is one, else at the top. */
export function sourceFolders({ terrain, only, avoid }: Ground): readonly string[] {
  const depth = only.length === 0 ? 1 : Math.min(...only.map((path) => path.split('/').length)) + 1;
  return [...terrain.folders]
    .filter(([folder]) => folder.split('/').length === depth && isWithin(folder, only) && !isIn(folder, avoid))
    .filter(
      ([folder]) =>
        !isGenerated(`${folder}/`) &&
        !isTestPath(`${folder}/`) &&
        !/(^|\/)(docs?|\.[\w-]+|node_modules|examples?|assets|media|public)$/i.test(folder),
    )
    .toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .map(([folder]) => folder);
}

const isIn = (path: string, roots: readonly string[]): boolean => roots.length > 0 && isWithin(path, roots);

function toPart(topic: Topic, ground: Ground): Part {
  return { label: topic.id, topic, objective: topic.objective, paths: homeOf(topic, ground) };
}

function homeOf(topic: Topic, { terrain, only, avoid }: Ground): readonly string[] {
  const { home } = topic;
  const homes =
    home === undefined
      ? []
      : [...terrain.folders.keys()].filter(
          (folder) => home.test(folder) && isWithin(folder, only) && !isIn(folder, avoid) && !isGenerated(`${folder}/`),
        );
  const top = homes.filter((folder) => !homes.some((other) => folder !== other && isWithin(folder, [other])));
  if (topic.id === 'docs' && top.length > 0 && only.length === 0) {
    return [...terrain.files.filter((file) => /^(readme|changelog|contributing)[^/]*$/i.test(file)).slice(0, 2), ...top.slice(0, 1)];
  }
  return only.length > 0 ? (top.length > 0 ? top.slice(0, 3) : only) : topic.id === 'tests' ? [] : top.slice(0, 3);
}

/** The parts with room for a reviewer of the change that one of them makes, where tasks can wait for each other. */
export function withReview(parts: readonly Part[], story: Pick<Story, 'specs' | 'earlierCalls'>): readonly Part[] {
  const spec = story.specs.find((tool) => tool.name === 'spawn_agent');
  const change = parts.find((part) => part.topic === topics.improvement);
  const canWait = spec !== undefined && /"depends_on"/.test(JSON.stringify(spec.inputSchema));
  if (change === undefined || !canWait || knownType(story.specs, 'spawn_agent', ['reviewer']) !== 'reviewer') {
    return parts;
  }
  // A lead that has had another task before has used the plain name for that.
  const before = story.earlierCalls.filter((entry) => entry.name === 'spawn_agent').length;
  const taskId = before === 0 ? change.label : `${change.label}-${before + 1}`;
  return [...parts.filter((part) => part !== change).slice(0, mostParts - 2), { ...change, taskId }];
}

/** The review of a change that is under way, unless it was asked for: spawned after it, because it has to name a task that is there. */
export function reviewOf(story: Pick<Story, 'calls'>): Part | undefined {
  const spawns = story.calls.filter((entry) => entry.name === 'spawn_agent');
  const change = spawns.find((entry) => field(entry.input, 'task_id') !== undefined && entry.result?.isError === false);
  const after = change === undefined ? undefined : field(change.input, 'task_id');
  return after === undefined || spawns.some((entry) => entry.input['depends_on'] !== undefined)
    ? undefined
    : { label: 'review', topic: topics.review, objective: topics.review.objective, paths: [], after };
}

/** The call that spawns a part. */
export function spawnCall(part: Part, task: string, specs: readonly ToolSpec[], avoid: readonly string[] = []): PlannedCall {
  return call('spawn_agent', {
    label: part.label,
    agent_type: part.topic === topics.review ? 'reviewer' : agentTypeFor(part.topic.id === 'improvement', specs),
    objective: part.objective,
    ...(part.paths.length === 0 ? {} : { paths: part.paths }),
    focus: part.topic.focus,
    context: `The person's task: ${brief(task, 300)}${avoid.length === 0 ? '' : ` Leave out: ${avoid.join(', ')}.`}`,
    output_format: 'A report whose findings name file and line',
    done_criteria: part.topic.doneCriteria,
    ...(part.taskId === undefined ? {} : { task_id: part.taskId }),
    ...(part.after === undefined ? {} : { depends_on: [part.after] }),
  });
}

/** An agent type there is: the tool's description names them. */
export function agentTypeFor(builds: boolean, specs: readonly ToolSpec[]): string {
  return knownType(specs, 'spawn_agent', builds ? ['builder', 'general', 'worker'] : ['scout', 'explorer', 'reader', 'general', 'worker']);
}
