import { APIError, type Anthropic } from '@anthropic-ai/sdk';
import type { Usage } from '../../core/events.ts';
import { emptyUsage } from '../../core/state.ts';
import { addUsage, contextTokens } from '../../core/usage.ts';
import type { ModelRequest } from '../../orchestrator/ports.ts';
import { readUsage } from './readUsage.ts';
import { type Fields, isFields } from './streamBlock.ts';

/** What a request says beside what the SDK's stable types know, and the feature that the header has to name for it. */
export interface CompactionParams extends Anthropic.MessageCreateParamsStreaming {
  readonly context_management?: { readonly edits: readonly Edit[] };
}

interface Edit {
  readonly type: 'compact_20260112';
  readonly trigger: { readonly type: 'input_tokens'; readonly value: number };
}

/** The name of the feature in the header `anthropic-beta`. */
export const compactionFeature = 'compact-2026-01-12';

/** Below the share at which an agent is told that its context fills, so that the endpoint makes room first where it can. */
const triggerShare = 0.65;
/** The API takes no smaller trigger. */
const leastTrigger = 50_000;
const usualTrigger = 150_000;

/** The request with the wish that the endpoint summarises its beginning when it grows long. The history itself stays as it is. */
export function withCompaction(params: Anthropic.MessageCreateParamsStreaming, window: number | undefined): CompactionParams {
  const value = window === undefined ? usualTrigger : Math.max(leastTrigger, Math.floor(window * triggerShare));
  return { ...params, context_management: { edits: [{ type: 'compact_20260112', trigger: { type: 'input_tokens', value } }] } };
}

/** How a refusal begins that names something else of the request. An endpoint that only says no may mean anything. */
const otherCause = /^\s*(?:messages|system|tools|model|max_tokens|thinking|output_config)\b|prompt is too long/i;

/** Whether an error may mean that the endpoint does not know the field, so that the request is worth sending again without it. */
export function mayRefuseCompaction(error: unknown): boolean {
  return error instanceof APIError && (error.status === 400 || error.status === 422) && !otherCause.test(error.apiMessage ?? '');
}

/** Whether a history holds a summary of the endpoint's: then it must be sent as what it is. */
export function isCompacted({ messages }: Pick<ModelRequest, 'messages'>): boolean {
  return messages.some(
    (message) => message.role === 'assistant' && message.blocks.some((block) => block.kind === 'opaque' && block.label === 'compaction'),
  );
}

/** What a report of usage says of the steps the reply took: summaries are billed beside the sums, and only the last step says how full it is. */
export interface Iterations {
  readonly billedBeside: Usage;
  readonly contextTokens: number | undefined;
}

export const noIterations: Iterations = { billedBeside: emptyUsage, contextTokens: undefined };

/** The iterations of a report, which replace those of an earlier one; those known so far when it has none. */
export function readIterations(known: Iterations, report: unknown): Iterations {
  const list: unknown = isFields(report) ? report['iterations'] : undefined;
  const steps = Array.isArray(list) ? list.filter(isFields) : [];
  if (steps.length === 0) {
    return known;
  }
  const last = steps.findLast((step) => step['type'] === 'message');
  return {
    billedBeside: steps
      .filter((step) => step['type'] === 'compaction')
      .map(usageOf)
      .reduce(addUsage, emptyUsage),
    contextTokens: last === undefined || steps.length === 1 ? undefined : contextTokens(usageOf(last)),
  };
}

const usageOf = (step: Fields): Usage => readUsage(emptyUsage, step);
