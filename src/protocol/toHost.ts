import * as z from 'zod';
import { type AgentId, type AskId, isIdText, isTaskIdText, type RunId, type TaskId } from '../core/ids.ts';

const agentId = z.custom<AgentId>(isIdText, 'not an agent id');
const askId = z.custom<AskId>(isIdText, 'not an ask id');
const runId = z.custom<RunId>(isIdText, 'not a run id');
const taskId = z.custom<TaskId>(isTaskIdText, 'not a task id');

/** Everything the timeline may ask of the host; parsed before it is believed. */
export const toHostSchema = z.discriminatedUnion('type', [
  /** The view is there and knows nothing; the answer is a snapshot. */
  z.object({ type: z.literal('ready'), follow: agentId.optional() }),
  /** The view wants the transcript and the live text of this agent. */
  z.object({ type: z.literal('follow'), agentId: agentId.optional() }),
  z.object({ type: z.literal('steer'), agentId, text: z.string().min(1).max(20_000), interrupt: z.boolean() }),
  z.object({ type: z.literal('followUp'), agentId, text: z.string().min(1).max(20_000) }),
  z.object({
    type: z.literal('act'),
    agentId,
    act: z.enum(['wrapUp', 'kill', 'pause', 'resume', 'retry', 'delete']),
  }),
  z.object({ type: z.literal('review'), askId }),
  z.object({
    type: z.literal('openPlace'),
    path: z.string().max(4096),
    line: z.number().int().positive().optional(),
    /** Whose words it stands in: an agent may have a folder of its own. */
    agentId: agentId.optional(),
  }),
  z.object({ type: z.literal('readOutput'), hash: z.string().regex(/^[0-9a-f]{64}$/) }),
  z.object({ type: z.literal('startRun') }),
  /** The plan or the result of a run, as a document. */
  z.object({ type: z.literal('openDocument'), runId, document: z.enum(['Plan', 'Result']) }),
  z.object({ type: z.literal('cancelTask'), runId, taskId }),
]);

export type ToHost = z.infer<typeof toHostSchema>;
