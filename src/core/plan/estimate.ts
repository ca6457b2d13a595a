import type { DecisionAsk, TaskSpec } from '../events.ts';
import { criticalPath } from './planGraph.ts';
import { countText, firstLine, formatTokens } from '../rowText.ts';
import { tokensOf } from '../selectors.ts';
import type { Agent, FleetState, Lane, Span } from '../state.ts';

/*
 * What a plan will take before it is started, from what agents of the same types took before. A guess, and it says what it is based on.
 */

/** What agents of one type took on average. */
export interface TypeHistory {
  /** How many agents the averages are of. */
  readonly agents: number;
  /** Tokens of every kind, those read from the cache included. */
  readonly tokens: number;
  /** US dollars; undefined when some of the agents had a request without a known price. */
  readonly usd: number | undefined;
  /** Minutes at work: waits for a slot, for other agents and for the person are not counted. */
  readonly minutes: number;
}

/** Averages by agent type, of agents that are done. */
export type FleetHistory = ReadonlyMap<string, TypeHistory>;

/** What an estimate needs to know of a task. */
export type EstimatedTask = Pick<TaskSpec, 'id' | 'agentType' | 'dependencies'> &
  Partial<Pick<TaskSpec, 'title' | 'needs' | 'publishes' | 'forEach' | 'collects'>>;

/** What a plan is expected to take, every task done at the first attempt. */
export interface Estimate {
  readonly agents: number;
  readonly tokens: number;
  /** US dollars; undefined when some type has no history with known prices. */
  readonly usd?: number | undefined;
  /** From the start to the end, as many tasks at once as there are slots; without the person's own time. */
  readonly minutes: number;
  /** What it rests on, as a sentence for people. */
  readonly basis: string;
}

/** Agents of one type beyond this count no longer; the way agents work changes, so the newest count. */
const rememberedAgents = 50;

/** What an agent of a type that has none done yet is taken to need: figures of ours, and an estimate says so. */
const usual = {
  lead: { tokens: 150_000, minutes: 4 },
  planner: { tokens: 60_000, minutes: 2 },
  scout: { tokens: 40_000, minutes: 2 },
  analyst: { tokens: 80_000, minutes: 3 },
  builder: { tokens: 150_000, minutes: 6 },
  reviewer: { tokens: 80_000, minutes: 3 },
  tester: { tokens: 120_000, minutes: 5 },
  writer: { tokens: 60_000, minutes: 3 },
  general: { tokens: 80_000, minutes: 3 },
} as const satisfies Record<string, { tokens: number; minutes: number }>;

/** Averages over the newest agents of each type that are done and asked a model at least once. */
export function historyOf(state: FleetState): FleetHistory {
  const byType = new Map<string, Agent[]>();
  for (const agent of Object.values<Agent>(state.agents)) {
    if (agent.phase.kind === 'ended' && agent.phase.outcome.kind === 'done' && tokensOf(agent) > 0) {
      byType.set(agent.agentType, [...(byType.get(agent.agentType) ?? []), agent]);
    }
  }
  return new Map([...byType].map(([type, agents]) => [type, averageOf(agents.slice(-rememberedAgents), state)]));
}

/** What `tasks` are expected to take. Dependencies on tasks that are not among them count as done. `slots`: how many run at once. */
export function estimatePlan(tasks: readonly EstimatedTask[], history: FleetHistory, slots = Number.POSITIVE_INFINITY): Estimate {
  const agents = tasks.filter((task) => task.agentType !== 'person');
  const needs = agents.map((task) => needOf(task.agentType, history));
  const usd = needs.every((need) => need.usd !== undefined) ? needs.reduce((sum, need) => sum + (need.usd ?? 0), 0) : undefined;
  const minutesOf = new Map(agents.map((task) => [task.id, needOf(task.agentType, history).minutes]));
  const work = needs.reduce((sum, need) => sum + need.minutes, 0);
  return {
    agents: agents.length,
    tokens: needs.reduce((sum, need) => sum + need.tokens, 0),
    ...(usd === undefined ? {} : { usd }),
    minutes: Math.max(criticalPath(tasks, (id) => minutesOf.get(id) ?? 0).length, work / slots),
    basis: basisText(
      agents.map((task) => task.agentType),
      history,
    ),
  };
}

/** An estimate in a few words: "12 agents, about 900k tokens, about $1.20, about 8 minutes". */
export function estimateText(estimate: Estimate): string {
  const cost = estimate.usd === undefined || estimate.usd === 0 ? undefined : `about $${rounded(estimate.usd)}`;
  return [countText(estimate.agents, 'agent'), aboutTokens(estimate.tokens), cost, aboutMinutes(estimate.minutes)]
    .filter((part) => part !== undefined)
    .join(', ');
}

/** Tokens to the precision of a guess: "about 90k tokens". */
export function aboutTokens(tokens: number): string {
  return `about ${formatTokens(twoDigits(tokens))} tokens`;
}

/** The question whether a run may start this many agents: how many, what they are expected to take, and each by name. */
export function fanOutAsk(tasks: readonly EstimatedTask[], estimate: Estimate): DecisionAsk {
  const count = countText(estimate.agents, 'agent');
  return {
    kind: 'decision',
    title: `Start ${count}?`,
    detail: [
      `Expected in all: ${estimateText(estimate)}.`,
      estimate.basis,
      '',
      ...tasks.map((task) => `- ${firstLine(task.title ?? task.id, 120)} (${task.agentType})`),
    ].join('\n'),
    options: [
      { choice: 'approve', label: `Start ${count}`, detail: estimateText(estimate) },
      { choice: 'decline', label: 'Do not start them', detail: 'They are cancelled, and whoever planned them is told.' },
    ],
  };
}

interface Need {
  readonly tokens: number;
  readonly usd: number | undefined;
  readonly minutes: number;
}

function needOf(type: string, history: FleetHistory): Need {
  return history.get(type) ?? { ...(isUsual(type) ? usual[type] : usual.general), usd: undefined };
}

function isUsual(type: string): type is keyof typeof usual {
  return Object.hasOwn(usual, type);
}

function averageOf(agents: readonly Agent[], state: FleetState): TypeHistory {
  const mean = (value: (agent: Agent) => number) => agents.reduce((sum, agent) => sum + value(agent), 0) / agents.length;
  return {
    agents: agents.length,
    tokens: mean(tokensOf),
    usd: agents.every((agent) => agent.costKnown) ? mean((agent) => agent.cost) : undefined,
    minutes: mean((agent) => workMs(state.lanes[agent.id]) / 60_000),
  };
}

/** Time in which an agent's model or one of its tools ran, in ms; tools that run at the same time count once. */
export function workMs(lane: Lane | undefined): number {
  let end = 0;
  let sum = 0;
  for (const span of (lane?.spans ?? []).filter(isWork)) {
    const to = Math.max(span.to ?? span.from, end);
    sum += to - Math.max(span.from, end);
    end = to;
  }
  return sum;
}

function isWork(span: Span): boolean {
  return span.kind !== 'wait';
}

function basisText(types: readonly string[], history: FleetHistory): string {
  const distinct = [...new Set(types)].sort();
  const known = distinct.filter((type) => history.has(type));
  const assumed = distinct.filter((type) => !history.has(type));
  const ended = known.reduce((sum, type) => sum + (history.get(type)?.agents ?? 0), 0);
  return [
    known.length === 0 ? undefined : `Based on ${countText(ended, 'agent')} of this fleet that did such work (${known.join(', ')}).`,
    assumed.length === 0 ? undefined : `Assumed, because none has been done here yet: ${assumed.join(', ')}.`,
  ]
    .filter((part) => part !== undefined)
    .join(' ');
}

function aboutMinutes(minutes: number): string {
  return minutes < 1 ? 'under a minute' : `about ${countText(twoDigits(minutes), 'minute')}`;
}

function twoDigits(value: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 1);
  return Math.round(value / step) * step;
}

function rounded(usd: number): string {
  return usd < 0.01 ? usd.toFixed(4) : usd.toFixed(2);
}
