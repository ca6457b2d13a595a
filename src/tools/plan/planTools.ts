import type { AgentType, PathFacts, Tool } from '../../orchestrator/ports.ts';
import { followingTool } from '../followingTool.ts';
import { createPublishArtefactTool, createReadArtefactTool } from './artefacts.ts';
import { createChangePlanTool, createProposeChangeTool } from './changePlan.ts';
import { createSettleProposalTool } from './settleProposal.ts';
import { createViewPlanTool } from './viewPlan.ts';

export interface PlanToolsDeps {
  /** The same list until a definition changes. */
  readonly agentTypes: () => readonly Pick<AgentType, 'name' | 'description' | 'tools'>[];
  readonly pathFacts: PathFacts;
}

/** Every tool by which agents see and shape the plan of their run, and hand work to one another through it. */
export function createPlanTools({ agentTypes, pathFacts }: PlanToolsDeps): readonly Tool[] {
  return [
    createViewPlanTool(),
    followingTool(agentTypes, (types) => createChangePlanTool({ agentTypes: types, pathFacts })),
    followingTool(agentTypes, (types) => createProposeChangeTool({ agentTypes: types, pathFacts })),
    createSettleProposalTool(),
    createPublishArtefactTool(),
    createReadArtefactTool(),
  ];
}
