import type { Actor, PlanChange, TaskSpec } from '../events.ts';
import type { TaskId } from '../ids.ts';
import { taskOf } from './planGraph.ts';
import { specOf } from './reducePlan.ts';
import { countText, firstLine } from '../rowText.ts';
import type { Plan, Proposal, Revision } from '../state.ts';
import { changedKeys, type Fields, type FieldValue, fieldsOf } from './taskFields.ts';

/** How people and moments are written for whoever reads the history. */
export interface HistoryWords {
  readonly label: string;
  readonly nameOf: (actor: Actor) => string;
  /** A time in ms since the epoch, for people. */
  readonly timeOf: (at: number) => string;
}

/** Every change of a plan and every proposal, newest first, as a text in the manner of a diff: `+` came, `-` went, `!` is what changed. */
export function planHistoryText(plan: Plan, words: HistoryWords): string {
  const open = plan.proposals.filter(({ settled }) => settled === undefined).length;
  const count = [countText(plan.revisions.length, 'change'), ...(open === 0 ? [] : [countText(open, 'open proposal')])].join(', ');
  const revisions = plan.revisions.map((revision, index) => ({ at: revision.at, lines: revisionLines(revision, index + 1, plan, words) }));
  const proposals = plan.proposals.map((proposal) => ({ at: proposal.at, lines: proposalLines(proposal, plan, words) }));
  // A proposal comes before the change it led to, even within one moment.
  const entries = [...proposals, ...revisions].sort((a, b) => a.at - b.at).reverse();
  return [`Plan of the run "${line(words.label)}": ${count}, newest first`, ...entries.map(({ lines }) => lines.join('\n'))]
    .join('\n\n')
    .concat('\n');
}

function revisionLines(revision: Revision, number: number, plan: Plan, words: HistoryWords): readonly string[] {
  const from = plan.proposals.find(({ id }) => id === revision.proposalId);
  const title = `@@ ${number} · ${words.timeOf(revision.at)} · ${line(words.nameOf(revision.by))} @@`;
  const proposed = from === undefined ? [] : [`Proposed by ${line(words.nameOf(from.by))}`];
  const before = (id: TaskId) => revision.was.find((task) => task.id === id);
  return [title, ...reasonLines(revision.reason), ...proposed, ...revision.changes.flatMap((change) => changeLines(change, before, plan))];
}

function proposalLines(proposal: Proposal, plan: Plan, words: HistoryWords): readonly string[] {
  const title = `@@ Proposal · ${words.timeOf(proposal.at)} · ${line(words.nameOf(proposal.by))} @@`;
  const led = plan.revisions.find(({ proposalId }) => proposalId === proposal.id);
  const before = (id: TaskId): TaskSpec | undefined => {
    const task = taskOf(plan, id);
    return led?.was.find((one) => one.id === id) ?? (task === undefined ? undefined : specOf(task));
  };
  const { settled } = proposal;
  if (led !== undefined) {
    // What it changed stands at the change itself.
    return [title, ...reasonLines(proposal.reason), verdict(settled, words)];
  }
  return [
    title,
    ...reasonLines(proposal.reason),
    verdict(settled, words),
    ...proposal.changes.flatMap((one) => changeLines(one, before, plan)),
  ];
}

function verdict(settled: Proposal['settled'], { nameOf, timeOf }: HistoryWords): string {
  if (settled === undefined) {
    return 'Open: nobody has decided yet';
  }
  const reason = settled.reason === undefined || settled.reason === '' ? '' : `: ${line(settled.reason)}`;
  return `${settled.accepted ? 'Accepted' : 'Rejected'} by ${line(nameOf(settled.by))}, ${timeOf(settled.at)}${reason}`;
}

function reasonLines(reason: string): readonly string[] {
  return reason.trim() === '' ? [] : [`Reason: ${line(reason)}`];
}

function changeLines(change: PlanChange, before: (id: TaskId) => TaskSpec | undefined, plan: Plan): readonly string[] {
  switch (change.kind) {
    case 'add':
      return added(change.task);
    case 'edit': {
      const was = before(change.task.id);
      return was === undefined ? added(change.task) : edited(was, change.task);
    }
    case 'cancel':
      return [`- ${change.taskId}: ${titleOf(change.taskId, before, plan)} (cancelled)`];
    case 'move':
      return [`! ${change.taskId}: moved ${change.before === undefined ? 'to the end' : `before ${change.before}`}`];
    case 'expand':
      return [
        `- ${change.taskId}: ${titleOf(change.taskId, before, plan)} (became ${countText(change.into.length, 'task')})`,
        ...change.into.flatMap(added),
      ];
  }
}

function titleOf(id: TaskId, before: (id: TaskId) => TaskSpec | undefined, plan: Plan): string {
  return line(before(id)?.title ?? taskOf(plan, id)?.title ?? '');
}

function added(task: TaskSpec): readonly string[] {
  const { id: _id, title: _title, ...fields } = fieldsOf(task);
  return [`+ ${task.id}: ${line(task.title)}`, ...Object.entries(fields).flatMap(([key, value]) => valueLines('+', key, value))];
}

function edited(was: TaskSpec, now: TaskSpec): readonly string[] {
  const old = fieldsOf(was);
  const fresh = fieldsOf(now);
  return [`! ${now.id}: ${line(was.title)}`, ...changedKeys(old, fresh).flatMap((key) => keyLines(key, old, fresh))];
}

/** What one key was and what it is, without the lines that both have at their beginning and end. */
function keyLines(key: string, old: Fields, fresh: Fields): readonly string[] {
  const from = valueLines('-', key, old[key]);
  const to = valueLines('+', key, fresh[key]);
  const same = (a: string | undefined, b: string | undefined) => a !== undefined && a.slice(1) === b?.slice(1);
  const shorter = Math.min(from.length, to.length);
  let start = 0;
  while (start < shorter && same(from[start], to[start])) {
    start++;
  }
  let end = 0;
  while (end < shorter - start && same(from.at(-1 - end), to.at(-1 - end))) {
    end++;
  }
  const head = start === 0 ? [] : [` ${(from[0] ?? '').slice(1)}`];
  return [...head, ...from.slice(start, from.length - end), ...to.slice(start, to.length - end)];
}

function valueLines(sign: string, key: string, value: FieldValue | undefined): readonly string[] {
  if (value === undefined) {
    return [];
  }
  const lines = textOf(value).split(/\r\n|[\n\r\u2028\u2029]/);
  const [only, ...more] = lines;
  return more.length === 0 ? [`${sign}   ${key}: ${only ?? ''}`] : [`${sign}   ${key}:`, ...lines.map((one) => `${sign}     ${one}`)];
}

function textOf(value: FieldValue): string {
  if (typeof value === 'object') {
    return Array.isArray(value)
      ? listText(value)
      : Object.entries(value)
          .map(([key, part]) => `${key} ${part}`)
          .join(', ');
  }
  return String(value);
}

function listText(items: readonly string[]): string {
  const short = items.join(', ');
  return items.length === 1 || (short.length <= 80 && !short.includes('\n')) ? short : items.map((item) => `- ${item}`).join('\n');
}

/** A text that has to stay on its line. */
function line(text: string): string {
  return firstLine(text, 200);
}
