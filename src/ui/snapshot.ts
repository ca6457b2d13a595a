import type { AgentSnapshot, ApprovalSnapshot, FleetSnapshot, RunSnapshot, TaskSnapshot, TrainSnapshot } from '../api.ts';
import { taskText } from '../core/plan/planRows.ts';
import type { Train } from '../core/train/train.ts';
import { branchText, trainText } from '../core/train/trainText.ts';
import { type OpenRequest, openRequests } from '../core/openRequests.ts';
import { doingText, failureText } from '../core/rowText.ts';
import { outcomeOf, phaseWord, reportOf, runPhase } from '../core/selectors.ts';
import type { Agent, Decision, FleetState, OpenAsk, Plan, Run, Task } from '../core/state.ts';

/** The state as the public API gives it away: plain JSON that no inner change of the state can break. */
export function toSnapshot(state: FleetState, readOnly: string | undefined, now: number): FleetSnapshot {
  return {
    available: true,
    ...(readOnly === undefined ? {} : { readOnly }),
    runs: Object.values<Run>(state.runs).map((run) => toRun(state, run)),
    agents: Object.values<Agent>(state.agents).map((agent) => toAgent(agent, now)),
    approvals: openRequests(state).flatMap((request) => toApprovals(state, request)),
    trains: Object.values<Train>(state.trains).map(toTrain),
  };
}

function toApprovals(state: FleetState, request: OpenRequest): readonly ApprovalSnapshot[] {
  if (request.kind !== 'train') {
    const asked = request.kind === 'ask' ? [request.ask, ...request.same] : [request.decision];
    return asked.map((one) => toApproval(state, one));
  }
  const { train, title, detail } = request.request;
  const options = request.request.options.map(({ choice, label }) => ({ choice, label }));
  return [{ id: request.askId, runId: train.runId, agentId: train.stop?.agentId ?? null, kind: 'train', title, plan: detail, options }];
}

function toTrain(train: Train): TrainSnapshot {
  const { id, runId, branch, ended } = train;
  return { id, runId, branch: branchText(branch), doing: trainText(train), outcome: ended?.outcome ?? null };
}

function toRun(state: FleetState, run: Run): RunSnapshot {
  const plan: Plan | undefined = state.plans[run.id];
  return {
    id: run.id,
    label: run.label,
    task: run.task,
    phase: runPhase(state, run),
    startedAt: run.startedAt,
    workflow: run.workflow ?? null,
    tasks: (plan?.tasks ?? []).map((task) => toTask(plan, task)),
  };
}

function toTask(plan: Plan | undefined, task: Task): TaskSnapshot {
  const { id, title, agentType, status, reason, dependencies, verdict, round, history } = task;
  return {
    id,
    title,
    agentType,
    status,
    reason: status === 'waiting' && plan !== undefined ? taskText(plan, task) : (reason ?? null),
    dependencies: [...dependencies],
    agentId: history.at(-1)?.agentId ?? null,
    verdict: verdict ?? null,
    round,
  };
}

function toAgent(agent: Agent, now: number): AgentSnapshot {
  const outcome = outcomeOf(agent);
  const { input, output, cacheRead, cacheWrite5m, cacheWrite1h } = agent.usage;
  return {
    id: agent.id,
    runId: agent.runId,
    parentId: agent.parentId ?? null,
    taskId: agent.taskId ?? null,
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

function toApproval(state: FleetState, request: OpenAsk | Decision): ApprovalSnapshot {
  const id = request.askId;
  if ('purpose' in request) {
    const { runId, agentId, ask } = request;
    const options = ask.options.map(({ choice, label }) => ({ choice, label }));
    return { id, runId, agentId: agentId ?? null, kind: 'decision', title: ask.title, plan: ask.detail, options };
  }
  const { agentId, ask } = request;
  const runId = state.agents[agentId]?.runId ?? '';
  const plan = ask.kind === 'command' ? ask.command : ask.kind === 'write' ? ask.diff : ask.title;
  const options = ask.kind === 'question' ? ask.options.map((option) => ({ choice: option, label: option })) : [];
  return { id, runId, agentId, kind: ask.kind, title: ask.title, plan, options };
}
