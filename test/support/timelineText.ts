import { isTrainEvent } from '../../src/core/train/train.ts';
import type { FleetEvent, JournalEntry, PlanEvent } from '../../src/core/events.ts';
import { isPlanEvent } from '../../src/core/plan/reducePlan.ts';
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
  if (event.type === 'runStarted' || event.type === 'promptFixed') {
    return `run: ${event.type}`;
  }
  if (isTrainEvent(event)) {
    return `train: ${event.type}`;
  }
  if (isPlanEvent(event)) {
    return `plan: ${event.type}${planDetails(event)}`;
  }
  const who = label(event.type === 'messageQueued' ? event.to : event.agentId).padEnd(8);
  return `${who} ${event.type}${details(event, label)}`;
}

function planDetails(event: PlanEvent): string {
  switch (event.type) {
    case 'planChanged':
      return event.changes
        .map((change) => {
          const id = change.kind === 'add' || change.kind === 'edit' ? change.task.id : change.taskId;
          return ` ${change.kind} ${id}${change.kind === 'expand' ? ` into ${change.into.map((task) => task.id)}` : ''}`;
        })
        .join(',');
    case 'taskSettled':
      return ` ${event.taskId} ${event.status}${event.verdict === undefined ? '' : ` (${event.verdict})`}`;
    case 'tasksReopened':
      return ` ${event.kind} ${event.taskIds}`;
    case 'decisionAsked':
      return ` ${event.purpose}${event.taskId === undefined ? '' : ` ${event.taskId}`}`;
    case 'decisionAnswered':
      return ` ${event.choice}`;
    case 'artefactPublished':
      return ` ${event.name} version ${event.version}`;
    case 'proposalSettled':
      return event.accepted ? ' accepted' : ' rejected';
    case 'runHeld':
      return ` ${event.reason}`;
    case 'changesUndone':
      return ` ${event.restored}`;
    case 'changesReviewed':
      return ` ${event.path} ${event.hunks.length} ${event.verdict}`;
    case 'changeProposed':
    case 'runReleased':
    case 'runDeleted':
      return '';
  }
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
