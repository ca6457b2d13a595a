import type { TaskId } from './ids.ts';

/*
 * Headings of an agent's opening after its brief, and how a further round begins: written for every model, and read back by the practice model.
 */

/** Begins the reports of the tasks that had to be done first. */
export const resultsHeading = '# Results of earlier tasks';
/** Begins what a gate's agent is told about its verdict. */
export const verdictHeading = '# Your verdict';
/** Begins what a retry's agent is told about the attempt before it. */
export const earlierAttemptHeading = '# Earlier attempt';

/** The heading of one earlier task's report: whose result it is. */
export function resultTitle(title: string, taskId: TaskId, agentLabel: string): string {
  return `## ${title} (${taskId}), by ${agentLabel}`;
}

/** The line that names the command which must succeed before an approval counts. */
export function checkLine(command: string): string {
  return `Check command: ${command}`;
}

/** How the message begins that sends an agent into another round; rounds count from 1. */
export function roundOpening(round: number, of: number): string {
  return `Round ${round} of ${of}.`;
}
