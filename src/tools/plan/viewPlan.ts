import * as z from 'zod';
import { groupsOf, waitsFor } from '../../core/plan/planGraph.ts';
import { countText, firstLine } from '../../core/rowText.ts';
import type { Agent, Plan, Task } from '../../core/state.ts';
import type { Tool } from '../../orchestrator/ports.ts';
import { defineTool } from '../defineTool.ts';
import { summaryOf } from './changePlan.ts';
import { actorName, ownTask, planOf } from './ownPlan.ts';

const header = 'id | title | type | status | waits for | assignee | priority';

/** The tool `view_plan`: the plan of the run as a table, with what is proposed and published. */
export function createViewPlanTool(): Tool {
  return defineTool({
    name: 'view_plan',
    description:
      'Shows the plan of this run: each task with its status, what it waits for and who works on it, open proposals, artefacts, and which tasks can run side by side.',
    input: z.strictObject({}),
    prepare: () => ({
      kind: 'ready',
      title: 'View the plan',
      outside: false,
      run: async (context) => ({
        text: planText(planOf(context), context.coordination.agents(), ownTask(context)),
        isError: false,
      }),
    }),
  });
}

function planText(plan: Plan, agents: readonly Agent[], own: Task | undefined): string {
  const rows = plan.tasks.map((task) => rowOf(plan, task, agents, task.id === own?.id));
  const done = plan.tasks.filter((task) => task.status === 'done').length;
  const held = plan.held === undefined ? '' : ` Held (${plan.held}): no further task starts until the person lets it go on.`;
  return [
    `${countText(plan.tasks.length, 'task')}, ${done} done.${held}`,
    header,
    ...rows,
    ...proposals(plan, agents),
    ...artefacts(plan, agents),
    ...groups(plan),
  ].join('\n');
}

function rowOf(plan: Plan, task: Task, agents: readonly Agent[], isOwn: boolean): string {
  const cells = [
    task.id,
    `${firstLine(task.title, 60)}${isOwn ? ' (yours)' : ''}`,
    task.agentType,
    statusText(task),
    waitText(plan, task),
    assigneeText(task, agents),
    task.priority,
  ];
  return cells.map((cell) => cell.replaceAll(/\s*[|\n\r]\s*/g, ' ')).join(' | ');
}

function statusText({ status, verdict, round, reason }: Task): string {
  const extra = [verdict, round > 1 ? `round ${round}` : undefined, reason === undefined ? undefined : firstLine(reason, 80)].filter(
    (part) => part !== undefined,
  );
  return extra.length === 0 ? status : `${status} (${extra.join(', ')})`;
}

function waitText(plan: Plan, task: Task): string {
  if (task.status !== 'waiting') {
    return '-';
  }
  const names = waitsFor(plan, task).map((wait) => (wait.kind === 'task' ? (wait.taskId ?? wait.name) : `artefact ${wait.name}`));
  return names.length > 0 ? names.join(', ') : task.gate?.kind === 'person' ? 'the person' : 'a slot';
}

function assigneeText(task: Task, agents: readonly Agent[]): string {
  const agentId = task.history.at(-1)?.agentId;
  if (agentId === undefined) {
    return '-';
  }
  const agent = agents.find((candidate) => candidate.id === agentId);
  return agent === undefined ? agentId : `${agent.label} (${agent.id})`;
}

function proposals(plan: Plan, agents: readonly Agent[]): readonly string[] {
  const open = plan.proposals.filter((proposal) => proposal.settled === undefined);
  const lines = open.map(
    ({ id, by, reason, changes }) => `- ${id} by ${actorName(by, agents)}: ${summaryOf(changes)}. ${firstLine(reason, 200)}`,
  );
  return lines.length === 0 ? [] : ['', 'Open proposals:', ...lines];
}

function artefacts(plan: Plan, agents: readonly Agent[]): readonly string[] {
  const lines = plan.artefacts.map(
    ({ name, version, agentId, bytes }) =>
      `- ${name}, version ${version}, by ${actorName({ kind: 'agent', agentId }, agents)}, ${bytes} bytes`,
  );
  return lines.length === 0 ? [] : ['', 'Artefacts:', ...lines];
}

/** Only tasks that are still to be done can run side by side. */
function groups(plan: Plan): readonly string[] {
  const open = plan.tasks.filter((task) => task.status === 'waiting' || task.status === 'running');
  const lines = groupsOf(open).map(({ name, taskIds }) => `- ${name}: ${taskIds.join(', ')}`);
  return lines.length < 2 ? [] : ['', 'Side by side, one group after the other:', ...lines];
}
