import type { FleetEvent, JournalEntry } from '../events.ts';
import type { AgentId, PromptId, RunId, TrainId } from '../ids.ts';

/** The facts of a run in their order: its own, those of its agents, their tasks and its merge trains, and the prompts the agents were given. */
export function entriesOfRun(entries: readonly JournalEntry[], runId: RunId): readonly JournalEntry[] {
  const agents = new Set<AgentId>();
  const prompts = new Set<PromptId>();
  const trains = new Set<TrainId>();
  for (const { event } of entries) {
    if (event.type === 'agentSpawned' && event.runId === runId) {
      agents.add(event.agentId);
      prompts.add(event.promptId);
    } else if (event.type === 'trainStarted' && event.runId === runId) {
      trains.add(event.trainId);
    }
  }
  return entries.filter(({ event }) => {
    if (event.type === 'promptFixed') {
      return prompts.has(event.promptId);
    }
    if ('trainId' in event) {
      return trains.has(event.trainId);
    }
    const subject = agentOf(event);
    return 'runId' in event ? event.runId === runId : subject !== undefined && agents.has(subject);
  });
}

function agentOf(event: FleetEvent): AgentId | undefined {
  if (event.type === 'messageQueued') {
    return event.to;
  }
  return 'agentId' in event ? event.agentId : undefined;
}
