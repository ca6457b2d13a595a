import type { Json } from '../../core/json.ts';
import type { Assignment } from './assignment.ts';
import type { Given } from './given.ts';
import { call, type CallInput, type Planned, text, thinking } from './planned.ts';
import { toDirective } from './steering.ts';
import { field, type Story } from './story.ts';
import { cleanPath, isWithin, type Terrain } from './toolText.ts';
import { brief, listOf, plural } from './words.ts';

/** A task that this planner has added and not taken back. */
export interface AddedTask {
  readonly id: string;
  readonly paths: readonly string[];
  readonly context: string;
  readonly dependsOn: readonly string[];
}

/** The tasks this planner has added, over all its rounds, without those it has cancelled. */
export function addedTasks(story: Story): readonly AddedTask[] {
  const taken = [...story.earlierCalls, ...story.calls].filter((entry) => entry.name === 'change_plan' && entry.result?.isError === false);
  const cancelled = new Set(taken.flatMap((entry) => textsOf(entry.input['cancel'])));
  return taken
    .flatMap((entry) => listIn(entry.input['add']))
    .flatMap((task) => {
      const id = isInput(task) ? field(task, 'id') : undefined;
      return id === undefined || cancelled.has(id) || !isInput(task)
        ? []
        : [
            {
              id,
              paths: textsOf(task['paths']).map(cleanPath),
              context: field(task, 'context') ?? '',
              dependsOn: textsOf(task['depends_on']),
            },
          ];
    });
}

const personPattern = /\bThe person asks for changes: ([\s\S]+?)(?:\n\n|$)/;

/** What the person restricts the plan to, and what they want left out. */
export function limitsIn(asked: string, terrain: Terrain): { readonly only: readonly string[]; readonly avoid: readonly string[] } {
  const words = personPattern.exec(asked)?.[1];
  const directive =
    words === undefined ? undefined : toDirective({ turn: 0, from: 'person', kind: 'steer', text: words, place: undefined }, terrain);
  return {
    only: directive?.kind === 'only' ? directive.paths : [],
    avoid: directive?.kind === 'avoid' ? directive.paths : [],
  };
}

/** When the plan was sent back: tasks that are not wanted are taken out, the others are told what was said. Once in a round. */
export function replanNext(story: Story, given: Given, { terrain }: Assignment): readonly Planned[] | undefined {
  const added = addedTasks(story);
  if (added.length === 0 || !story.tools.has('change_plan') || story.calls.some((entry) => entry.name === 'change_plan')) {
    return undefined;
  }
  const { only, avoid } = limitsIn(given.asked, terrain);
  const isLeftOut = (path: string) => !isWithin(path, only) || (avoid.length > 0 && isWithin(path, avoid));
  const isOut = ({ paths }: AddedTask) => paths.length > 0 && paths.every(isLeftOut);
  const out = added.filter(isOut);
  const kept = added.filter((task) => !out.includes(task));
  const cancel = kept.length === 0 ? [] : out.map((task) => task.id);
  const edit = (kept.length === 0 ? added : kept).map((task) => toEdit(task, cancel, given.asked, isLeftOut));
  const what = cancel.length === 0 ? '' : ` I take out ${listOf(cancel)}.`;
  return [
    thinking('What was said about the plan has to reach those who will carry it out; they know only their briefs.'),
    text(`The plan came back. I pass what was said on to ${plural(edit.length, 'task')}.${what}`),
    call('change_plan', { reason: `The plan was sent back: ${brief(given.asked, 200)}`, edit, ...(cancel.length === 0 ? {} : { cancel }) }),
  ];
}

/** A kept task with what was said, and without what was taken out. */
function toEdit(task: AddedTask, cancelled: readonly string[], asked: string, isLeftOut: (path: string) => boolean): CallInput {
  const paths = task.paths.filter((path) => !isLeftOut(path));
  const dependsOn = task.dependsOn.filter((id) => !cancelled.includes(id));
  return {
    id: task.id,
    context: [task.context, `The plan was judged: ${brief(asked, 800)}`].filter((part) => part !== '').join('\n\n'),
    ...(paths.length === task.paths.length || paths.length === 0 ? {} : { paths }),
    ...(dependsOn.length === task.dependsOn.length ? {} : { depends_on: dependsOn }),
  };
}

const isInput = (value: Json): value is CallInput => typeof value === 'object' && value !== null && !Array.isArray(value);

function listIn(value: Json | undefined): readonly Json[] {
  return value !== undefined && Array.isArray(value) ? value : [];
}

function textsOf(value: Json | undefined): readonly string[] {
  return listIn(value).flatMap((entry) => (typeof entry === 'string' ? [entry] : []));
}
