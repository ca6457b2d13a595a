import type { Failure, Usage } from '../core/events.ts';
import type { HistoryMessage, UserPart } from '../core/history.ts';
import { abortReason } from './abort.ts';
import type { AgentDeps } from './agentDeps.ts';
import type { AgentHandle } from './agentHandle.ts';
import { type RequestListener, requestModel } from './modelRequest.ts';
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
  const failed = (failure: Failure, partial: string | undefined, usage: Usage | undefined) => {
    deps.tail.clear(id);
    const cost = usage === undefined ? undefined : deps.costOf(requestedModel, usage);
    deps.commit([{ type: 'requestFailed', agentId: id, turn, attempt, failure, partial, usage, cost }]);
  };
  const on: RequestListener = {
    attemptStarted: (number) => {
      attempt = number;
      deps.commit([{ type: 'requestStarted', agentId: id, turn, attempt }]);
    },
    attemptFailed: ({ failure, partial, usage }) => failed(failure, partial, usage),
    attemptAborted: ({ partial, usage }) => failed(brokenOff, partial, usage),
    waiting: (wait) => deps.commit([{ type: 'waitStarted', agentId: id, wait }]),
    waitOver: () => deps.commit([{ type: 'waitEnded', agentId: id }]),
    delta: (event) => deps.tail.push(id, { source: 'model', key: String(event.block), kind: event.kind }, event.text),
  };
  try {
    const { provider, gate, clock, random } = deps;
    const { idleTimeoutMs } = deps.settings();
    const asked = pending.length > 0 ? [...messages, { role: 'user' as const, parts: [...pending] }] : messages;
    const reply = await requestModel(
      { provider, gate, clock, random, idleTimeoutMs, maxAttempts, on },
      { agentId: id, model: requestedModel, effort, system: prompt.system, tools: prompt.tools, messages: asked },
      signal,
    );
    return settle(reply, turn, attempt, deps, handle);
  } catch (error) {
    if (abortReason(signal)?.kind !== 'steered' || handle.signal.aborted) {
      throw error;
    }
    return undefined;
  }
}

const brokenOff: Failure = {
  kind: 'interrupted',
  message: 'Broken off before the reply was complete.',
  next: 'Nothing to do: it was broken off on purpose.',
};

function settle(reply: ModelReply, turn: number, attempt: number, deps: AgentDeps, handle: AgentHandle): ModelReply {
  const { id } = handle;
  const { model, blocks, stop, usage, contextTokens, requestId } = reply;
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
  deps.commit([{ type: 'replySettled', agentId: id, turn, model, blocks: [...blocks], stop, usage, cost, contextTokens, requestId }]);
  return reply;
}
