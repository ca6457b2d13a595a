import type { JournalEntry } from '../core/events.ts';
import type { AgentId } from '../core/ids.ts';
import type { FleetState, Transcript } from '../core/state.ts';

/** Live text of a block that has not settled. */
export interface TailText {
  readonly source: 'model' | 'tool';
  readonly key: string;
  readonly kind: 'text' | 'thinking' | 'toolInput' | 'output';
  readonly text: string;
}

/** What a provider is called and how much context its models hold, for gauges. */
export interface ModelFacts {
  readonly providerLabels: Readonly<Record<string, string>>;
  /** Tokens by model name. */
  readonly contextWindows: Readonly<Record<string, number>>;
}

/**
 * Everything the host says to the timeline. A snapshot always heals: it is the answer to `ready` and may come at any time.
 * Entries are contiguous from `from` to `to`, thinned of text the view does not follow.
 */
export type ToWebview =
  | {
      readonly type: 'snapshot';
      /** Without prompts, and with the transcript of the followed agent only. */
      readonly state: FleetState;
      readonly follow: AgentId | undefined;
      /** The host's clock, ms since the epoch, so that running spans can be drawn. */
      readonly now: number;
      readonly readOnly: string | undefined;
      readonly facts: ModelFacts;
    }
  | {
      readonly type: 'entries';
      readonly from: number;
      readonly to: number;
      readonly entries: readonly JournalEntry[];
      readonly now: number;
      readonly facts?: ModelFacts | undefined;
    }
  /** The transcript of the agent that is followed from now on, good for `seq`. */
  | { readonly type: 'transcript'; readonly seq: number; readonly agentId: AgentId; readonly transcript: Transcript }
  | { readonly type: 'tail'; readonly agentId: AgentId; readonly blocks: readonly TailText[] }
  | { readonly type: 'output'; readonly hash: string; readonly text: string }
  /** Which agent or run to show, because the person asked for it elsewhere. */
  | { readonly type: 'reveal'; readonly agentId: AgentId }
  /** A refusal of something this view asked for. */
  | { readonly type: 'refused'; readonly message: string; readonly next: string };
