import * as z from 'zod';
import { type AgentId, type AskId, type CallId, isIdText, type MessageId, type PromptId, type RunId } from './ids.ts';
import type { Json } from './json.ts';

/*
 * What facts are made of. Here and in the files of events beside it is where data from outside is parsed.
 */

export const runId = z.custom<RunId>(isIdText, 'not a run id');
export const agentId = z.custom<AgentId>(isIdText, 'not an agent id');
export const callId = z.custom<CallId>(isIdText, 'not a call id');
export const messageId = z.custom<MessageId>(isIdText, 'not a message id');
export const askId = z.custom<AskId>(isIdText, 'not an ask id');
export const promptId = z.custom<PromptId>(isIdText, 'not a prompt id');
export const json: z.ZodType<Json> = z.custom<Json>((value) => value !== undefined, 'not JSON');
export const count = z.number().int().nonnegative();

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
  /** Hash of the blob with what the model was told of it, when that is not the whole. */
  told: z.string().optional(),
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
    /** Hash of the blob with the whole text before the change; absent for a new file, and in old journals. */
    before: z.string().optional(),
    /** Set when the file was no UTF-8: then each character of that text is one byte of it. */
    beforeAs: z.literal('bytes').optional(),
    /** SHA-256 of the bytes after the change, in hex; absent after a deletion, and in old journals. */
    after: z.string().optional(),
  }),
  z.object({ kind: z.literal('ran'), command: z.string(), exitCode: z.number().int().nullable() }),
  z.object({ kind: z.literal('noted'), name: z.string(), hash: z.string(), bytes: count }),
  z.object({ kind: z.literal('sent'), messageId, to: agentId }),
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
  /** For a gate: whether what it judged may go on. */
  verdict: z.enum(['approve', 'changes']).optional(),
  /** Set when its agent hands over to a fresh one instead of being done: what is done, and what is left. */
  handoff: z.object({ done: z.string(), left: z.string() }).optional(),
  /** What the engine could not confirm in it after it was asked for again; set by the engine alone. */
  doubts: z.array(z.string()).optional(),
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

/** What an agent waits for without a tool call that says so; `lease`: for a file that another agent writes, in the middle of a call. */
export const waitSchema = z.object({
  kind: z.enum(['dependency', 'slot', 'rateLimit', 'network', 'budget', 'children', 'lease']),
  detail: z.string(),
  /** When the wait is expected to end, in ms since the epoch. */
  until: z.number().optional(),
});
export type Wait = z.infer<typeof waitSchema>;

/**
 * What happens when agents of a run want to write a file of the same folder that another writes: both write and are told, the later one waits
 * until the other is done, or it is refused and plans anew.
 */
export const sharedFilesSchema = z.enum(['warn', 'wait', 'refuse']);
export type SharedFiles = z.infer<typeof sharedFilesSchema>;

/**
 * How a command runs: `direct` as arguments without a shell, because its text proves that it only reads; `sandboxed` in a shell that the operating system confines; `shell` in one that
 * nothing confines.
 */
export const commandRouteSchema = z.enum(['direct', 'sandboxed', 'shell']);
export type CommandRoute = z.infer<typeof commandRouteSchema>;

/** What an agent may do at most, whatever its tools. A part that is absent sets no limit. */
export const rightsSchema = z.object({
  /** Names of the tools that it and the agents below it may have. */
  tools: z.array(z.string()).optional(),
  /** Workspace paths at or below which files may be changed; none when empty. */
  writes: z.array(z.string()).optional(),
  commands: z.array(commandRouteSchema),
  network: z.boolean(),
});
export type RightsSet = z.infer<typeof rightsSchema>;

/** What a person is asked to decide or to answer. */
export const askSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('command'),
    title: z.string(),
    command: z.string(),
    folder: z.string(),
    /** Absent in journals from before commands had routes. */
    route: commandRouteSchema.optional(),
    /** Why it takes this route, for people. */
    why: z.string().optional(),
    /** What it may change, for people. */
    writes: z.string().optional(),
    /** Of the whole plan; the same plan has the same hash, and a yes holds for it alone. */
    hash: z.string().optional(),
  }),
  z.object({
    kind: z.literal('write'),
    title: z.string(),
    path: z.string(),
    diff: z.string(),
    /** Why this change takes a person's yes whatever the settings say, beside where the file is. */
    concern: z.string().optional(),
  }),
  z.object({ kind: z.literal('question'), title: z.string(), options: z.array(z.string()) }),
]);
export type Ask = z.infer<typeof askSchema>;

/** A folder in which agents work apart from the person's files: a Git worktree. Paths are absolute. */
export const workplaceSchema = z.object({
  /** Names its record on disk; agents that share the folder share it. */
  id: z.string(),
  /** The root of the worktree, and the folder in it that stands for the workspace folder. */
  root: z.string(),
  folder: z.string(),
  /** The commit it began with. */
  start: z.string(),
  /** Whose folder it was first, where agents share one. */
  madeFor: agentId,
  /** What it lacks or has differently from the person's folder, for people. */
  notes: z.array(z.string()),
});
export type Workplace = z.infer<typeof workplaceSchema>;

/** For whom a yes also holds when the very same plan comes up again: the agent, its run, or everybody until the window closes. */
export const grantScopeSchema = z.enum(['agent', 'run', 'window']);
export type GrantScope = z.infer<typeof grantScopeSchema>;

/** What a person answered. `withdrawn`: the asker ended before there was an answer. */
export const answerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('allow'), scope: grantScopeSchema.optional() }),
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

/** Where agents that change files work: all in the open folders, or each in a Git worktree of its own. */
export const isolationSchema = z.enum(['shared', 'worktree']);
export type Isolation = z.infer<typeof isolationSchema>;

/** A wish for where to work; `argument`: of whoever started the run or the agent, `file`: of a workflow or an agent type. */
export const isolationWishSchema = z.object({ wish: isolationSchema, by: z.enum(['argument', 'file']) });
export type IsolationWish = z.infer<typeof isolationWishSchema>;

/** One thing an agent was given, with its size; tokens are estimated from the length of the text. */
export const manifestPartSchema = z.object({
  /** What it is, for people: "Brief", "Report of scout", "AGENTS.md". */
  name: z.string(),
  kind: z.enum(['instructions', 'tools', 'brief', 'report', 'artefact', 'failure', 'handoff']),
  tokens: count,
});

/** What an agent was given at its start, and what there was that it was not given, with the reason. */
export const manifestSchema = z.object({
  given: z.array(manifestPartSchema),
  withheld: z.array(z.object({ name: z.string(), why: z.string() })),
});
export type Manifest = z.infer<typeof manifestSchema>;
