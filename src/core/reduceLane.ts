import type { AgentEvent } from './reduceAgent.ts';
import type { Agent, AgentPhase, Lane, OpenCall, Span } from './state.ts';

/** The lane of an agent that has just been spawned: it waits for a slot. */
export function spawnedLane(at: number): Lane {
  return { spans: [{ kind: 'wait', wait: 'slot', label: 'Waiting for a slot', turn: 0, from: at }], open: [0], points: [], marks: [] };
}

/**
 * What one fact makes of an agent's lane, given the agent after the fact. Model and tool spans follow their facts; wait spans follow the
 * agent's phase, so that every moment of waiting is attributed and none twice.
 */
export function reduceLane(lane: Lane, before: Agent, after: Agent, event: AgentEvent, at: number): Lane {
  const own = ownSpans(withMark(lane, before, event, at), event, after, at);
  return before.phase === after.phase ? own : withPhaseSpan(own, before.phase, after, at);
}

function withMark(lane: Lane, before: Agent, event: AgentEvent, at: number): Lane {
  if (event.type !== 'messageDelivered') {
    return lane;
  }
  const message = before.mailbox.find((queued) => queued.messageId === event.messageId);
  return message === undefined
    ? lane
    : { ...lane, marks: [...lane.marks, { at, turn: event.turn, kind: message.kind, from: message.from.kind }] };
}

function ownSpans(lane: Lane, event: AgentEvent, agent: Agent, at: number): Lane {
  switch (event.type) {
    case 'requestStarted':
      return opened(lane, { kind: 'model', label: `Turn ${event.turn}`, turn: event.turn, from: at });
    case 'requestFailed': {
      const closed = close(lane, (span) => span.kind === 'model', at, event.failure.kind === 'interrupted' ? 'cancelled' : 'failed');
      return event.usage === undefined ? closed : withPoint(closed, event.turn, event.usage, event.cost, at);
    }
    case 'replySettled':
      return withPoint(
        close(lane, (span) => span.kind === 'model', at),
        event.turn,
        event.usage,
        event.cost,
        at,
      );
    case 'toolStarted':
      return event.waitsFor === undefined
        ? opened(lane, { kind: 'tool', label: event.title, turn: agent.turn, callId: event.callId, from: at })
        : lane;
    // While a call waits, its time is that of the wait.
    case 'waitStarted':
      return event.callId === undefined ? lane : close(lane, (span) => span.callId === event.callId, at);
    case 'waitEnded':
      return resumed(lane, agent, event.callId, at);
    case 'toolEnded':
      return close(lane, (span) => span.callId === event.callId, at, event.status === 'ok' ? undefined : event.status);
    case 'turnEnded':
      return close(lane, (span) => span.kind !== 'wait', at, 'unknown');
    case 'agentEnded':
      return close(lane, () => true, at, event.outcome.kind === 'interrupted' ? 'unknown' : undefined);
    default:
      return lane;
  }
}

/** Has the time of a call that waited be its own again. */
function resumed(lane: Lane, agent: Agent, callId: OpenCall['callId'] | undefined, at: number): Lane {
  const call = agent.openCalls.find((one) => one.callId === callId);
  const isAtWork = call?.stage === 'running' && call.waitsFor === undefined;
  return !isAtWork || lane.open.some((index) => lane.spans[index]?.callId === callId)
    ? lane
    : opened(lane, { kind: 'tool', label: call.title, turn: agent.turn, callId, from: at });
}

function withPhaseSpan(lane: Lane, before: AgentPhase, agent: Agent, at: number): Lane {
  const closed = isWaiting(before) ? close(lane, (span) => span.kind === 'wait', at) : lane;
  const span = waitSpan(agent, at);
  return span === undefined ? closed : opened(closed, span);
}

function isWaiting(phase: AgentPhase): boolean {
  return phase.kind === 'waiting' || phase.kind === 'queued' || phase.kind === 'paused';
}

function waitSpan(agent: Agent, from: number): Span | undefined {
  const turn = agent.turn;
  switch (agent.phase.kind) {
    case 'queued':
      return { kind: 'wait', wait: 'slot', label: 'Waiting for a slot', turn, from };
    case 'paused':
      return { kind: 'wait', wait: 'paused', label: 'Paused', turn, from };
    case 'waiting':
      return { kind: 'wait', wait: agent.phase.wait, label: agent.phase.detail, turn, from };
    default:
      return undefined;
  }
}

function opened(lane: Lane, span: Span): Lane {
  return { ...lane, spans: [...lane.spans, span], open: [...lane.open, lane.spans.length] };
}

/** Closes the open spans that `which` picks. Only open spans are looked at: a lane may hold many thousands that are closed. */
function close(lane: Lane, which: (span: Span) => boolean, at: number, trouble?: Span['trouble']): Lane {
  const picked = lane.open.filter((index) => isPicked(lane.spans[index], which));
  if (picked.length === 0) {
    return lane;
  }
  const spans = [...lane.spans];
  for (const index of picked) {
    const span = spans[index];
    if (span !== undefined) {
      spans[index] = trouble === undefined ? { ...span, to: at } : { ...span, to: at, trouble };
    }
  }
  return { ...lane, spans, open: lane.open.filter((index) => !picked.includes(index)) };
}

function isPicked(span: Span | undefined, which: (span: Span) => boolean): boolean {
  return span !== undefined && which(span);
}

function withPoint(lane: Lane, turn: number, usage: Lane['points'][number]['usage'], cost: number | undefined, at: number): Lane {
  return { ...lane, points: [...lane.points, { at, turn, usage, cost }] };
}
