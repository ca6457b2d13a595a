import type { FleetEvent, Outcome } from './events.ts';
import { unknownResult } from './history.ts';
import type { MessageId } from './ids.ts';
import { reportText } from './brief/reportText.ts';
import { unansweredNotices } from './requests.ts';
import type { Agent, FleetState, OpenCall } from './state.ts';

/** Why an agent ends in the middle of something: the host died, or the engine ended it in order. */
export type EndedBy = 'crash' | 'engine';

/**
 * The facts that end an agent, whatever it was in the middle of: what it asked is withdrawn, every open call is settled, the turn is closed. They are
 * one commit, together with the report to its parent, so that a result is delivered exactly once or not yet at all.
 */
export function endingOf(state: FleetState, agent: Agent, outcome: Outcome, by: EndedBy, messageId: MessageId | undefined): FleetEvent[] {
  return [
    ...withdrawals(state, agent),
    ...closedTurn(agent, by),
    { type: 'agentEnded', agentId: agent.id, outcome },
    ...reportToParent(state, agent, outcome, messageId),
    ...unansweredNotices(state, agent, outcome),
  ];
}

function withdrawals(state: FleetState, agent: Agent): FleetEvent[] {
  return Object.values(state.asks)
    .filter((ask) => ask.agentId === agent.id)
    .map(({ askId, agentId, callId }) => ({ type: 'personAnswered', askId, agentId, callId, answer: { kind: 'withdrawn' } }));
}

function closedTurn(agent: Agent, by: EndedBy): FleetEvent[] {
  if (!agent.requesting && agent.openCalls.length === 0) {
    return [];
  }
  return [
    ...agent.openCalls.map((call) => closedCall(agent, call, by)),
    { type: 'turnEnded', agentId: agent.id, turn: agent.turn } satisfies FleetEvent,
  ];
}

function closedCall(agent: Agent, call: OpenCall, by: EndedBy): FleetEvent {
  const mayHaveRun = call.stage === 'running' && call.waitsFor === undefined && call.wait === undefined;
  const notRun = by === 'crash' ? 'Not run: the window closed first.' : 'Not run: the agent ended first.';
  return {
    type: 'toolEnded',
    agentId: agent.id,
    callId: call.callId,
    status: mayHaveRun ? 'unknown' : 'cancelled',
    output: { text: mayHaveRun ? unknownResult : notRun },
    effects: [],
  };
}

/**
 * An interrupted agent reports nothing yet: it may be resumed and report then. The result of a task goes to whoever asked for it when the task is
 * settled, which its agent's end need not be; see planSettle.ts.
 */
function reportToParent(state: FleetState, agent: Agent, outcome: Outcome, messageId: MessageId | undefined): FleetEvent[] {
  const parent = agent.parentId === undefined ? undefined : state.agents[agent.parentId];
  if (
    parent === undefined ||
    messageId === undefined ||
    agent.taskId !== undefined ||
    outcome.kind === 'interrupted' ||
    !awaitsReports(parent)
  ) {
    return [];
  }
  return [
    {
      type: 'messageQueued',
      messageId,
      to: parent.id,
      from: { kind: 'agent', agentId: agent.id },
      sender: `agent ${agent.label} (${agent.id})`,
      kind: 'report',
      text: reportText(agent, outcome),
      interrupt: false,
    },
  ];
}

function awaitsReports(parent: Agent): boolean {
  return parent.killing === undefined && (parent.phase.kind !== 'ended' || parent.phase.outcome.kind === 'interrupted');
}
