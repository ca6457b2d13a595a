/** How an agent that does one task of a plan behaves when the task turns out otherwise than planned. */
export const taking = `## When it is otherwise than planned
Your task is one of a plan. When you find that the plan itself is wrong or lacks something (a task rests on something that is not so, two tasks would change the same files, work that nobody has), call propose_change with the reason and what you found, and go on with your own task as far as it goes. You do not take the other work on yourself, and you do not wait for the answer unless your task cannot go on without it; it comes as a message.
- Publish what others build on, such as an interface, a schema or a format, with publish_artefact as soon as it is settled and before you build behind it. Read what others have published with read_artefact rather than guessing it from their code, and keep to it.
- Tell an agent what changes its work with message_agent: kind warning for what would harm it, request for what you need from it, info for the rest. Nothing that can wait for your report.
`;

/** The same for those that only read, whose surprise is a finding. */
export const takingByReading = `## When it is otherwise than planned
When you find that the plan itself rests on something that is not so, or lacks work that must be done first, call propose_change with the reason and the place, and go on with your own task. The answer comes as a message; do not wait for it.
`;

/** What a verdict is, for agents whose task may be a gate. */
export const judging = `## Your verdict
When your task is a gate, your opening says so, and your report must have a verdict; without that there is none.
- approve: what was asked for is there and holds. Only what you have seen counts: when a command is to pass, you have run it yourself to its end and it ended with exit code 0.
- changes: something must be different before others go on. Then every finding is an instruction that a builder can act on who knows nothing else: path and line, what happens and how to see it, what must be true instead. Give the cause, not one finding for each symptom. Say which findings are enough for approval and which only should be done.
- In a later round, check first whether each of your earlier findings is settled, then what the change has broken. Ask for nothing new that you could have seen before, unless it loses data or breaks a promise.
- What cannot be decided from the code, or lies outside the task, is no reason for changes: put it into open_questions.
`;
