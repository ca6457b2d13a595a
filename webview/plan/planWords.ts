import type { PlanChange } from '../../src/core/events.ts';
import { countText } from '../../src/core/rowText.ts';
import type { TimeUse } from '../../src/core/result/runMetrics.ts';
import type { Decision, Proposal } from '../../src/core/state.ts';
import { type Sign, type SpanType, spanWords } from '../text/words.ts';

/** What a person is asked about a run, in a word or two. */
export const purposeWords = {
  fanOut: 'Size of the run',
  gate: 'Gate',
  rounds: 'Review rounds',
  stuck: 'Without progress',
  proposal: 'Change of plan',
  budget: 'Budget',
} as const satisfies Record<Decision['purpose'], string>;

/** The colour that a use of time has on the lanes. */
export function useSpan(use: TimeUse): SpanType {
  return use === 'tools' ? 'tool' : use;
}

/** What a use of time is called, as on the lanes. */
export function useWords(use: TimeUse): string {
  return use === 'tools' ? 'Tools' : spanWords[use];
}

/** What a change of plan would do, in numbers. */
export function changesText(changes: readonly PlanChange[]): string {
  return changeKinds
    .map(({ kind, verb }) => ({ verb, count: changes.filter((change) => change.kind === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ verb, count }) => `${verb} ${countText(count, 'task')}`)
    .join(', ');
}

const changeKinds = [
  { kind: 'add', verb: 'adds' },
  { kind: 'edit', verb: 'edits' },
  { kind: 'cancel', verb: 'cancels' },
  { kind: 'move', verb: 'moves' },
  { kind: 'expand', verb: 'expands' },
] as const satisfies readonly { kind: PlanChange['kind']; verb: string }[];

/** How a proposed change stands. */
export function proposalSign({ settled }: Pick<Proposal, 'settled'>): Sign {
  if (settled === undefined) {
    return { icon: 'circle-outline', words: 'Open', tone: 'wait' };
  }
  return settled.accepted ? { icon: 'check', words: 'Accepted', tone: 'good' } : { icon: 'circle-slash', words: 'Rejected', tone: 'plain' };
}
