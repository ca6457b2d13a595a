import type { SpawnRequest } from '../../core/commands.ts';
import type { Opening, OpeningContext } from '../../core/context/openingContext.ts';
import type { Budget, Effort, Isolation, SharedFiles } from '../../core/events.ts';

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
  /** Absent: what the run or the person's setting says. */
  readonly isolation?: Isolation | undefined;
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
  /** The rule of new runs for files that several agents write. */
  readonly sharedFiles: SharedFiles;
  /** How long a model may be silent before the request is given up, in ms. */
  readonly idleTimeoutMs: number;
  /** How long an agent may be without progress before it is told so, and then before the person is asked, in ms. */
  readonly stuckMs: number;
}
