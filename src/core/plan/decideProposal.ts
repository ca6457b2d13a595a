import type { Decision } from '../decision.ts';
import type { FleetEvent } from '../events.ts';
import { change, changesText, type PlanCommand, type PlanDecider, refuse } from './planChange.ts';
import { isLive } from '../selectors.ts';
import type { FleetState, Plan } from '../state.ts';

/** A proposal goes to the lead that asked for the task, if it is at work, and otherwise to the person. */
export function propose(
  state: FleetState,
  plan: Plan,
  command: Extract<PlanCommand, { type: 'proposeChange' }>,
  context: PlanDecider,
): Decision {
  const trial = change(state, plan, command.changes, command.reason, command.by, context);
  if (!trial.ok) {
    return trial;
  }
  const proposalId = context.mint('proposal');
  const { runId } = plan;
  const proposed: FleetEvent = {
    type: 'changeProposed',
    proposalId,
    runId,
    by: command.by,
    reason: command.reason,
    changes: command.changes,
  };
  const author = command.by.kind === 'agent' ? state.agents[command.by.agentId] : undefined;
  const lead = author?.parentId === undefined ? undefined : state.agents[author.parentId];
  const summary = changesText(plan, command.changes);
  const asked: FleetEvent =
    lead !== undefined && isLive(lead) && author !== undefined
      ? {
          type: 'messageQueued',
          messageId: context.mint('message'),
          to: lead.id,
          from: { kind: 'agent', agentId: author.id },
          sender: `agent ${author.label} (${author.id})`,
          kind: 'request',
          text: `Proposes a change of the plan (proposal ${proposalId}).\nReason: ${command.reason}\n${summary}\nAnswer it with settle_proposal.`,
          interrupt: false,
        }
      : {
          type: 'decisionAsked',
          askId: context.mint('ask'),
          runId,
          purpose: 'proposal',
          proposalId,
          agentId: author?.id,
          ask: {
            kind: 'decision',
            title: `${author?.label ?? 'Somebody'} proposes a change of the plan`,
            detail: `${command.reason}\n\n${summary}`,
            options: [
              { choice: 'accept', label: 'Accept', detail: 'The plan is changed.' },
              { choice: 'reject', label: 'Reject', detail: 'The plan stays; the agent is told, with what you write.' },
            ],
            takesText: true,
          },
        };
  return { ok: true, events: [proposed, asked], accepted: { runId, proposalId, reached: 1 } };
}

/** Accepting a proposal makes its change, if the plan still allows it; whoever proposed is told either way. */
export function settleProposal(
  state: FleetState,
  plan: Plan,
  command: Pick<Extract<PlanCommand, { type: 'settleProposal' }>, 'proposalId' | 'accept' | 'reason' | 'by'>,
  context: PlanDecider,
): Decision {
  const proposal = plan.proposals.find((one) => one.id === command.proposalId);
  if (proposal === undefined) {
    return refuse('unknown', `There is no proposal ${command.proposalId} in this run.`, 'Look at the plan for the open ones.');
  }
  if (proposal.settled !== undefined) {
    return refuse('ended', `This proposal was ${proposal.settled.accepted ? 'accepted' : 'rejected'} already.`, 'Nothing to do.');
  }
  const changed = command.accept
    ? change(state, plan, proposal.changes, proposal.reason, proposal.by, context, proposal.id, command.by)
    : ({ ok: true, events: [], accepted: { reached: 0 } } as const);
  if (!changed.ok) {
    return changed;
  }
  const { runId } = plan;
  const settled: FleetEvent = {
    type: 'proposalSettled',
    proposalId: proposal.id,
    runId,
    accepted: command.accept,
    reason: command.reason,
    by: command.by,
  };
  const withdrawn = plan.decisions
    .filter((decision) => decision.proposalId === proposal.id && decision.answer === undefined)
    .map((decision): FleetEvent => ({ type: 'decisionAnswered', askId: decision.askId, runId, choice: 'withdrawn', by: command.by }));
  const word = command.accept ? 'accepted' : 'rejected';
  const because = command.reason === undefined || command.reason.trim() === '' ? '' : `: ${command.reason.trim()}`;
  const author = proposal.by.kind === 'agent' ? state.agents[proposal.by.agentId] : undefined;
  const told: FleetEvent[] =
    author === undefined || !isLive(author)
      ? []
      : [
          {
            type: 'messageQueued',
            messageId: context.mint('message'),
            to: author.id,
            from: { kind: 'engine' },
            sender: 'engine',
            kind: 'confirmation',
            text: `Your proposal ${proposal.id} was ${word}${because}.`,
            interrupt: false,
          },
        ];
  return {
    ok: true,
    events: [...withdrawn, settled, ...changed.events, ...told],
    accepted: { runId, proposalId: proposal.id, reached: 1 },
  };
}
