import type { AgentId } from '../ids.ts';
import { firstLine } from '../rowText.ts';
import { childrenOf, phaseWord } from '../selectors.ts';
import type { Agent, FleetState, Task } from '../state.ts';

/** A roster is for a model whose context was just full, so it stays a page. */
const mostLines = 40;
const longestTitle = 100;

/**
 * The agents below an agent and the tasks it asked for that are not settled, as its model is told them when it may have forgotten. Empty when
 * there are none. The same state gives the same text.
 */
export function rosterText(state: FleetState, agentId: AgentId): string {
  const agents = childrenOf(state, agentId).map(agentLine);
  const tasks = openTasksOf(state, agentId).map((task) => taskLine(state, task));
  return [part('Your agents', agents), part('Tasks you asked for that are not done', tasks)].filter((text) => text !== '').join('\n\n');
}

function openTasksOf(state: FleetState, agentId: AgentId): readonly Task[] {
  const runId = state.agents[agentId]?.runId;
  const plan = runId === undefined ? undefined : state.plans[runId];
  return plan?.tasks.filter((task) => task.owner === agentId && (task.status === 'waiting' || task.status === 'running')) ?? [];
}

function agentLine(agent: Agent): string {
  const about = firstLine(agent.brief.objective, longestTitle);
  return `- ${agent.label} (${agent.id}), ${agent.agentType}, ${phaseWord(agent)}: ${about}`;
}

function taskLine(state: FleetState, task: Task): string {
  const assignee = task.history.at(-1)?.agentId;
  const who = assignee === undefined ? '' : `, by ${state.agents[assignee]?.label ?? assignee}`;
  const after = task.status === 'waiting' && task.dependencies.length > 0 ? `, after ${task.dependencies.join(', ')}` : '';
  return `- ${task.id}, ${task.status}${who}${after}: ${firstLine(task.title, longestTitle)}`;
}

function part(title: string, lines: readonly string[]): string {
  if (lines.length === 0) {
    return '';
  }
  const shown = lines.slice(-mostLines);
  const left = lines.length - shown.length;
  return [`${title}:`, ...(left > 0 ? [`(${left} older ones left out)`] : []), ...shown].join('\n');
}
