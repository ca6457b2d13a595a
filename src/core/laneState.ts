import type { WaitKind } from './agentState.ts';
import type { Actor, MessageKind, ToolStatus, Usage } from './events.ts';
import type { CallId } from './ids.ts';

/** One stretch of an agent's lane on the timeline. An open span has no `to`. */
export interface Span {
  readonly kind: 'model' | 'tool' | 'wait';
  readonly wait?: WaitKind | 'paused' | undefined;
  readonly label: string;
  readonly turn: number;
  readonly callId?: CallId | undefined;
  readonly from: number;
  readonly to?: number | undefined;
  /** How a tool span or a model span ended, when it did not end well. */
  readonly trouble?: ToolStatus | 'failed' | undefined;
}

/** Usage of one settled request. */
export interface UsagePoint {
  readonly at: number;
  readonly turn: number;
  readonly usage: Usage;
  readonly cost?: number | undefined;
}

/** The moment an agent read a message. */
export interface Mark {
  readonly at: number;
  readonly turn: number;
  readonly kind: MessageKind;
  readonly from: Actor['kind'];
}

/** What the timeline draws of one agent. */
export interface Lane {
  readonly spans: readonly Span[];
  /** Positions in `spans` of those that are open. */
  readonly open: readonly number[];
  readonly points: readonly UsagePoint[];
  readonly marks: readonly Mark[];
}
