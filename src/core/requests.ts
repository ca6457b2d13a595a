import type { EventOf, FleetEvent, Outcome } from './events.ts';
import { type AgentId, type MessageId, type RunId, toId } from './ids.ts';
import { firstLine, outcomeText } from './rowText.ts';
import { agentsOfRun, isLive } from './selectors.ts';
import type { Agent, FleetState, QueuedMessage, SentRequest } from './state.ts';

/*
 * Requests between agents: who waits for whose answer. A request is open until the asked agent answers it or ends.
 */

/** Characters of a request that lists keep; few enough that the shortened message of a view still has them all. */
const keptCharacters = 80;

type Queued = EventOf<'messageQueued'>;

/** The sender of a request once it is sent. */
export function withRequest(sender: Agent, { messageId, to, text }: Queued, at: number): Agent {
  return { ...sender, requests: [...(sender.requests ?? []), { messageId, to, text: firstLine(text, keptCharacters), at }] };
}

/** The receiver of a message, whose own request it may settle. Only the asked agent can answer, and a question back is no answer. */
export function withSettled(receiver: Agent, event: Queued, at: number): Agent {
  const open = event.replyTo === undefined ? undefined : openOf(receiver).find((request) => request.messageId === event.replyTo);
  const how = open === undefined ? undefined : settles(open, event);
  return how === undefined
    ? receiver
    : {
        ...receiver,
        requests: receiver.requests?.map((request) =>
          request === open ? { ...request, settled: { how, messageId: event.messageId, at } } : request,
        ),
      };
}

function settles(request: SentRequest, { from, kind }: Pick<Queued, 'from' | 'kind'>): 'answered' | 'ended' | undefined {
  if (from.kind === 'engine') {
    return 'ended';
  }
  return from.kind === 'agent' && from.agentId === request.to && kind !== 'request' ? 'answered' : undefined;
}

/** A request that nobody has answered yet, with who sent it. */
export interface OpenRequest extends SentRequest {
  readonly from: AgentId;
}

/** The requests of a run whose senders are still at work and have no answer, oldest first. */
export function openRequests(state: FleetState, runId: RunId): readonly OpenRequest[] {
  return agentsOfRun(state, runId)
    .flatMap(openWithSender)
    .sort((a, b) => a.at - b.at);
}

/** The open requests among agents that one of them has been sent. */
export function requestsTo(agents: readonly Agent[], id: AgentId): readonly OpenRequest[] {
  return agents.flatMap(openWithSender).filter((request) => request.to === id);
}

function openWithSender(agent: Agent): readonly OpenRequest[] {
  return isLive(agent) ? openOf(agent).map((request) => ({ ...request, from: agent.id })) : [];
}

function openOf(agent: Agent): readonly SentRequest[] {
  return (agent.requests ?? []).filter((request) => request.settled === undefined);
}

/** Whether an agent that waits for an answer should stop waiting for a message: it is the answer, an instruction, or a question back. */
export function endsWait(message: QueuedMessage, requestId: MessageId, to: AgentId | undefined): boolean {
  const isInstruction = message.kind === 'steer' || message.kind === 'wrapUp' || message.kind === 'followUp';
  const asksBack = message.kind === 'request' && message.from.kind === 'agent' && message.from.agentId === to;
  return message.replyTo === requestId || isInstruction || asksBack;
}

/** What tells those who still wait for an agent's answer that it has ended. An interrupted agent may yet answer. */
export function unansweredNotices(state: FleetState, agent: Agent, outcome: Outcome): FleetEvent[] {
  if (outcome.kind === 'interrupted') {
    return [];
  }
  return requestsTo(Object.values(state.agents), agent.id)
    .filter((request) => state.agents[request.from]?.killing === undefined)
    .map((request) => ({
      type: 'messageQueued',
      messageId: noticeId(request.messageId),
      to: request.from,
      from: { kind: 'engine' },
      sender: 'engine',
      kind: 'engine',
      text: `${agent.label} (${agent.id}) ended (${outcomeText(outcome)}) without answering your request ${request.messageId}: "${request.text}". Go on without the answer, or ask another agent.`,
      interrupt: false,
      replyTo: request.messageId,
    }));
}

/** A request is closed once at most, so its own id makes the notice's. */
function noticeId(request: MessageId): MessageId {
  return toId('message', `${request}-closed`);
}

/** Why an agent may not answer a message, if it may not: it never got it, or somebody else sent it. */
export function replyProblem(state: FleetState, sender: AgentId, to: AgentId, replyTo: MessageId): string | undefined {
  const received = [
    ...(state.agents[sender]?.mailbox ?? []),
    ...(state.transcripts[sender]?.turns.flatMap((turn) => turn.delivered) ?? []),
  ].find((message) => message.messageId === replyTo);
  if (received === undefined) {
    return `You have received no message with the id ${JSON.stringify(replyTo)}.`;
  }
  return received.from.kind === 'agent' && received.from.agentId === to
    ? undefined
    : `${replyTo} came from ${received.sender}, not from this agent.`;
}
