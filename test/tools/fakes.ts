import type { PathFact } from '../../src/core/brief/briefPaths.ts';
import type { CommandResult, SpawnRequest } from '../../src/core/commands.ts';
import type { Gate, MessageKind, PlanChange } from '../../src/core/events.ts';
import { type AgentId, type MessageId, type ProposalId, type TaskId, toId } from '../../src/core/ids.ts';
import type { Json } from '../../src/core/json.ts';
import { type Agent, emptyUsage, type Plan } from '../../src/core/state.ts';
import type {
  Coordination,
  PathFacts,
  PreparedCall,
  ReportEvidence,
  Tool,
  ToolContext,
  ToolOutcome,
} from '../../src/orchestrator/ports.ts';

const runId = toId('run', 'r1');

/** An agent that has just begun to think; `id` is also its label unless another is given. */
export function fakeAgent(id: string, changes: Partial<Agent> = {}): Agent {
  return {
    id: toId('agent', id),
    runId,
    label: id,
    agentType: 'general',
    depth: 0,
    provider: 'scripted',
    requestedModel: 'model',
    effort: 'medium',
    promptId: toId('prompt', 'p1'),
    brief: { objective: 'test' },
    spawnedAt: 0,
    spawnedBy: { kind: 'person' },
    stage: 'working',
    phase: { kind: 'thinking', since: 0 },
    turn: 1,
    requesting: true,
    openCalls: [],
    mailbox: [],
    pausing: false,
    wrappingUp: false,
    usage: emptyUsage,
    cost: 0,
    costKnown: true,
    contextTokens: 0,
    lastActivityAt: 0,
    filesRead: [],
    filesChanged: [],
    notes: [],
    ends: 0,
    ...changes,
  };
}

/** The id of a fake agent. */
export const agentId = (text: string): AgentId => toId('agent', text);

/** A coordination that writes down what it is asked and accepts it, unless `refusal` says otherwise. */
export class FakeCoordination implements Coordination {
  readonly asked: Json[] = [];
  refusal: CommandResult | undefined;
  /** What a spawn makes, when it is a task that has to wait. */
  planned: TaskId | undefined;
  reached = 1;
  #messages = 0;
  roster: readonly Agent[];
  /** What happens while someone waits. */
  onWait: () => void = () => undefined;

  constructor(roster: readonly Agent[]) {
    this.roster = roster;
  }

  spawn(request: SpawnRequest): CommandResult {
    if (this.planned !== undefined) {
      this.asked.push(['spawn', JSON.parse(JSON.stringify(request))]);
      return { ok: true, accepted: { taskId: this.planned, reached: 0 } };
    }
    this.roster = [...this.roster, fakeAgent('new1', { label: `${request.label ?? ''}-2` })];
    return this.#note(['spawn', JSON.parse(JSON.stringify(request))], agentId('new1'));
  }

  send(
    to: AgentId,
    kind: MessageKind,
    text: string,
    options: { interrupt?: boolean; replyTo?: MessageId | undefined } = {},
  ): CommandResult {
    const result = this.#note(['send', to, kind, text, JSON.parse(JSON.stringify(options))], to);
    return result.ok ? { ok: true, accepted: { ...result.accepted, messageId: toId('message', `m${++this.#messages}`) } } : result;
  }

  wrapUp(id: AgentId): CommandResult {
    return this.#note(['wrapUp', id], id);
  }

  kill(id: AgentId): CommandResult {
    return this.#note(['kill', id], id);
  }

  /** Names of the caller's tools. */
  toolNames: readonly string[] = [];

  tools(): readonly string[] {
    return this.toolNames;
  }

  agents(): readonly Agent[] {
    return this.roster;
  }

  waitForMessages(): Promise<void> {
    this.asked.push(['wait']);
    this.onWait();
    return Promise.resolve();
  }

  async waitForReply(messageId: MessageId, ms: number): Promise<boolean> {
    this.asked.push(['waitForReply', messageId, ms]);
    this.onWait();
    return this.roster.some((agent) => agent.mailbox.some((message) => message.replyTo === messageId));
  }

  /** What the engine says about an accepted change of plan. */
  notes: readonly string[] = [];
  /** What becomes of the plan when it is changed. */
  onChange: () => void = () => undefined;
  /** The run's plan, for tools that look at it. */
  currentPlan: Plan | undefined;

  plan(): Plan | undefined {
    return this.currentPlan;
  }

  changePlan(changes: readonly PlanChange[], reason: string): CommandResult {
    this.onChange();
    const result = this.#note(['changePlan', JSON.parse(JSON.stringify(changes)), reason], agentId('me'));
    return result.ok ? { ok: true, accepted: { ...result.accepted, notes: this.notes } } : result;
  }

  proposeChange(changes: readonly PlanChange[], reason: string): CommandResult {
    const result = this.#note(['proposeChange', JSON.parse(JSON.stringify(changes)), reason], agentId('me'));
    return result.ok ? { ok: true, accepted: { ...result.accepted, proposalId: toId('proposal', 'p1') } } : result;
  }

  settleProposal(proposalId: ProposalId, accept: boolean, reason: string | undefined): CommandResult {
    return this.#note(['settleProposal', proposalId, accept, reason ?? null], agentId('me'));
  }

  /** Artefacts by name, oldest version first. */
  readonly artefacts = new Map<string, string[]>();

  async publish(name: string, text: string): Promise<CommandResult> {
    this.artefacts.set(name, [...(this.artefacts.get(name) ?? []), text]);
    return this.#note(['publish', name, text], agentId('me'));
  }

  async readArtefact(name: string): Promise<{ version: number; text: string } | undefined> {
    const versions = this.artefacts.get(name) ?? [];
    const text = versions.at(-1);
    return text === undefined ? undefined : { version: versions.length, text };
  }

  #note(what: Json, id: AgentId): CommandResult {
    this.asked.push(what);
    return this.refusal ?? { ok: true, accepted: { agentId: id, reached: this.reached } };
  }
}

export interface FakeContextOptions {
  readonly coordination?: Coordination;
  readonly answer?: (question: string, options: readonly string[]) => string;
  readonly progress?: (text: string) => void;
}

/** What a call of the agent `self` may use. */
export function fakeContext(self: string, options: FakeContextOptions): ToolContext {
  return {
    agentId: agentId(self),
    runId,
    callId: toId('call', 'c1'),
    progress: options.progress ?? (() => undefined),
    askPerson: async (question, choices) => options.answer?.(question, choices) ?? '',
    coordination: options.coordination ?? new FakeCoordination([]),
    whileWaiting: (_wait, until) => until(() => undefined),
  };
}

/** Prepares a call as the agent `self`. */
export function prepare(tool: Tool, input: Json, self = 'me'): Promise<PreparedCall> {
  return tool.prepare(input, { id: agentId(self), runId }, new AbortController().signal);
}

/** Prepares and runs a call; a refusal counts as an error result, as it does for the model. */
export async function call(
  tool: Tool,
  input: Json,
  options: FakeContextOptions & { self?: string; signal?: AbortSignal } = {},
): Promise<ToolOutcome> {
  const self = options.self ?? 'me';
  const prepared = await prepare(tool, input, self);
  return prepared.kind === 'refused'
    ? { text: prepared.text, isError: true }
    : prepared.run(fakeContext(self, options), options.signal ?? new AbortController().signal);
}

/** A workspace in which the given files are, and everything above them; every other path is missing. */
export function fakePathFacts(...files: readonly string[]): PathFacts {
  const folders = files.flatMap((file) => file.split('/').map((_, at, names) => names.slice(0, at).join('/') || '.'));
  const factOf = (path: string): PathFact => {
    if (path.startsWith('/')) {
      return { kind: 'outside', why: `${path} is outside the workspace.` };
    }
    if (files.includes(path) || folders.includes(path) || path === '.') {
      return { kind: files.includes(path) ? 'file' : 'folder', path };
    }
    const parent = path.split('/').slice(0, -1).join('/') || '.';
    const name = path.split('/').at(-1);
    return {
      kind: 'missing',
      candidates: files.filter((file) => file.split('/').at(-1) === name),
      inFolder: parent === '.' || folders.includes(parent),
    };
  };
  return { look: async (paths) => new Map(paths.map((path) => [path, factOf(path)])) };
}

/** Evidence about one agent: files with their lines, what it changed, the gate it judges, and the commands that ended well. */
export function fakeEvidence(
  facts: {
    readonly lines?: Readonly<Record<string, number>>;
    readonly changed?: readonly string[];
    readonly others?: readonly string[];
    readonly gate?: Gate;
    readonly ran?: readonly string[];
  } = {},
): ReportEvidence {
  return {
    agent: () => ({ filesChanged: facts.changed ?? [] }),
    gateOf: () => facts.gate,
    linesOf: async (path) => facts.lines?.[path],
    ranOk: (_, command) => facts.ran?.includes(command) ?? false,
    ranAny: () => (facts.ran ?? []).length > 0,
    changedFor: () => new Set(facts.others),
  };
}

/** A coordination whose every use fails the test. */
export function noCoordination(): Coordination {
  const fail = (): never => {
    throw new Error('No coordination was expected');
  };
  return {
    spawn: fail,
    send: fail,
    wrapUp: fail,
    kill: fail,
    tools: () => [],
    agents: () => [],
    waitForMessages: fail,
    waitForReply: fail,
    plan: () => undefined,
    changePlan: fail,
    proposeChange: fail,
    settleProposal: fail,
    publish: fail,
    readArtefact: fail,
  };
}
