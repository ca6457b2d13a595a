import type { Rejection, SpawnRequest } from './commands.ts';
import type { Decision } from './decision.ts';
import type {
  Actor,
  Budget,
  Effort,
  FleetEvent,
  Isolation,
  IsolationWish,
  Manifest,
  Place,
  RightsSet,
  TaskSpec,
  ToolSpec,
} from './events.ts';
import type { AgentId, MintId, PromptId, RunId, TaskId } from './ids.ts';
import { emptyOpeningContext, type OpeningContext } from './context/openingContext.ts';
import type { Agent, FleetState } from './state.ts';

/** A spawn request with everything looked up: what the agent will run on and be told. */
export interface ResolvedSpawn {
  readonly agentType: string;
  readonly provider: string;
  readonly model: string;
  readonly effort: Effort;
  readonly system: string;
  readonly tools: readonly ToolSpec[];
  readonly opening: string;
  readonly manifest: Manifest;
  /** What it may do at most. */
  readonly rights: RightsSet;
  /** Where it works, if the request or the type says so. */
  readonly isolation?: IsolationWish | undefined;
}

/** What a workflow makes of a task: the plan a run begins with. */
export interface PlanTemplate {
  readonly workflow: string;
  readonly tasks: readonly TaskSpec[];
  readonly budget?: Budget | undefined;
  readonly isolation?: Isolation | undefined;
}

/** What starting a run asks of a workflow. */
export interface PlanRequest {
  readonly task: string;
  readonly workflow: string | undefined;
  readonly inputs: Readonly<Record<string, string | readonly string[]>>;
  readonly place: Place | undefined;
}

/** What spawning needs from outside the state. */
export interface Spawner {
  readonly mint: MintId;
  /** A run's first agent has depth 0; an agent deeper than this is refused. */
  readonly maxDepth: number;
  readonly maxAgentsPerRun: number;
  /** Looks up agent type, model, prompt and rights, which are never more than the parent's; refuses what does not exist. */
  readonly resolve: (request: SpawnRequest, label: string, given: OpeningContext, parent: Agent | undefined) => ResolvedSpawn | Rejection;
}

interface Spawn {
  readonly spawn: SpawnRequest;
  readonly runId: RunId;
  readonly parent: Agent | undefined;
  readonly by: Actor;
  readonly taskId?: TaskId | undefined;
  readonly given?: OpeningContext | undefined;
  readonly takesOver?: AgentId | undefined;
}

/** The facts of one new agent, or the cap it would break. */
export function spawnEvents(state: FleetState, { spawn, runId, parent, by, taskId, given, takesOver }: Spawn, context: Spawner): Decision {
  const inRun = Object.values(state.agents).filter((agent) => agent.runId === runId);
  const refusal = refusalOf(inRun, parent, takesOver !== undefined, context);
  if (refusal !== undefined) {
    return { ok: false, rejection: refusal };
  }
  const label = freeLabel(inRun, spawn.label?.trim() || spawn.agentType || 'general');
  const resolved = context.resolve(spawn, label, given ?? emptyOpeningContext, parent);
  if ('code' in resolved) {
    return { ok: false, rejection: resolved };
  }
  const agentId = context.mint('agent');
  const prompt = promptFor(state, resolved, context.mint);
  const { agentType, provider, model, effort, opening, manifest, rights, isolation } = resolved;
  const spawned: FleetEvent = {
    type: 'agentSpawned',
    agentId,
    runId,
    parentId: parent?.id,
    label,
    agentType,
    depth: parent === undefined ? 0 : parent.depth + 1,
    provider,
    model,
    effort,
    promptId: prompt.promptId,
    brief: spawn.brief,
    opening,
    taskId,
    manifest,
    takesOver,
    rights,
    isolation,
    by,
  };
  return { ok: true, events: [...prompt.events, spawned], accepted: { runId, agentId, reached: 1 } };
}

function refusalOf(inRun: readonly Agent[], parent: Agent | undefined, takesOver: boolean, caps: Spawner): Rejection | undefined {
  if (parent !== undefined && (parent.stage === 'ended' || parent.killing !== undefined)) {
    return { code: 'ended', message: `${parent.label} has ended and can spawn no agent.`, next: 'Give it a follow-up task first.' };
  }
  if (parent !== undefined && parent.depth + 1 > caps.maxDepth) {
    return {
      code: 'cap',
      message: `Agents may be nested ${caps.maxDepth} deep, and ${parent.label} is at that depth.`,
      next: 'Do the work without spawning, or have the person raise flotilla.maxDepth.',
    };
  }
  // Who takes over is no further agent at work, and without it everything so far would be lost.
  if (!takesOver && inRun.length >= caps.maxAgentsPerRun) {
    return {
      code: 'cap',
      message: `This run has spawned ${inRun.length} agents, as many as flotilla.maxAgentsPerRun allows.`,
      next: 'Work with the reports there are, or have the person raise the setting.',
    };
  }
  return undefined;
}

/** The wanted label, or the wanted label with the first free number: `scout`, `scout-2`, … */
function freeLabel(inRun: readonly Agent[], wanted: string): string {
  const taken = new Set(inRun.map((agent) => agent.label));
  let label = wanted;
  for (let number = 2; taken.has(label); number++) {
    label = `${wanted}-${number}`;
  }
  return label;
}

/** Reuses a prompt with the same text and tools, so that agents share a cached prefix and the journal holds it once. */
function promptFor(state: FleetState, { system, tools }: ResolvedSpawn, mint: MintId): { promptId: PromptId; events: FleetEvent[] } {
  const known = Object.values(state.prompts).find((prompt) => prompt.system === system && sameTools(prompt.tools, tools));
  if (known !== undefined) {
    return { promptId: known.id, events: [] };
  }
  const promptId = mint('prompt');
  return { promptId, events: [{ type: 'promptFixed', promptId, system, tools: [...tools] }] };
}

function sameTools(a: readonly ToolSpec[], b: readonly ToolSpec[]): boolean {
  // Of this window's own prompts the tools are the very same objects; only those from the journal have to be read.
  return a.length === b.length && a.every((tool, index) => tool === b[index] || JSON.stringify(tool) === JSON.stringify(b[index]));
}
