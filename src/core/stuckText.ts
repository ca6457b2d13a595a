import type { DecisionAsk } from './events.ts';
import type { Stuck, StuckKind } from './stuck.ts';
import type { Agent } from './state.ts';

const advice: Readonly<Record<StuckKind, string>> = {
  silent: 'Go on with the next step, or report what keeps you from it.',
  repeating:
    'The same call will not give another result. Say to yourself what you expected and what is in the way, then try something else, or report what blocks you.',
  pingPong: 'Neither call will give another result. Decide by what you know, try something else, or report what blocks you.',
  noEffect: 'Read why the calls fail; the results say what to do instead. Try another way, or report what blocks you.',
};

/** What a stuck agent is told first. */
export function nudgeText({ kind, what }: Stuck): string {
  return `You seem to make no progress: your work ${what}. ${advice[kind]}`;
}

/** What the person is asked about an agent that is still stuck after it was told, unless a tool kept it from reading that. */
export function stuckAsk(agent: Agent, { kind, what }: Stuck): DecisionAsk {
  const told =
    kind === 'silent' && agent.openCalls.length > 0
      ? 'What it runs is not broken off by itself.'
      : 'It was told so and has not got out of it.';
  return {
    kind: 'decision',
    title: `${agent.label} seems to be stuck. What now?`,
    detail: `${agent.label} ${what}. ${told}\n\nIts task: ${agent.brief.objective}`,
    options: [
      { choice: 'goOn', label: 'Let It Go On', detail: 'It is watched anew from now on.' },
      { choice: 'wrapUp', label: 'Have It Wrap Up', detail: 'It reports what it has.' },
      { choice: 'kill', label: 'Stop It', detail: 'It ends now, and its task fails.' },
    ],
  };
}
