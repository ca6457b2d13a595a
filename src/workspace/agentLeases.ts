import { oneLine } from '../core/context/quoted.ts';
import type { FleetEvent, JournalEntry } from '../core/events.ts';
import type { AgentId } from '../core/ids.ts';
import type { Agent, FleetState, WaitKind } from '../core/state.ts';
import type { Clock } from '../orchestrator/ports.ts';
import { createLeases, type Leases } from './leases.ts';

/** The leases of a fleet's agents. */
export interface AgentLeases {
  readonly leases: Leases;
  /** To be called with every commit: takes from agents what they must not keep. */
  readonly follow: (entries: readonly JournalEntry[]) => void;
}

/** An agent that has waited so long for a file is told to do something else. */
const limitMs = 10 * 60_000;

/** Makes the leases of a fleet; each run goes by the rule that was set when it began. */
export function createAgentLeases({
  clock,
  state,
}: {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly state: () => FleetState;
}): AgentLeases {
  const leases = createLeases({
    clock,
    policy: (agentId) => {
      const { agents, runs } = state();
      const agent = agents[agentId];
      return (agent === undefined ? undefined : runs[agent.runId]?.sharedFiles) ?? 'warn';
    },
    labelOf: (agentId) => oneLine(state().agents[agentId]?.label ?? agentId),
    limitMs: () => limitMs,
  });
  return {
    leases,
    follow: (entries) => {
      for (const agentId of new Set(entries.map(({ event }) => subjectOf(event)))) {
        if (agentId !== undefined && leases.concerns(agentId)) {
          settle(leases, agentId, state().agents[agentId]);
        }
      }
    },
  };
}

function subjectOf(event: FleetEvent): AgentId | undefined {
  return event.type === 'messageQueued' ? event.to : 'agentId' in event ? event.agentId : undefined;
}

/** Nobody may be kept from a file by an agent that is not at work, or be kept from a person's word by a file. */
function settle(leases: Leases, agentId: AgentId, agent: Agent | undefined): void {
  if (agent === undefined || agent.stage === 'ended') {
    leases.release(agentId);
    return;
  }
  if (!isAtWork(agent)) {
    leases.putDown(agentId);
  }
  if (agent.pausing || agent.mailbox.some(({ from, kind }) => from.kind === 'person' || kind === 'wrapUp')) {
    leases.stopWaiting(agentId);
  }
}

function isAtWork({ stage, phase }: Agent): boolean {
  return stage === 'working' && (phase.kind !== 'waiting' || keepsFiles[phase.wait]);
}

/**
 * Whether an agent keeps its files while it waits. What ends by itself, soon, is part of its work. A wait for others can be long and can
 * depend on those who want the file; after it the agent has to read anew what has changed meanwhile, as anybody else.
 */
const keepsFiles = {
  rateLimit: true,
  network: true,
  lease: true,
  slot: false,
  dependency: false,
  budget: false,
  children: false,
  approval: false,
  answer: false,
  reply: false,
} as const satisfies Record<WaitKind, boolean>;
