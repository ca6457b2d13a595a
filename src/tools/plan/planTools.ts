import type { AgentType, Tool } from '../../orchestrator/ports.ts';
import { followingTool } from '../followingTool.ts';
import { createPublishArtefactTool, createReadArtefactTool } from './artefacts.ts';
import { createChangePlanTool, createProposeChangeTool } from './changePlan.ts';
import { createSettleProposalTool } from './settleProposal.ts';
import { createViewPlanTool } from './viewPlan.ts';

/** Every tool by which agents see and shape the plan of their run, and hand work to one another through it. `agentTypes`: the same list until a definition changes. */
export function createPlanTools(agentTypes: () => readonly Pick<AgentType, 'name' | 'description' | 'tools'>[]): readonly Tool[] {
  return [
    createViewPlanTool(),
    followingTool(agentTypes, createChangePlanTool),
    followingTool(agentTypes, createProposeChangeTool),
    createSettleProposalTool(),
    createPublishArtefactTool(),
    createReadArtefactTool(),
  ];
}
