import type { Accepted, CommandResult, FleetCommandInput, Rejection } from '../core/commands.ts';
import { fleetCommandSchema } from '../core/commands.ts';
import { decide } from '../core/decide.ts';
import type { Starter } from '../core/decideStart.ts';
import { endingOf } from '../core/ending.ts';
import type { EventOf, FleetEvent, JournalEntry, Outcome } from '../core/events.ts';
import type { AgentId, MintId, RunId } from '../core/ids.ts';
import { type AgentEvent, subjectOf } from '../core/reduceAgent.ts';
import { FleetDraft } from '../core/reduceFleet.ts';
import { isPlanEvent } from '../core/plan/reducePlan.ts';
import { repair } from '../core/repair.ts';
import { isLive, rootOf, subtreeOf } from '../core/selectors.ts';
import { type Agent, emptyFleet, type FleetState, type Plan } from '../core/state.ts';
import type { Disposable } from '../lib/disposables.ts';
import { Emitter } from '../lib/emitter.ts';
import type { AbortReason } from './abort.ts';
import { AgentHandle } from './agentHandle.ts';
import type { AgentDepsSources } from './agentDeps.ts';
import { agentDepsFor } from './agentDepsFor.ts';
import { isTrainEvent } from '../core/train/train.ts';
import { changesToUndo, undoRefusal, type UndoScope } from '../core/review/undoScope.ts';
import type { TrainEvent } from '../core/train/trainEvents.ts';
import { runAgent } from './agentRun.ts';
import { PlanEngine } from './planEngine.ts';
import { planLimits } from './planLimits.ts';
import type { BlobPort, ChangeUndo, Clock, FleetControl, JournalPort, Log, TailBlock, UndoneChanges } from './ports.ts';
import { resolveSpawn, type SpawnSources } from './resolveSpawn.ts';
import { Slots } from './slots.ts';
import { Watchdog } from './watchdog.ts';
import { keepWork } from './workplace.ts';

/** What a fleet is made of. */
export interface FleetDeps extends SpawnSources, AgentDepsSources {
  readonly journal: JournalPort;
  /** What the journal held when it was opened. */
  readonly entries: readonly JournalEntry[];
  readonly blobs: BlobPort;
  readonly clock: Clock;
  readonly log: Log;
  readonly mint: MintId;
  /** Why this window may only look, if it may only look. */
  readonly readOnly: string | undefined;
  /** The plan a workflow makes of a task. */
  readonly template: Starter['template'];
  readonly undo: ChangeUndo;
}

/** The only writer of the journal: takes commands, records facts, and keeps the agents' loops running. */
export class Fleet implements FleetControl {
  readonly #deps: FleetDeps;
  readonly #changes: Emitter<readonly JournalEntry[]>;
  readonly #handles = new Map<AgentId, AgentHandle>();
  readonly #slots: Slots;
  readonly #plans: PlanEngine;
  readonly #watchdog: Watchdog;
  readonly #draft = new FleetDraft(emptyFleet);
  #stopped = false;

  constructor(deps: FleetDeps) {
    this.#deps = deps;
    this.#changes = new Emitter((error) => deps.log.error('A view failed to follow the fleet', error));
    this.#slots = new Slots(() => Math.max(1, deps.settings().maxConcurrentAgents));
    this.#plans = new PlanEngine({
      state: () => this.#open,
      record: (events) => this.#record(events),
      vacant: () => this.#slots.vacant,
      settings: () => deps.settings(),
      spawner: () => this.#starter(),
      undo: deps.undo,
      log: deps.log,
    });
    this.#watchdog = new Watchdog({
      ...deps,
      state: () => this.#open,
      stuckMs: () => deps.settings().stuckMs,
      record: (events) => this.#record(events),
    });
    this.#draft.apply(deps.entries);
    if (deps.readOnly === undefined) {
      this.#commit(repair(this.#open));
      for (const plan of Object.values<Plan>(this.#open.plans)) {
        this.#plans.touch(plan.runId);
      }
      this.#plans.advance();
    }
  }

  get state(): FleetState {
    return this.#draft.seal();
  }

  /** For the engine's own looks, which keep nothing and so need no copy. */
  get #open(): FleetState {
    return this.#draft.open;
  }

  get readOnly(): string | undefined {
    return this.#deps.readOnly;
  }

  execute(input: FleetCommandInput): CommandResult {
    const parsed = fleetCommandSchema.safeParse(input);
    if (!parsed.success) {
      const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
      return refuse({ code: 'invalid', message: `The command is not valid (${problems}).`, next: 'Correct it and try again.' });
    }
    const { readOnly } = this.#deps;
    if (readOnly !== undefined || this.#stopped) {
      return refuse(readOnlyRejection(readOnly ?? 'The fleet is closing.'));
    }
    const decision = decide(this.#open, parsed.data, this.#starter());
    if (!decision.ok) {
      return decision;
    }
    this.#record(decision.events);
    this.#plans.advance();
    const { accepted } = decision;
    return { ok: true, accepted: parsed.data.type === 'startRun' ? this.#withFirstAgent(accepted) : accepted };
  }

  /** Takes facts about merge trains, and resolves once they are on disk. Throws when this window may not write. */
  async recordTrain(events: readonly TrainEvent[]): Promise<void> {
    if (this.#deps.readOnly !== undefined || this.#stopped) {
      throw new Error(this.#deps.readOnly ?? 'The fleet is closing.');
    }
    this.#record(events);
    await this.#deps.journal.sync();
  }

  /** Takes the fact that an agent's folder is gone, also while the fleet closes. Throws when this window may not write. */
  recordRemoved(event: EventOf<'workplaceRemoved'>): void {
    if (this.#deps.readOnly !== undefined) {
      throw new Error(this.#deps.readOnly);
    }
    this.#record([event]);
  }

  /** What deciding needs to look up, with the settings as they are now. */
  #starter(): Starter {
    const { mint, settings, template, agentTypes } = this.#deps;
    const { maxDepth, maxAgentsPerRun, fanOut, budget, sharedFiles } = settings();
    return {
      mint,
      maxDepth,
      maxAgentsPerRun,
      fanOut,
      budget,
      sharedFiles,
      template,
      limits: planLimits(agentTypes(), maxAgentsPerRun),
      resolve: (request, label, given, parent) => resolveSpawn(request, label, given, parent, this.#deps),
    };
  }

  /** The agent a run began with, if there was a slot for it. */
  #withFirstAgent(accepted: Accepted): Accepted {
    const first = accepted.runId === undefined ? undefined : rootOf(this.#open, accepted.runId);
    return first === undefined ? accepted : { ...accepted, agentId: first.id };
  }

  subscribe(listener: (entries: readonly JournalEntry[]) => void): Disposable {
    return this.#changes.event(listener);
  }

  tail(agentId: AgentId): readonly TailBlock[] {
    return this.#deps.tail.tail(agentId);
  }

  onDidChangeTail(listener: (agentIds: ReadonlySet<AgentId>) => void): Disposable {
    return this.#deps.tail.onDidChange(listener);
  }

  readBlob(hash: string): Promise<string> {
    return this.#deps.blobs.get(hash);
  }

  async undoChanges(agentId: AgentId, scope: UndoScope): Promise<UndoneChanges | Rejection> {
    const refusal = this.#deps.readOnly === undefined ? undoRefusal(this.#open, agentId, scope) : readOnlyRejection(this.#deps.readOnly);
    const agent = this.#open.agents[agentId];
    if (refusal !== undefined || agent === undefined) {
      return refusal ?? readOnlyRejection('');
    }
    const { restored, kept } = await this.#deps.undo.undo(changesToUndo(this.#open, agentId, scope), agentId);
    this.#record([{ type: 'changesUndone', runId: agent.runId, agentId, restored: [...restored], kept: [...kept] }]);
    return { restored, kept };
  }

  /** Has agents that wait for a slot look at the settings again. */
  settingsChanged(): void {
    this.#slots.recheck();
    this.#plans.slotsFreed();
  }

  /** Ends everything in order: agents become interrupted, their tools stop, the journal is on disk. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#abort([...this.#handles.keys()], { kind: 'shutdown' });
    await Promise.all([...this.#handles.values()].map((handle) => handle.ended));
    this.#watchdog.dispose();
    await this.#deps.journal.sync();
    this.#changes.dispose();
  }

  /** Records facts and does what they ask for beyond that. */
  #record(events: readonly FleetEvent[]): void {
    this.#commit(events);
    for (const event of events) {
      switch (event.type) {
        case 'agentSpawned':
        case 'agentContinued':
          this.#launch(event.agentId);
          break;
        case 'killAsked':
          this.#abort([event.agentId], { kind: 'killed', by: event.by });
          break;
        case 'messageQueued':
          if (event.interrupt) {
            this.#handles.get(event.to)?.interrupt();
          }
          break;
        default:
      }
    }
    const kills = events.filter((event) => event.type === 'killAsked').length;
    if (kills > 0) {
      this.#deps.log.info(`Kill: ${kills} agents told to stop`);
    }
  }

  #abort(ids: readonly AgentId[], reason: AbortReason): void {
    for (const id of ids) {
      this.#handles.get(id)?.abort(reason);
    }
  }

  #launch(id: AgentId): void {
    const handle = new AgentHandle(id, this.#slots, () => this.#plans.slotsFreed());
    this.#handles.set(id, handle);
    const deps = agentDepsFor(id, handle, this.#deps, {
      state: () => this.#open,
      commit: (events) => this.#commit(events),
      execute: (command) => this.execute(command),
    });
    const live = async () => {
      const outcome = deps === undefined ? noProvider : await runAgent(deps, handle);
      if (outcome.kind !== 'done' || outcome.report.handoff === undefined) {
        await this.#endChildren(id, outcome);
      }
      const keeping = deps === undefined ? undefined : keepWork(deps, outcome);
      if (keeping !== undefined) {
        await keeping;
      }
      // Before the end is announced: a view may continue the agent at once, and then the handle is another one.
      this.#handles.delete(id);
      this.#end(id, outcome);
    };
    handle.ended = live().catch((error: unknown) => this.#deps.log.error(`The end of agent ${id} could not be recorded`, error));
  }

  /** No agent outlives the one that spawned it: what is still at work below it is stopped, and waited for. */
  async #endChildren(id: AgentId, outcome: Outcome): Promise<void> {
    const below = subtreeOf(this.#open, id).filter((agent) => agent.id !== id && isLive(agent));
    if (outcome.kind !== 'interrupted') {
      const open = below.filter((agent) => agent.killing === undefined);
      this.#commit(open.map((agent) => ({ type: 'killAsked', agentId: agent.id, by: { kind: 'engine' } })));
      this.#abort(
        open.map((agent) => agent.id),
        { kind: 'killed', by: { kind: 'engine' } },
      );
    }
    await Promise.all(below.map((agent) => this.#handles.get(agent.id)?.ended));
  }

  #end(id: AgentId, outcome: Outcome): void {
    const agent = this.#open.agents[id];
    if (agent !== undefined && isLive(agent)) {
      this.#commit(endingOf(this.#open, agent, asKilled(outcome, agent), 'engine', this.#deps.mint('message')));
    }
    if (!this.#stopped) {
      this.#plans.slotsFreed();
    }
  }

  /** Records facts, folds them, wakes whom they concern, tells the views. */
  #commit(events: readonly FleetEvent[]): void {
    if (events.length === 0) {
      return;
    }
    const entries = this.#deps.journal.append(events);
    this.#draft.apply(entries);
    for (const event of events) {
      this.#wake(event);
      this.#touch(event);
    }
    this.#changes.fire(entries);
    // After the views were told, because it may record facts of its own.
    this.#watchdog.touch(events);
  }

  /** Tells the engine of plans which runs to look at. */
  #touch(event: FleetEvent): void {
    if (isPlanEvent(event)) {
      this.#plans.touch(event.runId);
    } else if (event.type === 'agentEnded' || event.type === 'agentContinued') {
      const runId = this.#open.agents[event.agentId]?.runId;
      if (runId !== undefined) {
        this.#plans.touch(runId);
      }
    }
  }

  /** A change of the plan may end the wait of anyone in the run. */
  #wakeRun(runId: RunId): void {
    for (const handle of this.#handles.values()) {
      if (this.#open.agents[handle.id]?.runId === runId) {
        handle.wake();
      }
    }
  }

  #wake(event: FleetEvent): void {
    if (
      event.type === 'runStarted' ||
      event.type === 'promptFixed' ||
      event.type === 'agentSpawned' ||
      event.type === 'agentDeleted' ||
      isTrainEvent(event)
    ) {
      return;
    }
    if (isPlanEvent(event)) {
      this.#wakeRun(event.runId);
      return;
    }
    const subject: AgentId = subjectOf(event satisfies AgentEvent);
    const handle = this.#handles.get(subject);
    if (event.type === 'personAnswered') {
      handle?.setAnswer(event.askId, event.answer);
    } else {
      handle?.wake();
    }
    if (event.type === 'agentEnded') {
      const parentId = this.#open.agents[subject]?.parentId;
      if (parentId !== undefined) {
        this.#handles.get(parentId)?.wake();
      }
    }
  }
}

/** Whoever was killed while it failed or handed over is not followed by another agent. */
function asKilled(outcome: Outcome, { killing }: Agent): Outcome {
  const isFollowed = outcome.kind === 'failed' || (outcome.kind === 'done' && outcome.report.handoff !== undefined);
  return killing !== undefined && isFollowed ? { kind: 'killed', by: killing } : outcome;
}

const noProvider: Outcome = {
  kind: 'failed',
  failure: {
    kind: 'endpoint',
    message: 'The model provider this agent was started with is not available.',
    next: 'Check the setting flotilla.provider, then retry the agent.',
  },
};

function readOnlyRejection(message: string): Rejection {
  return { code: 'readOnly', message, next: '' };
}

function refuse(rejection: Rejection): { ok: false; rejection: Rejection } {
  return { ok: false, rejection };
}
