import type { AgentEvent } from './reduceAgent.ts';
import type { Agent, ToolCall, Transcript, Turn } from './state.ts';

/** What one fact makes of an agent's transcript, given the agent before the fact. */
export function reduceTranscript(transcript: Transcript, before: Agent, event: AgentEvent, at: number): Transcript {
  switch (event.type) {
    case 'requestStarted':
      return ensureTurn(transcript, event.turn, at);
    case 'requestFailed':
      return withTurn(transcript, event.turn, (turn) => ({
        ...turn,
        failures: [...turn.failures, { at, failure: event.failure, partial: event.partial }],
      }));
    case 'replySettled':
      return withTurn(transcript, event.turn, (turn) => ({
        ...turn,
        blocks: event.blocks,
        stop: event.stop,
        calls: event.blocks.flatMap((block) =>
          block.kind === 'toolCall' ? [{ callId: block.callId, name: block.name, title: block.name, effects: [] }] : [],
        ),
      }));
    case 'messageDelivered': {
      const message = before.mailbox.find((queued) => queued.messageId === event.messageId);
      if (message === undefined) {
        return transcript;
      }
      const { interrupt: _, ...delivered } = message;
      return withTurn(ensureTurn(transcript, event.turn, at), event.turn, (turn) => ({
        ...turn,
        delivered: [...turn.delivered, { ...delivered, at }],
      }));
    }
    case 'personAsked':
      return withCall(transcript, event.callId, (call) => ({ ...call, title: event.ask.title, ask: event.ask, place: event.place }));
    case 'toolStarted':
      return withCall(transcript, event.callId, (call) => ({ ...call, title: event.title, place: event.place, startedAt: at }));
    case 'toolEnded':
      return withCall(transcript, event.callId, (call) => ({
        ...call,
        endedAt: at,
        status: event.status,
        output: event.output,
        effects: event.effects,
      }));
    case 'turnEnded':
      return withTurn(transcript, event.turn, (turn) => closed(turn, at));
    case 'agentEnded': {
      const last = transcript.turns.at(-1);
      return last === undefined ? transcript : withTurn(transcript, last.number, (turn) => closed(turn, at));
    }
    default:
      return transcript;
  }
}

function closed(turn: Turn, at: number): Turn {
  return {
    ...turn,
    endedAt: turn.endedAt ?? at,
    calls: turn.calls.map((call) => (call.status === undefined ? { ...call, status: 'unknown', endedAt: at } : call)),
  };
}

function ensureTurn(transcript: Transcript, number: number, at: number): Transcript {
  if (transcript.turns.at(-1)?.number === number) {
    return transcript;
  }
  return { ...transcript, turns: [...transcript.turns, { number, startedAt: at, delivered: [], blocks: [], calls: [], failures: [] }] };
}

/** Changes a turn, which is nearly always the last. */
function withTurn(transcript: Transcript, number: number, change: (turn: Turn) => Turn): Transcript {
  const index = transcript.turns.findLastIndex((turn) => turn.number === number);
  const turn = transcript.turns[index];
  return turn === undefined ? transcript : { ...transcript, turns: transcript.turns.with(index, change(turn)) };
}

function withCall(transcript: Transcript, callId: ToolCall['callId'], change: (call: ToolCall) => ToolCall): Transcript {
  const last = transcript.turns.at(-1);
  if (last === undefined || !last.calls.some((call) => call.callId === callId)) {
    return transcript;
  }
  return withTurn(transcript, last.number, (turn) => ({
    ...turn,
    calls: turn.calls.map((call) => (call.callId === callId ? change(call) : call)),
  }));
}
