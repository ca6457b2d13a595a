import type { Wait } from '../core/events.ts';
import { type Refusal, refuse } from './refusal.ts';

/*
 * What people and agents are told about files that another agent writes.
 */

/** What an agent waits for: the file, who writes it, and who comes first. */
export function leaseWait(display: string, holders: readonly string[], ahead: readonly string[]): Wait {
  const verb = holders.length === 1 ? 'writes' : 'write';
  const then = ahead.length === 0 ? '' : `, then ${ahead.join(', ')}`;
  return { kind: 'lease', detail: `${display}, which ${holders.join(', ')} ${verb}${then}` };
}

/** For an agent that must not wait. */
export function refuseHeld(display: string, others: string): Refusal {
  return refuse(
    `${others} is writing ${display}, so it was not changed. Plan anew: do other parts of your task first and try again later, ask ${others} for the change with message_agent, or have the plan changed with propose_change so that one agent makes all changes of the file. If it cannot be done without this file, say so in your report.`,
  );
}

/** For an agent whose wait would close a cycle. */
export function refuseCycle(display: string, others: string): Refusal {
  return refuse(
    `${others} is writing ${display} and waits for a file that you write, so waiting would never end; nothing was changed. Plan anew: finish and report what you have, or send your change of ${display} to ${others} with message_agent.`,
  );
}

/** For an agent that has waited as long as it may. */
export function refuseLate(display: string, others: string): Refusal {
  return refuse(
    `${others} has been writing ${display} for so long that you were not kept waiting any more; nothing was changed. Do other parts of your task first, or ask for the change with message_agent.`,
  );
}

/** For an agent whose wait was ended because there is something else for it to do. */
export function refuseStopped(display: string): Refusal {
  return refuse(
    `You no longer wait for ${display}; nothing was changed. Read what you are told first, then make the change again if it is still right.`,
  );
}
