import type { Overdrawn } from '../core/plan/budget.ts';
import type { Effect, FleetEvent, Usage } from '../core/events.ts';
import type { CallId, MintId } from '../core/ids.ts';
import type { Placement } from '../core/isolation.ts';
import type { Agent, Prompt, Transcript } from '../core/state.ts';
import type { LiveTail } from './liveTail.ts';
import type { TextOutput } from './outputs.ts';
import type {
  BlobPort,
  Clock,
  ContentGuard,
  Coordination,
  FleetSettings,
  JournalPort,
  Log,
  ModelProvider,
  Rights,
  Tool,
  ToolBox,
  Workplaces,
} from './ports.ts';
import type { RateGate } from './rateGate.ts';

/** What the fleet gives every agent. */
export interface AgentDepsSources {
  readonly clock: Clock;
  readonly log: Log;
  readonly journal: JournalPort;
  readonly blobs: BlobPort;
  /** Absent: text is taken as it comes. */
  readonly guard?: ContentGuard | undefined;
  readonly tail: LiveTail;
  readonly settings: () => FleetSettings;
  readonly rights: Rights;
  /** Absent: all agents work in the open folders. */
  readonly workplaces?: Workplaces | undefined;
  /** Uniform in [0, 1), for jitter. */
  readonly random: () => number;
  readonly mint: MintId;
  readonly toolBox: ToolBox;
  /** A provider by its id, for an agent that was started with it. */
  readonly providerOf: (id: string) => ModelProvider | undefined;
  /** The one gate of all agents that share a rate key. */
  readonly gateOf: (rateKey: string) => RateGate;
  /** US dollars of one request at the current prices; undefined when no price is known. */
  readonly costOf: (model: string, usage: Usage) => number | undefined;
}

/** What one agent's loop may use. */
export interface AgentDeps extends Omit<AgentDepsSources, 'toolBox' | 'providerOf' | 'gateOf'> {
  readonly provider: ModelProvider;
  readonly gate: RateGate;
  readonly coordination: Coordination;
  readonly findTool: (name: string) => Tool | undefined;
  /** The agent's head as it is now. */
  readonly agent: () => Agent;
  /** Where the agent is to work, if it has no folder yet. */
  readonly placement: () => Placement;
  readonly transcript: () => Transcript;
  readonly prompt: () => Prompt;
  /** How much of what the agent asked for is still at work or still to start. */
  readonly openWork: () => number;
  /** What the run has used up of its budget, if it has used it up. */
  readonly overdrawn: () => Overdrawn | undefined;
  /** Asks the person what is to become of the run, unless that is asked already. */
  readonly askAboutBudget: (over: Overdrawn) => void;
  /** The agent's own agents and open tasks, for a model that may have forgotten them; empty when there are none. */
  readonly roster: () => string;
  /** Messages to everyone whose files these effects touch, before they become facts. */
  readonly overlapWarnings: (effects: readonly Effect[]) => readonly FleetEvent[];
  readonly commit: (events: readonly FleetEvent[]) => void;
  /** Keeps small text in the journal and puts large text into a blob; what the model is told of it is bounded. */
  readonly toOutput: (callId: CallId, text: string, paged: boolean) => Promise<TextOutput>;
}
