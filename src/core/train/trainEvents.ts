import * as z from 'zod';
import { actorSchema, agentId, count, runId } from '../eventParts.ts';
import { isIdText, type TrainId } from '../ids.ts';
import { taskId } from '../planEvents.ts';

/*
 * The facts about merge trains: the work of several agents is merged one by one in a scratch worktree, checked after each, and the person's
 * branch is moved forward at the end. A car is the work of one agent, so it goes by the agent's id. Names are in the past tense, as in
 * events.ts.
 */

export const trainId = z.custom<TrainId>(isIdText, 'not a train id');
/** The name of a commit: SHA-1 or SHA-256 in hex. */
const commit = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/, 'not the name of a commit');

/** Most characters of the output of a check that are kept in a fact: its end. */
export const mostOutput = 8000;

/** The work of one agent, on a branch of its own. */
export const carSchema = z.object({
  agentId,
  /** What a person calls it. */
  label: z.string().min(1),
  taskIds: z.array(taskId).default([]),
  /** The full name of the branch that holds the work: `refs/heads/...` or another ref. */
  ref: z.string().min(1),
  /**
   * What the agent began with, when that is not part of the person's branch: it may hold what the person had not committed. Only what differs
   * from it is the agent's work, and its history stays out of the branch. Without it the ref is merged as a branch.
   */
  start: commit.optional(),
  /** The cars that its tasks depend on, directly or not. */
  after: z.array(agentId).default([]),
});
export type CarSpec = z.infer<typeof carSchema>;

/** One place where both sides changed the same lines. The texts are cut to what a person can look through. */
export const hunkSchema = z.object({
  /** Counts from 1, in the file with the conflict markers. */
  line: z.number().int().positive(),
  /** The lines as the train has them so far. */
  ours: z.string(),
  /** The lines as the car has them. */
  theirs: z.string(),
});
export type ConflictHunk = z.infer<typeof hunkSchema>;

/** How the two sides of a file do not fit together. */
export const conflictKindSchema = z.enum([
  'content',
  'binary',
  'modifyDelete',
  'bothAdded',
  'rename',
  'fileFolder',
  'mode',
  'submodule',
  'other',
]);
export type ConflictKind = z.infer<typeof conflictKindSchema>;

export const conflictFileSchema = z.object({
  /** Relative to the repository's root, with forward slashes. */
  path: z.string(),
  kind: conflictKindSchema,
  /** What git says about it. */
  message: z.string().optional(),
  hunks: z.array(hunkSchema).default([]),
  /** Further places that are not listed. */
  moreHunks: count.default(0),
});
export type ConflictFile = z.infer<typeof conflictFileSchema>;

/**
 * Somebody whose earlier change the car does not fit. `lines`: it conflicts with that car alone in these files. `files`: that car changed the
 * same files, and only together with others it conflicts. Without an agent it is what was on the person's branch already.
 */
export const counterpartSchema = z.object({
  agentId: agentId.optional(),
  how: z.enum(['lines', 'files']),
  paths: z.array(z.string()).min(1),
});
export type Counterpart = z.infer<typeof counterpartSchema>;

/** A file for whose sake the branch was not moved, with the reason. */
export const blockedFileSchema = z.object({
  path: z.string(),
  why: z.enum(['staged', 'changed', 'untracked', 'unsaved', 'filtered']),
});
export type BlockedFile = z.infer<typeof blockedFileSchema>;

/** Why a check ran outside the sandbox, as a sentence; absent when it was confined. */
const unconfined = z.string();

export const trainEventSchemas = [
  z.object({
    type: z.literal('trainStarted'),
    trainId,
    runId,
    by: actorSchema,
    /** The name of the workspace folder whose repository it is. */
    folder: z.string(),
    /** The full name of the person's branch. */
    branch: z.string(),
    /** Where the branch was. */
    base: commit,
    /** The person's command; without one, nothing is checked. */
    check: z.string().min(1).optional(),
    /** Whether the branch is moved as soon as all cars are settled, or when the person says so. */
    landing: z.enum(['auto', 'ask']).default('ask'),
    /** In the order in which they are merged. */
    cars: z.array(carSchema).min(1),
  }),
  /** A car was merged in the scratch worktree. With no changed file, the train had all of it before. */
  z.object({
    type: z.literal('carMerged'),
    trainId,
    agentId,
    /** Where the car's branch was. */
    head: commit,
    /** The merge; the train's own commit before it when there was nothing to merge. */
    commit,
    /** How many files it changed. */
    files: count,
    /** Whether the person resolved or changed it by hand. */
    byHand: z.boolean().optional(),
  }),
  z.object({
    type: z.literal('carConflicted'),
    trainId,
    agentId,
    head: commit,
    files: z.array(conflictFileSchema).min(1),
    counterparts: z.array(counterpartSchema),
  }),
  /** A car cannot be merged for a reason that is no conflict: its branch is missing, it holds work of a skipped car, ... */
  z.object({ type: z.literal('carRefused'), trainId, agentId, message: z.string(), next: z.string() }),
  /** The check of the person ended with exit code 0. Without an agent, it was of the branch before any car. */
  z.object({ type: z.literal('checkPassed'), trainId, agentId: agentId.optional(), commit, unconfined: unconfined.optional() }),
  /** The check failed. Without an agent, it fails on the person's branch as it is, before any car. */
  z.object({
    type: z.literal('checkFailed'),
    trainId,
    agentId: agentId.optional(),
    commit,
    /** Null when a signal ended it or it could not be started. */
    exitCode: z.number().int().nullable(),
    timedOut: z.boolean().optional(),
    /** The end of its output. */
    output: z.string().max(mostOutput),
    unconfined: unconfined.optional(),
  }),
  /** These cars are left out: the one that was named, and those that depend on it. */
  z.object({ type: z.literal('carsSkipped'), trainId, agentIds: z.array(agentId).min(1), reason: z.string(), by: actorSchema }),
  /** The agent was told to fix its car; the train waits for its branch to move. */
  z.object({
    type: z.literal('carSentBack'),
    trainId,
    agentId,
    /** What the agent is told. */
    note: z.string(),
    /** Where its branch is now, when the other side was merged into it for the agent to look at. */
    brought: commit.optional(),
    /** What the agent begins with from now on. */
    start: commit.optional(),
    by: actorSchema,
  }),
  /** The car is taken up once more, with its branch as it is now. */
  z.object({
    type: z.literal('carRetried'),
    trainId,
    agentId,
    by: actorSchema,
    /** The ref under which what the person had begun by hand was kept. */
    kept: z.string().optional(),
  }),
  /** The car stays although its check failed. */
  z.object({ type: z.literal('carAccepted'), trainId, agentId, by: actorSchema }),
  /** The scratch worktree is the person's until the car is finished by hand or given up. */
  z.object({ type: z.literal('byHandOpened'), trainId, agentId, head: commit, by: actorSchema }),
  /** The person's branch had moved: everything is merged and checked again from where it is now. */
  z.object({ type: z.literal('trainRebased'), trainId, base: commit }),
  /** The person said that the branch is to be moved. */
  z.object({ type: z.literal('landingApproved'), trainId, by: actorSchema }),
  /** The branch was not moved; nothing of the person's was touched. */
  z.object({
    type: z.literal('landingBlocked'),
    trainId,
    message: z.string(),
    next: z.string(),
    files: z.array(blockedFileSchema).default([]),
  }),
  z.object({
    type: z.literal('trainEnded'),
    trainId,
    /** `landed`: the branch is at `commit`. `nothing`: no car was left or none changed anything. */
    outcome: z.enum(['landed', 'nothing', 'aborted']),
    commit: commit.optional(),
    by: actorSchema,
    /** The ref under which what the person had begun by hand was kept. */
    kept: z.string().optional(),
  }),
] as const;

const trainEventSchema = z.discriminatedUnion('type', trainEventSchemas);
/** A fact about a merge train. */
export type TrainEvent = z.infer<typeof trainEventSchema>;
