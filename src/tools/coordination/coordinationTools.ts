import type { AgentType, PathFacts, Tool } from '../../orchestrator/ports.ts';
import { followingTool } from '../followingTool.ts';
import { createPlanTools } from '../plan/planTools.ts';
import { createListAgentsTool } from './listAgents.ts';
import { createMessageAgentTool } from './messageAgent.ts';
import { createKillAgentTool, createSteerAgentTool, createWrapUpAgentTool } from './orders.ts';
import { createSpawnAgentTool } from './spawnAgent.ts';
import { createWaitForAgentsTool } from './waitForAgents.ts';

export interface CoordinationToolsDeps {
  /** The types that agents may spawn; the same list until a definition changes. */
  readonly agentTypes: () => readonly Pick<AgentType, 'name' | 'description' | 'tools'>[];
  readonly pathFacts: PathFacts;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Every tool by which agents deal with one another and with the plan of their run. */
export function createCoordinationTools({ agentTypes, pathFacts, now }: CoordinationToolsDeps): readonly Tool[] {
  return [
    followingTool(agentTypes, (types) => createSpawnAgentTool({ agentTypes: types, pathFacts })),
    createMessageAgentTool(now),
    createWaitForAgentsTool(now),
    createListAgentsTool(now),
    createSteerAgentTool(),
    createWrapUpAgentTool(),
    createKillAgentTool(),
    ...createPlanTools({ agentTypes, pathFacts }),
  ];
}
