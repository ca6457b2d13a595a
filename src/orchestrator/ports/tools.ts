import type { CommandResult, SpawnRequest } from '../../core/commands.ts';
import type { Ask, Effect, MessageKind, Place, PlanChange, Report, ToolSpec, Wait } from '../../core/events.ts';
import type { AgentId, CallId, MessageId, ProposalId, RunId } from '../../core/ids.ts';
import type { Json } from '../../core/json.ts';
import type { Agent, Plan } from '../../core/state.ts';
import type { AgentType } from './agentTypes.ts';

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
  /**
   * Has the call wait before it has had any effect, as a fact with a name; `say` changes the name while it waits. The end of the wait is on disk
   * when it resolves, so that a crash cannot leave an effect behind that nobody knows of.
   */
  readonly whileWaiting: <T>(wait: Wait, until: (say: (wait: Wait) => void) => Promise<T>) => Promise<T>;
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
