import type { HistoryMessage, UserPart } from '../core/history.ts';
import { abortReason } from './abort.ts';
import type { AgentDeps } from './agentDeps.ts';
import type { AgentHandle } from './agentHandle.ts';
import { requestModel } from './modelRequest.ts';
import type { ModelReply } from './ports.ts';
import { RunFailure } from './runFailure.ts';

/** How often one request is tried before its agent fails. */
const maxAttempts = 8;

/**
 * One turn's request with its facts: started, failed, waited, settled. Undefined when a message broke it off; the caller asks again with the
 * message added.
 */
export async function requestReply(
  messages: readonly HistoryMessage[],
  pending: readonly UserPart[],
  deps: AgentDeps,
  handle: AgentHandle,
): Promise<ModelReply | undefined> {
  const { id } = handle;
  const turn = deps.agent().turn + 1;
  const signal = handle.stepSignal;
  const prompt = deps.prompt();
  const { requestedModel, effort } = deps.agent();
  let attempt = 0;
  try {
    const reply = await requestModel(
      {
        provider: deps.provider,
        gate: deps.gate,
        clock: deps.clock,
        random: deps.random,
        idleTimeoutMs: deps.settings().idleTimeoutMs,
        maxAttempts,
        on: {
          attemptStarted: (number) => {
            attempt = number;
            deps.commit([{ type: 'requestStarted', agentId: id, turn, attempt }]);
          },
          attemptFailed: ({ failure, partial, usage }) => {
            deps.tail.clear(id);
            const cost = usage === undefined ? undefined : deps.costOf(requestedModel, usage);
            deps.commit([{ type: 'requestFailed', agentId: id, turn, attempt, failure, partial, usage, cost }]);
          },
          waiting: (wait) => deps.commit([{ type: 'waitStarted', agentId: id, wait }]),
          waitOver: () => deps.commit([{ type: 'waitEnded', agentId: id }]),
          delta: (event) => deps.tail.push(id, { source: 'model', key: String(event.block), kind: event.kind }, event.text),
        },
      },
      {
        agentId: id,
        model: requestedModel,
        effort,
        system: prompt.system,
        tools: prompt.tools,
        messages: pending.length > 0 ? [...messages, { role: 'user', parts: pending }] : messages,
      },
      signal,
    );
    return settle(reply, turn, attempt, deps, handle);
  } catch (error) {
    if (abortReason(signal)?.kind !== 'steered' || handle.signal.aborted) {
      throw error;
    }
    breakOff(turn, attempt, deps, handle);
    return undefined;
  }
}

function settle(reply: ModelReply, turn: number, attempt: number, deps: AgentDeps, handle: AgentHandle): ModelReply {
  const { id } = handle;
  const { model, blocks, stop, usage, requestId } = reply;
  const cost = deps.costOf(model, usage);
  deps.tail.clear(id);
  if (stop === 'refusal') {
    const partial = blocks.flatMap((block) => (block.kind === 'text' ? [block.text] : [])).join('\n');
    const failure = {
      kind: 'refused' as const,
      message: `${model} declined to answer.`,
      next: 'Give the task in other words, or choose another model.',
    };
    deps.commit([{ type: 'requestFailed', agentId: id, turn, attempt, failure, partial, usage, cost }]);
    throw new RunFailure(failure);
  }
  deps.commit([{ type: 'replySettled', agentId: id, turn, model, blocks: [...blocks], stop, usage, cost, requestId }]);
  return reply;
}

/** Records a request that was broken off for a message, with the text that had arrived. */
function breakOff(turn: number, attempt: number, deps: AgentDeps, handle: AgentHandle): void {
  const { id } = handle;
  const partial = deps.tail
    .tail(id)
    .filter((block) => block.kind === 'text')
    .map((block) => block.text)
    .join('\n');
  deps.tail.clear(id);
  if (deps.agent().requesting) {
    const failure = {
      kind: 'interrupted' as const,
      message: 'Broken off to read a message at once.',
      next: 'The request is made again with it.',
    };
    deps.commit([{ type: 'requestFailed', agentId: id, turn, attempt, failure, partial }]);
  } else if (deps.agent().wait !== undefined) {
    deps.commit([{ type: 'waitEnded', agentId: id }]);
  }
}
