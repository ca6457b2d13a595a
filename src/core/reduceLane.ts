import type { AgentEvent } from './reduceAgent.ts';
import type { Agent, AgentPhase, Lane, Span } from './state.ts';

/** The lane of an agent that has just been spawned: it waits for a slot. */
export function spawnedLane(at: number): Lane {
  return { spans: [{ kind: 'wait', wait: 'slot', label: 'Waiting for a slot', turn: 0, from: at }], points: [], marks: [] };
}

/**
 * What one fact makes of an agent's lane, given the agent after the fact. Model and tool spans follow their facts; wait spans follow the
 * agent's phase, so that every moment of waiting is attributed and none twice.
 */
export function reduceLane(lane: Lane, before: Agent, after: Agent, event: AgentEvent, at: number): Lane {
  const own = ownSpans(withMark(lane, before, event, at), event, after, at);
  return before.phase === after.phase ? own : { ...own, spans: withPhaseSpan(own.spans, before.phase, after, at) };
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

function withPhaseSpan(spans: readonly Span[], before: AgentPhase, agent: Agent, at: number): readonly Span[] {
  const closed = isWaiting(before) ? closeSpans(spans, (span) => span.kind === 'wait', at) : spans;
  const span = waitSpan(agent, at);
  return span === undefined ? closed : [...closed, span];
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
  return { ...lane, spans: [...lane.spans, span] };
}

function close(lane: Lane, which: (span: Span) => boolean, at: number, trouble?: Span['trouble']): Lane {
  const spans = closeSpans(lane.spans, which, at, trouble);
  return spans === lane.spans ? lane : { ...lane, spans };
}

/** Closes the open spans that `which` picks. Open spans sit near the end, so the search stops at the first long run of closed ones. */
function closeSpans(spans: readonly Span[], which: (span: Span) => boolean, at: number, trouble?: Span['trouble']): readonly Span[] {
  let copy: Span[] | undefined;
  const oldest = Math.max(0, spans.length - maxOpenDistance);
  for (let index = spans.length - 1; index >= oldest; index--) {
    const span = spans[index];
    if (span !== undefined && span.to === undefined && which(span)) {
      copy ??= [...spans];
      copy[index] = trouble === undefined ? { ...span, to: at } : { ...span, to: at, trouble };
    }
  }
  return copy ?? spans;
}

/** More than the tool calls of one turn with their waits, so no open span can lie further back. */
const maxOpenDistance = 1024;

function withPoint(lane: Lane, turn: number, usage: Lane['points'][number]['usage'], cost: number | undefined, at: number): Lane {
  return { ...lane, points: [...lane.points, { at, turn, usage, cost }] };
}
