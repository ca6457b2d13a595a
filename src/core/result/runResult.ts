import type { Actor, Verdict } from '../events.ts';
import {
  type MergedFinding,
  type MergedRecommendation,
  type MergedText,
  mergeFindings,
  mergeQuestions,
  mergeRecommendations,
  type SourcedReport,
} from './findings.ts';
import type { RunId, TaskId } from '../ids.ts';
import { dependentsOf, inOrder } from '../plan/planGraph.ts';
import { type ResultFailure, failuresOf, type Undone, undoneTasks } from './runFailures.ts';
import { agentsOfRun, reportOf, type RunPhase, runPhase } from '../selectors.ts';
import type { Agent, FleetState, Plan, Run, Task } from '../state.ts';

/*
 * What a run came to, put together from the reports of its agents and the facts about its plan. Plain JSON.
 */

export interface RunResult {
  readonly runId: RunId;
  readonly label: string;
  readonly task: string;
  readonly workflow?: string | undefined;
  readonly phase: RunPhase;
  /** What the last tasks of the plan reported, or as far as it got; empty when nothing was reported yet. */
  readonly summaries: readonly ResultSummary[];
  readonly findings: readonly MergedFinding[];
  readonly filesChanged: readonly ChangedFile[];
  readonly recommendations: readonly MergedRecommendation[];
  readonly openQuestions: readonly MergedText[];
  readonly failures: readonly ResultFailure[];
  /** Tasks that were cancelled, or skipped for another reason than a failure. */
  readonly undone: readonly Undone[];
  /** What the engine could not confirm in the reports. */
  readonly doubts: readonly MergedText[];
  readonly proposals: readonly ResultProposal[];
  readonly verdicts: readonly ResultVerdict[];
  /** What the person decided, in the order it was asked. */
  readonly decisions: readonly ResultDecision[];
}

export interface ResultSummary {
  readonly from: string;
  readonly text: string;
}

export interface ChangedFile {
  readonly path: string;
  /** Labels of the agents that changed it, in the order they were spawned. */
  readonly by: readonly string[];
}

export interface ResultProposal {
  readonly by: string;
  readonly reason: string;
  /** Undefined while nobody has answered. */
  readonly accepted?: boolean | undefined;
  readonly answer?: string | undefined;
}

/** How a gate judged in one round. */
export interface ResultVerdict {
  readonly gate: string;
  readonly round: number;
  readonly verdict: Verdict;
}

export interface ResultDecision {
  readonly question: string;
  readonly answer: string;
  readonly text?: string | undefined;
}

/** The result of a run as far as it has come; undefined when there is no such run. */
export function resultOf(state: FleetState, runId: RunId): RunResult | undefined {
  const run: Run | undefined = state.runs[runId];
  if (run === undefined) {
    return undefined;
  }
  const plan: Plan | undefined = state.plans[runId];
  const agents = agentsOfRun(state, runId);
  const finals = finalAgents(plan, agents);
  const reports = reportsOf([...finals, ...agents.filter((agent) => !finals.includes(agent))], agents);
  return {
    runId,
    label: run.label,
    task: run.task,
    workflow: run.workflow,
    phase: runPhase(state, run),
    summaries: reportsOf(finals, agents).map(({ source, report }) => ({ from: source.label, text: report.summary })),
    findings: mergeFindings(reports),
    filesChanged: changedFiles(agents),
    recommendations: mergeRecommendations(reports),
    openQuestions: mergeQuestions(reports),
    failures: failuresOf(plan, agents),
    undone: undoneTasks(plan),
    doubts: reports.flatMap(({ source, report }) => (report.doubts ?? []).map((text) => ({ text, sources: [source] }))),
    proposals: proposalsOf(state, plan),
    verdicts: verdictsOf(plan),
    decisions: decisionsOf(plan),
  };
}

/**
 * The agents whose reports are the run's summary: those of tasks that belong to the run and have nothing reported behind them. Without a plan,
 * the agents that nobody spawned.
 */
function finalAgents(plan: Plan | undefined, agents: readonly Agent[]): readonly Agent[] {
  const reported = new Map((plan?.tasks ?? []).map((task) => [task.id, reporterOf(task, agents)]));
  const own = (plan?.tasks ?? []).filter((task) => task.owner === undefined);
  if (plan === undefined || own.length === 0) {
    return agents.filter((agent) => agent.parentId === undefined);
  }
  const after = dependentsOf(plan.tasks);
  const hasReportBehind = new Map<TaskId, boolean>();
  const byId = new Map(plan.tasks.map((task) => [task.id, task]));
  for (const id of inOrder(plan.tasks).toReversed()) {
    const next = (after.get(id) ?? []).filter((other) => byId.get(other)?.owner === undefined);
    hasReportBehind.set(
      id,
      next.some((other) => reported.get(other) !== undefined || hasReportBehind.get(other) === true),
    );
  }
  return own
    .filter((task) => hasReportBehind.get(task.id) !== true)
    .map((task) => reported.get(task.id))
    .filter((agent) => agent !== undefined);
}

function reporterOf(task: Task, agents: readonly Agent[]): Agent | undefined {
  const assignee = task.history.at(-1)?.agentId;
  const agent = agents.find((one) => one.id === assignee);
  return task.status === 'done' && agent !== undefined && reportOf(agent) !== undefined ? agent : undefined;
}

/** Whether an agent puts together what others reported: its own agents, or for an analyst those before it. */
function gathering(agent: Agent, all: readonly Agent[]): { readonly gathers?: true } {
  return agent.agentType === 'analyst' || all.some(({ parentId }) => parentId === agent.id) ? { gathers: true } : {};
}

function reportsOf(agents: readonly Agent[], all: readonly Agent[]): readonly SourcedReport[] {
  return agents.flatMap((agent) => {
    const report = reportOf(agent);
    return report === undefined ? [] : [{ source: { agentId: agent.id, label: agent.label, ...gathering(agent, all) }, report }];
  });
}

function changedFiles(agents: readonly Agent[]): readonly ChangedFile[] {
  const byPath = new Map<string, string[]>();
  for (const agent of agents) {
    for (const path of agent.filesChanged) {
      byPath.set(path, [...(byPath.get(path) ?? []), agent.label]);
    }
  }
  return [...byPath].map(([path, by]) => ({ path, by })).sort((a, b) => (a.path < b.path ? -1 : 1));
}

function proposalsOf(state: FleetState, plan: Plan | undefined): readonly ResultProposal[] {
  return (plan?.proposals ?? []).map((proposal) => ({
    by: actorText(state, proposal.by),
    reason: proposal.reason,
    accepted: proposal.settled?.accepted,
    answer: proposal.settled?.reason,
  }));
}

/** A gate that is in round three has asked for changes twice. */
function verdictsOf(plan: Plan | undefined): readonly ResultVerdict[] {
  return (plan?.tasks ?? [])
    .filter((task) => task.gate !== undefined)
    .flatMap((task) => {
      const earlier = Array.from({ length: task.round - 1 }, (_, index) => ({
        gate: task.title,
        round: index + 1,
        verdict: 'changes' as const,
      }));
      return task.verdict === undefined ? earlier : [...earlier, { gate: task.title, round: task.round, verdict: task.verdict }];
    });
}

function decisionsOf(plan: Plan | undefined): readonly ResultDecision[] {
  return (plan?.decisions ?? []).flatMap(({ ask, answer }) => {
    if (answer === undefined || answer.choice === 'withdrawn') {
      return [];
    }
    const label = ask.options.find((option) => option.choice === answer.choice)?.label ?? answer.choice;
    return [{ question: ask.title, answer: label, text: answer.text }];
  });
}

/** An actor for people: "you", "the engine", or an agent's label. */
export function actorText(state: FleetState, actor: Actor): string {
  switch (actor.kind) {
    case 'person':
      return 'you';
    case 'engine':
      return 'the engine';
    case 'agent': {
      const agent: Agent | undefined = state.agents[actor.agentId];
      return agent?.label ?? 'a deleted agent';
    }
  }
}
