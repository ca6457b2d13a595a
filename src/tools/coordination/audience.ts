import { upstreamOf } from '../../core/plan/planGraph.ts';
import { isLive, phaseWord } from '../../core/selectors.ts';
import type { Agent, Task } from '../../core/state.ts';
import type { ToolContext } from '../../orchestrator/ports.ts';
import { ToolError } from '../defineTool.ts';
import { findTarget, nameOf } from './target.ts';

/** Who a message goes to, and who is meant but cannot be reached, each with the reason. */
export interface Audience {
  readonly receivers: readonly Agent[];
  readonly missed: readonly string[];
}

/**
 * The agents that a text names: one by id or label, `dependents` (those at work on tasks that depend on the caller's, directly or not, or need what it
 * publishes), or `all` others of the run. Throws a ToolError when it names nobody.
 */
export function audienceOf(context: ToolContext, text: string): Audience {
  switch (text) {
    case 'all':
      return reachable(context.coordination.agents().filter((agent) => agent.id !== context.agentId));
    case 'dependents':
      return dependents(context);
    default:
      return single(context, text);
  }
}

function single(context: ToolContext, text: string): Audience {
  const target = findTarget(context, text);
  if (target.id === context.agentId) {
    throw new ToolError('That is your own id; nothing was sent. Use write_note to keep something for yourself.');
  }
  return { receivers: [target], missed: [] };
}

function reachable(agents: readonly Agent[]): Audience {
  return {
    receivers: agents.filter(isReachable),
    missed: agents.filter((agent) => !isReachable(agent)).map((agent) => `${nameOf(agent)}: ${whyNot(agent)}`),
  };
}

function isReachable(agent: Agent): boolean {
  return isLive(agent) && agent.killing === undefined;
}

function whyNot(agent: Agent): string {
  return isLive(agent) ? 'is being stopped' : `has ended (${phaseWord(agent)})`;
}

function dependents({ coordination, agentId }: ToolContext): Audience {
  const agents = coordination.agents();
  const plan = coordination.plan();
  const own = agents.find((agent) => agent.id === agentId)?.taskId;
  if (plan === undefined || own === undefined) {
    throw new ToolError('You are not at work on a task of the plan, so nobody depends on it. Name an agent, or "all".');
  }
  const upstream = upstreamOf(plan.tasks);
  const after = plan.tasks.filter((task) => task.id !== own && upstream.get(task.id)?.has(own) === true);
  if (after.length === 0) {
    throw new ToolError('No task of the plan depends on yours; nothing was sent. Name an agent, or "all".');
  }
  const staffed = after.map((task) => ({ task, staff: agents.filter((agent) => agent.taskId === task.id && agent.id !== agentId) }));
  return {
    receivers: staffed.flatMap(({ staff }) => staff.filter(isReachable)),
    missed: staffed.filter(({ staff }) => !staff.some(isReachable)).map(({ task }) => `task ${task.id}: ${taskWhyNot(task)}`),
  };
}

function taskWhyNot(task: Task): string {
  return task.status === 'waiting'
    ? 'has not started; its agent gets the reports of what it depends on'
    : `nobody is at work on it (${task.status})`;
}
