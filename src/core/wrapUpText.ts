/** What an agent is told that is to finish soon. */
export const wrapUpText =
  'Finish now. Start nothing new and call `report` with what you have: what is done, what is not, and the findings so far with file and line.';
