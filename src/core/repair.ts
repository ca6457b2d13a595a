import type { FleetEvent } from './events.ts';
import { unknownResult } from './history.ts';
import { isLive } from './selectors.ts';
import type { Agent, FleetState, OpenCall } from './state.ts';

/**
 * The facts that close whatever a crash left open: after them nothing runs, waits or is asked. Nothing is ever run again by the machine; a call
 * that had started is recorded as unknown, and a person may resume what was interrupted.
 */
export function repair(state: FleetState): FleetEvent[] {
  return Object.values(state.agents)
    .filter(isLive)
    .flatMap((agent) => [...closeAsks(state, agent), ...closeTurn(agent), { type: 'agentEnded', agentId: agent.id, outcome: outcome(agent) }]);
}

function outcome(agent: Agent): Extract<FleetEvent, { type: 'agentEnded' }>['outcome'] {
  return agent.killing === undefined ? { kind: 'interrupted' } : { kind: 'killed', by: agent.killing };
}

function closeAsks(state: FleetState, agent: Agent): FleetEvent[] {
  return Object.values(state.asks)
    .filter((ask) => ask.agentId === agent.id)
    .map(({ askId, agentId, callId }) => ({ type: 'personAnswered', askId, agentId, callId, answer: { kind: 'withdrawn' } }));
}

function closeTurn(agent: Agent): FleetEvent[] {
  if (!agent.requesting && agent.openCalls.length === 0) {
    return [];
  }
  return [
    ...agent.openCalls.map((call) => closeCall(agent, call)),
    { type: 'turnEnded', agentId: agent.id, turn: agent.turn } satisfies FleetEvent,
  ];
}

function closeCall(agent: Agent, call: OpenCall): FleetEvent {
  const mayHaveRun = call.stage === 'running' && call.waitsFor === undefined;
  return {
    type: 'toolEnded',
    agentId: agent.id,
    callId: call.callId,
    status: mayHaveRun ? 'unknown' : 'cancelled',
    output: { text: mayHaveRun ? unknownResult : 'Not run: the window closed first.' },
    effects: [],
  };
}
