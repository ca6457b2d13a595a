import type { Block, FleetEvent, JournalEntry } from '../core/events.ts';
import type { AgentId } from '../core/ids.ts';
import type { FleetState, Transcript } from '../core/state.ts';

/** How much of a message's text is left for views that do not follow its receiver. */
const messagePreview = 200;

/**
 * An entry without the text that a view following `follow` has no use for: what it keeps is enough for heads and lanes of all agents and
 * for the transcript of the followed one. Returns the same object when there is nothing to leave out.
 */
export function thinEntry(entry: JournalEntry, follow: AgentId | undefined): JournalEntry {
  const event = thinEvent(entry.event, follow);
  return event === entry.event ? entry : { ...entry, event };
}

function thinEvent(event: FleetEvent, follow: AgentId | undefined): FleetEvent {
  switch (event.type) {
    case 'promptFixed':
      return { ...event, system: '', tools: [] };
    case 'agentSpawned':
      return event.agentId === follow ? event : withoutOpening(event);
    case 'replySettled':
      return { ...event, blocks: event.agentId === follow ? event.blocks.map(withoutRaw) : event.blocks.flatMap(callOnly) };
    case 'requestFailed':
      return event.agentId === follow || event.partial === undefined ? event : { ...event, partial: undefined };
    case 'toolEnded':
      return event.agentId === follow ? event : { ...event, output: { text: '' } };
    case 'personAsked':
      return event.agentId === follow || event.ask.kind !== 'write' ? event : { ...event, ask: { ...event.ask, diff: '' } };
    case 'messageQueued':
      return event.to === follow || event.text.length <= messagePreview ? event : { ...event, text: event.text.slice(0, messagePreview) };
    default:
      return event;
  }
}

/** The state for a view that follows `follow`: no prompts, no other transcripts, no raw blocks. */
export function thinState(state: FleetState, follow: AgentId | undefined): FleetState {
  const transcript = follow === undefined ? undefined : state.transcripts[follow];
  return {
    ...state,
    prompts: {},
    transcripts: follow === undefined || transcript === undefined ? {} : { [follow]: thinTranscript(transcript) },
  };
}

/** A transcript without the provider's own blocks, which only a provider can use. */
export function thinTranscript(transcript: Transcript): Transcript {
  return { ...transcript, turns: transcript.turns.map((turn) => ({ ...turn, blocks: turn.blocks.map(withoutRaw) })) };
}

function withoutOpening(event: Extract<FleetEvent, { type: 'agentSpawned' }>): FleetEvent {
  const { opening: _, ...rest } = event;
  return rest;
}

function withoutRaw(block: Block): Block {
  return block.kind === 'thinking' || block.kind === 'opaque' ? { ...block, raw: null } : block;
}

/** Heads count the calls of a reply; everything else in it is text. */
function callOnly(block: Block): readonly Block[] {
  return block.kind === 'toolCall' ? [{ ...block, input: null }] : [];
}
