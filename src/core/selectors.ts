import type { Outcome, Report } from './events.ts';
import type { AgentId, RunId } from './ids.ts';
import type { Agent, FleetState, Plan, Run } from './state.ts';

/** How a run stands, derived from its plan and agents. `partial`: something is done, and something failed, was skipped or was killed. */
export type RunPhase = 'running' | 'paused' | 'done' | 'partial' | 'failed' | 'killed' | 'interrupted';

/** An agent's phase as one word, with the kinds of ending told apart; for API, rows and logs. */
export type PhaseWord = 'queued' | 'thinking' | 'runningTools' | 'waiting' | 'paused' | Outcome['kind'];

export function phaseWord(agent: Agent): PhaseWord {
  return agent.phase.kind === 'ended' ? agent.phase.outcome.kind : agent.phase.kind;
}

/** Whether an agent has not ended. */
export function isLive(agent: Agent): boolean {
  return agent.stage !== 'ended';
}

/** Whether an agent is there but waits for a slot, at its start or to go on. */
export function isQueued(agent: Agent): boolean {
  return agent.phase.kind === 'queued' || (agent.phase.kind === 'waiting' && agent.phase.wait === 'slot');
}

export function outcomeOf(agent: Agent): Outcome | undefined {
  return agent.phase.kind === 'ended' ? agent.phase.outcome : undefined;
}

/** The report of an agent that is done. */
export function reportOf(agent: Agent): Report | undefined {
  const outcome = outcomeOf(agent);
  return outcome?.kind === 'done' ? outcome.report : undefined;
}

export function agentsOfRun(state: Pick<FleetState, 'agents'>, runId: RunId): readonly Agent[] {
  return Object.values(state.agents).filter((agent) => agent.runId === runId);
}

export function childrenOf(state: FleetState, id: AgentId): readonly Agent[] {
  return Object.values(state.agents).filter((agent) => agent.parentId === id);
}

/** The agent and all below it, parents before children. */
export function subtreeOf(state: FleetState, id: AgentId): readonly Agent[] {
  const root = state.agents[id];
  if (root === undefined) {
    return [];
  }
  const found: Agent[] = [root];
  for (let index = 0; index < found.length; index++) {
    const parent = found[index];
    if (parent !== undefined) {
      found.push(...childrenOf(state, parent.id));
    }
  }
  return found;
}

/** The agent a run began with; its report is the run's result. */
export function rootOf(state: FleetState, runId: RunId): Agent | undefined {
  return Object.values(state.agents).find((agent) => agent.runId === runId && agent.parentId === undefined);
}

export function runPhase(state: FleetState, run: Run): RunPhase {
  const agents = agentsOfRun(state, run.id);
  const plan = state.plans[run.id];
  const live = agents.filter(isLive);
  const open = plan?.tasks.filter((task) => task.status === 'waiting' || task.status === 'running') ?? [];
  if (live.length > 0) {
    return live.every((agent) => agent.stage === 'paused') ? 'paused' : 'running';
  }
  if (open.length > 0 && plan !== undefined) {
    return plan.held ?? (isBrokenOff(state, plan) ? 'interrupted' : 'running');
  }
  return plan === undefined || plan.tasks.length === 0 ? endedWithoutPlan(agents) : endedPhase(state, plan);
}

/** Whether a run in which nothing is at work waits for nothing but a person who resumes what was interrupted. */
function isBrokenOff(state: FleetState, plan: Plan): boolean {
  const isAsked = plan.decisions.some((decision) => decision.answer === undefined);
  return (
    !isAsked &&
    plan.tasks.some((task) => {
      const id = task.history.at(-1)?.agentId;
      const agent = id === undefined ? undefined : state.agents[id];
      return task.status === 'running' && agent !== undefined && phaseWord(agent) === 'interrupted';
    })
  );
}

/** How a run ended whose tasks have all come to their end: by those that belong to the run itself, then by all. */
function endedPhase(state: FleetState, plan: Plan): RunPhase {
  const wanted = plan.tasks.filter((task) => task.status !== 'cancelled');
  const own = wanted.filter((task) => task.owner === undefined);
  if (own.some((task) => task.status === 'done')) {
    return wanted.every((task) => task.status === 'done') && agentsOfPlanDone(state, plan) ? 'done' : 'partial';
  }
  const killed = own.every((task) => task.status !== 'failed' || task.history.at(-1)?.outcome === 'killed');
  return killed ? 'killed' : 'failed';
}

/** A task counts as done whatever became of earlier attempts; an agent that belongs to no attempt counts by itself. */
function agentsOfPlanDone(state: FleetState, plan: Plan): boolean {
  const attempts = new Set(plan.tasks.flatMap((task) => task.history.map((attempt) => attempt.agentId)));
  return agentsOfRun(state, plan.runId).every((agent) => attempts.has(agent.id) || phaseWord(agent) === 'done');
}

/** For runs from before there were plans. */
function endedWithoutPlan(agents: readonly Agent[]): RunPhase {
  const outcomes = agents.filter((agent) => agent.parentId === undefined).map(phaseWord);
  const worst = (['interrupted', 'killed', 'failed'] as const).find((word) => outcomes.includes(word));
  if (worst !== undefined) {
    return worst;
  }
  return agents.every((agent) => phaseWord(agent) === 'done') ? 'done' : 'partial';
}

/** Runs that have come to their end without an agent, or have lost all of theirs. */
export function emptyRuns(state: FleetState): readonly Run[] {
  const inhabited = new Set(Object.values<Agent>(state.agents).map((agent) => agent.runId));
  const isOver = (run: Run) => state.plans[run.id]?.tasks.every((task) => task.status !== 'waiting' && task.status !== 'running') !== false;
  return Object.values<Run>(state.runs).filter((run) => !inhabited.has(run.id) && isOver(run));
}

/** Sums over agents; `costKnown` is false when some request had no price. */
export interface Totals {
  readonly agents: number;
  readonly live: number;
  /** Live agents that wait for a slot. */
  readonly queued: number;
  readonly needsPerson: number;
  readonly tokens: number;
  readonly cost: number;
  readonly costKnown: boolean;
}

export function totalsOf(state: FleetState, agents: readonly Agent[]): Totals {
  const ids = new Set(agents.map((agent) => agent.id));
  return {
    agents: agents.length,
    live: agents.filter(isLive).length,
    queued: agents.filter(isQueued).length,
    needsPerson: Object.values(state.asks).filter((ask) => ids.has(ask.agentId)).length,
    tokens: agents.reduce((sum, agent) => sum + tokensOf(agent), 0),
    cost: agents.reduce((sum, agent) => sum + agent.cost, 0),
    costKnown: agents.every((agent) => agent.costKnown),
  };
}

/** All tokens an agent has used, of every kind. */
export function tokensOf(agent: Agent): number {
  const { input, output, cacheRead, cacheWrite5m, cacheWrite1h } = agent.usage;
  return input + output + cacheRead + cacheWrite5m + cacheWrite1h;
}
