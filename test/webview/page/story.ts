import type { Actor, Brief, FleetEvent, JournalEntry, Manifest, Outcome, Usage } from '../../../src/core/events.ts';
import { type AgentId, type RunId, toId } from '../../../src/core/ids.ts';
import { reduceEntries } from '../../../src/core/reduceFleet.ts';
import { emptyFleet, type FleetState } from '../../../src/core/state.ts';

export const person: Actor = { kind: 'person' };
export const engine: Actor = { kind: 'engine' };

/** A journal told in any order: facts are sorted by their time when it is read. */
export class Story {
  readonly start: number;
  readonly #facts: { readonly at: number; readonly event: FleetEvent }[] = [];
  #ids = 0;

  constructor(start: number) {
    this.start = start;
  }

  /** Adds a fact at `ms` after the start. */
  at(ms: number, event: FleetEvent): void {
    this.#facts.push({ at: this.start + ms, event });
  }

  id(): string {
    return `id-${++this.#ids}`;
  }

  /** Leaves out ids that another story has used. */
  skipIds(count: number): void {
    this.#ids += count;
  }

  run(ms: number, label: string): RunId {
    const runId = toId('run', this.id());
    this.at(ms, { type: 'runStarted', runId, label, task: label, by: person });
    return runId;
  }

  spawn(ms: number, runId: RunId, options: SpawnOptions): Actions {
    const agentId = toId('agent', this.id());
    const { label, parent, type = parent === undefined ? 'lead' : 'worker', provider = 'anthropic', model = 'claude-fable-5' } = options;
    this.at(ms, {
      type: 'agentSpawned',
      agentId,
      runId,
      parentId: parent,
      label,
      agentType: type,
      depth: options.depth ?? (parent === undefined ? 0 : 1),
      provider,
      model,
      effort: 'high',
      promptId: toId('prompt', 'prompt'),
      brief: options.brief ?? { objective: `Look at ${label}`, scope: { paths: ['src'], focus: 'errors' } },
      ...(options.task === undefined ? {} : { taskId: toId('task', options.task) }),
      ...(options.manifest === undefined ? {} : { manifest: options.manifest }),
      opening: options.opening ?? `Your task: look at ${label}.\n\nScope: src\nReport findings with path and line.`,
      by: parent === undefined ? person : { kind: 'agent', agentId: parent },
    });
    return new Actions(this, agentId, ms);
  }

  entries(): readonly JournalEntry[] {
    return this.#facts.toSorted((a, b) => a.at - b.at).map(({ at, event }, index) => ({ seq: index + 1, at, event }));
  }

  state(): FleetState {
    return reduceEntries(emptyFleet, this.entries());
  }
}

interface SpawnOptions {
  readonly label: string;
  readonly parent?: AgentId;
  readonly type?: string;
  readonly provider?: string;
  readonly model?: string;
  readonly depth?: number;
  readonly brief?: Brief;
  readonly opening?: string;
  /** Name of the task it works on. */
  readonly task?: string;
  readonly manifest?: Manifest;
}

interface CallOptions {
  readonly name?: string;
  readonly title: string;
  readonly ms: number;
  readonly output?: string;
  readonly status?: 'ok' | 'error' | 'denied' | 'cancelled';
  readonly path?: string;
  readonly line?: number;
  readonly changed?: boolean;
  readonly blob?: { readonly hash: string; readonly bytes: number };
  /** Leave it running. */
  readonly open?: boolean;
}

/** What one agent does, one thing after the other; `now` is the time it has come to, in ms after the story's start. */
export class Actions {
  readonly id: AgentId;
  readonly #story: Story;
  now: number;
  turn = 0;

  constructor(story: Story, id: AgentId, now: number) {
    this.#story = story;
    this.id = id;
    this.now = now;
  }

  #tell(event: FleetEvent): this {
    this.#story.at(this.now, event);
    return this;
  }

  pass(ms: number): this {
    this.now += ms;
    return this;
  }

  begin(): this {
    return this.#tell({ type: 'agentStarted', agentId: this.id });
  }

  /** Starts a request and leaves it open. */
  request(): this {
    this.turn++;
    return this.#tell({ type: 'requestStarted', agentId: this.id, turn: this.turn, attempt: 1 });
  }

  /** One turn: a reply after `ms`, then its calls side by side. */
  think(ms: number, text: string, calls: readonly CallOptions[] = [], thinking?: string, usage: Usage = usageOf(this.turn)): this {
    this.request().pass(ms);
    const ids = calls.map(() => toId('call', this.#story.id()));
    this.#tell({
      type: 'replySettled',
      agentId: this.id,
      turn: this.turn,
      model: 'claude-fable-5',
      blocks: [
        ...(thinking === undefined ? [] : [{ kind: 'thinking' as const, text: thinking, raw: null }]),
        { kind: 'text', text },
        ...calls.map((call, index) => ({
          kind: 'toolCall' as const,
          callId: ids[index] ?? toId('call', 'none'),
          name: call.name ?? 'read_file',
          input: { path: call.path ?? 'src/a.ts' },
        })),
      ],
      stop: calls.length > 0 ? 'toolUse' : 'endTurn',
      usage,
      cost: usage.output * 0.00002,
    });
    const begin = this.now;
    let end = begin;
    for (const [index, call] of calls.entries()) {
      const callId = ids[index] ?? toId('call', 'none');
      this.now = begin;
      this.#tell({
        type: 'toolStarted',
        agentId: this.id,
        callId,
        title: call.title,
        place: call.path === undefined ? undefined : { path: call.path, line: call.line },
      });
      if (call.open !== true) {
        this.pass(call.ms).#tell({
          type: 'toolEnded',
          agentId: this.id,
          callId,
          status: call.status ?? 'ok',
          output: { text: call.output ?? '', blob: call.blob },
          effects:
            call.changed === true && call.path !== undefined
              ? [{ kind: 'changed', path: call.path, change: 'edited', added: 7, removed: 3, line: call.line }]
              : [],
        });
      }
      end = Math.max(end, this.now);
    }
    this.now = end;
    return calls.some((call) => call.open) ? this : this.#tell({ type: 'turnEnded', agentId: this.id, turn: this.turn });
  }

  /** Waits outside of a tool call; without `ms` the wait goes on. */
  wait(kind: 'dependency' | 'slot' | 'rateLimit' | 'network' | 'budget' | 'children' | 'lease', detail: string, ms?: number): this {
    this.#tell({ type: 'waitStarted', agentId: this.id, wait: { kind, detail } });
    return ms === undefined ? this : this.pass(ms).#tell({ type: 'waitEnded', agentId: this.id });
  }

  /** Asks the person by a tool call that stays open. */
  ask(kind: 'command' | 'question', title: string): this {
    this.request().pass(3_000);
    const callId = toId('call', this.#story.id());
    const name = kind === 'command' ? 'run_command' : 'ask_person';
    this.#tell({
      type: 'replySettled',
      agentId: this.id,
      turn: this.turn,
      model: 'claude-fable-5',
      blocks: [{ kind: 'toolCall', callId, name, input: { command: title } }],
      stop: 'toolUse',
      usage: usageOf(this.turn),
      cost: 0.01,
    });
    if (kind === 'question') {
      this.#tell({ type: 'toolStarted', agentId: this.id, callId, title, waitsFor: 'answer' });
    }
    return this.#tell({
      type: 'personAsked',
      askId: toId('ask', this.#story.id()),
      agentId: this.id,
      callId,
      ask: kind === 'command' ? { kind, title, command: title, folder: '.' } : { kind, title, options: ['Yes', 'No'] },
    });
  }

  /** Waits for its children in an open call; `ms` ends it. */
  waitForChildren(ms?: number): this {
    this.request().pass(1_500);
    const callId = toId('call', this.#story.id());
    this.#tell({
      type: 'replySettled',
      agentId: this.id,
      turn: this.turn,
      model: 'claude-fable-5',
      blocks: [{ kind: 'toolCall', callId, name: 'wait_for_agents', input: {} }],
      stop: 'toolUse',
      usage: usageOf(this.turn),
      cost: 0.004,
    }).#tell({ type: 'toolStarted', agentId: this.id, callId, title: 'Wait for agents', waitsFor: 'children' });
    if (ms !== undefined) {
      this.pass(ms)
        .#tell({ type: 'toolEnded', agentId: this.id, callId, status: 'ok', output: { text: 'A message is there.' }, effects: [] })
        .#tell({ type: 'turnEnded', agentId: this.id, turn: this.turn });
    }
    return this;
  }

  /** Gets a message; it is read before the next turn unless it stays queued. */
  message(text: string, from: Actor = person, kind: 'steer' | 'report' | 'wrapUp' | 'info' = 'steer', read = true): this {
    const messageId = toId('message', this.#story.id());
    this.#tell({ type: 'messageQueued', messageId, to: this.id, from, sender: from.kind, kind, text, interrupt: false });
    return read ? this.#tell({ type: 'messageDelivered', messageId, agentId: this.id, turn: this.turn + 1 }) : this;
  }

  fail(message: string): this {
    const failure = { kind: 'overloaded' as const, message, next: 'Wait a moment and retry.' };
    return this.#tell({ type: 'requestFailed', agentId: this.id, turn: this.turn, attempt: 1, failure, partial: 'I was about to say' });
  }

  pause(): this {
    return this.#tell({ type: 'pauseAsked', agentId: this.id, by: person }).#tell({ type: 'agentPaused', agentId: this.id });
  }

  resume(): this {
    return this.#tell({ type: 'agentResumed', agentId: this.id, by: engine });
  }

  end(outcome: Outcome): this {
    return this.#tell({ type: 'agentEnded', agentId: this.id, outcome });
  }

  done(summary: string): this {
    return this.end({ kind: 'done', report: { ...emptyReport, summary } });
  }
}

export const emptyReport = {
  findings: [],
  filesRead: [],
  filesChanged: [],
  recommendations: [],
  openQuestions: [],
  notes: [],
};

function usageOf(turn: number): Usage {
  return {
    input: 400 + turn * 60,
    output: 300 + (turn % 5) * 170,
    cacheRead: turn * 1_900,
    cacheWrite5m: 1_200 + turn * 20,
    cacheWrite1h: 0,
  };
}
