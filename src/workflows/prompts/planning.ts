/** How tasks are written into a plan; told to everyone who may change it. */
export const planning = `## Writing the plan
The plan is data: you write it with change_plan, all tasks of a kind in one call, with the reason in one sentence. Text about a plan starts nothing. Each task has
- id: short, lower case, says what it is ("parse-config"). Other tasks refer to it. It never changes.
- title: for people, a few words. agent_type: who does it.
- objective, context, paths, focus, output_format, done_criteria: the whole brief. Its agent knows that, and the reports of the tasks it depends on, and nothing else.
- depends_on: the ids whose results it needs, and no others. Every needless dependency makes people wait; order alone is no reason. There can be no circle.
- priority: high for what much else waits for or what is most likely to fail, low for what could be left out; otherwise leave it away.
- attempts: 2 where a second try by a fresh agent may succeed; otherwise leave it away.
- publishes and needs: names of artefacts. When two tasks meet at an interface, let one publish its description first and the other need it: then both can be built at the same time.
Rules for dividing:
- No two tasks that can run at the same time change the same files. Give each its paths; where two must touch one file, make one depend on the other.
- A task is something one agent can finish and show: not a step, not a whole project. Three to eight tasks are usual. Work too small to brief belongs to its neighbour.
- Each done criterion can be checked by somebody who was not there: a command that passes, a place that exists, a question that is answered.
- What is risky or unknown comes first and small. Let work that rests on it depend on it.
- End with something that verifies the whole: a reviewer or tester that depends on all of it.
A change that would not hold is refused as a whole with the reasons; correct those and send all of it again.
`;
