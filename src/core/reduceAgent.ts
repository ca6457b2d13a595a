import type { EventOf, FleetEvent, PlanEvent } from './events.ts';
import type { TrainEvent } from './train/trainEvents.ts';
import type { Agent, AgentPhase, OpenCall, WaitKind } from './state.ts';
import { emptyUsage } from './state.ts';
import { withSettled } from './requests.ts';
import { addUsage, contextTokens } from './usage.ts';

/** A fact about one agent. */
export type AgentEvent = Exclude<
  FleetEvent,
  PlanEvent | TrainEvent | { type: 'runStarted' | 'promptFixed' | 'agentSpawned' | 'agentDeleted' }
>;

/** The agent a fact is about. */
export function subjectOf(event: AgentEvent) {
  return event.type === 'messageQueued' ? event.to : event.agentId;
}

/** The head of a new agent. */
export function spawnedAgent(event: EventOf<'agentSpawned'>, at: number): Agent {
  return {
    id: event.agentId,
    runId: event.runId,
    parentId: event.parentId,
    label: event.label,
    agentType: event.agentType,
    depth: event.depth,
    provider: event.provider,
    requestedModel: event.model,
    effort: event.effort,
    promptId: event.promptId,
    brief: event.brief,
    taskId: event.taskId,
    manifest: event.manifest,
    rights: event.rights,
    ...(event.isolation === undefined ? {} : { isolation: event.isolation }),
    spawnedAt: at,
    spawnedBy: event.by,
    stage: 'queued',
    phase: { kind: 'queued', since: at },
    turn: 0,
    requesting: false,
    openCalls: [],
    mailbox: [],
    pausing: false,
    wrappingUp: false,
    usage: emptyUsage,
    cost: 0,
    costKnown: true,
    contextTokens: 0,
    lastActivityAt: at,
    filesRead: [],
    filesChanged: [],
    notes: [],
    ends: 0,
  };
}

/** What one fact makes of an agent's head. A fact that cannot apply (the agent has ended, the call is unknown) changes nothing. */
export function reduceAgent(agent: Agent, event: AgentEvent, at: number): Agent {
  if (agent.stage === 'ended' && !appliesAfterEnd(event)) {
    return agent;
  }
  const next = apply(agent, event, at);
  return next === agent ? agent : withPhase(next, at);
}

function appliesAfterEnd(event: AgentEvent): boolean {
  switch (event.type) {
    case 'messageQueued':
    case 'agentContinued':
    // Its folder outlives it until its work is merged.
    case 'workCaptured':
    case 'workplaceRemoved':
      return true;
    default:
      return false;
  }
}

function apply(agent: Agent, event: AgentEvent, at: number): Agent {
  switch (event.type) {
    case 'agentStarted':
      return { ...agent, stage: 'working', lastActivityAt: at };
    case 'waitStarted':
      return event.callId === undefined
        ? { ...agent, wait: event.wait }
        : withCall(agent, event.callId, (call) => (call.stage === 'running' ? { ...call, wait: event.wait, since: at } : call));
    case 'waitEnded':
      return event.callId === undefined ? withoutWait(agent) : withoutCallWait(agent, event.callId, at);
    case 'requestStarted':
      return { ...agent, turn: event.turn, requesting: true, wait: undefined, lastActivityAt: at };
    case 'requestFailed':
      return spent({ ...agent, requesting: false, lastFailure: event.failure, lastActivityAt: at }, event.usage, event.cost);
    case 'replySettled':
      return {
        ...spent(agent, event.usage, event.cost),
        requesting: false,
        model: event.model,
        lastFailure: undefined,
        contextTokens: event.contextTokens ?? contextTokens(event.usage),
        openCalls: requestedCalls(event, at),
        lastActivityAt: at,
      };
    case 'turnEnded':
      return { ...agent, requesting: false, openCalls: [], lastActivityAt: at };
    case 'personAsked':
      return withCall(agent, event.callId, (call) => asked(call, event, at));
    case 'personAnswered':
      return {
        ...withCall(agent, event.callId, (call) => (call.stage === 'asking' ? { ...call, stage: 'requested', since: at } : call)),
        lastActivityAt: at,
      };
    case 'toolStarted':
      return {
        ...withCall(agent, event.callId, (call) => ({
          ...call,
          stage: 'running',
          title: event.title,
          place: event.place,
          waitsFor: event.waitsFor,
          wait: undefined,
          since: at,
        })),
        lastActivityAt: at,
      };
    case 'toolEnded':
      return {
        ...withEffects(agent, event),
        openCalls: agent.openCalls.filter((call) => call.callId !== event.callId),
        lastActivityAt: at,
      };
    case 'messageQueued':
      return {
        ...withSettled(agent, event, at),
        wrappingUp: agent.wrappingUp || event.kind === 'wrapUp',
        mailbox: [
          ...agent.mailbox,
          {
            messageId: event.messageId,
            from: event.from,
            sender: event.sender,
            kind: event.kind,
            text: event.text,
            place: event.place,
            interrupt: event.interrupt,
            replyTo: event.replyTo,
            answerable: event.answerable,
            at,
          },
        ],
      };
    case 'messageDelivered':
      return { ...agent, mailbox: agent.mailbox.filter((message) => message.messageId !== event.messageId), lastActivityAt: at };
    case 'pauseAsked':
      return { ...agent, pausing: true };
    case 'agentPaused':
      return { ...agent, stage: 'paused', pausing: false };
    case 'agentResumed':
      return { ...agent, stage: agent.stage === 'paused' ? 'working' : agent.stage, pausing: false, lastActivityAt: at };
    case 'workplaceMade':
      return { ...agent, workplace: event.workplace };
    case 'workCaptured':
      return { ...agent, captured: { commit: event.commit, changed: event.changed } };
    case 'workplaceRemoved':
      return { ...agent, workplaceGone: { salvage: event.salvage } };
    case 'killAsked':
      return { ...agent, killing: event.by };
    case 'agentEnded':
      return {
        ...agent,
        stage: 'ended',
        phase: { kind: 'ended', since: at, outcome: event.outcome },
        requesting: false,
        wait: undefined,
        openCalls: [],
        pausing: false,
        wrappingUp: false,
        killing: undefined,
        ends: agent.ends + 1,
        lastActivityAt: at,
      };
    case 'agentContinued':
      return agent.stage === 'ended' ? { ...agent, stage: 'queued', lastFailure: undefined, lastActivityAt: at } : agent;
  }
}

function spent(agent: Agent, usage: EventOf<'replySettled'>['usage'] | undefined, cost: number | undefined): Agent {
  if (usage === undefined) {
    return agent;
  }
  return {
    ...agent,
    usage: addUsage(agent.usage, usage),
    cost: agent.cost + (cost ?? 0),
    costKnown: agent.costKnown && cost !== undefined,
  };
}

function requestedCalls(event: EventOf<'replySettled'>, at: number): readonly OpenCall[] {
  return event.blocks.flatMap((block) =>
    block.kind === 'toolCall'
      ? [{ callId: block.callId, name: block.name, title: block.name, stage: 'requested' as const, since: at }]
      : [],
  );
}

/** A question is asked by a call that already runs; an approval comes before its call may run. */
function asked(call: OpenCall, event: EventOf<'personAsked'>, since: number): OpenCall {
  return event.ask.kind === 'question'
    ? { ...call, title: event.ask.title, waitsFor: 'answer', since }
    : { ...call, stage: 'asking', title: event.ask.title, place: event.place, since };
}

function withoutWait(agent: Agent): Agent {
  return agent.wait === undefined ? agent : { ...agent, wait: undefined };
}

function withoutCallWait(agent: Agent, callId: OpenCall['callId'], at: number): Agent {
  return { ...withCall(agent, callId, (call) => ({ ...call, wait: undefined, since: at })), lastActivityAt: at };
}

function withCall(agent: Agent, callId: OpenCall['callId'], change: (call: OpenCall) => OpenCall): Agent {
  return { ...agent, openCalls: agent.openCalls.map((call) => (call.callId === callId ? change(call) : call)) };
}

function withEffects(agent: Agent, event: EventOf<'toolEnded'>): Agent {
  let next = agent;
  for (const effect of event.effects) {
    if (effect.kind === 'read' && !next.filesRead.includes(effect.path)) {
      next = { ...next, filesRead: [...next.filesRead, effect.path] };
    } else if (effect.kind === 'changed' && !next.filesChanged.includes(effect.path)) {
      next = { ...next, filesChanged: [...next.filesChanged, effect.path] };
    } else if (effect.kind === 'noted') {
      next = { ...next, notes: [...next.notes.filter((note) => note.name !== effect.name), effect] };
    }
  }
  return next;
}

/** Recomputes the phase; keeps the old object while it says the same, so that identity tells views of a change. */
function withPhase(agent: Agent, at: number): Agent {
  const phase = phaseOf(agent, at);
  return samePhase(agent.phase, phase) ? agent : { ...agent, phase };
}

function phaseOf(agent: Agent, since: number): AgentPhase {
  switch (agent.stage) {
    case 'ended':
      return agent.phase;
    case 'queued':
      return { kind: 'queued', since };
    case 'paused':
      return { kind: 'paused', since };
    case 'working':
      return workingPhase(agent, since);
  }
}

function workingPhase(agent: Agent, since: number): AgentPhase {
  if (agent.wait !== undefined) {
    return { kind: 'waiting', since, wait: agent.wait.kind, detail: agent.wait.detail, until: agent.wait.until };
  }
  const busy = agent.openCalls.some((call) => call.stage === 'running' && waitOf(call) === undefined);
  const blocked = agent.openCalls.flatMap((call) => {
    const wait = waitOf(call);
    return wait === undefined ? [] : [{ wait, detail: call.wait?.detail ?? call.title }];
  });
  const last = (['lease', 'children'] as const).map((kind) => blocked.find(({ wait }) => wait === kind));
  const first = blocked.find(({ wait }) => wait !== 'lease' && wait !== 'children') ?? last[0] ?? last[1];
  if (!busy && first !== undefined) {
    return { kind: 'waiting', since, ...first };
  }
  return agent.openCalls.length > 0 ? { kind: 'runningTools', since } : { kind: 'thinking', since };
}

function waitOf(call: OpenCall): WaitKind | undefined {
  return call.stage === 'asking' ? 'approval' : call.stage === 'running' ? (call.wait?.kind ?? call.waitsFor) : undefined;
}

function samePhase(a: AgentPhase, b: AgentPhase): boolean {
  if (a.kind !== b.kind) {
    return false;
  }
  return a.kind !== 'waiting' || b.kind !== 'waiting' || (a.wait === b.wait && a.detail === b.detail && a.until === b.until);
}
