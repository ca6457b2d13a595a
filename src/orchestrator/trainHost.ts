import type { FleetCommandInput, CommandResult } from '../core/commands.ts';
import type { Actor, JournalEntry } from '../core/events.ts';
import type { AgentId, MintId, RunId, TrainId } from '../core/ids.ts';
import { isLive } from '../core/selectors.ts';
import type { Agent, FleetState } from '../core/state.ts';
import type { TrainCommand } from '../core/train/decideTrain.ts';
import type { Train } from '../core/train/train.ts';
import { carsOfRun } from '../core/train/trainCandidates.ts';
import type { CarSpec } from '../core/train/trainEvents.ts';
import type { Disposable } from '../lib/disposables.ts';
import { toError } from '../lib/errors.ts';
import type { Log, TrainControl, TrainReply } from './ports.ts';

type Answer =
  | { readonly ok: true; readonly folder?: string; readonly note?: string }
  | { readonly ok: false; readonly message: string; readonly next: string };

/** What carries merge trains out. */
interface TrainRunner {
  readonly start: (request: {
    readonly trainId: TrainId;
    readonly runId: RunId;
    readonly folder: string;
    readonly cars: readonly CarSpec[];
    readonly check?: string | undefined;
    readonly landing: 'ask';
    readonly by: Actor;
  }) => Promise<Answer>;
  readonly advance: (trainId: TrainId) => Promise<void>;
  readonly execute: (trainId: TrainId, command: TrainCommand, by: Actor) => Promise<Answer>;
  readonly byHandFolder: (trainId: TrainId) => Promise<string | undefined>;
  readonly tidy: (ended: readonly Train[]) => Promise<void>;
  readonly dispose: () => void;
}

interface TrainHostDeps {
  readonly trains: TrainRunner;
  readonly state: () => FleetState;
  readonly execute: (command: FleetCommandInput) => CommandResult;
  readonly subscribe: (listener: (entries: readonly JournalEntry[]) => void) => Disposable;
  /** The name of the workspace folder that agents' folders belong to. */
  readonly folderOf: (roots: readonly string[]) => Promise<{ readonly ok: true; readonly name: string } | Extract<Answer, { ok: false }>>;
  readonly mint: MintId;
  readonly log: Log;
}

const person: Actor = { kind: 'person' };

/** Keeps merge trains going: starts them for runs, carries answers to them and to agents, and takes up work that was fixed. */
export class TrainHost implements TrainControl {
  readonly #deps: TrainHostDeps;
  readonly #subscription: Disposable;
  readonly #busy = new Set<Promise<void>>();
  readonly #starting = new Set<RunId>();

  constructor(deps: TrainHostDeps) {
    this.#deps = deps;
    this.#subscription = deps.subscribe((entries) => this.#hear(entries));
  }

  /** Goes on with trains that a window left open, and removes what ended ones left behind. */
  open(): void {
    const trains = Object.values<Train>(this.#deps.state().trains);
    this.#inBackground(this.#deps.trains.tidy(trains.filter((train) => train.ended !== undefined)));
    for (const train of trains.filter((one) => one.ended === undefined)) {
      this.#advance(train.id);
      // Its agent was told and is done, or was never told: either way the person is asked when nothing has changed.
      for (const { agentId } of train.cars.filter((car) => car.status === 'sentBack' && !this.#isAtWork(car.agentId))) {
        this.#inBackground(this.#retry(train.id, agentId));
      }
    }
  }

  async mergeRun(runId: RunId, check: string): Promise<TrainReply> {
    if (this.#starting.has(runId)) {
      return refuse('A merge of this run is being started.', 'Wait for it.');
    }
    this.#starting.add(runId);
    try {
      return await this.#start(runId, check.trim());
    } finally {
      this.#starting.delete(runId);
    }
  }

  async #start(runId: RunId, check: string): Promise<TrainReply> {
    const { state, trains, folderOf, mint } = this.#deps;
    const now = state();
    if (Object.values<Train>(now.trains).some((train) => train.runId === runId && train.ended === undefined)) {
      return refuse('The work of this run is being merged already.', 'Answer what it asks under “Needs you”, or abort it there.');
    }
    const cars = carsOfRun(now, runId);
    if (cars.length === 0) {
      return refuse(
        'No ended agent of this run has work of its own to merge.',
        'Only agents that worked in a folder apart from yours have.',
      );
    }
    const roots = cars.flatMap((car) => now.agents[car.agentId]?.workplace?.root ?? []);
    const folder = await folderOf(roots);
    if (!folder.ok) {
      return folder;
    }
    const trainId = mint('train');
    const checked = check === '' ? {} : { check };
    const started = await trains.start({ trainId, runId, folder: folder.name, cars, ...checked, landing: 'ask', by: person });
    if (started.ok) {
      this.#advance(trainId);
    }
    return started.ok ? { ok: true, trainId } : started;
  }

  async answer(trainId: TrainId, command: TrainCommand): Promise<TrainReply> {
    const { state, trains } = this.#deps;
    const agent: Agent | undefined = command.type === 'sendBack' ? state().agents[command.agentId] : undefined;
    if (command.type === 'sendBack' && (agent === undefined || isLive(agent))) {
      return refuse('The agent of this work cannot be given a task now.', 'Wait until it has ended, or resolve it by hand or skip it.');
    }
    const answered = await trains.execute(trainId, command, person);
    if (!answered.ok) {
      return answered;
    }
    const told = agent === undefined || answered.note === undefined ? undefined : this.#tell(agent.id, answered.note);
    if (agent !== undefined && told !== undefined) {
      // Nobody works on it: taken up as it is, it is refused, and the person is asked what else to do.
      this.#inBackground(this.#retry(trainId, agent.id));
    }
    this.#advance(trainId);
    return told ?? { ok: true, trainId, ...(answered.folder === undefined ? {} : { folder: answered.folder }) };
  }

  byHandFolder(trainId: TrainId): Promise<string | undefined> {
    return this.#deps.trains.byHandFolder(trainId);
  }

  /** Breaks checks off and waits until nothing is done any more. */
  async close(): Promise<void> {
    this.#subscription.dispose();
    this.#deps.trains.dispose();
    await Promise.all(this.#busy);
  }

  #isAtWork(agentId: AgentId): boolean {
    const agent: Agent | undefined = this.#deps.state().agents[agentId];
    return agent !== undefined && isLive(agent);
  }

  #tell(agentId: AgentId, task: string): Extract<TrainReply, { ok: false }> | undefined {
    const told = this.#deps.execute({ type: 'followUpAgent', agentId, task, by: person });
    return told.ok ? undefined : refuse(told.rejection.message, told.rejection.next);
  }

  /** The fix of an agent is taken up when it has ended with a report; how it ended otherwise is told to the person. */
  #hear(entries: readonly JournalEntry[]): void {
    for (const { event } of entries) {
      if (event.type !== 'agentEnded' || event.outcome.kind !== 'done') {
        continue;
      }
      const { agentId } = event;
      const train = Object.values<Train>(this.#deps.state().trains).find((one) =>
        one.cars.some((car) => car.agentId === agentId && car.status === 'sentBack'),
      );
      if (train !== undefined && train.ended === undefined) {
        this.#inBackground(this.#retry(train.id, agentId));
      }
    }
  }

  async #retry(trainId: TrainId, agentId: AgentId): Promise<void> {
    const { trains, log } = this.#deps;
    const answered = await trains.execute(trainId, { type: 'retry', agentId }, { kind: 'engine' });
    if (!answered.ok) {
      log.warn(`The work of ${agentId} could not be taken up again: ${answered.message}`);
    }
    await trains.advance(trainId);
  }

  #advance(trainId: TrainId): void {
    this.#inBackground(this.#deps.trains.advance(trainId));
  }

  #inBackground(work: Promise<void>): void {
    const settled = work
      .catch((error: unknown) => this.#deps.log.error('A merge train could not go on', toError(error)))
      .finally(() => this.#busy.delete(settled));
    this.#busy.add(settled);
  }
}

function refuse(message: string, next: string): { readonly ok: false; readonly message: string; readonly next: string } {
  return { ok: false, message, next };
}
