import type { Actor, Ask, Block, Effect, Failure, MessageKind, Output, Place, Stop, ToolSpec, ToolStatus } from './events.ts';
import type { CallId, MessageId, PromptId } from './ids.ts';

/** A tool call with its result, as the transcript shows it. */
export interface ToolCall {
  readonly callId: CallId;
  readonly name: string;
  readonly title: string;
  readonly place?: Place | undefined;
  readonly ask?: Ask | undefined;
  readonly startedAt?: number | undefined;
  readonly endedAt?: number | undefined;
  readonly status?: ToolStatus | undefined;
  readonly output?: Output | undefined;
  readonly effects: readonly Effect[];
}

/** A message that became part of an agent's history. */
export interface DeliveredMessage {
  readonly messageId: MessageId;
  readonly from: Actor;
  readonly sender: string;
  readonly kind: MessageKind;
  readonly text: string;
  readonly place?: Place | undefined;
  readonly replyTo?: MessageId | undefined;
  readonly answerable?: boolean | undefined;
  readonly at: number;
}

/** One request to the model with what came of it. */
export interface Turn {
  readonly number: number;
  readonly startedAt: number;
  readonly endedAt?: number | undefined;
  /** Messages read just before this request. */
  readonly delivered: readonly DeliveredMessage[];
  readonly blocks: readonly Block[];
  readonly stop?: Stop | undefined;
  readonly calls: readonly ToolCall[];
  readonly failures: readonly { readonly at: number; readonly failure: Failure; readonly partial?: string | undefined }[];
}

/** Everything said by and to one agent; heavy, and kept only by who needs it. */
export interface Transcript {
  readonly opening: string;
  readonly turns: readonly Turn[];
}

/** A system prompt and tool list, kept once for all agents that share it. */
export interface Prompt {
  readonly id: PromptId;
  readonly system: string;
  readonly tools: readonly ToolSpec[];
}
