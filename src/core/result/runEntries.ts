import type { FleetEvent, JournalEntry } from '../events.ts';
import type { AgentId, PromptId, RunId } from '../ids.ts';

/** The facts of a run in their order: its own, those of its agents and their tasks, and the prompts the agents were given. */
export function entriesOfRun(entries: readonly JournalEntry[], runId: RunId): readonly JournalEntry[] {
  const agents = new Set<AgentId>();
  const prompts = new Set<PromptId>();
  for (const { event } of entries) {
    if (event.type === 'agentSpawned' && event.runId === runId) {
      agents.add(event.agentId);
      prompts.add(event.promptId);
    }
  }
  return entries.filter(({ event }) => {
    if (event.type === 'promptFixed') {
      return prompts.has(event.promptId);
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
