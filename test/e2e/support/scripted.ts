import type { Piece, Reply } from '../../support/messagesServer/reply.ts';
import type { SeenRequest } from '../../support/messagesServer/server.ts';
import { openingOf } from '../../support/messagesServer/wire.ts';

type Input = Extract<Piece, { type: 'tool_use' }>['input'];

/** A call of a tool. */
export const call = (name: string, input: Input): Piece => ({ type: 'tool_use', name, input: input ?? {} });

/** The turn that ends an agent's task. */
export const report = (summary: string): Piece => call('report', { summary });

/** What each worker does turn by turn, by its label, which its objective begins with; the last call is made again when it was not taken. */
export type Parts = Readonly<Record<string, readonly Piece[]>>;

/**
 * A model for a lead that gives each part to a worker, waits for all reports and reports itself. A worker whose work comes back because of a
 * conflict does what `again` says.
 */
export function scriptedTeam(parts: Parts, again: Parts = {}): (seen: SeenRequest) => Reply {
  const labels = Object.keys(parts);
  return ({ request, turn }) => {
    const opening = openingOf(request);
    const mine = labels.find((label) => opening.includes(`${label}: do your part.`));
    if (mine !== undefined) {
      const back = request.messages.findLastIndex((message) => JSON.stringify(message.content).includes('Your work conflicts with'));
      const steps = (back < 0 ? parts : again)[mine] ?? [];
      const taken = request.messages.slice(Math.max(0, back)).filter((message) => message.role === 'assistant').length;
      return { pieces: [steps[taken] ?? steps.at(-1) ?? report('The part is done.')] };
    }
    if (turn === 0) {
      const spawn = (label: string) => call('spawn_agent', { label, agent_type: 'general', objective: `${label}: do your part.` });
      return { pieces: labels.map(spawn) };
    }
    const reports = JSON.stringify(request.messages).split('kind=\\"report\\"').length - 1;
    return { pieces: [reports < labels.length ? call('wait_for_agents', {}) : report('All parts are done.')] };
  };
}
