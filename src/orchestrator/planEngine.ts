import type { Spawner } from '../core/decideSpawn.ts';
import { estimatePlan, fanOutAsk, historyOf } from '../core/plan/estimate.ts';
import type { Effect, FleetEvent } from '../core/events.ts';
import type { AgentId, RunId, TaskId } from '../core/ids.ts';
import { upstreamOf } from '../core/plan/planGraph.ts';
import { agentTasks, approvedSize, openDecision, readyTasks } from '../core/plan/planQueue.ts';
import { settleFacts } from '../core/plan/planSettle.ts';
import { startFacts } from '../core/plan/planStart.ts';
import type { FleetState, Plan, Task } from '../core/state.ts';
import { toError } from '../lib/errors.ts';
import type { ChangeUndo, FleetSettings, Log } from './ports.ts';

/** What the engine of plans needs of the fleet. */
export interface PlanEngineDeps {
  readonly state: () => FleetState;
  /** Records facts and does what they ask for. */
  readonly record: (events: readonly FleetEvent[]) => void;
  /** How many more agents could be at work at once. */
  readonly vacant: () => number;
  readonly settings: () => FleetSettings;
  readonly spawner: () => Spawner;
  readonly undo: ChangeUndo;
  readonly log: Log;
}

/**
 * Keeps plans moving: settles what has ended, asks what only the person can decide, starts what is ready. It decides nothing itself; the rules are
 * pure and in core. Everything it does follows from the state, so it may be called at any time and never does a thing twice.
 */
export class PlanEngine {
  readonly #deps: PlanEngineDeps;
  readonly #touched = new Set<RunId>();
  /** Runs with tasks that only lack a slot. */
  readonly #starved = new Set<RunId>();
  readonly #undoing = new Set<string>();
  #advancing = false;

  constructor(deps: PlanEngineDeps) {
    this.#deps = deps;
  }

  /** A fact about this run was recorded. */
  touch(runId: RunId): void {
    this.#touched.add(runId);
  }

  /** A slot has become free, or there are more of them. */
  slotsFreed(): void {
    for (const runId of this.#starved) {
      this.#touched.add(runId);
    }
    this.advance();
  }

  /** Brings every touched run to where nothing more follows. What is recorded on the way may touch more. */
  advance(): void {
    if (this.#advancing) {
      return;
    }
    this.#advancing = true;
    try {
      for (const runId of this.#touched) {
        this.#touched.delete(runId);
        this.#advanceRun(runId);
      }
    } finally {
      this.#advancing = false;
    }
  }

  #advanceRun(runId: RunId): void {
    for (let facts = this.#next(runId); facts.length > 0; facts = this.#next(runId)) {
      this.#deps.record(facts);
    }
  }

  #next(runId: RunId): readonly FleetEvent[] {
    const { state, spawner, settings, vacant } = this.#deps;
    const plan = state().plans[runId];
    if (plan === undefined) {
      return [];
    }
    const facts = settleFacts(state(), plan, spawner().mint);
    if (facts.length > 0) {
      return facts;
    }
    this.#undoFailed(plan);
    const question = fanOutFacts(state(), plan, settings(), spawner());
    if (question.length > 0) {
      return question;
    }
    const [start] = readyTasks(state(), plan, settings().fanOut);
    if (start === undefined || vacant() <= 0) {
      this.#starved[start === undefined ? 'delete' : 'add'](runId);
      return [];
    }
    return startFacts(state(), plan, start, spawner());
  }

  /** What a failed task and those it was to vouch for have changed is undone, once. */
  #undoFailed(plan: Plan): void {
    for (const task of plan.tasks.filter((one) => one.status === 'failed' && one.rollback === true && one.undone === undefined)) {
      const key = `${plan.runId} ${task.id} ${task.settledAt ?? 0}`;
      if (!this.#undoing.has(key)) {
        this.#undoing.add(key);
        this.#undo(plan, task).catch((error: unknown) => this.#deps.log.error(`The changes of task ${task.id} could not be undone`, error));
      }
    }
  }

  async #undo(plan: Plan, task: Task): Promise<void> {
    const { runId } = plan;
    const agentId = task.history.at(-1)?.agentId;
    if (agentId === undefined) {
      return;
    }
    const restored: string[] = [];
    const kept: { path: string; why: string }[] = [];
    try {
      for (const { by, effects } of changesBehind(this.#deps.state(), plan, task.id)) {
        const undone = await this.#deps.undo.undo(effects, by);
        restored.push(...undone.restored);
        kept.push(...undone.kept);
      }
      this.#deps.record([{ type: 'changesUndone', runId, taskId: task.id, agentId, restored: [...new Set(restored)], kept }]);
    } catch (error) {
      const failure = {
        kind: 'defect',
        message: `What was changed could not be undone: ${toError(error).message}`,
        next: 'Look at the files with your version control.',
      } as const;
      this.#deps.record([{ type: 'changesUndone', runId, taskId: task.id, agentId, restored: [], kept: [], failure }]);
    }
  }
}

/** The effects of each agent of a task, and of those tasks upstream whose changes may be undone with it; who changed last is undone first. */
function changesBehind(
  state: FleetState,
  plan: Plan,
  id: TaskId,
): readonly { readonly by: AgentId; readonly effects: readonly Effect[] }[] {
  const upstream = upstreamOf(plan.tasks).get(id);
  const tasks = plan.tasks.filter((task) => task.id === id || (task.rollback === true && upstream?.has(task.id) === true));
  const attempts = tasks.flatMap((task) => task.history).toSorted((a, b) => b.startedAt - a.startedAt);
  return [...new Set(attempts.map((attempt) => attempt.agentId))].map((by) => ({
    by,
    effects: (state.transcripts[by]?.turns ?? []).flatMap((turn) => turn.calls).flatMap((call) => call.effects),
  }));
}

/** The question whether so many agents may start, asked anew when there are more of them than it says. */
function fanOutFacts(state: FleetState, plan: Plan, settings: FleetSettings, { mint }: Spawner): readonly FleetEvent[] {
  const tasks = agentTasks(plan);
  const size = tasks.length - 1;
  const open = openDecision(plan, 'fanOut');
  const waiting = tasks.filter((task, index) => index > 0 && task.status === 'waiting' && task.history.length === 0);
  const needed = size > approvedSize(plan, settings.fanOut) && waiting.length > 0 && plan.held === undefined;
  if (open !== undefined && (!needed || open.size !== size)) {
    const { askId, runId } = open;
    return [{ type: 'decisionAnswered', askId, runId, choice: 'withdrawn', by: { kind: 'engine' } }];
  }
  if (!needed || open !== undefined) {
    return [];
  }
  const estimate = estimatePlan(waiting, historyOf(state), settings.maxConcurrentAgents);
  return [{ type: 'decisionAsked', askId: mint('ask'), runId: plan.runId, purpose: 'fanOut', size, ask: fanOutAsk(waiting, estimate) }];
}
