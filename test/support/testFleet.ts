import { allRights } from '../../src/core/rights.ts';
import { randomBytes } from 'node:crypto';
import type { CommandResult, FleetCommandInput } from '../../src/core/commands.ts';
import type { JournalEntry } from '../../src/core/events.ts';
import { type AgentId, type MintId, toId } from '../../src/core/ids.ts';
import { type PhaseWord, phaseWord } from '../../src/core/selectors.ts';
import { type Instructions, noInstructions } from '../../src/core/context/sharedPrompt.ts';
import type { Agent, FleetState, WaitKind } from '../../src/core/state.ts';
import type { Starter } from '../../src/core/decideStart.ts';
import type { OpeningContext } from '../../src/core/context/openingContext.ts';
import { builtInWorkflows } from '../../src/workflows/builtInWorkflows.ts';
import { createWorkflowCatalogue } from '../../src/workflows/workflowCatalogue.ts';
import { Fleet } from '../../src/orchestrator/fleet.ts';
import { createLiveTail } from '../../src/orchestrator/liveTail.ts';
import type { AgentType, ChangeUndo, FleetSettings, Log, ModelProvider, Permission, Tool } from '../../src/orchestrator/ports.ts';
import { RateGate } from '../../src/orchestrator/rateGate.ts';
import { FakeClock, settle } from './fakeClock.ts';
import { MemoryBlobs, MemoryJournal } from './memoryJournal.ts';
import { type Script, ScriptedModel } from './scriptedModel.ts';
import { engineTools } from './testTools.ts';
import { timelineText } from './timelineText.ts';

const workflows = createWorkflowCatalogue({ builtIn: builtInWorkflows, files: [], folders: () => [] });

const baseSettings: FleetSettings = {
  models: { lead: 'model', worker: 'model', scout: 'model' },
  effort: { lead: 'medium', worker: 'medium', scout: 'low' },
  maxConcurrentAgents: 10,
  maxDepth: 3,
  maxAgentsPerRun: 20,
  fanOut: 100,
  budget: {},
  idleTimeoutMs: 60_000,
  stuckMs: 300_000,
  sharedFiles: 'warn',
};

export interface TestFleetOptions {
  readonly settings?: Partial<FleetSettings>;
  readonly tools?: readonly Tool[];
  readonly permission?: Permission;
  /** What an earlier fleet left in its journal. */
  readonly entries?: readonly JournalEntry[];
  readonly blobs?: MemoryBlobs;
  readonly provider?: ModelProvider;
  readonly readOnly?: string;
  readonly template?: Starter['template'];
  readonly undo?: ChangeUndo;
  readonly agentTypes?: readonly AgentType[];
  readonly instructions?: Instructions;
  /** Tokens the scripted model can hold. */
  readonly contextWindow?: number;
}

/** A whole fleet on a scripted model, a fake clock and a journal in memory. Agents follow the script named by their label. */
export class TestFleet {
  readonly clock = new FakeClock();
  readonly journal: MemoryJournal;
  readonly blobs: MemoryBlobs;
  readonly model: ScriptedModel;
  readonly fleet: Fleet;
  /** Errors the engine logged; a test that expects none asserts that. */
  readonly errors: string[] = [];

  constructor(scripts: Readonly<Record<string, Script>>, options: TestFleetOptions = {}) {
    this.blobs = options.blobs ?? new MemoryBlobs();
    this.journal = new MemoryJournal(this.clock, options.entries);
    this.model = new ScriptedModel(scripts, {
      clock: this.clock,
      labelOf: (request) => this.fleet.state.agents[request.agentId]?.label,
      contextWindow: options.contextWindow,
    });
    const provider = options.provider ?? this.model;
    const tools = [...engineTools, ...(options.tools ?? [])];
    const gate = new RateGate({ clock: this.clock, random: () => 0.5, maxInFlight: 1000 });
    const ids = sequentialIds();
    this.fleet = new Fleet({
      journal: this.journal,
      entries: options.entries ?? [],
      blobs: this.blobs,
      clock: this.clock,
      log: this.#log(),
      mint: ids,
      readOnly: options.readOnly,
      settings: () => ({ ...baseSettings, ...options.settings }),
      runRights: () => allRights,
      rights: () => options.permission ?? { kind: 'ask' },
      random: () => 0.5,
      tail: createLiveTail({ clock: this.clock, log: this.#log() }),
      toolBox: { specsFor: () => tools.map((tool) => tool.spec), find: (name) => tools.find((tool) => tool.spec.name === name) },
      providerOf: (id) => (id === provider.id ? provider : undefined),
      gateOf: () => gate,
      costOf: () => 0.01,
      // Whatever its type, every agent of a test has all tools.
      agentTypes: () => (options.agentTypes ?? agentTypes).map((type) => ({ ...type, tools: tools.map(({ spec }) => spec.name) })),
      provider: () => provider,
      sharedPrompt: () => ({ common: 'You are an agent.', instructions: options.instructions ?? noInstructions }),
      renderOpening: (request, agent, given) => ({
        opening: openingText(request.brief.objective, agent.label, given),
        manifest: { given: [], withheld: [...given.withheld] },
      }),
      template: options.template ?? workflows.template,
      undo: options.undo ?? { undo: async () => ({ restored: [], kept: [] }) },
    });
  }

  get state(): FleetState {
    return this.fleet.state;
  }

  /** Starts a run whose first agent follows the script `lead`, and returns that agent. */
  start(task = 'task'): AgentId {
    return this.do({ type: 'startRun', task });
  }

  /** Executes a command that must be accepted; the agent it was about. */
  do(command: FleetCommandInput): AgentId {
    const result = this.fleet.execute(command);
    if (!result.ok) {
      throw new Error(`Refused: ${result.rejection.message}`);
    }
    return result.accepted.agentId ?? toId('agent', 'none');
  }

  /** Executes a command that must be refused; the reason. */
  refusal(command: FleetCommandInput): Extract<CommandResult, { ok: false }>['rejection'] {
    const result = this.fleet.execute(command);
    if (result.ok) {
      throw new Error('The command was accepted');
    }
    return result.rejection;
  }

  agent(label: string): Agent {
    const found = Object.values(this.state.agents).find((agent) => agent.label === label);
    if (found === undefined) {
      throw new Error(`There is no agent ${label}; there are: ${Object.values(this.state.agents).map((agent) => agent.label)}`);
    }
    return found;
  }

  /** What the agent of a label does, in one word; undefined before there is one. */
  phase(label: string): PhaseWord | undefined {
    const found = Object.values(this.state.agents).find((agent) => agent.label === label);
    return found === undefined ? undefined : phaseWord(found);
  }

  /** What the agent of a label waits for, if it waits. */
  waitsFor(label: string): WaitKind | undefined {
    const { phase } = this.agent(label);
    return phase.kind === 'waiting' ? phase.wait : undefined;
  }

  /** Resolves when the state fulfils the condition; fails with the timeline if everything has come to rest and it does not. */
  async until(condition: (state: FleetState) => boolean): Promise<void> {
    for (let idle = 0; !condition(this.state); idle++) {
      const seq = this.state.seq;
      await settle();
      if (this.state.seq !== seq) {
        idle = 0;
      }
      if (idle > 50) {
        throw new Error(`The fleet came to rest before that:\n${this.timeline()}`);
      }
    }
  }

  /** Resolves when all agents have ended. */
  ended(): Promise<void> {
    return this.until((state) => Object.values(state.agents).every((agent) => agent.stage === 'ended'));
  }

  timeline(): string {
    return timelineText(this.journal.entries);
  }

  #log(): Log {
    const ignore = () => undefined;
    return {
      debug: ignore,
      info: ignore,
      warn: ignore,
      error: (message, error) => this.errors.push(`${message}: ${error instanceof Error ? error.stack : String(error)}`),
    };
  }
}

/** The objective, then the summaries of what the agent is given: enough for a test to see what reached whom. */
function openingText(objective: string, label: string, given: OpeningContext): string {
  const reports = given.reports.map(({ task, report }) => `\nReport of ${task.id}: ${report.summary}`).join('');
  const earlier = given.earlier === undefined ? '' : `\nEarlier attempt: ${given.earlier.failure}`;
  const note = given.task?.note === undefined ? '' : `\nNote: ${given.task.note}`;
  return `You are ${label}. ${objective}${reports}${earlier}${note}`;
}
const agentTypes: readonly AgentType[] = [agentType('lead', 'lead'), agentType('general', 'worker')];

function agentType(name: string, role: AgentType['role']): AgentType {
  return { name, description: name, system: `You are a ${name}.`, tools: [], role };
}

/** Ids that are unique between two fleets on one journal too. */
function sequentialIds(): MintId {
  const fleet = randomBytes(3).toString('hex');
  let next = 0;
  return (kind) => toId(kind, `${kind}-${fleet}-${++next}`);
}
