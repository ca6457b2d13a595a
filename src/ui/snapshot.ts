import type { AgentSnapshot, ApprovalSnapshot, FleetSnapshot, RunSnapshot } from '../api.ts';
import { openAsks } from '../core/rows.ts';
import { doingText, failureText } from '../core/rowText.ts';
import { outcomeOf, phaseWord, reportOf, runPhase } from '../core/selectors.ts';
import type { Agent, FleetState, OpenAsk, Run } from '../core/state.ts';

/** The state as the public API gives it away: plain JSON that no inner change of the state can break. */
export function toSnapshot(state: FleetState, readOnly: string | undefined, now: number): FleetSnapshot {
  return {
    available: true,
    ...(readOnly === undefined ? {} : { readOnly }),
    runs: Object.values<Run>(state.runs).map((run) => toRun(state, run)),
    agents: Object.values<Agent>(state.agents).map((agent) => toAgent(agent, now)),
    approvals: openAsks(state).map(toApproval),
  };
}

function toRun(state: FleetState, run: Run): RunSnapshot {
  return { id: run.id, label: run.label, task: run.task, phase: runPhase(state, run), startedAt: run.startedAt };
}

function toAgent(agent: Agent, now: number): AgentSnapshot {
  const outcome = outcomeOf(agent);
  const { input, output, cacheRead, cacheWrite5m, cacheWrite1h } = agent.usage;
  return {
    id: agent.id,
    runId: agent.runId,
    parentId: agent.parentId ?? null,
    taskId: null,
    label: agent.label,
    agentType: agent.agentType,
    phase: phaseWord(agent),
    waitingFor: agent.phase.kind === 'waiting' ? agent.phase.wait : null,
    doing: doingText(agent, now),
    provider: agent.provider,
    model: agent.model ?? agent.requestedModel,
    turn: agent.turn,
    usage: { input, output, cacheRead, cacheWrite: cacheWrite5m + cacheWrite1h },
    cost: agent.costKnown ? agent.cost : null,
    filesRead: [...agent.filesRead],
    filesChanged: [...agent.filesChanged],
    report: reportOf(agent)?.summary ?? null,
    failure: outcome?.kind === 'failed' ? failureText(outcome.failure) : null,
  };
}

function toApproval({ askId, agentId, ask }: OpenAsk): ApprovalSnapshot {
  const plan = ask.kind === 'command' ? ask.command : ask.kind === 'write' ? ask.diff : ask.title;
  return { id: askId, agentId, kind: ask.kind, title: ask.title, plan };
}
