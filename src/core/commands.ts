import * as z from 'zod';
import { actorSchema, answerSchema, briefSchema, effortSchema, messageKindSchema, placeSchema } from './events.ts';
import { type AgentId, type AskId, isIdText, type RunId } from './ids.ts';

/*
 * Everything a person, a parent agent or another extension may ask of the fleet. `decide` turns a command into facts or refuses it.
 */

const agentId = z.custom<AgentId>(isIdText, 'not an agent id');
const runId = z.custom<RunId>(isIdText, 'not a run id');
const askId = z.custom<AskId>(isIdText, 'not an ask id');
const by = actorSchema.default({ kind: 'person' });

/** What a new agent is to be; everything but the objective has a default. */
export const spawnSchema = z.object({
  label: z.string().max(80).optional(),
  agentType: z.string().optional(),
  brief: briefSchema,
  model: z.string().optional(),
  effort: effortSchema.optional(),
});
export type SpawnRequest = z.infer<typeof spawnSchema>;

export const fleetCommandSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('startRun'), task: z.string(), label: z.string().max(80).optional(), place: placeSchema.optional(), by }),
  /** Without `runId` and `parentId` the agent gets a run of its own. */
  z.object({ type: z.literal('spawnAgent'), spawn: spawnSchema, parentId: agentId.optional(), runId: runId.optional(), by }),
  z.object({
    type: z.literal('sendMessage'),
    agentId,
    kind: messageKindSchema,
    text: z.string(),
    place: placeSchema.optional(),
    /** Deliver at once by breaking off the current request or tool, not at the next tool-call boundary. */
    interrupt: z.boolean().default(false),
    by,
  }),
  z.object({ type: z.literal('wrapUpAgent'), agentId, by }),
  z.object({ type: z.literal('killAgent'), agentId, by }),
  z.object({ type: z.literal('killAll'), by }),
  z.object({ type: z.literal('pauseAgent'), agentId, by }),
  z.object({ type: z.literal('resumeAgent'), agentId, by }),
  z.object({ type: z.literal('pauseAll'), by }),
  z.object({ type: z.literal('resumeAll'), by }),
  z.object({ type: z.literal('retryAgent'), agentId, by }),
  z.object({ type: z.literal('followUpAgent'), agentId, task: z.string(), place: placeSchema.optional(), by }),
  z.object({ type: z.literal('deleteAgent'), agentId, by }),
  z.object({ type: z.literal('deleteEnded'), by }),
  z.object({ type: z.literal('answer'), askId, answer: answerSchema }),
]);

/** A command with all defaults filled in. */
export type FleetCommand = z.infer<typeof fleetCommandSchema>;
/** A command as a caller may write it, defaults left out. */
export type FleetCommandInput = z.input<typeof fleetCommandSchema>;

/** Why a command was refused: `message` says what, `next` what to do instead. */
export interface Rejection {
  readonly code:
    | 'invalid'
    | 'unknown'
    | 'ended'
    | 'running'
    | 'notPaused'
    | 'cap'
    | 'readOnly'
    | 'untrusted'
    | 'noWorkspace'
    | 'unavailable';
  readonly message: string;
  readonly next: string;
}

/** What an accepted command made. */
export interface Accepted {
  readonly runId?: RunId | undefined;
  readonly agentId?: AgentId | undefined;
  /** How many agents the command reached. */
  readonly reached: number;
}

export type CommandResult = { readonly ok: true; readonly accepted: Accepted } | { readonly ok: false; readonly rejection: Rejection };
