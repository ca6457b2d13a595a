import { budgetAsk, type Overdrawn, overdrawn } from '../core/plan/budget.ts';
import type { CommandResult, FleetCommandInput } from '../core/commands.ts';
import type { Effect, FleetEvent } from '../core/events.ts';
import { overlapWarnings } from '../core/review/overlaps.ts';
import type { AgentId, MintId } from '../core/ids.ts';
import { placementOf } from '../core/isolation.ts';
import { openDecision } from '../core/plan/planQueue.ts';
import { openTasksOf } from '../core/plan/planSettle.ts';
import { rosterText } from '../core/context/roster.ts';
import { childrenOf, isLive } from '../core/selectors.ts';
import type { Agent, FleetState } from '../core/state.ts';
import type { AgentDeps, AgentDepsSources } from './agentDeps.ts';
import type { AgentHandle } from './agentHandle.ts';
import { createCoordination } from './coordination.ts';
import { readOnText, toOutput } from './outputs.ts';
import { sleepUntilNeeded, waitForReply } from './waiting.ts';

/** The fleet as an agent's loop reaches it. */
interface FleetAccess {
  readonly state: () => FleetState;
  readonly commit: (events: readonly FleetEvent[]) => void;
  readonly execute: (command: FleetCommandInput) => CommandResult;
}

/** Narrows the fleet to what one agent's loop may use; undefined when the agent's provider is not there. */
export function agentDepsFor(id: AgentId, handle: AgentHandle, sources: AgentDepsSources, fleet: FleetAccess): AgentDeps | undefined {
  const { toolBox, providerOf, gateOf, ...shared } = sources;
  const agent = () => known(fleet.state().agents[id], id);
  const provider = providerOf(agent().provider);
  if (provider === undefined) {
    return undefined;
  }
  const deps: AgentDeps = {
    ...shared,
    provider,
    gate: gateOf(provider.rateKey),
    coordination: createCoordination(id, {
      state: fleet.state,
      execute: fleet.execute,
      blobs: sources.blobs,
      waitForMessages: (signal) => sleepUntilNeeded(deps, handle, signal),
      waitForReply: (messageId, ms, signal) => waitForReply(messageId, ms, deps, handle, signal),
    }),
    findTool: (name) => toolBox.find(name),
    agent,
    placement: () => placementOf(fleet.state(), agent(), sources.workplaces?.isolation() ?? 'shared'),
    transcript: () => known(fleet.state().transcripts[id], id),
    prompt: () => known(fleet.state().prompts[agent().promptId], id),
    openWork: () => openWorkOf(fleet.state(), agent()),
    overdrawn: () => {
      const run = fleet.state().runs[agent().runId];
      return run === undefined ? undefined : overdrawn(fleet.state(), run, fleet.state().plans[run.id], shared.clock.now());
    },
    askAboutBudget: (over) => fleet.commit(budgetFacts(fleet.state(), agent(), over, shared.mint)),
    roster: () => rosterText(fleet.state(), id),
    overlapWarnings: (effects) => overlapFacts(fleet.state(), id, effects, shared.mint),
    commit: fleet.commit,
    toOutput: (callId, text, paged) =>
      toOutput(sources.guard?.told(text) ?? text, sources.blobs, { paged, readOn: (from) => readOnText(deps, callId, from) }),
  };
  return deps;
}

/** The agents below one that are at work, and the tasks it asked for that have no agent at work. */
function openWorkOf(state: FleetState, agent: Agent): number {
  const children = childrenOf(state, agent.id).filter(isLive);
  const atWork = new Set(children.map((child) => child.taskId));
  const toCome = openTasksOf(state.plans[agent.runId], agent.id).filter((task) => !atWork.has(task.id));
  return children.length + toCome.length;
}

/** The engine's word to agents that have changed the same file. */
function overlapFacts(state: FleetState, agentId: AgentId, effects: readonly Effect[], mint: MintId): readonly FleetEvent[] {
  const runId = state.agents[agentId]?.runId;
  const oneWriter = runId !== undefined && (state.runs[runId]?.sharedFiles ?? 'warn') !== 'warn';
  return overlapWarnings(state, { agentId, effects, oneWriter }).map(({ to, path, text }) => ({
    type: 'messageQueued',
    messageId: mint('message'),
    to,
    from: { kind: 'engine' },
    sender: 'engine',
    kind: 'warning',
    text,
    place: { path },
    interrupt: false,
  }));
}

function budgetFacts(state: FleetState, { runId, id }: Agent, over: Overdrawn, mint: MintId): readonly FleetEvent[] {
  const run = state.runs[runId];
  const plan = state.plans[runId];
  return run === undefined || plan === undefined || openDecision(plan, 'budget') !== undefined
    ? []
    : [{ type: 'decisionAsked', askId: mint('ask'), runId, purpose: 'budget', agentId: id, ask: budgetAsk(run, over) }];
}

function known<T>(value: T | undefined, id: AgentId): T {
  if (value === undefined) {
    throw new Error(`The fleet no longer knows agent ${id}`);
  }
  return value;
}
