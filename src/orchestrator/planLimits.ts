import type { PlanLimits } from '../core/plan/validatePlan.ts';
import type { AgentType } from './ports.ts';

const writes: ReadonlySet<string> = new Set(['edit_file', 'write_file']);

/** What plans are checked against, from the agent types there are. */
export function planLimits(agentTypes: readonly AgentType[], maxTasks: number): PlanLimits {
  return {
    agentTypes: agentTypes.map((type) => type.name),
    changesFiles: (name) => agentTypes.find((type) => type.name === name)?.tools.some((tool) => writes.has(tool)) ?? false,
    maxTasks,
  };
}
