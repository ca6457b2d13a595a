import * as z from 'zod';
import { actorSchema, agentId, askId, briefSchema, count, effortSchema, failureSchema, isolationSchema, runId } from './eventParts.ts';
import { isIdText, isTaskIdText, type ProposalId, type TaskId } from './ids.ts';

/*
 * The facts about plans: what a run is to do, in which order, and what became of it. Names are in the past tense, as in events.ts.
 */

export const taskId = z.custom<TaskId>(
  isTaskIdText,
  'not a task id: letters, digits, ".", "_" and "-", beginning with a letter or a digit',
);
const proposalId = z.custom<ProposalId>(isIdText, 'not a proposal id');

/** How soon a task starts when several could; equals are ordered by the critical path. */
export const prioritySchema = z.enum(['high', 'medium', 'low']);
export type Priority = z.infer<typeof prioritySchema>;

/** Most rounds a review loop may be given. */
export const mostRounds = 10;

/**
 * A task whose verdict lets its dependents start. `verdict`: its agent judges. `person`: nobody works on it, the person judges. A verdict for
 * changes sends `backTo` and everything between it and the gate into another round; after `rounds` rounds the person decides.
 */
export const gateSchema = z.object({
  kind: z.enum(['verdict', 'person']),
  backTo: taskId.optional(),
  rounds: z.number().int().min(1).max(mostRounds).default(3),
  /** A command that must have ended with exit code 0 in the judging agent's own run before its approval counts. */
  check: z.string().min(1).optional(),
});
export type Gate = z.infer<typeof gateSchema>;

/** What a task tries after its own attempts have failed. */
export const fallbackSchema = z.object({ agentType: z.string().optional(), model: z.string().optional(), effort: effortSchema.optional() });
export type Fallback = z.infer<typeof fallbackSchema>;

/** One task as it is to be done. What became of it is in the state. */
export const taskSpecSchema = z.object({
  id: taskId,
  title: z.string().min(1),
  /** Name of an agent type; `person` for a gate of the person. */
  agentType: z.string().min(1),
  brief: briefSchema,
  /** Tasks that must be done first; their reports are given to this one. */
  dependencies: z.array(taskId).default([]),
  priority: prioritySchema.default('medium'),
  /** The part of a workflow it belongs to, for people. */
  phase: z.string().optional(),
  /** The agent that asked for it and gets its report; without one, it belongs to the run itself. */
  owner: agentId.optional(),
  model: z.string().optional(),
  effort: effortSchema.optional(),
  /** Where its agents work; goes before what their type and the run say. */
  isolation: isolationSchema.optional(),
  gate: gateSchema.optional(),
  /** How often it is tried in all before its fallback, each time by a fresh agent that is told of the failure. */
  attempts: z.number().int().min(1).max(5).default(1),
  /** One more attempt, in another way, when all attempts have failed. */
  fallback: fallbackSchema.optional(),
  /** Starts when its dependencies have settled and one of them is done, whatever became of the others. */
  partial: z.boolean().optional(),
  /** What its agents changed is undone when it fails for good. */
  rollback: z.boolean().optional(),
  /** Names of the artefacts it hands to others while it works, for example an API description. */
  publishes: z.array(z.string().min(1)).optional(),
  /** Names of artefacts that must be published before it starts, and of whose changes its agent is told. */
  needs: z.array(z.string().min(1)).optional(),
  /** A template: when that task is done, it becomes one task for each file its report names. */
  forEach: taskId.optional(),
  /** Depends on every task that the agent of that task adds to the plan. */
  collects: taskId.optional(),
});
export type TaskSpec = z.infer<typeof taskSpecSchema>;
/** A task as a caller may write it, defaults left out. */
export type TaskSpecInput = z.input<typeof taskSpecSchema>;

/** One step of a change of plan. A position is named by the task it comes before; without one it is the end. */
export const planChangeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('add'), task: taskSpecSchema, before: taskId.optional() }),
  z.object({ kind: z.literal('edit'), task: taskSpecSchema }),
  z.object({ kind: z.literal('cancel'), taskId }),
  z.object({ kind: z.literal('move'), taskId, before: taskId.optional() }),
  /** A template becomes the tasks it stands for; whoever depended on it depends on them. */
  z.object({ kind: z.literal('expand'), taskId, into: z.array(taskSpecSchema) }),
]);
export type PlanChange = z.infer<typeof planChangeSchema>;

/** How a reviewer or a person judges what a gate is about. */
export const verdictSchema = z.enum(['approve', 'changes']);
export type Verdict = z.infer<typeof verdictSchema>;

/** What a run may use up before the person is asked. */
export const budgetSchema = z.object({
  tokens: z.number().positive().optional(),
  minutes: z.number().positive().optional(),
  /** US dollars. */
  usd: z.number().positive().optional(),
});
export type Budget = z.infer<typeof budgetSchema>;

/** Why the engine asks the person to decide something about a run. */
export const decisionPurposeSchema = z.enum(['fanOut', 'gate', 'rounds', 'stuck', 'proposal', 'budget']);
export type DecisionPurpose = z.infer<typeof decisionPurposeSchema>;

/** Something only the person can decide: a title, what it is about in Markdown, and the choices with what each leads to. */
export const decisionSchema = z.object({
  kind: z.literal('decision'),
  title: z.string(),
  detail: z.string(),
  options: z.array(z.object({ choice: z.string(), label: z.string(), detail: z.string().optional() })).min(1),
  /** Whether the person may add words, for example what is to be changed. */
  takesText: z.boolean().optional(),
});
export type DecisionAsk = z.infer<typeof decisionSchema>;

/** What a person decides about a change that an agent made. */
export const reviewVerdictSchema = z.enum(['accepted', 'rejected']);
export type ReviewVerdict = z.infer<typeof reviewVerdictSchema>;

export const planEventSchemas = [
  z.object({
    type: z.literal('planChanged'),
    runId,
    by: actorSchema,
    reason: z.string(),
    changes: z.array(planChangeSchema).min(1),
    proposalId: proposalId.optional(),
  }),
  /** A task came to its end; for a gate, with the verdict. The report is the assignee's. */
  z.object({
    type: z.literal('taskSettled'),
    runId,
    taskId,
    status: z.enum(['done', 'failed', 'skipped', 'cancelled']),
    reason: z.string().optional(),
    verdict: verdictSchema.optional(),
    by: actorSchema,
  }),
  /** Settled tasks are to be worked on again: a further round with what is to be changed, or a person's retry. */
  z.object({
    type: z.literal('tasksReopened'),
    runId,
    taskIds: z.array(taskId).min(1),
    kind: z.enum(['round', 'retry']),
    /** What the assignees are told. */
    note: z.string(),
    by: actorSchema,
  }),
  z.object({
    type: z.literal('decisionAsked'),
    askId,
    runId,
    purpose: decisionPurposeSchema,
    taskId: taskId.optional(),
    agentId: agentId.optional(),
    proposalId: proposalId.optional(),
    ask: decisionSchema,
    /** What the decision is about in numbers: the size of a fan-out, the cap of rounds. */
    size: count.optional(),
  }),
  /** `choice` is one of the options, or `withdrawn` when there is nothing left to decide. */
  z.object({ type: z.literal('decisionAnswered'), askId, runId, choice: z.string(), text: z.string().optional(), by: actorSchema }),
  z.object({
    type: z.literal('changeProposed'),
    proposalId,
    runId,
    by: actorSchema,
    reason: z.string(),
    changes: z.array(planChangeSchema).min(1),
  }),
  z.object({
    type: z.literal('proposalSettled'),
    proposalId,
    runId,
    accepted: z.boolean(),
    reason: z.string().optional(),
    by: actorSchema,
  }),
  z.object({
    type: z.literal('artefactPublished'),
    runId,
    agentId,
    taskId: taskId.optional(),
    name: z.string().min(1),
    /** Counts from 1 for each name in a run. */
    version: z.number().int().positive(),
    hash: z.string(),
    bytes: count,
  }),
  /** No further task of the run starts until it is released. */
  z.object({ type: z.literal('runHeld'), runId, reason: z.enum(['paused', 'interrupted']), by: actorSchema }),
  z.object({ type: z.literal('runReleased'), runId, by: actorSchema }),
  /** A run that never had an agent, or has none left, is out of the fleet. */
  z.object({ type: z.literal('runDeleted'), runId, by: actorSchema }),
  /** What an agent changed was undone, as far as nobody had changed it since. */
  z.object({
    type: z.literal('changesUndone'),
    runId,
    taskId: taskId.optional(),
    agentId,
    restored: z.array(z.string()),
    /** Files that were left as they are, each with the reason. */
    kept: z.array(z.object({ path: z.string(), why: z.string() })),
    failure: failureSchema.optional(),
  }),
  /** A person has decided about changes of a file. What was rejected had been taken back before. */
  z.object({
    type: z.literal('changesReviewed'),
    runId,
    /** Set when the changes of this agent alone were looked at. */
    agentId: agentId.optional(),
    path: z.string(),
    /** What the file was before: the hash of its blob, or `nothing`. */
    base: z.string(),
    /** Each names by its content what changed at one place since the base. */
    hunks: z.array(z.string()).min(1),
    verdict: reviewVerdictSchema,
    by: actorSchema,
  }),
] as const;

const planEventSchema = z.discriminatedUnion('type', planEventSchemas);
/** A fact about a run's plan. */
export type PlanEvent = z.infer<typeof planEventSchema>;
