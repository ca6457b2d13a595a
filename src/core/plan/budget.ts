import type { DecisionAsk } from '../events.ts';
import { countText, formatCost, formatTokens } from '../rowText.ts';
import { agentsOfRun, totalsOf } from '../selectors.ts';
import type { FleetState, Plan, Run } from '../state.ts';

/** What a person's "raise" adds to a budget, and what finishing may still use for the reports, each as a part of it. */
const raisedBy = 0.5;
const reserve = 0.25;

/** A budget that is used up: which, how far, in words. */
export interface Overdrawn {
  readonly what: string;
}

/** Whether a run has used up what it may, with what the person has granted since. `now` in ms since the epoch. */
export function overdrawn(state: FleetState, run: Run, plan: Plan | undefined, now: number): Overdrawn | undefined {
  if (run.budget === undefined) {
    return undefined;
  }
  const answers = (plan?.decisions ?? []).filter((decision) => decision.purpose === 'budget').map((decision) => decision.answer?.choice);
  const raises = answers.filter((choice) => choice === 'raise').length;
  const endings = answers.filter((choice) => choice === 'finish').length;
  const factor = 1 + raises * raisedBy + endings * reserve;
  const { tokens, cost, costKnown } = totalsOf(state, agentsOfRun(state, run.id));
  const minutes = (now - run.startedAt) / 60_000;
  const { budget } = run;
  if (budget.tokens !== undefined && tokens >= budget.tokens * factor) {
    return { what: `${formatTokens(tokens)} of ${formatTokens(budget.tokens * factor)} tokens are used` };
  }
  if (budget.usd !== undefined && cost >= budget.usd * factor) {
    return { what: `${formatCost(cost, costKnown)} of ${formatCost(budget.usd * factor, true)} are spent` };
  }
  if (budget.minutes !== undefined && minutes >= budget.minutes * factor) {
    return { what: `it has taken ${countText(Math.floor(minutes), 'minute')} of ${Math.round(budget.minutes * factor)}` };
  }
  return undefined;
}

/** What the person is asked then. Nobody sends another request before the answer. */
export function budgetAsk(run: Run, { what }: Overdrawn): DecisionAsk {
  return {
    kind: 'decision',
    title: `The budget of "${run.label}" is used up`,
    detail: `In this run ${what}. Its agents wait; nothing more is spent until you decide.`,
    options: [
      { choice: 'raise', label: 'Raise it by half', detail: 'Everything goes on.' },
      {
        choice: 'finish',
        label: 'Finish now',
        detail: 'Nothing new starts; whoever is at work reports what there is, within a quarter of the budget more.',
      },
      { choice: 'kill', label: 'Kill the run', detail: 'Everything ends at once; what was not reported is lost.' },
    ],
  };
}
