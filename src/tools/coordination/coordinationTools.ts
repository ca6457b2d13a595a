import type { AgentType, PathFacts, Tool } from '../../orchestrator/ports.ts';
import { createListAgentsTool } from './listAgents.ts';
import { createKillAgentTool, createMessageAgentTool, createSteerAgentTool, createWrapUpAgentTool } from './messages.ts';
import { createSpawnAgentTool } from './spawnAgent.ts';
import { createWaitForAgentsTool } from './waitForAgents.ts';

export interface CoordinationToolsDeps {
  readonly agentTypes: readonly Pick<AgentType, 'name' | 'description' | 'tools'>[];
  readonly pathFacts: PathFacts;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Every tool by which agents deal with one another. */
export function createCoordinationTools({ agentTypes, pathFacts, now }: CoordinationToolsDeps): readonly Tool[] {
  return [
    createSpawnAgentTool({ agentTypes, pathFacts }),
    createMessageAgentTool(),
    createWaitForAgentsTool(now),
    createListAgentsTool(now),
    createSteerAgentTool(),
    createWrapUpAgentTool(),
    createKillAgentTool(),
  ];
}
