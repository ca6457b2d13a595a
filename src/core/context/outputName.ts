import type { Output } from '../events.ts';
import type { AgentId, CallId } from '../ids.ts';
import type { FleetState, Transcript } from '../state.ts';

/** The name under which an agent's model can read an output again: the turn and the place of the call in it, from 1, such as `12.2`. */
export function outputName(transcript: Transcript, callId: CallId): string {
  const turn = transcript.turns.findLast((candidate) => candidate.calls.some((call) => call.callId === callId));
  return `${turn?.number ?? 0}.${(turn?.calls.findIndex((call) => call.callId === callId) ?? -1) + 1}`;
}

/** The output of an agent with a name; undefined when there is none. */
export function outputOf(state: FleetState, agentId: AgentId, name: string): Output | undefined {
  const [, turn, place] = /^(\d{1,9})\.(\d{1,9})$/.exec(name) ?? [];
  const calls = state.transcripts[agentId]?.turns.find((candidate) => candidate.number === Number(turn))?.calls;
  return calls?.[Number(place) - 1]?.output;
}
