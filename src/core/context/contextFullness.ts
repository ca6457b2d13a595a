import { formatTokens } from '../rowText.ts';

/** How much of its context window an agent has used: `filling` from three quarters on, `full` when the next request may be the last. */
export type ContextLevel = 'room' | 'filling' | 'full';

const fillingAt = 0.75;
const fullAt = 0.9;
/** An agent may hand over only from here on, so that nobody hands on work that fits. */
const handOverAt = 0.6;

/** The level of so many tokens; `room` while the window is not known. */
export function contextLevel(tokens: number, window: number | undefined): ContextLevel {
  const share = shareOf(tokens, window);
  return share >= fullAt ? 'full' : share >= fillingAt ? 'filling' : 'room';
}

/** Whether an agent has used so much that it may hand over. With an unknown window that is for the agent to judge. */
export function mayHandOver(tokens: number, window: number | undefined): boolean {
  return window === undefined || window <= 0 || shareOf(tokens, window) >= handOverAt;
}

/** How full a context is, as its model and people are told. */
export function fullnessText(tokens: number, window: number): string {
  return `${Math.floor(shareOf(tokens, window) * 100)} % full (${formatTokens(tokens)} of ${formatTokens(window)} tokens)`;
}

/** What an agent is told when its context reaches a level. */
export function contextWarning(level: Exclude<ContextLevel, 'room'>, tokens: number, window: number, canHandOver: boolean): string {
  const how = `Your context is ${fullnessText(tokens, window)}.`;
  if (level === 'full') {
    const last = canHandOver ? 'Call report if you are done, else hand_over, now' : 'Call report now, with what is done and what is left';
    return `${how} The next request may be the last. ${last}, and nothing beside it.`;
  }
  const rest = canHandOver
    ? 'If more is left than fits, call hand_over: a fresh agent goes on with your brief and what you write there, and knows nothing else of your work.'
    : 'If more is left than fits, report what is done and what is left.';
  return `${how} Finish what is small and report. ${rest}`;
}

function shareOf(tokens: number, window: number | undefined): number {
  return window === undefined || window <= 0 ? 0 : tokens / window;
}
