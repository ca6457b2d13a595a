/** What a report must contain and when the work is done, where a brief does not say. */
export interface BriefDefaults {
  readonly outputFormat: string;
  readonly doneCriteria: readonly string[];
}

const byType: Readonly<Record<string, BriefDefaults>> = {
  lead: {
    outputFormat: 'The answer to the objective first; then findings with path and line, files changed, and what failed or was left out.',
    doneCriteria: ['Every part of the objective is answered, or named as open with the reason.'],
  },
  planner: {
    outputFormat: 'The tasks of the plan with what each depends on, and why it is divided that way.',
    doneCriteria: ['Every part of the objective is covered by exactly one task.', 'No two tasks that run at once change the same file.'],
  },
  scout: {
    outputFormat: 'One finding for each fact, with path and line; what was searched for and not found.',
    doneCriteria: ['The question is answered with places, or it is said what was searched for in vain.'],
  },
  analyst: {
    outputFormat: 'The conclusion first; then the findings it rests on, each with path and line.',
    doneCriteria: ['Each conclusion rests on a finding whose place was read.'],
  },
  builder: {
    outputFormat: 'What changed and why, file by file; the commands that verified it with their exit codes; what is left open.',
    doneCriteria: ['The change is complete.', 'The narrowest test, type check or build that would show a mistake passes.'],
  },
  reviewer: {
    outputFormat: 'Findings by severity, each with path, line, what goes wrong and when; what was checked and found sound.',
    doneCriteria: ['Everything in scope was looked at.', 'Every finding was tried to be refuted.'],
  },
  tester: {
    outputFormat: 'What was tested and how, the commands with their exit codes, and each failure with path and line.',
    doneCriteria: ['Each promise in scope has a test that can fail.', 'The tests were run, and their result is reported.'],
  },
  writer: {
    outputFormat: 'What was written, file by file, and which statements were checked against the code.',
    doneCriteria: ['Every statement about the code was checked against it.'],
  },
};

const changing: BriefDefaults = {
  outputFormat: 'The result first; then what changed, file by file, how it was verified, and what is left open.',
  doneCriteria: ['The objective is met and verified, or it is said what stands in the way.'],
};

const looking: BriefDefaults = {
  outputFormat: 'The answer first; then findings with path and line; what was not checked.',
  doneCriteria: ['The objective is answered, or it is said what stands in the way.'],
};

/** The defaults for an agent type; one that is not built in gets those for what it may do. */
export function briefDefaults(agentType: string, changesFiles: boolean): BriefDefaults {
  return (Object.hasOwn(byType, agentType) ? byType[agentType] : undefined) ?? (changesFiles ? changing : looking);
}
