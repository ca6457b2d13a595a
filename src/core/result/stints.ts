import type { AgentId, RunId, TaskId } from '../ids.ts';
import { upstreamOf } from '../plan/planGraph.ts';
import { agentsOfRun } from '../selectors.ts';
import type { Agent, FleetState, Plan, Task } from '../state.ts';

/*
 * What a run's time was spent on, from its end back to its beginning: the chain of agents of which each one's end let the next begin.
 */

/** A stretch in which one agent was on the run's critical path. Times are ms since the epoch. */
export interface PathStep {
  readonly agentId: AgentId;
  readonly taskId?: TaskId | undefined;
  readonly label: string;
  readonly from: number;
  readonly to: number;
}

/** One time an agent was at work: an attempt at its task, or its whole life where it has no task. */
interface Stint {
  readonly agent: Agent;
  readonly task?: Task | undefined;
  readonly from: number;
  readonly to: number;
}

/** The critical path as it really was, first step first. `now`: for what has not ended. Steps follow one another without a gap. */
export function criticalSteps(state: FleetState, runId: RunId, now: number): readonly PathStep[] {
  const plan: Plan | undefined = state.plans[runId];
  const stints = stintsOf(agentsOfRun(state, runId), plan, now);
  const upstream = upstreamOf(plan?.tasks ?? []);
  const steps: PathStep[] = [];
  let current = lastEnded(stints, Number.POSITIVE_INFINITY);
  let until = current?.to ?? 0;
  const seen = new Set<Stint>();
  // Every turn of the loop goes back in time or on to a stint that was not seen; the limit is for journals that say otherwise.
  for (let left = stints.length * 4 + 4; current !== undefined && left > 0; left--) {
    const { agent, task, from } = current;
    const here = current;
    seen.add(here);
    const child = lastEnded(
      stints.filter((other) => !seen.has(other) && isBelow(other, here) && isWaitedFor(state, here.agent.id, other.to)),
      until,
    );
    const begin = child !== undefined && child.to > from ? child.to : from;
    if (until > begin) {
      steps.unshift({ agentId: agent.id, taskId: task?.id, label: agent.label, from: begin, to: until });
    }
    const cause: Stint | undefined = begin === from ? (lastEnded(causesOf(here, stints, upstream), from) ?? ownerOf(here, stints)) : child;
    until = begin;
    current = cause;
  }
  return joined(steps);
}

function stintsOf(agents: readonly Agent[], plan: Plan | undefined, now: number): readonly Stint[] {
  return agents.flatMap((agent): readonly Stint[] => {
    const task = plan?.tasks.find((one) => one.id === agent.taskId);
    const attempts = task?.history.filter((attempt) => attempt.agentId === agent.id) ?? [];
    const end = agent.phase.kind === 'ended' ? agent.phase.since : now;
    return attempts.length === 0
      ? [{ agent, task, from: agent.spawnedAt, to: end }]
      : attempts.map((attempt) => ({ agent, task, from: attempt.startedAt, to: attempt.endedAt ?? end }));
  });
}

/** The stint that ended last of those that ended by `by`; the later one of equals. */
function lastEnded(stints: readonly Stint[], by: number): Stint | undefined {
  return stints
    .filter((stint) => stint.to <= by)
    .reduce<Stint | undefined>((best, one) => (best === undefined || one.to >= best.to ? one : best), undefined);
}

function isBelow(stint: Stint, owner: Stint): boolean {
  return stint.agent.parentId === owner.agent.id || (stint.task?.owner !== undefined && stint.task.owner === owner.agent.id);
}

/** Whether an agent did nothing but wait for its agents at a moment. */
function isWaitedFor(state: FleetState, agentId: AgentId, at: number): boolean {
  const spans = state.lanes[agentId]?.spans ?? [];
  return spans.some((span) => span.wait === 'children' && span.from <= at && (span.to === undefined || at <= span.to));
}

/** What may have let a stint begin: work its task depends on, earlier attempts at it, and in a further round any gate behind it. */
function causesOf(stint: Stint, stints: readonly Stint[], upstream: ReadonlyMap<TaskId, ReadonlySet<TaskId>>): readonly Stint[] {
  const task = stint.task;
  if (task === undefined) {
    return [];
  }
  return stints.filter((other) => {
    if (other === stint || other.task === undefined || other.from >= stint.from) {
      return false;
    }
    const isBefore = other.task.id === task.id || upstream.get(task.id)?.has(other.task.id) === true;
    return isBefore || (task.round > 1 && upstream.get(other.task.id)?.has(task.id) === true);
  });
}

/** The agent that asked for a stint's task, at work when it began. */
function ownerOf(stint: Stint, stints: readonly Stint[]): Stint | undefined {
  return stints.find((other) => isBelow(stint, other) && other.from < stint.from && stint.from <= other.to);
}

/** Closes the time between two steps, in which the next one waited for a slot, and puts neighbours of one agent together. */
function joined(steps: readonly PathStep[]): readonly PathStep[] {
  const result: PathStep[] = [];
  for (const step of steps) {
    const last = result.at(-1);
    const from = last === undefined ? step.from : last.to;
    if (last !== undefined && last.agentId === step.agentId) {
      result[result.length - 1] = { ...last, to: step.to };
    } else {
      result.push({ ...step, from });
    }
  }
  return result;
}
