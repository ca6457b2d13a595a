import type { Usage } from '../src/core/events.ts';
import type { AgentId, RunId } from '../src/core/ids.ts';
import { type OpenRequest, openRequests } from '../src/core/openRequests.ts';
import { agentsOfRun, isLive } from '../src/core/selectors.ts';
import { type Agent, emptyUsage, type FleetState, type Lane, type Run } from '../src/core/state.ts';
import { addUsage } from '../src/core/usage.ts';
import type { TimeRange } from './lanes/viewport.ts';
import { toVisibleLine } from './text/visible.ts';
import type { ViewState } from './viewState.ts';

/** All runs, newest first. */
export function runsByAge(state: FleetState): readonly Run[] {
  return Object.values<Run>(state.runs).sort((a, b) => b.startedAt - a.startedAt);
}

/** The run that is shown; undefined when all are, of which there are at least two. A run that is gone gives way to the newest. */
export function shownRun(state: FleetState, choice: ViewState['run']): Run | undefined {
  if (choice === 'all' && Object.keys(state.runs).length > 1) {
    return undefined;
  }
  return (choice === 'newest' || choice === 'all' ? undefined : state.runs[choice]) ?? runsByAge(state)[0];
}

/** The agents of the run, or of all runs, newest run first. */
export function shownAgents(state: FleetState, run: Run | undefined): readonly Agent[] {
  return run === undefined ? runsByAge(state).flatMap((each) => agentsOfRun(state, each.id)) : agentsOfRun(state, run.id);
}

/** What waits for the person in the run, or in all runs, oldest first. */
export function shownRequests(state: FleetState, run: Run | undefined): readonly OpenRequest[] {
  return openRequests(state).filter((request) => {
    const runId = runOf(state, request);
    return run === undefined || runId === run.id;
  });
}

function runOf(state: FleetState, request: OpenRequest): RunId | undefined {
  if (request.kind === 'train') {
    return request.request.train.runId;
  }
  return request.kind === 'decision' ? request.decision.runId : state.agents[request.ask.agentId]?.runId;
}

/** The agent that a request is about, if it is about one. */
export function askerOf(request: OpenRequest): AgentId | undefined {
  if (request.kind === 'train') {
    return request.request.train.stop?.agentId;
  }
  return request.kind === 'ask' ? request.ask.agentId : request.decision.agentId;
}

/** Who asks, and what, on one line. */
export function requestTitle(state: FleetState, request: OpenRequest): string {
  if (request.kind === 'train') {
    return toVisibleLine(request.request.title);
  }
  if (request.kind === 'decision') {
    return toVisibleLine(request.decision.ask.title);
  }
  const asker: Agent | undefined = state.agents[request.ask.agentId];
  return toVisibleLine(`${asker?.label ?? 'An agent'}: ${request.ask.ask.title}`);
}

/** From the first spawn to the last moment something happened, which is now while anything is live. */
export function extentOf(agents: readonly Agent[], lanes: Readonly<Record<AgentId, Lane>>, now: number): TimeRange {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const agent of agents) {
    const lane = lanes[agent.id];
    from = Math.min(from, agent.spawnedAt, lane?.spans[0]?.from ?? agent.spawnedAt);
    to = Math.max(to, isLive(agent) ? now : Math.max(agent.phase.since, agent.lastActivityAt));
  }
  return from <= to ? { from, to } : { from: now - 60_000, to: now };
}

/** What agents are at, in the words of the totals. */
export type Standing = 'needs you' | 'at work' | 'waiting' | 'queued' | 'paused' | 'done' | 'failed' | 'killed' | 'interrupted';

/** How many agents are at what, in the order of urgency, without zeros. */
export function countStandings(agents: readonly Agent[]): readonly { readonly standing: Standing; readonly count: number }[] {
  const counts = new Map<Standing, number>(standings.map((standing) => [standing, 0]));
  for (const agent of agents) {
    const standing = standingOf(agent);
    counts.set(standing, (counts.get(standing) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count > 0).map(([standing, count]) => ({ standing, count }));
}

const standings: readonly Standing[] = ['needs you', 'at work', 'waiting', 'queued', 'paused', 'done', 'failed', 'killed', 'interrupted'];

function standingOf({ phase }: Agent): Standing {
  switch (phase.kind) {
    case 'queued':
    case 'paused':
      return phase.kind;
    case 'thinking':
    case 'runningTools':
      return 'at work';
    case 'waiting':
      return phase.wait === 'approval' || phase.wait === 'answer' ? 'needs you' : 'waiting';
    case 'ended':
      return phase.outcome.kind;
  }
}

/** What agents have used together. */
export function usageOf(agents: readonly Agent[]): Usage {
  return agents.reduce((sum, agent) => addUsage(sum, agent.usage), emptyUsage);
}

/** Tokens written to any cache. */
export function cacheWrites(usage: Usage): number {
  return usage.cacheWrite5m + usage.cacheWrite1h;
}

/** The labels of the practice model's and other providers' agents: whose work it is must never be in doubt. */
export function practiceLabel(agents: readonly Agent[], labels: Readonly<Record<string, string>>): string | undefined {
  return agents.some(isPractice) ? (labels['practice'] ?? 'Practice model (offline)') : undefined;
}

/** Whether an agent is driven by the built-in offline model. */
export function isPractice(agent: Agent): boolean {
  return agent.provider === 'practice';
}
