import type { PathFact } from '../core/brief/briefPaths.ts';
import type { CommandResult, FleetCommandInput, Rejection, SpawnRequest } from '../core/commands.ts';
import type { UndoScope } from '../core/review/undoScope.ts';
import type {
  Ask,
  Block,
  Budget,
  Effect,
  Effort,
  Failure,
  FleetEvent,
  Gate,
  JournalEntry,
  MessageKind,
  Place,
  PlanChange,
  Report,
  Stop,
  ToolSpec,
  Usage,
  Workplace,
} from '../core/events.ts';
import type { HistoryMessage } from '../core/history.ts';
import type { AgentId, CallId, MessageId, ProposalId, RunId, TrainId } from '../core/ids.ts';
import type { TrainCommand } from '../core/train/decideTrain.ts';
import type { Isolation, Placement } from '../core/isolation.ts';
import type { Json } from '../core/json.ts';
import type { Opening, OpeningContext } from '../core/context/openingContext.ts';
import type { Agent, FleetState, Plan } from '../core/state.ts';
import type { Disposable } from '../lib/disposables.ts';

/*
 * What the orchestrator needs from the world. Interfaces and plain values only; every folder that implements one may import this file.
 */

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

// ---------------------------------------------------------------- models

/** One request to a model: the whole history, with a stable beginning. */
export interface ModelRequest {
  readonly agentId: AgentId;
  readonly model: string;
  readonly effort: Effort;
  readonly system: string;
  readonly tools: readonly ToolSpec[];
  readonly messages: readonly HistoryMessage[];
}

/** A complete reply, as it enters the journal. */
export interface ModelReply {
  readonly model: string;
  readonly blocks: readonly Block[];
  readonly stop: Stop;
  /** Of everything the request was billed for. */
  readonly usage: Usage;
  /** Tokens of context after it, where the usage counts more than that. */
  readonly contextTokens?: number | undefined;
  readonly requestId?: string | undefined;
}

/** What arrives while a model answers. Every value counts as progress; keep-alives are not passed on. */
export type ModelEvent =
  | { readonly type: 'started'; readonly usage: Usage }
  | { readonly type: 'delta'; readonly block: number; readonly kind: 'text' | 'thinking' | 'toolInput'; readonly text: string }
  /** The last event of a stream that ended well, and only of such a stream. */
  | { readonly type: 'settled'; readonly reply: ModelReply };

/** A failed request. `retry`: try again soon; `wait`: the endpoint asks for patience; `never`: a person must act first. */
export class ModelError extends Error {
  readonly failure: Failure;
  readonly retry: 'retry' | 'wait' | 'never';
  readonly retryAfterMs: number | undefined;

  constructor(failure: Failure, retry: 'retry' | 'wait' | 'never', options: { retryAfterMs?: number | undefined; cause?: unknown } = {}) {
    super(failure.message, { cause: options.cause });
    this.name = 'ModelError';
    this.failure = failure;
    this.retry = retry;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** A source of model replies. */
export interface ModelProvider {
  /** Stable id as in the setting `flotilla.provider`. */
  readonly id: string;
  /** Name for people, shown wherever the provider's agents are. */
  readonly label: string;
  /** Agents whose requests share a rate limit share this key (never the secret itself). */
  readonly rateKey: string;
  /** Set when the provider has models of its own; then the person's model settings do not apply to it. */
  readonly models?: Readonly<Record<AgentType['role'], string>>;
  /** Tokens of context a model can hold, as far as known. */
  contextWindow(model: string): number | undefined;
  /** Whether it can be used now; otherwise why not and what a person can do about it. */
  ready(): Promise<Failure | undefined>;
  /**
   * Streams one reply. Throws ModelError for everything the endpoint or the network does, the signal's reason on abort, and never
   * retries by itself.
   */
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>;
}

// ---------------------------------------------------------------- tools

/** What a tool did: text for the model, facts for the journal. */
export interface ToolOutcome {
  readonly text: string;
  readonly isError: boolean;
  readonly effects?: readonly Effect[];
  /** The text is no longer than what was asked for, page by page, and is told to the model whole. */
  readonly paged?: true;
  /** Set by the report tool: the agent is done. */
  readonly report?: Report;
}

/** What a running tool call may use. */
export interface ToolContext {
  readonly agentId: AgentId;
  readonly runId: RunId;
  readonly callId: CallId;
  /** Shows live output to whoever is looking; never stored. */
  readonly progress: (text: string) => void;
  /** Puts a question to the person and waits for the reply. */
  readonly askPerson: (question: string, options: readonly string[]) => Promise<string>;
  readonly coordination: Coordination;
}

/** A call that was understood, or a refusal whose text tells the model what to do instead. */
export type PreparedCall =
  | {
      readonly kind: 'ready';
      /** What the call does, for people: "Read src/a.ts:1-80". */
      readonly title: string;
      readonly place?: Place | undefined;
      /** Has effects outside the journal: facts so far are synced to disk before it runs. */
      readonly outside: boolean;
      readonly waitsFor?: 'children' | 'answer' | 'reply' | undefined;
      /** The exact plan a person may be asked to approve before `run`. */
      readonly ask?: Ask | undefined;
      readonly run: (context: ToolContext, signal: AbortSignal) => Promise<ToolOutcome>;
    }
  | { readonly kind: 'refused'; readonly text: string };

/** One thing an agent can do. */
export interface Tool {
  readonly spec: ToolSpec;
  /** Checks the input against the tool's closed schema and works out the exact plan; no effects. */
  prepare(input: Json, agent: Pick<Agent, 'id' | 'runId'>, signal: AbortSignal): Promise<PreparedCall>;
}

/** All tools there are. */
export interface ToolBox {
  /** The tools of an agent type as its model sees them, in a stable order. */
  specsFor(agentType: AgentType): readonly ToolSpec[];
  find(name: string): Tool | undefined;
}

/** What a person's settings say about a plan, before the person is asked. */
export type Permission = { readonly kind: 'allow' } | { readonly kind: 'ask' } | { readonly kind: 'deny'; readonly reason: string };

/** Puts files back as they were before an agent's changes, as far as nobody has changed them since. */
export interface ChangeUndo {
  /**
   * `effects` of one agent in the order in which they happened. A file that anybody else has changed since, or in between, is left as it is,
   * with the reason.
   */
  undo(effects: readonly Effect[], agentId: AgentId): Promise<UndoneChanges>;
}

/** Decides by the person's settings and answers and the agent's rights; never looks at model text. */
export type Rights = (ask: Ask, agent: Agent) => Permission;

/** What an agent may do to other agents of its run. */
export interface Coordination {
  spawn(request: SpawnRequest): CommandResult;
  /** The accepted command names the message, for {@link Coordination.waitForReply}. */
  send(to: AgentId, kind: MessageKind, text: string, options?: { interrupt?: boolean; replyTo?: MessageId | undefined }): CommandResult;
  wrapUp(agentId: AgentId): CommandResult;
  kill(agentId: AgentId): CommandResult;
  /** Names of the tools the caller was given; what an agent may do to a plan goes by them. */
  tools(): readonly string[];
  /** All agents of the caller's run, the caller included. */
  agents(): readonly Agent[];
  /** Resolves when a message is waiting for the caller or none of its children is still at work. */
  waitForMessages(signal: AbortSignal): Promise<void>;
  /**
   * Waits, without a slot, until the caller's mailbox holds an answer to its request, or something that has to be read before it (an instruction, a
   * question back), or for `ms` at most. The answer stays in the mailbox and is delivered like every message. Resolves with whether there is one;
   * the engine's word that the asked agent has ended is one too.
   */
  waitForReply(messageId: MessageId, ms: number, signal: AbortSignal): Promise<boolean>;
  /** The plan of the caller's run as it is now. */
  plan(): Plan | undefined;
  /** Changes the plan, for a lead or a planner; refused with the reasons when it would not hold. */
  changePlan(changes: readonly PlanChange[], reason: string): CommandResult;
  /** Proposes a change to whoever leads; the answer comes as a message. */
  proposeChange(changes: readonly PlanChange[], reason: string): CommandResult;
  settleProposal(proposalId: ProposalId, accept: boolean, reason: string | undefined): CommandResult;
  /** Stores a text as the next version of an artefact and tells the agents whose tasks need it. */
  publish(name: string, text: string): Promise<CommandResult>;
  /** The text of an artefact of the run in its newest version; undefined when nobody has published it. */
  readArtefact(name: string): Promise<{ readonly version: number; readonly text: string } | undefined>;
}

// ---------------------------------------------------------------- agent types and settings

/** What kind of agent something is: its instructions, its tools, and which of the person's models it uses. */
export interface AgentType {
  readonly name: string;
  readonly description: string;
  /** What it is told after what all agents are told; see `composePrompt`. */
  readonly system: string;
  readonly tools: readonly string[];
  readonly role: 'lead' | 'worker' | 'scout';
  /** A model's name, or `haiku`, `sonnet` or `opus` for the model of the person's scouts, workers or leads. Absent: the setting for the role. */
  readonly model?: string | undefined;
  /** Absent: the setting for the role. */
  readonly effort?: Effort | undefined;
  readonly source?: AgentTypeSource | undefined;
  /** What its file asks for and is not done, each with the reason. */
  readonly notHonoured?: readonly { readonly field: string; readonly why: string }[] | undefined;
}

/** Where an agent type comes from; `path` as people read it, absent for what is built in. */
export interface AgentTypeSource {
  readonly kind: 'built-in' | 'user' | 'workspace';
  readonly path?: string | undefined;
}

/** A file that defines an agent type or a workflow, as it is on disk. */
export interface DefinitionText {
  readonly kind: 'agentType' | 'workflow';
  readonly source: 'user' | 'workspace';
  /** With forward slashes; relative to the workspace folder, after the folder's name when there are several, or from `~/`. */
  readonly path: string;
  readonly text: string;
}

/** A stretch of a text: lines and columns count from 0, columns in UTF-16 units as the editor counts them; the end is outside. */
export interface TextRange {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** Something a definition file says that cannot be used. With an error the file is not used at all. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  /** What is wrong and what to write instead. */
  readonly message: string;
  readonly range: TextRange;
}

/** Makes the first message of an agent, and the record of what it was given. The same input gives the same text. */
export type RenderOpening = (
  request: SpawnRequest,
  agent: { readonly label: string; readonly agentType: AgentType },
  given: OpeningContext,
) => Opening;

/** The person's settings, read afresh whenever they matter. */
export interface FleetSettings {
  readonly models: Readonly<Record<AgentType['role'], string>>;
  readonly effort: Readonly<Record<AgentType['role'], Effort>>;
  /** How many agents may be at work at once; an agent that waits for its children does not count. */
  readonly maxConcurrentAgents: number;
  /** How deep agents may spawn agents; a run's first agent has depth 0. */
  readonly maxDepth: number;
  /** How many agents one run may spawn in all. */
  readonly maxAgentsPerRun: number;
  /** How many agents beside its first a run may have before the person is asked. */
  readonly fanOut: number;
  /** What every run may use up before the person is asked; a part that is undefined has no limit. */
  readonly budget: Budget;
  /** How long a model may be silent before the request is given up, in ms. */
  readonly idleTimeoutMs: number;
  /** How long an agent may be without progress before it is told so, and then before the person is asked, in ms. */
  readonly stuckMs: number;
}

// ---------------------------------------------------------------- what views may use

/** Text that is arriving right now; replaced by a settled fact and never stored. */
export interface TailBlock {
  /** `model` blocks are numbered by the reply, `tool` blocks are named by the call. */
  readonly source: 'model' | 'tool';
  readonly key: string;
  readonly kind: 'text' | 'thinking' | 'toolInput' | 'output';
  readonly text: string;
}

/** The fleet as views see it: read, ask, listen. */
export interface FleetControl {
  /** The state as it is now; it never changes again. Each new one costs a copy, so ask when you need it and not at every commit. */
  readonly state: FleetState;
  /** Why this window may only look, if it may only look. */
  readonly readOnly: string | undefined;
  /** The one door for every change. Refuses with a reason instead of throwing. */
  execute(command: FleetCommandInput): CommandResult;
  /** Told once per commit, after the state has changed. */
  subscribe(listener: (entries: readonly JournalEntry[]) => void): Disposable;
  /** The live text of one agent as it is now. */
  tail(agentId: AgentId): readonly TailBlock[];
  /** Told, at most every 50 ms, which agents have new live text. */
  onDidChangeTail(listener: (agentIds: ReadonlySet<AgentId>) => void): Disposable;
  /** The whole text of an output that the journal holds only by hash. */
  readBlob(hash: string): Promise<string>;
  /** Gives files back as they were before changes of an agent that is not at work; whatever anybody else has changed since is left, and named. */
  undoChanges(agentId: AgentId, scope: UndoScope): Promise<UndoneChanges | Rejection>;
}

/** What became of something that was asked of a merge train. */
export type TrainReply =
  | {
      readonly ok: true;
      readonly trainId: TrainId;
      /** Absolute; the folder in which the person is to resolve a conflict. */
      readonly folder?: string;
    }
  | { readonly ok: false; readonly message: string; readonly next: string };

/** Merge trains as the person drives them. What follows from an answer is done in the background and seen in the state. */
export interface TrainControl {
  /** Begins to merge what the ended agents of a run have done. `check`: run after each; empty for none. */
  mergeRun(runId: RunId, check: string): Promise<TrainReply>;
  /** Answers for a train; an agent whose work is sent back is told. */
  answer(trainId: TrainId, command: TrainCommand): Promise<TrainReply>;
  /** Absolute; where the person resolves by hand, while they do. */
  byHandFolder(trainId: TrainId): Promise<string | undefined>;
}
