import type { FleetEvent, JournalEntry } from '../../src/core/events.ts';
import { isPlanEvent } from '../../src/core/reducePlan.ts';
import { reduceEntries } from '../../src/core/reduceFleet.ts';
import { emptyFleet } from '../../src/core/state.ts';

/** A journal as a person reads it: one line a fact, with seconds since the first and the agent's label. Ids never show. */
export function timelineText(entries: readonly JournalEntry[]): string {
  const start = entries[0]?.at ?? 0;
  const { agents } = reduceEntries(
    emptyFleet,
    entries.filter((entry) => entry.event.type !== 'agentDeleted'),
  );
  const label = (id: string) => Object.values(agents).find((agent) => agent.id === id)?.label ?? '?';
  return entries
    .filter(({ event }) => event.type !== 'promptFixed')
    .map(({ at, event }) => `${((at - start) / 1000).toFixed(1).padStart(6)}  ${line(event, label)}\n`)
    .join('');
}

function line(event: FleetEvent, label: (id: string) => string): string {
  if (event.type === 'runStarted' || event.type === 'promptFixed' || isPlanEvent(event)) {
    return `run: ${event.type}`;
  }
  const who = label(event.type === 'messageQueued' ? event.to : event.agentId).padEnd(8);
  return `${who} ${event.type}${details(event, label)}`;
}

function details(event: FleetEvent, label: (id: string) => string): string {
  switch (event.type) {
    case 'agentSpawned':
      return event.parentId === undefined ? '' : ` by ${label(event.parentId)}`;
    case 'waitStarted':
      return ` ${event.wait.kind}`;
    case 'requestStarted':
      return ` turn ${event.turn} attempt ${event.attempt}`;
    case 'requestFailed':
      return ` ${event.failure.kind}`;
    case 'replySettled':
      return ` ${event.stop}${event.blocks.map((block) => (block.kind === 'toolCall' ? ` ${block.name}` : '')).join('')}`;
    case 'toolStarted':
      return ` ${event.title}`;
    case 'toolEnded':
      return ` ${event.status}`;
    case 'personAsked':
      return ` ${event.ask.title}`;
    case 'personAnswered':
      return ` ${event.answer.kind}`;
    case 'messageQueued':
      return ` ${event.kind} from ${event.from.kind === 'agent' ? label(event.from.agentId) : event.from.kind}`;
    case 'agentEnded':
      return ` ${event.outcome.kind}${event.outcome.kind === 'failed' ? ` (${event.outcome.failure.kind})` : ''}`;
    case 'agentContinued':
      return ` ${event.reason}`;
    default:
      return '';
  }
}
