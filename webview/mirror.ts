import type { JournalEntry } from '../src/core/events.ts';
import type { AgentId } from '../src/core/ids.ts';
import { reduceEntries } from '../src/core/reduceFleet.ts';
import { emptyFleet, type FleetState, type Transcript } from '../src/core/state.ts';
import type { ModelFacts, TailText, ToWebview } from '../src/protocol/toWebview.ts';

/** What the view knows of the fleet. */
export interface Mirror {
  /** Whether a snapshot has ever come. */
  readonly loaded: boolean;
  readonly state: FleetState;
  readonly facts: ModelFacts;
  readonly readOnly: string | undefined;
  /** Live text of one agent, until a settled fact replaces it. */
  readonly tail: { readonly agentId: AgentId; readonly blocks: readonly TailText[] } | undefined;
  /** A transcript that is newer than the state: it waits for the entries it already contains. */
  readonly early: TranscriptMessage | undefined;
}

type TranscriptMessage = Extract<ToWebview, { type: 'transcript' }>;
type Part<T extends ToWebview['type']> = Extract<ToWebview, { type: T }>;

/** A mirror after a message; `gap`: something was missed and only a snapshot can heal it. */
export interface Mirrored {
  readonly mirror: Mirror;
  readonly gap: boolean;
}

export const emptyMirror: Mirror = {
  loaded: false,
  state: emptyFleet,
  facts: { providerLabels: {}, contextWindows: {} },
  readOnly: undefined,
  tail: undefined,
  early: undefined,
};

/** A snapshot replaces everything. */
export function withSnapshot(message: Part<'snapshot'>): Mirror {
  const { state, facts, readOnly } = message;
  return { loaded: true, state, facts, readOnly, tail: undefined, early: undefined };
}

/** Entries are applied once each and in order; entries that leave a hole are refused whole. */
export function withEntries(mirror: Mirror, message: Part<'entries'>): Mirrored {
  const known = mirror.state.seq;
  if (!mirror.loaded || message.from > known + 1) {
    return { mirror, gap: true };
  }
  if (message.to <= known) {
    return { mirror, gap: false };
  }
  const fresh = message.entries.filter((entry) => entry.seq > known);
  const { early } = mirror;
  const until = early !== undefined && early.seq <= message.to ? early.seq : message.to;
  let state = reduceUntil(mirror.state, fresh, until);
  if (early !== undefined && early.seq === until) {
    state = reduceUntil(withTranscriptOf(state, early.agentId, early.transcript), fresh, message.to);
  }
  return {
    gap: false,
    mirror: {
      ...mirror,
      state,
      facts: message.facts ?? mirror.facts,
      tail: withoutSettled(mirror.tail, fresh),
      early: early !== undefined && early.seq <= message.to ? undefined : early,
    },
  };
}

/** A transcript is good for one sequence number: too new it waits, too old it is a gap. Only one transcript is kept. */
export function withTranscript(mirror: Mirror, message: TranscriptMessage): Mirrored {
  const known = mirror.state.seq;
  if (!mirror.loaded || message.seq < known) {
    return { mirror, gap: true };
  }
  if (message.seq > known) {
    return { mirror: { ...mirror, early: message }, gap: false };
  }
  return {
    mirror: { ...mirror, early: undefined, state: withTranscriptOf(mirror.state, message.agentId, message.transcript) },
    gap: false,
  };
}

/** The live text of an agent as it is now. */
export function withTail(mirror: Mirror, message: Part<'tail'>): Mirror {
  const tail = message.blocks.length === 0 ? undefined : { agentId: message.agentId, blocks: message.blocks };
  return { ...mirror, tail };
}

function reduceUntil(state: FleetState, entries: readonly JournalEntry[], to: number): FleetState {
  const due = entries.filter((entry) => entry.seq > state.seq && entry.seq <= to);
  const reduced = reduceEntries(state, due);
  // Entries may have been left out of the range; the range still counts as seen.
  return reduced.seq < to ? { ...reduced, seq: to } : reduced;
}

function withTranscriptOf(state: FleetState, agentId: AgentId, transcript: Transcript): FleetState {
  return { ...state, transcripts: { [agentId]: transcript } };
}

function withoutSettled(tail: Mirror['tail'], entries: readonly JournalEntry[]): Mirror['tail'] {
  if (tail === undefined) {
    return undefined;
  }
  let { blocks } = tail;
  for (const { event } of entries) {
    if (!('agentId' in event) || event.agentId !== tail.agentId) {
      continue;
    }
    switch (event.type) {
      case 'requestStarted':
      case 'requestFailed':
      case 'replySettled':
        blocks = blocks.filter((block) => block.source !== 'model');
        break;
      case 'toolEnded':
        blocks = blocks.filter((block) => block.source !== 'tool' || block.key !== event.callId);
        break;
      case 'turnEnded':
      case 'agentEnded':
        blocks = [];
        break;
      default:
    }
  }
  return blocks === tail.blocks ? tail : blocks.length === 0 ? undefined : { ...tail, blocks };
}
