import type { TaskId } from '../ids.ts';

/*
 * Headings of an agent's opening after its brief, and how a further round begins: written for every model, and read back by the practice model.
 */

/** Begins the reports of the tasks that had to be done first. */
export const resultsHeading = '# Results of earlier tasks';
/** Begins the names of what other agents of the run have published. */
export const contractsHeading = '# Contracts';
/** Begins what an agent left whose context was nearly full. */
export const handoffHeading = '# Handoff';
/** Begins what a reviewer or a person wants of this attempt beside the brief. */
export const askedNowHeading = '# What is asked now';
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

/** The titles of all sections after the brief, without their marks. */
export const openingTitles: readonly string[] = [
  resultsHeading,
  contractsHeading,
  handoffHeading,
  earlierAttemptHeading,
  askedNowHeading,
  verdictHeading,
].map((heading) => heading.replace(/^# /, ''));
