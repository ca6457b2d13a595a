import type { EventOf, JournalEntry, PlanEvent } from './events.ts';
import type { AgentId } from './ids.ts';
import { type AgentEvent, reduceAgent, spawnedAgent, subjectOf } from './reduceAgent.ts';
import { emptyPlan, isPlanEvent, reducePlan, withAttempt, withAttemptEnded, withOwner } from './plan/reducePlan.ts';
import { reduceLane, spawnedLane } from './reduceLane.ts';
import { reduceTranscript } from './reduceTranscript.ts';
import { isTrainEvent, reduceTrain, startTrain, type Train } from './train/train.ts';
import type { TrainEvent } from './train/trainEvents.ts';
import { withRequest } from './requests.ts';
import type { Agent, FleetState, Grant, OpenAsk } from './state.ts';

/** The state after one more entry. Total: a fact that cannot apply changes nothing but the sequence number. */
export function reduceFleet(state: FleetState, entry: JournalEntry): FleetState {
  return reduceEntries(state, [entry]);
}

/**
 * The state after many entries. Each record is copied at most once for the whole batch, so replaying a long journal costs no more per entry
 * than the entry's own change. Transcripts are kept only for agents that have one, so a view that follows one agent stays small.
 */
export function reduceEntries(state: FleetState, entries: readonly JournalEntry[]): FleetState {
  if (entries.length === 0) {
    return state;
  }
  const draft = new FleetDraft(state);
  draft.apply(entries);
  return draft.seal();
}

/** A state that goes on being folded: its records are its own copies, which it may write until somebody else holds them. */
export class FleetDraft {
  #state: FleetState;
  readonly #owned = new Set<keyof FleetState>();

  constructor(state: FleetState) {
    this.#state = state;
  }

  /** For a look and never for keeping: its records change with the next entries. What they hold does not. */
  get open(): FleetState {
    return this.#state;
  }

  /** The state as it is now, which never changes again. The next entries are written to new copies of the records they change. */
  seal(): FleetState {
    this.#owned.clear();
    return this.#state;
  }

  apply(entries: readonly JournalEntry[]): void {
    for (const entry of entries) {
      this.#apply(entry);
    }
  }

  #apply({ seq, at, event }: JournalEntry): void {
    this.#state = { ...this.#state, seq, at };
    switch (event.type) {
      case 'runStarted':
        this.#put('runs', event.runId, {
          id: event.runId,
          label: event.label,
          task: event.task,
          workflow: event.workflow,
          budget: event.budget,
          sharedFiles: event.sharedFiles,
          ...(event.isolation === undefined ? {} : { isolation: event.isolation }),
          startedAt: at,
          by: event.by,
        });
        this.#put('plans', event.runId, emptyPlan(event.runId));
        break;
      case 'promptFixed':
        this.#put('prompts', event.promptId, { id: event.promptId, system: event.system, tools: event.tools });
        break;
      case 'agentSpawned':
        this.#spawn(event, at);
        break;
      case 'agentDeleted':
        this.#delete(event.agentId);
        break;
      default:
        if (isPlanEvent(event)) {
          this.#changePlan(event, at);
        } else if (isTrainEvent(event)) {
          this.#changeTrain(event, { seq, at });
        } else {
          this.#change(event, at);
        }
    }
  }

  #changeTrain(event: TrainEvent, moved: NonNullable<Train['moved']>): void {
    const before: Train | undefined = this.#state.trains[event.trainId];
    if (event.type === 'trainStarted') {
      this.#put('trains', event.trainId, { ...startTrain(event), moved });
    } else if (before !== undefined) {
      const after = reduceTrain(before, event);
      this.#put('trains', event.trainId, after === before ? before : { ...after, moved });
    }
  }

  #changePlan(event: PlanEvent, at: number): void {
    if (event.type === 'runDeleted') {
      this.#drop('runs', event.runId);
      this.#drop('plans', event.runId);
      return;
    }
    const plan = this.#state.plans[event.runId];
    const next = plan === undefined ? undefined : reducePlan(plan, event, at);
    if (next !== undefined && next !== plan) {
      this.#put('plans', event.runId, next);
    }
  }

  #spawn(event: EventOf<'agentSpawned'>, at: number): void {
    this.#put('agents', event.agentId, spawnedAgent(event, at));
    this.#put('lanes', event.agentId, spawnedLane(at));
    const plan = this.#state.plans[event.runId];
    if (plan !== undefined && event.taskId !== undefined) {
      this.#put(
        'plans',
        event.runId,
        withAttempt(plan, event.taskId, event.agentId, event.takesOver === undefined ? 'new' : 'handover', at),
      );
    }
    if (event.takesOver !== undefined) {
      this.#takeOver(event.takesOver, event.agentId);
    }
    if (event.opening !== undefined) {
      this.#put('transcripts', event.agentId, { opening: event.opening, turns: [] });
    }
  }

  /** What an agent had below it, had asked for and had not read yet is its successor's. */
  #takeOver(from: AgentId, to: AgentId): void {
    const [before, after] = [this.#state.agents[from], this.#state.agents[to]];
    if (before !== undefined && after !== undefined) {
      this.#put('agents', to, { ...after, mailbox: [...before.mailbox, ...after.mailbox] });
      this.#put('agents', from, { ...before, mailbox: [] });
    }
    for (const agent of Object.values(this.#state.agents)) {
      if (agent.parentId === from) {
        this.#put('agents', agent.id, { ...agent, parentId: to });
      }
    }
    const runId = this.#state.agents[to]?.runId;
    const plan = runId === undefined ? undefined : this.#state.plans[runId];
    if (plan !== undefined) {
      this.#put('plans', plan.runId, withOwner(plan, from, to));
    }
  }

  /** What an agent's beginning again or end means for the attempt it is. */
  #changeAttempt(agent: Agent, event: AgentEvent, at: number): void {
    const plan = this.#state.plans[agent.runId];
    if (plan === undefined || agent.taskId === undefined) {
      return;
    }
    if (event.type === 'agentContinued') {
      const kind = event.reason === 'resume' ? 'resume' : 'again';
      this.#put('plans', agent.runId, withAttempt(plan, agent.taskId, agent.id, kind, at));
    } else if (event.type === 'agentEnded') {
      this.#put('plans', agent.runId, withAttemptEnded(plan, agent.taskId, agent.id, event.outcome, at));
    }
  }

  #change(event: AgentEvent, at: number): void {
    const id = subjectOf(event);
    const before = this.#state.agents[id];
    if (before === undefined) {
      return;
    }
    const after = reduceAgent(before, event, at);
    if (after === before) {
      return;
    }
    this.#put('agents', id, after);
    const lane = this.#state.lanes[id];
    if (lane !== undefined) {
      const next = reduceLane(lane, before, after, event, at);
      if (next !== lane) {
        this.#put('lanes', id, next);
      }
    }
    const transcript = this.#state.transcripts[id];
    if (transcript !== undefined) {
      const next = reduceTranscript(transcript, before, event, at);
      if (next !== transcript) {
        this.#put('transcripts', id, next);
      }
    }
    this.#changeAsks(event, at);
    this.#changeAttempt(after, event, at);
    this.#changeSender(event, at);
  }

  /** A request is a fact about its sender too, who waits for the answer. */
  #changeSender(event: AgentEvent, at: number): void {
    const sender = event.type === 'messageQueued' && event.from.kind === 'agent' ? this.#state.agents[event.from.agentId] : undefined;
    if (sender !== undefined && event.type === 'messageQueued' && event.kind === 'request' && event.answerable === true) {
      this.#put('agents', sender.id, withRequest(sender, event, at));
    }
  }

  #changeAsks(event: AgentEvent, at: number): void {
    if (event.type === 'personAsked') {
      const { askId, agentId, callId, ask, place } = event;
      this.#put('asks', askId, { askId, agentId, callId, ask, place, at });
    } else if (event.type === 'personAnswered') {
      this.#grant(event);
      this.#drop('asks', event.askId);
    } else if (event.type === 'agentEnded') {
      this.#dropAsksOf(event.agentId);
    }
  }

  #grant({ askId, agentId, answer }: EventOf<'personAnswered'>): void {
    const asked: OpenAsk | undefined = this.#state.asks[askId];
    const agent = this.#state.agents[agentId];
    const hash = asked?.ask.kind === 'command' ? asked.ask.hash : undefined;
    if (answer.kind === 'allow' && answer.scope !== undefined && hash !== undefined && agent !== undefined) {
      const grant: Grant = { hash, scope: answer.scope, agentId, runId: agent.runId, seq: this.#state.seq };
      this.#state = { ...this.#state, grants: [...this.#state.grants, grant] };
    }
  }

  #delete(id: AgentId): void {
    const agent = this.#state.agents[id];
    if (agent === undefined) {
      return;
    }
    this.#drop('agents', id);
    this.#drop('lanes', id);
    this.#drop('transcripts', id);
    this.#dropAsksOf(id);
    if (!Object.values(this.#state.agents).some((other) => other.runId === agent.runId)) {
      this.#drop('runs', agent.runId);
      this.#drop('plans', agent.runId);
      for (const train of Object.values<Train>(this.#state.trains)) {
        if (train.runId === agent.runId) {
          this.#drop('trains', train.id);
        }
      }
    }
  }

  #dropAsksOf(id: AgentId): void {
    for (const ask of Object.values(this.#state.asks)) {
      if (ask.agentId === id) {
        this.#drop('asks', ask.askId);
      }
    }
  }

  #put<R extends RecordName>(name: R, id: keyof FleetState[R], value: FleetState[R][keyof FleetState[R]]): void {
    this.#own(name)[id] = value;
  }

  #drop<R extends RecordName>(name: R, id: keyof FleetState[R]): void {
    if (this.#state[name][id] !== undefined) {
      delete this.#own(name)[id];
    }
  }

  #own<R extends RecordName>(name: R): Writable<FleetState[R]> {
    if (!this.#owned.has(name)) {
      this.#owned.add(name);
      this.#state = { ...this.#state, [name]: { ...this.#state[name] } };
    }
    return this.#state[name] as Writable<FleetState[R]>;
  }
}

type RecordName = 'trains' | 'runs' | 'agents' | 'asks' | 'prompts' | 'lanes' | 'transcripts' | 'plans';
type Writable<T> = { -readonly [K in keyof T]: T[K] };
