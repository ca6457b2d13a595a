import type { FleetEvent, Report } from '../events.ts';
import type { MintId } from '../ids.ts';
import { taskOf } from './planGraph.ts';
import { assigneeOf, isForPerson, isReady } from './planQueue.ts';
import { renderReport } from '../brief/reportText.ts';
import { countText, firstLine } from '../rowText.ts';
import { outcomeOf, reportOf } from '../selectors.ts';
import type { Agent, Decision, FleetState, Plan, Task } from '../state.ts';

/*
 * What the engine asks the person about gates, and when such a question has become pointless.
 */

/** Whether a gate wants changes once more after its last round. */
export function roundsAreUp({ gate, round }: Task, { verdict, handoff }: Report): boolean {
  return gate?.backTo !== undefined && handoff === undefined && verdict !== 'approve' && round >= gate.rounds;
}

/** A question about a gate that is none any more: its task was cancelled, skipped or taken up again since. */
export function pointlessDecision(state: FleetState, plan: Plan): Decision | undefined {
  return plan.decisions.find((decision) => decision.answer === undefined && !isNeeded(state, plan, decision));
}

function isNeeded(state: FleetState, plan: Plan, { purpose, taskId }: Decision): boolean {
  const task = taskOf(plan, taskId);
  if (purpose === 'gate') {
    return task !== undefined && isForPerson(task) && isReady(plan, task);
  }
  if (purpose !== 'rounds') {
    return true;
  }
  const agent = task === undefined ? undefined : assigneeOf(state, task);
  const report = agent === undefined ? undefined : reportOf(agent);
  return task?.status === 'running' && report !== undefined && roundsAreUp(task, report);
}

/** Asks what is to become of a review that has used up its rounds. */
export function roundsQuestion(plan: Plan, task: Task, agent: Agent, report: Report, mint: MintId): FleetEvent {
  return {
    type: 'decisionAsked',
    askId: mint('ask'),
    runId: plan.runId,
    purpose: 'rounds',
    taskId: task.id,
    agentId: agent.id,
    size: task.round,
    ask: {
      kind: 'decision',
      title: `"${task.title}" still asks for changes after ${task.round} rounds. What now?`,
      detail: renderReport(report),
      options: [
        { choice: 'accept', label: 'Accept as it is', detail: nextText(plan, task) },
        { choice: 'again', label: 'One more round', detail: 'The work goes back with these findings, and with what you add.' },
        { choice: 'reject', label: 'Give it up', detail: 'The task fails, and what waits for it is skipped.' },
      ],
      takesText: true,
    },
  };
}

/** Asks the person for the verdict of a gate. */
export function gateQuestion(state: FleetState, plan: Plan, task: Task, mint: MintId): FleetEvent {
  const reports = task.dependencies.flatMap((id) => {
    const other = taskOf(plan, id);
    const agent = other === undefined ? undefined : assigneeOf(state, other);
    const outcome = agent === undefined ? undefined : outcomeOf(agent);
    return outcome?.kind === 'done' && other !== undefined ? [`## ${other.title}\n\n${renderReport(outcome.report)}`] : [];
  });
  const planned = plan.tasks.filter((other) => other.status === 'waiting' && other.id !== task.id && !isForPerson(other));
  const list = planned.map((other) => `- ${other.title} (${other.agentType})`);
  const ahead = list.length === 0 ? [] : [['## What is planned next', '', ...list].join('\n')];
  return {
    type: 'decisionAsked',
    askId: mint('ask'),
    runId: plan.runId,
    purpose: 'gate',
    taskId: task.id,
    ask: {
      kind: 'decision',
      title: task.title,
      detail: [task.brief.objective, ...reports, ...ahead].join('\n\n'),
      options: [
        { choice: 'approve', label: 'Approve', detail: nextText(plan, task) },
        ...(task.gate?.backTo === undefined
          ? []
          : [
              {
                choice: 'changes',
                label: 'Ask for changes',
                detail: `${taskOf(plan, task.gate.backTo)?.title ?? 'The work'} is done again with what you write.`,
              },
            ]),
        { choice: 'reject', label: 'Reject', detail: 'What waits for it is skipped; the rest of the run goes on.' },
      ],
      takesText: true,
    },
  };
}

/** What a yes leads to: the tasks that wait for this one. */
function nextText(plan: Plan, task: Task): string {
  const next = plan.tasks.filter((other) => other.status === 'waiting' && other.dependencies.includes(task.id));
  const [first, ...more] = next.map(({ title }) => firstLine(title, 60));
  if (first === undefined) {
    return 'Nothing else waits for it.';
  }
  return `Next: ${first}${more.length === 0 ? '' : ` and ${countText(more.length, 'other task')}`}.`;
}
