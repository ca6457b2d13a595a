import type { FleetEvent } from '../core/events.ts';
import type { AgentId, MintId } from '../core/ids.ts';
import { isLive } from '../core/selectors.ts';
import type { Agent, Decision, FleetState, Plan } from '../core/state.ts';
import { progressAt, type Stuck, type StuckKind, stuckOf, stuckQuestion, toleratedSince } from '../core/stuck.ts';
import { nudgeText, stuckAsk } from '../core/stuckText.ts';
import type { Disposable } from '../lib/disposables.ts';
import type { LiveTail } from './liveTail.ts';
import type { Clock, Log } from './ports.ts';

export interface WatchdogDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly mint: MintId;
  /** For a look and never for keeping. */
  readonly state: () => FleetState;
  /** How long an agent may be without progress, in ms. */
  readonly stuckMs: () => number;
  readonly tail: Pick<LiveTail, 'onDidChange'>;
  /** Records facts and does what they ask for. */
  readonly record: (events: readonly FleetEvent[]) => void;
}

/** How often it looks: often enough to be in time, seldom enough to cost nothing, in ms. */
const longestPause = 30_000;
const looksPerSpan = 5;

/** An agent that was told that it seems stuck. */
interface Nudge {
  readonly at: number;
  readonly kind: StuckKind;
  /** The turn it was in. */
  readonly turn: number;
}

/**
 * Looks after agents that make no progress. Such an agent is told so; when that has changed nothing for as long again, the person is asked, who
 * alone stops anything. A question that has answered itself is withdrawn. Sets no timer while no agent is at work.
 */
export class Watchdog implements Disposable {
  readonly #deps: WatchdogDeps;
  readonly #nudges = new Map<AgentId, Nudge>();
  readonly #heardAt = new Map<AgentId, number>();
  readonly #stop = new AbortController();
  readonly #listening: Disposable;
  #watching = false;

  constructor(deps: WatchdogDeps) {
    this.#deps = deps;
    this.#listening = deps.tail.onDidChange((ids) => {
      for (const id of ids) {
        this.#heardAt.set(id, deps.clock.now());
      }
    });
  }

  /** To be told of all facts: it watches from the first agent's beginning to the last one's end. */
  touch(events: readonly FleetEvent[]): void {
    if (events.some(({ type }) => type === 'agentEnded')) {
      this.#withdrawSettled();
    }
    if (!this.#watching && !this.#stop.signal.aborted && events.some(({ type }) => type === 'agentStarted')) {
      this.#watching = true;
      this.#watch()
        .catch((error: unknown) => {
          if (!this.#stop.signal.aborted) {
            this.#deps.log.error('Agents are no longer watched for being stuck', error);
          }
        })
        .finally(() => {
          this.#watching = false;
        });
    }
  }

  dispose(): void {
    this.#stop.abort('over');
    this.#listening.dispose();
  }

  async #watch(): Promise<void> {
    const { clock, stuckMs } = this.#deps;
    for (let agents = this.#live(); agents.length > 0; agents = this.#live()) {
      await clock.sleep(Math.min(longestPause, Math.ceil(stuckMs() / looksPerSpan)), this.#stop.signal);
      for (const agent of this.#live()) {
        this.#look(agent);
      }
    }
    this.#nudges.clear();
    this.#heardAt.clear();
  }

  #live(): readonly Agent[] {
    return Object.values<Agent>(this.#deps.state().agents).filter(isLive);
  }

  #look(agent: Agent): void {
    const { state, clock, stuckMs, record, mint } = this.#deps;
    const now = clock.now();
    const stuck = this.#stuck(agent, now);
    const question = stuckQuestion(state(), agent);
    const nudge = this.#nudges.get(agent.id);
    if (stuck === undefined) {
      this.#forgive(agent, nudge);
      record(question === undefined ? [] : [withdrawal(question)]);
    } else if (nudge === undefined) {
      this.#nudges.set(agent.id, { at: now, kind: stuck.kind, turn: agent.turn });
      // While a tool runs nobody would read it, and afterwards it would no longer be true.
      record(agent.phase.kind === 'thinking' || stuck.kind !== 'silent' ? [nudgeOf(agent, stuck, mint)] : []);
    } else if (question === undefined && now - nudge.at >= stuckMs() && (stuck.kind === 'silent' || stuck.turn > nudge.turn)) {
      record(questionOf(state(), agent, stuck, mint));
    }
  }

  /** A word is no progress: who was silent and is heard again has to bring something about before it is watched anew. */
  #forgive(agent: Agent, nudge: Nudge | undefined): void {
    const transcript = this.#deps.state().transcripts[agent.id];
    if (nudge?.kind !== 'silent' || transcript === undefined || progressAt(agent, transcript) > nudge.at) {
      this.#nudges.delete(agent.id);
    }
  }

  #stuck(agent: Agent, now: number): Stuck | undefined {
    const { state, stuckMs } = this.#deps;
    const transcript = state().transcripts[agent.id];
    const since = toleratedSince(state().plans[agent.runId]?.decisions ?? [], agent);
    const nudge = this.#nudges.get(agent.id);
    if (nudge !== undefined && nudge.at < since) {
      this.#nudges.delete(agent.id);
    }
    return transcript === undefined
      ? undefined
      : stuckOf({ agent, transcript, now, quietMs: stuckMs(), heardAt: this.#heardAt.get(agent.id), since });
  }

  /** What was asked about agents that have ended meanwhile needs no answer. */
  #withdrawSettled(): void {
    const { state, record } = this.#deps;
    const open = Object.values<Plan>(state().plans).flatMap((plan) =>
      plan.decisions.filter(({ purpose, answer }) => purpose === 'stuck' && answer === undefined),
    );
    const settled = open.filter(({ agentId }) => agentId === undefined || state().agents[agentId]?.stage === 'ended');
    record(settled.map(withdrawal));
  }
}

function nudgeOf(agent: Agent, stuck: Stuck, mint: MintId): FleetEvent {
  // A silent model is broken off; a command that says nothing may still do its work.
  const interrupt = stuck.kind === 'silent';
  return {
    type: 'messageQueued',
    messageId: mint('message'),
    to: agent.id,
    from: { kind: 'engine' },
    sender: 'engine',
    kind: 'engine',
    text: nudgeText(stuck),
    interrupt,
  };
}

function questionOf(state: FleetState, agent: Agent, stuck: Stuck, mint: MintId): readonly FleetEvent[] {
  const { id: agentId, runId, taskId } = agent;
  return state.plans[runId] === undefined
    ? []
    : [{ type: 'decisionAsked', askId: mint('ask'), runId, purpose: 'stuck', agentId, taskId, ask: stuckAsk(agent, stuck) }];
}

function withdrawal({ askId, runId }: Decision): FleetEvent {
  return { type: 'decisionAnswered', askId, runId, choice: 'withdrawn', by: { kind: 'engine' } };
}
