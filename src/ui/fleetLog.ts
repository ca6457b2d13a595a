import type { Actor, JournalEntry } from '../core/events.ts';
import type { AgentId } from '../core/ids.ts';
import { askTexts } from '../core/rows.ts';
import { failureText, firstLine, outcomeText } from '../core/rowText.ts';
import type { FleetState } from '../core/state.ts';
import { type Disposable, DisposableStore } from '../lib/disposables.ts';
import type { Log } from '../orchestrator/ports.ts';
import type { FleetDoor } from './fleetDoor.ts';

/** One line of the log. */
export interface LogLine {
  readonly level: 'info' | 'warn';
  readonly text: string;
}

/** Writes what happens to runs and agents into the log, a line for each thing that a person would tell somebody about. */
export class FleetLog implements Disposable {
  readonly #door: FleetDoor;
  readonly #log: Log;
  readonly #disposables = new DisposableStore();
  #subscription: Disposable | undefined;

  constructor(door: FleetDoor, log: Log) {
    this.#door = door;
    this.#log = log;
    this.#disposables.add(door.onDidChange(() => this.#connect()));
    this.#connect();
  }

  dispose(): void {
    this.#subscription?.dispose();
    this.#disposables.dispose();
  }

  #connect(): void {
    this.#subscription?.dispose();
    const fleet = this.#door.fleet;
    this.#subscription = fleet?.subscribe((entries) => {
      // Most facts have no line, and the state costs something to ask for.
      if (entries.some(({ event }) => logged.has(event.type))) {
        this.#write(fleet.state, entries);
      }
    });
  }

  #write(state: FleetState, entries: readonly JournalEntry[]): void {
    for (const entry of entries) {
      const line = logLine(state, entry);
      if (line !== undefined) {
        this.#log[line.level](line.text);
      }
    }
  }
}

const logged: ReadonlySet<JournalEntry['event']['type']> = new Set([
  'runStarted',
  'agentSpawned',
  'agentContinued',
  'requestFailed',
  'personAsked',
  'personAnswered',
  'messageQueued',
  'pauseAsked',
  'agentResumed',
  'killAsked',
  'agentEnded',
  'agentDeleted',
]);

/** The line of a fact; undefined for those that only the timeline tells. What a model or a person wrote is cut to one line. */
export function logLine(state: FleetState, { event }: JournalEntry): LogLine | undefined {
  const name = (id: AgentId) => `${state.agents[id]?.label ?? 'a deleted agent'} (${id})`;
  const by = (actor: Actor) => (actor.kind === 'agent' ? name(actor.agentId) : { person: 'you', engine: 'the engine' }[actor.kind]);
  const info = (text: string): LogLine => ({ level: 'info', text });
  switch (event.type) {
    case 'runStarted':
      return info(`Run "${firstLine(event.label, 80)}" (${event.runId}) was started by ${by(event.by)}`);
    case 'agentSpawned':
      return info(`${name(event.agentId)} was spawned by ${by(event.by)}: ${event.agentType} agent, ${event.model} of ${event.provider}`);
    case 'agentContinued':
      return info(
        `${name(event.agentId)} goes on (${{ resume: 'resumed', retry: 'retried', followUp: 'follow-up task', round: 'next round' }[event.reason]})`,
      );
    case 'requestFailed':
      return { level: 'warn', text: `${name(event.agentId)}, turn ${event.turn}, try ${event.attempt}: ${failureText(event.failure)}` };
    case 'personAsked':
      return info(`${name(event.agentId)} ${askTexts[event.ask.kind]}: ${firstLine(event.ask.title, 200)}`);
    case 'personAnswered':
      return info(`${name(event.agentId)} was answered: ${event.answer.kind}`);
    case 'messageQueued':
      return event.from.kind === 'person' ? info(`${name(event.to)} was sent a message (${event.kind})`) : undefined;
    case 'pauseAsked':
      return info(`${name(event.agentId)} is to pause, asked by ${by(event.by)}`);
    case 'agentResumed':
      return info(`${name(event.agentId)} was resumed by ${by(event.by)}`);
    case 'killAsked':
      return info(`${name(event.agentId)} is to be killed, asked by ${by(event.by)}`);
    case 'agentEnded': {
      const { outcome } = event;
      return outcome.kind === 'failed'
        ? { level: 'warn', text: `${name(event.agentId)} failed: ${failureText(outcome.failure)}` }
        : info(`${name(event.agentId)} ended: ${outcomeText(outcome)}`);
    }
    case 'agentDeleted':
      return info(`${event.agentId} was deleted by ${by(event.by)}`);
    default:
      return undefined;
  }
}
