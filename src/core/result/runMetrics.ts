import { addUsage } from '../usage.ts';
import { workMs } from '../plan/estimate.ts';
import type { Usage } from '../events.ts';
import { agentsOfRun, isLive, outcomeOf } from '../selectors.ts';
import { emptyUsage, type Agent, type FleetState, type Lane, type Plan, type Run, type Span, type WaitKind } from '../state.ts';
import { criticalSteps, type PathStep } from './stints.ts';

/** What an agent's time went into. */
export type TimeUse = 'model' | 'tools' | WaitKind | 'paused';

/** How a run went, in numbers. Times in ms. */
export interface RunMetrics {
  readonly agents: number;
  readonly usage: Usage;
  /** US dollars; a lower bound when `costKnown` is false. */
  readonly cost: number;
  readonly costKnown: boolean;
  /** From the start to the last end, or until now. */
  readonly wallMs: number;
  /** What the same work takes one after the other: the time in which models and tools ran, agent by agent. */
  readonly serialMs: number;
  /** serialMs / wallMs; undefined before anything was done. */
  readonly speedUp: number | undefined;
  readonly criticalPath: readonly PathStep[];
  /** The largest first. Shares add up to 1 over all agents' time. */
  readonly timeUse: readonly { readonly use: TimeUse; readonly ms: number; readonly share: number }[];
  /** Done tasks of all that came to an end; agents where there is no plan. Undefined before the first. */
  readonly successRate: number | undefined;
  /** Attempts beyond the first, further rounds of a review not counted. */
  readonly retries: number;
  /** Further rounds of reviews. */
  readonly rounds: number;
}

/** The metrics of a run; `now` is for what has not ended, in ms since the epoch. */
export function metricsOf(state: FleetState, run: Run, now: number): RunMetrics {
  const agents = agentsOfRun(state, run.id);
  const plan: Plan | undefined = state.plans[run.id];
  const end = agents.some(isLive) || agents.length === 0 ? now : Math.max(...agents.map((agent) => agent.phase.since));
  const wallMs = Math.max(0, end - run.startedAt);
  const lanes = agents.map((agent) => closedLane(state.lanes[agent.id], now));
  const serialMs = lanes.reduce((sum, lane) => sum + workMs(lane), 0);
  return {
    agents: agents.length,
    usage: agents.reduce((sum, agent) => addUsage(sum, agent.usage), emptyUsage),
    cost: agents.reduce((sum, agent) => sum + agent.cost, 0),
    costKnown: agents.every((agent) => agent.costKnown),
    wallMs,
    serialMs,
    speedUp: serialMs > 0 && wallMs > 0 ? serialMs / wallMs : undefined,
    criticalPath: criticalSteps(state, run.id, now),
    timeUse: timeUseOf(lanes),
    successRate: successRate(plan, agents),
    ...repeatsOf(plan),
  };
}

function closedLane(lane: Lane | undefined, now: number): Lane {
  const spans = (lane?.spans ?? []).map((span) => (span.to === undefined ? { ...span, to: Math.max(now, span.from) } : span));
  return { spans, open: [], points: [], marks: [] };
}

function timeUseOf(lanes: readonly Lane[]): RunMetrics['timeUse'] {
  const sums = new Map<TimeUse, number>();
  const add = (use: TimeUse, ms: number) => sums.set(use, (sums.get(use) ?? 0) + ms);
  for (const lane of lanes) {
    const only = (kind: Span['kind']) => workMs({ ...lane, spans: lane.spans.filter((span) => span.kind === kind) });
    const model = only('model');
    add('model', model);
    add('tools', workMs(lane) - model);
    for (const span of lane.spans) {
      if (span.wait !== undefined) {
        add(span.wait, (span.to ?? span.from) - span.from);
      }
    }
  }
  const total = [...sums.values()].reduce((sum, ms) => sum + ms, 0);
  return [...sums]
    .filter(([, ms]) => ms > 0)
    .map(([use, ms]) => ({ use, ms, share: ms / total }))
    .sort((a, b) => b.ms - a.ms);
}

function successRate(plan: Plan | undefined, agents: readonly Agent[]): number | undefined {
  const settled = (plan?.tasks ?? []).filter((task) => ['done', 'failed', 'skipped'].includes(task.status));
  if (settled.length > 0) {
    return settled.filter((task) => task.status === 'done').length / settled.length;
  }
  const ended = agents.filter((agent) => !isLive(agent));
  return ended.length === 0 ? undefined : ended.filter((agent) => outcomeOf(agent)?.kind === 'done').length / ended.length;
}

function repeatsOf(plan: Plan | undefined): Pick<RunMetrics, 'retries' | 'rounds'> {
  let retries = 0;
  let rounds = 0;
  for (const task of plan?.tasks ?? []) {
    const seen = new Set(task.history.map((attempt) => attempt.round)).size;
    retries += task.history.length - seen;
    rounds += Math.max(0, seen - 1);
  }
  return { retries, rounds };
}
