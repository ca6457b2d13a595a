import * as z from 'zod';
import { type AgentId, type AskId, type CallId, isIdText, type MessageId, type PromptId, type RunId } from './ids.ts';
import type { Json } from './json.ts';

/*
 * Every durable fact. Names are in the past tense; each fact is small; large text is in a blob and only its hash is here.
 * The journal, and nothing else, adds the sequence number and the time (JournalEntry).
 */

const runId = z.custom<RunId>(isIdText, 'not a run id');
const agentId = z.custom<AgentId>(isIdText, 'not an agent id');
const callId = z.custom<CallId>(isIdText, 'not a call id');
const messageId = z.custom<MessageId>(isIdText, 'not a message id');
const askId = z.custom<AskId>(isIdText, 'not an ask id');
const promptId = z.custom<PromptId>(isIdText, 'not a prompt id');
const json: z.ZodType<Json> = z.custom<Json>((value) => value !== undefined, 'not JSON');
const count = z.number().int().nonnegative();

/** Tokens of one request by kind. All input = input + cacheRead + cacheWrite5m + cacheWrite1h. */
export const usageSchema = z.object({
  /** Input tokens that were neither read from nor written to the cache. */
  input: count,
  output: count,
  cacheRead: count,
  /** Tokens written to the five-minute cache. */
  cacheWrite5m: count,
  /** Tokens written to the one-hour cache. */
  cacheWrite1h: count,
});
export type Usage = z.infer<typeof usageSchema>;

/** One piece of a model's reply. `raw` is the provider's own block, returned to it byte for byte. */
export const blockSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), text: z.string() }),
  z.object({ kind: z.literal('thinking'), text: z.string(), raw: json }),
  z.object({
    kind: z.literal('toolCall'),
    callId,
    name: z.string(),
    input: json,
    /** Why the input could not be read; such a call is answered with an error and never run. */
    invalid: z.string().optional(),
  }),
  z.object({ kind: z.literal('opaque'), label: z.string(), raw: json }),
]);
export type Block = z.infer<typeof blockSchema>;

/** Why a reply ended. Anything the engine does not know is `unknown` and is treated as a stop. */
export const stopSchema = z.enum(['endTurn', 'toolUse', 'maxTokens', 'pauseTurn', 'refusal', 'contextWindow', 'stopSequence', 'unknown']);
export type Stop = z.infer<typeof stopSchema>;

/** Why a request or an agent failed: `message` says what happened, `next` what a person can do. */
export const failureSchema = z.object({
  kind: z.enum([
    'auth',
    'unknownModel',
    'badRequest',
    'refused',
    'contextWindow',
    'maxTokens',
    'spendLimit',
    'endpoint',
    'overloaded',
    'rateLimit',
    'network',
    'noReport',
    'limit',
    'storage',
    /** Broken off on purpose, to deliver a message at once. */
    'interrupted',
    'defect',
  ]),
  message: z.string(),
  next: z.string(),
});
export type Failure = z.infer<typeof failureSchema>;

/** What a text produced by a tool became: whole in `text`, or a preview of it with the whole in a blob. */
export const outputSchema = z.object({
  text: z.string(),
  blob: z.object({ hash: z.string(), bytes: count }).optional(),
});
export type Output = z.infer<typeof outputSchema>;

/** A place in the workspace; lines count from 1, both ends included. */
export const placeSchema = z.object({
  /** Path relative to its workspace folder, with forward slashes (prefixed by the folder's name when there are several). */
  path: z.string(),
  line: z.number().int().positive().optional(),
  endLine: z.number().int().positive().optional(),
});
export type Place = z.infer<typeof placeSchema>;

/** Something a tool call did, beside its text. */
export const effectSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('read'), path: z.string() }),
  z.object({
    kind: z.literal('changed'),
    path: z.string(),
    change: z.enum(['created', 'edited', 'deleted']),
    added: count,
    removed: count,
    line: z.number().int().positive().optional(),
  }),
  z.object({ kind: z.literal('ran'), command: z.string(), exitCode: z.number().int().nullable() }),
  z.object({ kind: z.literal('noted'), name: z.string(), hash: z.string(), bytes: count }),
]);
export type Effect = z.infer<typeof effectSchema>;

/** What an agent reports when it is done. */
export const reportSchema = z.object({
  summary: z.string().min(1),
  findings: z
    .array(
      z.object({
        text: z.string(),
        path: z.string().optional(),
        line: z.number().int().positive().optional(),
        severity: z.enum(['high', 'medium', 'low', 'info']).optional(),
      }),
    )
    .default([]),
  filesRead: z.array(z.string()).default([]),
  filesChanged: z.array(z.string()).default([]),
  recommendations: z.array(z.object({ text: z.string(), priority: z.enum(['high', 'medium', 'low']) })).default([]),
  openQuestions: z.array(z.string()).default([]),
  notes: z.array(z.string()).default([]),
});
export type Report = z.infer<typeof reportSchema>;

/** Who did or asked for something. */
export const actorSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('person') }),
  z.object({ kind: z.literal('agent'), agentId }),
  z.object({ kind: z.literal('engine') }),
]);
export type Actor = z.infer<typeof actorSchema>;

/** How an agent ended. */
export const outcomeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('done'), report: reportSchema }),
  z.object({ kind: z.literal('failed'), failure: failureSchema }),
  z.object({ kind: z.literal('killed'), by: actorSchema }),
  z.object({ kind: z.literal('interrupted') }),
]);
export type Outcome = z.infer<typeof outcomeSchema>;

/** What an agent waits for outside a tool call. */
export const waitSchema = z.object({
  kind: z.enum(['dependency', 'slot', 'rateLimit', 'network', 'budget', 'children']),
  detail: z.string(),
  /** When the wait is expected to end, in ms since the epoch. */
  until: z.number().optional(),
});
export type Wait = z.infer<typeof waitSchema>;

/** What a person is asked to decide or to answer. */
export const askSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('command'), title: z.string(), command: z.string(), folder: z.string() }),
  z.object({ kind: z.literal('write'), title: z.string(), path: z.string(), diff: z.string() }),
  z.object({ kind: z.literal('question'), title: z.string(), options: z.array(z.string()) }),
]);
export type Ask = z.infer<typeof askSchema>;

/** What a person answered. `withdrawn`: the asker ended before there was an answer. */
export const answerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('allow') }),
  z.object({ kind: z.literal('deny'), reason: z.string().optional() }),
  z.object({ kind: z.literal('reply'), text: z.string() }),
  z.object({ kind: z.literal('withdrawn') }),
]);
export type Answer = z.infer<typeof answerSchema>;

/** The structured handoff into an agent. */
export const briefSchema = z.object({
  objective: z.string().min(1),
  scope: z.object({ paths: z.array(z.string()), focus: z.string().optional() }).optional(),
  context: z.string().optional(),
  withheld: z.string().optional(),
  outputFormat: z.string().optional(),
  constraints: z
    .object({
      tokens: z.number().int().positive().optional(),
      minutes: z.number().positive().optional(),
      doneCriteria: z.array(z.string()).optional(),
    })
    .optional(),
});
export type Brief = z.infer<typeof briefSchema>;

/** How hard a model is asked to think. */
export const effortSchema = z.enum(['low', 'medium', 'high', 'xhigh', 'max']);
export type Effort = z.infer<typeof effortSchema>;

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
  z.object({ type: z.literal('runStarted'), runId, label: z.string(), task: z.string(), by: actorSchema }),
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
    by: actorSchema,
  }),
  /** The agent got a slot and its loop began. */
  z.object({ type: z.literal('agentStarted'), agentId }),
  z.object({ type: z.literal('waitStarted'), agentId, wait: waitSchema }),
  z.object({ type: z.literal('waitEnded'), agentId }),
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
    requestId: z.string().optional(),
  }),
  z.object({ type: z.literal('turnEnded'), agentId, turn: count }),
  z.object({
    type: z.literal('toolStarted'),
    agentId,
    callId,
    title: z.string(),
    place: placeSchema.optional(),
    /** Set when the call only waits: for child agents or for a person's answer. */
    waitsFor: z.enum(['children', 'answer']).optional(),
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
  }),
  /** The message became part of the receiver's history, before request `turn`. */
  z.object({ type: z.literal('messageDelivered'), messageId, agentId, turn: count }),
  z.object({ type: z.literal('pauseAsked'), agentId, by: actorSchema }),
  z.object({ type: z.literal('agentPaused'), agentId }),
  z.object({ type: z.literal('agentResumed'), agentId, by: actorSchema }),
  z.object({ type: z.literal('killAsked'), agentId, by: actorSchema }),
  z.object({ type: z.literal('agentEnded'), agentId, outcome: outcomeSchema }),
  /** An ended agent goes on from its history: resumed after an interruption, retried after a failure, or given a new task. */
  z.object({ type: z.literal('agentContinued'), agentId, reason: z.enum(['resume', 'retry', 'followUp']), by: actorSchema }),
  z.object({ type: z.literal('agentDeleted'), agentId, by: actorSchema }),
]);

/** A durable fact. */
export type FleetEvent = z.infer<typeof fleetEventSchema>;
export type EventOf<T extends FleetEvent['type']> = Extract<FleetEvent, { type: T }>;

/** A fact with the sequence number (from 1, no gaps) and time (ms since the epoch, never going back) the journal gave it. */
export const journalEntrySchema = z.object({ seq: z.number().int().positive(), at: z.number(), event: fleetEventSchema });
export type JournalEntry = z.infer<typeof journalEntrySchema>;
