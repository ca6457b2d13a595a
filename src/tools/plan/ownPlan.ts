import { taskOf } from '../../core/plan/planGraph.ts';
import type { Agent, Plan, Task } from '../../core/state.ts';
import type { ToolContext } from '../../orchestrator/ports.ts';
import { ToolError } from '../defineTool.ts';

/** The plan of the caller's run; a ToolError when it has none. */
export function planOf({ coordination }: ToolContext): Plan {
  const plan = coordination.plan();
  if (plan === undefined) {
    throw new ToolError('This run has no plan. Work by your brief, and report what you would have changed.');
  }
  return plan;
}

/** The task of the plan that the caller works on. */
export function ownTask({ coordination, agentId }: ToolContext): Task | undefined {
  const plan = coordination.plan();
  const id = coordination.agents().find((agent) => agent.id === agentId)?.taskId;
  return plan === undefined || id === undefined ? undefined : taskOf(plan, id);
}

/** Whether the caller leads: it was given the tool that spawns agents. */
export function isLead({ coordination }: ToolContext): boolean {
  return coordination.tools().includes('spawn_agent');
}

/** Whether the caller may change the plan by itself: a lead or a planner. */
export function mayChangePlan({ coordination }: ToolContext): boolean {
  return coordination.tools().includes('change_plan');
}

/** Who somebody is, for a model. */
export function actorName(actor: { readonly kind: string; readonly agentId?: string | undefined }, agents: readonly Agent[]): string {
  if (actor.agentId === undefined) {
    return `the ${actor.kind}`;
  }
  return agents.find((agent) => agent.id === actor.agentId)?.label ?? actor.agentId;
}
