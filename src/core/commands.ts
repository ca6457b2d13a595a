import * as z from 'zod';
import {
  actorSchema,
  answerSchema,
  briefSchema,
  budgetSchema,
  effortSchema,
  isolationSchema,
  messageKindSchema,
  placeSchema,
  planChangeSchema,
  prioritySchema,
  reviewVerdictSchema,
  taskId,
} from './events.ts';
import { type AgentId, type AskId, isIdText, type MessageId, type ProposalId, type RunId, type TaskId } from './ids.ts';

/*
 * Everything a person, a parent agent or another extension may ask of the fleet. `decide` turns a command into facts or refuses it.
 */

const agentId = z.custom<AgentId>(isIdText, 'not an agent id');
const runId = z.custom<RunId>(isIdText, 'not a run id');
const askId = z.custom<AskId>(isIdText, 'not an ask id');
const messageId = z.custom<MessageId>(isIdText, 'not a message id');
const proposalId = z.custom<ProposalId>(isIdText, 'not a proposal id');
const by = actorSchema.default({ kind: 'person' });

/** What a new agent is to be; everything but the objective has a default. */
export const spawnSchema = z.object({
  label: z.string().max(80).optional(),
  agentType: z.string().optional(),
  brief: briefSchema,
  model: z.string().optional(),
  effort: effortSchema.optional(),
  /** Where it works; goes before what its type and its run say. */
  isolation: isolationSchema.optional(),
  /** Name of the task it becomes in the plan; made from the label without one. */
  taskId: taskId.optional(),
  /** Tasks of the run that must be done first; the agent starts then, with their reports. */
  dependencies: z.array(taskId).optional(),
  priority: prioritySchema.optional(),
  /** Names of artefacts it needs before it starts. */
  needs: z.array(z.string().min(1)).optional(),
  /** Names of artefacts it hands to others. */
  publishes: z.array(z.string().min(1)).optional(),
});
export type SpawnRequest = z.infer<typeof spawnSchema>;

export const fleetCommandSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('startRun'),
    task: z.string(),
    label: z.string().max(80).optional(),
    place: placeSchema.optional(),
    /** Name of a workflow; `orchestrate` without one. */
    workflow: z.string().optional(),
    /** What the workflow asks for beside the task, by name. */
    inputs: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
    budget: budgetSchema.optional(),
    /** Where its agents work; goes before what their types and the workflow say. */
    isolation: isolationSchema.optional(),
    by,
  }),
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
    /** The message this one answers. */
    replyTo: messageId.optional(),
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
  /** Changes a run's plan; refused with the reasons when the plan would not hold. */
  z.object({ type: z.literal('changePlan'), runId, changes: z.array(planChangeSchema).min(1), reason: z.string().default(''), by }),
  /** Proposes a change to whoever leads the task's run: the lead that asked for the task, else the person. */
  z.object({ type: z.literal('proposeChange'), runId, changes: z.array(planChangeSchema).min(1), reason: z.string(), by }),
  z.object({ type: z.literal('settleProposal'), runId, proposalId, accept: z.boolean(), reason: z.string().optional(), by }),
  /** Answers something the engine asked about a run. */
  z.object({ type: z.literal('decide'), askId, choice: z.string(), text: z.string().optional(), by }),
  /** Has what failed in a run, and what was skipped because of it, done again. */
  z.object({ type: z.literal('retryRun'), runId, by }),
  /** Ends everything of a run, tasks that have not started included. */
  z.object({ type: z.literal('killRun'), runId, by }),
  z.object({ type: z.literal('pauseRun'), runId, by }),
  /** Lets a paused or interrupted run go on, with all its agents. */
  z.object({ type: z.literal('resumeRun'), runId, by }),
  /** Makes a text that is in the blob store known to the run under a name. */
  z.object({
    type: z.literal('publishArtefact'),
    agentId,
    name: z.string().min(1).max(120),
    hash: z.string(),
    bytes: z.number().int().nonnegative(),
    by,
  }),
  /** Records what a person decided about changes of a file; rejected ones have been taken back already. */
  z.object({
    type: z.literal('reviewChanges'),
    runId,
    agentId: agentId.optional(),
    path: z.string().min(1),
    base: z.string().min(1),
    hunks: z.array(z.string().min(1)).min(1),
    verdict: reviewVerdictSchema,
    by,
  }),
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
  readonly taskId?: TaskId | undefined;
  readonly messageId?: MessageId | undefined;
  readonly proposalId?: ProposalId | undefined;
  /** How many agents the command reached. */
  readonly reached: number;
  /** What whoever asked should know although it was accepted, for example that two tasks may change the same file. */
  readonly notes?: readonly string[] | undefined;
}

export type CommandResult = { readonly ok: true; readonly accepted: Accepted } | { readonly ok: false; readonly rejection: Rejection };
