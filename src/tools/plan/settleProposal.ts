import * as z from 'zod';
import type { Proposal } from '../../core/state.ts';
import type { Tool, ToolContext } from '../../orchestrator/ports.ts';
import { acceptedOf } from '../coordination/target.ts';
import { defineTool, ToolError } from '../defineTool.ts';
import { summaryOf } from './changePlan.ts';
import { actorName, planOf } from './ownPlan.ts';

/** The tool `settle_proposal`: whoever leads decides what another agent proposed. */
export function createSettleProposalTool(): Tool {
  return defineTool({
    name: 'settle_proposal',
    description:
      'Accepts or rejects a change of the plan that another agent proposed. An accepted one is made at once, exactly as it was proposed; the agent is told either way.',
    input: z.strictObject({
      proposal_id: z.string().min(1).max(200).describe('Id of the proposal, as its message and view_plan give it.'),
      accept: z.boolean(),
      reason: z.string().min(1).max(2000).optional().describe('Why; needed by the agent when you reject it.'),
    }),
    prepare: ({ proposal_id: id, accept, reason }) => ({
      kind: 'ready',
      title: `${accept ? 'Accept' : 'Reject'} proposal ${id}`,
      outside: false,
      run: async (context) => {
        const proposal = openProposal(context, id);
        acceptedOf(context.coordination.settleProposal(proposal.id, accept, reason?.trim()));
        const text = accept ? `Accepted; the plan is changed: ${summaryOf(proposal.changes)}.` : 'Rejected; the plan stays as it is.';
        return { text: `${text} ${actorName(proposal.by, context.coordination.agents())} is told.`, isError: false };
      },
    }),
  });
}

function openProposal(context: ToolContext, id: string): Proposal {
  const { proposals } = planOf(context);
  const proposal = proposals.find((candidate) => candidate.id === id);
  if (proposal?.settled !== undefined) {
    throw new ToolError(`Proposal ${proposal.id} was ${proposal.settled.accepted ? 'accepted' : 'rejected'} already; nothing was done.`);
  }
  if (proposal === undefined) {
    const open = proposals.filter((candidate) => candidate.settled === undefined).map((candidate) => candidate.id);
    throw new ToolError(
      `There is no proposal ${JSON.stringify(id)}. ${open.length === 0 ? 'None is open.' : `Open are: ${open.join(', ')}.`}`,
    );
  }
  if (proposal.by.kind === 'agent' && proposal.by.agentId === context.agentId) {
    throw new ToolError('That proposal is your own; somebody else decides it.');
  }
  return proposal;
}
