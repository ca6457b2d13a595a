/**
 * The public API of Flotilla: what `activate()` returns, for other extensions and tests. Plain JSON in and out. Methods that do something
 * reject with a {@link FlotillaError} when the fleet refuses.
 */
export interface FlotillaApi {
  /** Grows only when something here changes so that old callers would break. */
  readonly apiVersion: 1;
  /** Starts a run on a task. `agentId` is its first agent; empty while a workflow of several tasks has none yet. */
  startRun(request: StartRunRequest): Promise<{ readonly runId: string; readonly agentId: string }>;
  /** Starts one agent: in a run of its own, in `runId`, or below `parentId`. */
  spawnAgent(request: SpawnAgentRequest): Promise<{ readonly runId: string; readonly agentId: string }>;
  /** Sends an instruction that the agent reads at its next tool call; with `interrupt`, at once. */
  steer(agentId: string, message: string, options?: { readonly interrupt?: boolean }): Promise<void>;
  /** Asks an agent and all below it to finish soon and report. */
  wrapUp(agentId: string): Promise<void>;
  /**
   * Stops an agent and all below it now, or everything of a run. Resolves when they were told to; `onDidChange` tells when they have ended.
   */
  kill(agentOrRunId: string): Promise<void>;
  /** Stops all agents now; gives how many. */
  killAll(): Promise<{ readonly reached: number }>;
  /** Pauses an agent, or a run: then no further task of it starts either. */
  pause(agentOrRunId: string): Promise<void>;
  /** Lets a paused agent or run go on, or continues an interrupted one from its history. */
  resume(agentOrRunId: string): Promise<void>;
  /** Lets an agent that failed or was killed try again from its history; of a run, has what failed and what was skipped because of it done again. */
  retry(agentOrRunId: string): Promise<void>;
  /** Gives an ended agent a new task, its context kept. */
  followUp(agentId: string, task: string): Promise<void>;
  /** Deletes an ended agent with all below it. */
  delete(agentId: string): Promise<void>;
  /** Answers something a person was asked. Whoever calls this acts for the person. */
  answerApproval(approvalId: string, answer: ApprovalAnswer): Promise<void>;
  /** The fleet as it is now. */
  snapshot(): FleetSnapshot;
  /** Told after every change of the fleet, at most every 50 ms. */
  onDidChange(listener: () => void): { dispose(): void };
}

/** Why the fleet refused; `next` says what to do instead. */
export class FlotillaError extends Error {
  readonly code: string;
  readonly next: string;

  constructor(code: string, message: string, next: string) {
    super(message);
    this.name = 'FlotillaError';
    this.code = code;
    this.next = next;
  }
}

export interface StartRunRequest {
  readonly task: string;
  /** Name of the run for people; made from the task without it. */
  readonly label?: string;
  /** Name of a workflow: a built-in one, or one of the user or the workspace. Without it, a lead agent divides the task. */
  readonly workflow?: string;
  /** What the workflow asks for beside the task, by name; a list as an array or as one text with a value per line. */
  readonly inputs?: Readonly<Record<string, string | readonly string[]>>;
  /** What the run may use up before the person is asked. */
  readonly budget?: RunBudget;
  /** Where its agents that change files work; without it, what their types, the workflow and the person's setting say. */
  readonly isolation?: 'shared' | 'worktree';
}

export interface RunBudget {
  readonly tokens?: number;
  readonly minutes?: number;
  /** US dollars. */
  readonly usd?: number;
}

export interface SpawnAgentRequest {
  /** What the agent should achieve. */
  readonly task: string;
  readonly label?: string;
  readonly agentType?: string;
  readonly model?: string;
  /** Where it works, if it changes files; goes before what its type and its run say. */
  readonly isolation?: 'shared' | 'worktree';
  readonly runId?: string;
  readonly parentId?: string;
}

export type ApprovalAnswer =
  /** `scope`: the same command is not asked about again, for this agent, its run, or everybody until the window closes. */
  | { readonly kind: 'allow'; readonly scope?: 'agent' | 'run' | 'window' }
  | { readonly kind: 'deny'; readonly reason?: string }
  /** To a question. */
  | { readonly kind: 'reply'; readonly text: string }
  /** To a decision or a merge: one of its choices, with words where it takes some. */
  | { readonly kind: 'choose'; readonly choice: string; readonly text?: string };

export interface FleetSnapshot {
  /** Whether there is a fleet; if not, `unavailable` says why. */
  readonly available: boolean;
  readonly unavailable?: string;
  /** Why this window may only look, if it may only look. */
  readonly readOnly?: string;
  /** In the order they were started. */
  readonly runs: readonly RunSnapshot[];
  /** In the order they were spawned. */
  readonly agents: readonly AgentSnapshot[];
  /** What waits for the person, oldest first. */
  readonly approvals: readonly ApprovalSnapshot[];
  /** Merges of what agents did into a branch, in the order they were started. */
  readonly trains: readonly TrainSnapshot[];
}

export interface TrainSnapshot {
  readonly id: string;
  readonly runId: string;
  /** The name of the branch that gets the work. */
  readonly branch: string;
  /** Where it is, for people. */
  readonly doing: string;
  /** `landed`: the branch has the work. Null until it has ended. */
  readonly outcome: 'landed' | 'nothing' | 'aborted' | null;
}

export interface RunSnapshot {
  readonly id: string;
  readonly label: string;
  readonly task: string;
  readonly phase: 'running' | 'paused' | 'done' | 'partial' | 'failed' | 'killed' | 'interrupted';
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Name of the workflow its plan came from. */
  readonly workflow: string | null;
  /** The tasks of its plan, in the order people see them. */
  readonly tasks: readonly TaskSnapshot[];
}

export interface TaskSnapshot {
  /** Unique within its run. */
  readonly id: string;
  readonly title: string;
  /** Name of an agent type; `person` for a gate that the person judges. */
  readonly agentType: string;
  readonly status: 'waiting' | 'running' | 'done' | 'failed' | 'skipped' | 'cancelled';
  /** What it waits for, for people, or why it failed, was skipped or cancelled. */
  readonly reason: string | null;
  /** Ids of the tasks that must be done first. */
  readonly dependencies: readonly string[];
  /** The agent that works on it or did so last. */
  readonly agentId: string | null;
  /** How a gate was judged. */
  readonly verdict: 'approve' | 'changes' | null;
  /** 1, and one more for each time a gate sent it back. */
  readonly round: number;
}

export interface AgentSnapshot {
  readonly id: string;
  readonly runId: string;
  readonly parentId: string | null;
  /** The task of the run's plan that the agent works on; null for agents from before runs had plans. */
  readonly taskId: string | null;
  readonly label: string;
  readonly agentType: string;
  readonly phase: 'queued' | 'thinking' | 'runningTools' | 'waiting' | 'paused' | 'done' | 'failed' | 'killed' | 'interrupted';
  /** What a waiting agent waits for. */
  readonly waitingFor:
    | 'dependency'
    | 'slot'
    | 'rateLimit'
    | 'network'
    | 'budget'
    | 'children'
    | 'lease'
    | 'approval'
    | 'answer'
    | 'reply'
    | null;
  /** What it does now, for people. */
  readonly doing: string;
  readonly provider: string;
  readonly model: string;
  readonly turn: number;
  /** Tokens by kind, over all requests. */
  readonly usage: {
    readonly input: number;
    readonly output: number;
    readonly cacheRead: number;
    readonly cacheWrite: number;
  };
  /** US dollars; null when some request had no known price. */
  readonly cost: number | null;
  readonly filesRead: readonly string[];
  readonly filesChanged: readonly string[];
  /** The summary an agent that is done reported. */
  readonly report: string | null;
  /** Why an agent failed. */
  readonly failure: string | null;
}

export interface ApprovalSnapshot {
  readonly id: string;
  readonly runId: string;
  /** Null when the engine asks about the run as a whole. */
  readonly agentId: string | null;
  readonly kind: 'command' | 'write' | 'question' | 'decision' | 'train';
  readonly title: string;
  /** The exact plan: a command line, a unified diff, the question, or what a decision or a merge is about. */
  readonly plan: string;
  /** What a decision or a merge can be answered with; the answers a question proposes; empty for the others. */
  readonly options: readonly { readonly choice: string; readonly label: string }[];
}
