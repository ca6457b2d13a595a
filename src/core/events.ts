import * as z from 'zod';
import {
  actorSchema,
  agentId,
  answerSchema,
  askId,
  askSchema,
  blockSchema,
  briefSchema,
  callId,
  count,
  effectSchema,
  effortSchema,
  failureSchema,
  isolationWishSchema,
  json,
  manifestSchema,
  messageId,
  outcomeSchema,
  outputSchema,
  placeSchema,
  promptId,
  rightsSchema,
  runId,
  sharedFilesSchema,
  stopSchema,
  usageSchema,
  waitSchema,
  workplaceSchema,
} from './eventParts.ts';
import { budgetSchema, planEventSchemas, taskId } from './planEvents.ts';
import { trainEventSchemas } from './train/trainEvents.ts';

export * from './eventParts.ts';
export * from './planEvents.ts';

/*
 * Every durable fact. Names are in the past tense; each fact is small; large text is in a blob and only its hash is here.
 * The journal, and nothing else, adds the sequence number and the time (JournalEntry).
 */

/** What a message is for; `report` is a child's result, `steer` an instruction, `wrapUp` the request to finish soon. */
export const messageKindSchema = z.enum(['steer', 'wrapUp', 'report', 'followUp', 'info', 'request', 'warning', 'confirmation', 'engine']);
export type MessageKind = z.infer<typeof messageKindSchema>;

/** A tool as a model sees it. */
export const toolSpecSchema = z.object({ name: z.string(), description: z.string(), inputSchema: json });
export type ToolSpec = z.infer<typeof toolSpecSchema>;

const toolStatus = z.enum(['ok', 'error', 'denied', 'skipped', 'cancelled', 'unknown']);
/** How a tool call ended. `unknown`: the host died while it ran, so nobody knows what it did. */
export type ToolStatus = z.infer<typeof toolStatus>;

export const fleetEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('runStarted'),
    runId,
    label: z.string(),
    task: z.string(),
    /** Name of the workflow its plan came from. */
    workflow: z.string().optional(),
    budget: budgetSchema.optional(),
    /** As it was set when the run began; absent: warn. */
    sharedFiles: sharedFilesSchema.optional(),
    /** Where its agents work, if it was started so or its workflow says so. */
    isolation: isolationWishSchema.optional(),
    by: actorSchema,
  }),
  z.object({ type: z.literal('promptFixed'), promptId, system: z.string(), tools: z.array(toolSpecSchema) }),
  z.object({
    type: z.literal('agentSpawned'),
    agentId,
    runId,
    parentId: agentId.optional(),
    label: z.string(),
    agentType: z.string(),
    depth: count,
    provider: z.string(),
    model: z.string(),
    effort: effortSchema,
    promptId,
    brief: briefSchema,
    /**
     * The first user message, rendered once so that later versions of the renderer cannot change the prefix. Absent only in the thinned
     * copy for a view that does not follow the agent.
     */
    opening: z.string().optional(),
    /** The task of the plan it works on; absent only in journals from before there were plans. */
    taskId: taskId.optional(),
    /** What it was given and what was kept from it. */
    manifest: manifestSchema.optional(),
    /** The agent of the same task whose context was full: its children and what it asked for are this agent's from now on. */
    takesOver: agentId.optional(),
    /** What it may do at most; absent only in journals from before there were rights. */
    rights: rightsSchema.optional(),
    /** Where it works, if it was spawned so or its type says so. */
    isolation: isolationWishSchema.optional(),
    by: actorSchema,
  }),
  /** The agent got a slot and its loop began. */
  z.object({ type: z.literal('agentStarted'), agentId }),
  /** With a call: that call waits, before it has had any effect, while others of the turn may go on. A second one says anew what for. */
  z.object({ type: z.literal('waitStarted'), agentId, callId: callId.optional(), wait: waitSchema }),
  z.object({ type: z.literal('waitEnded'), agentId, callId: callId.optional() }),
  z.object({ type: z.literal('requestStarted'), agentId, turn: count, attempt: count }),
  z.object({
    type: z.literal('requestFailed'),
    agentId,
    turn: count,
    attempt: count,
    failure: failureSchema,
    /** Text that had arrived before the failure, kept for the person. */
    partial: z.string().optional(),
    usage: usageSchema.optional(),
    cost: z.number().nonnegative().optional(),
  }),
  z.object({
    type: z.literal('replySettled'),
    agentId,
    turn: count,
    /** The model that answered, as the endpoint named it. */
    model: z.string(),
    blocks: z.array(blockSchema),
    stop: stopSchema,
    usage: usageSchema,
    /** Cost of this request in US dollars; absent when no price is known. */
    cost: z.number().nonnegative().optional(),
    /** Tokens of context after it; absent when they are all that the usage counts. */
    contextTokens: count.optional(),
    requestId: z.string().optional(),
  }),
  z.object({ type: z.literal('turnEnded'), agentId, turn: count }),
  z.object({
    type: z.literal('toolStarted'),
    agentId,
    callId,
    title: z.string(),
    place: placeSchema.optional(),
    /** Set when the call only waits: for child agents, for a person's answer, or for another agent's reply. */
    waitsFor: z.enum(['children', 'answer', 'reply']).optional(),
  }),
  z.object({
    type: z.literal('toolEnded'),
    agentId,
    callId,
    status: toolStatus,
    output: outputSchema,
    effects: z.array(effectSchema),
  }),
  z.object({ type: z.literal('personAsked'), askId, agentId, callId, ask: askSchema, place: placeSchema.optional() }),
  z.object({ type: z.literal('personAnswered'), askId, agentId, callId, answer: answerSchema }),
  z.object({
    type: z.literal('messageQueued'),
    messageId,
    to: agentId,
    from: actorSchema,
    /** The sender as the receiver is told: "person", "engine", or an agent's label and id; fixed here so that history cannot change. */
    sender: z.string(),
    kind: messageKindSchema,
    text: z.string(),
    place: placeSchema.optional(),
    interrupt: z.boolean(),
    /** The message this one answers. */
    replyTo: messageId.optional(),
    /** Whether the receiver is told the message's id, to answer it by; absent in journals from before that, whose histories must stay as they are. */
    answerable: z.boolean().optional(),
  }),
  /** The message became part of the receiver's history, before request `turn`. */
  z.object({ type: z.literal('messageDelivered'), messageId, agentId, turn: count }),
  z.object({ type: z.literal('pauseAsked'), agentId, by: actorSchema }),
  z.object({ type: z.literal('agentPaused'), agentId }),
  z.object({ type: z.literal('agentResumed'), agentId, by: actorSchema }),
  /** The agent works in a folder of its own, or in that of the agents whose work it goes on with. Absent: in the open folders. */
  z.object({ type: z.literal('workplaceMade'), agentId, workplace: workplaceSchema }),
  /** What is in its workplace was kept as a commit, at its end or for others to go on from. */
  z.object({
    type: z.literal('workCaptured'),
    agentId,
    commit: z.string(),
    /** Whether anything is different from what the workplace began with. */
    changed: z.boolean(),
  }),
  /** The folder made for an agent is gone, most often after the agent was deleted. */
  z.object({
    type: z.literal('workplaceRemoved'),
    agentId,
    /** What the agent was called, as far as it was known. */
    label: z.string().optional(),
    /** The ref under which work was kept that is on no branch. */
    salvage: z.string().optional(),
    /** Absolute root of the working tree whose repository holds the ref. */
    repository: z.string().optional(),
  }),
  z.object({ type: z.literal('killAsked'), agentId, by: actorSchema }),
  z.object({ type: z.literal('agentEnded'), agentId, outcome: outcomeSchema }),
  /** An ended agent goes on from its history: resumed after an interruption, retried after a failure, or given a new task. */
  z.object({ type: z.literal('agentContinued'), agentId, reason: z.enum(['resume', 'retry', 'followUp', 'round']), by: actorSchema }),
  z.object({ type: z.literal('agentDeleted'), agentId, by: actorSchema }),
  ...planEventSchemas,
  ...trainEventSchemas,
]);

/** A durable fact. */
export type FleetEvent = z.infer<typeof fleetEventSchema>;
export type EventOf<T extends FleetEvent['type']> = Extract<FleetEvent, { type: T }>;

/** A fact with the sequence number (from 1, no gaps) and time (ms since the epoch, never going back) the journal gave it. */
export const journalEntrySchema = z.object({ seq: z.number().int().positive(), at: z.number(), event: fleetEventSchema });
export type JournalEntry = z.infer<typeof journalEntrySchema>;
