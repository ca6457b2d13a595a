import type { PathFact } from '../../core/brief/briefPaths.ts';
import type { Effect, Failure, FleetEvent, Gate, Isolation, JournalEntry, Workplace } from '../../core/events.ts';
import type { AgentId } from '../../core/ids.ts';
import type { Placement } from '../../core/isolation.ts';
import type { Agent } from '../../core/state.ts';

/** Time that never runs backwards: wall-clock origin, monotonic progress. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason as soon as it aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** A readable log; never receives keys or file contents. */
export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string, error?: unknown): void;
}

/** The append-only log of facts. */
export interface JournalPort {
  /** Stamps the facts with sequence and time and queues them for disk, in order. They are on it soon. Never throws and never waits. */
  append(events: readonly FleetEvent[]): readonly JournalEntry[];
  /** Resolves when everything appended before the call is on disk; rejects with a JournalError when it cannot be. */
  sync(): Promise<void>;
}

/** Text too large for the journal, by content hash. */
export interface BlobPort {
  /** Stores text durably; the same text has the same hash. */
  put(text: string): Promise<{ readonly hash: string; readonly bytes: number }>;
  /** The text of a hash; throws if it is missing or damaged. */
  get(hash: string): Promise<string>;
}

/** What there is at paths, asked before an agent is sent to them. */
export interface PathFacts {
  /** One fact for each path, under the path as it was given. Never rejects for what is on disk. */
  look(paths: readonly string[]): Promise<ReadonlyMap<string, PathFact>>;
}

/** What is known beside an agent's own words when it reports. */
export interface ReportEvidence {
  agent(id: AgentId): Pick<Agent, 'filesChanged'> | undefined;
  /** The gate the agent judges, if its task is one. */
  gateOf(id: AgentId): Gate | undefined;
  /** Lines of a file where the agent works; infinite where they cannot be counted, undefined where there is no such file. */
  linesOf(path: string, id: AgentId): Promise<number | undefined>;
  /** Whether the agent's last run of this command, in its present round, ended with exit code 0. */
  ranOk(id: AgentId, command: string): boolean;
  /** Whether the agent ran any command, which may have changed files unseen. */
  ranAny(id: AgentId): boolean;
  /** Files changed by agents whose results this one was given. */
  changedFor(id: AgentId): ReadonlySet<string>;
}

/** What became of files that were to be as they were before an agent changed them. */
export interface UndoneChanges {
  readonly restored: string[];
  /** Files that were left as they are, each with the reason. */
  readonly kept: { readonly path: string; readonly why: string }[];
}

/** Folders in which agents work apart from the person's files. */
export interface Workplaces {
  /** What the person wants for agents that begin now. */
  readonly isolation: () => Isolation;
  /** Makes the folder an agent is to work in, or finds the one it goes on in. Throws only the reason of an aborted signal. */
  prepare(
    agent: Agent,
    placement: Exclude<Placement, { kind: 'open' }>,
    signal: AbortSignal,
  ): Promise<{ readonly ok: true; readonly workplace: Workplace } | { readonly ok: false; readonly failure: Failure }>;
  /** Keeps what is in a folder as a commit, the folder left as it is. Never rejects. */
  capture(
    workplace: Workplace,
  ): Promise<{ readonly ok: true; readonly commit: string; readonly changed: boolean } | { readonly ok: false; readonly text: string }>;
}

/** What becomes of text before it is kept, shown or told to a model. */
export interface ContentGuard {
  /** The result of a tool: secrets are left out and hidden characters written out, with a line that says so. */
  readonly told: (text: string) => string;
}

/** Puts files back as they were before an agent's changes, as far as nobody has changed them since. */
export interface ChangeUndo {
  /**
   * `effects` of one agent in the order in which they happened. A file that anybody else has changed since, or in between, is left as it is,
   * with the reason.
   */
  undo(effects: readonly Effect[], agentId: AgentId): Promise<UndoneChanges>;
}
