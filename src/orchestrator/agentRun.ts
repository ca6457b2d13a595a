import type { Outcome, Report } from '../core/events.ts';
import { type HistoryMessage, historyOf, renderMessage, type UserPart } from '../core/history.ts';
import type { AgentDeps } from './agentDeps.ts';
import type { AgentHandle } from './agentHandle.ts';
import { createContextGuard } from './contextGuard.ts';
import { loadOutputs } from './outputs.ts';
import { outcomeFrom, RunFailure } from './runFailure.ts';
import { requestReply } from './requestReply.ts';
import type { ModelReply } from './ports.ts';
import { runToolCall } from './toolCall.ts';
import { takeWorkplace } from './workplace.ts';
import { holdForBudget, sleepUntilNeeded, takeSlotAgain } from './waiting.ts';

/** An agent's history while it runs: what was said, and what the next request will add. Only ever appended to. */
interface WorkingHistory {
  readonly messages: HistoryMessage[];
  pending: UserPart[];
  /** Replies in a row that neither called a tool nor said anything, or that were cut off. */
  fruitless: number;
}

const maxFruitless = 3;

/**
 * One agent from slot to outcome: request, tools, request, until it reports. Never throws; whatever happens becomes the outcome. The caller records it.
 */
export async function runAgent(deps: AgentDeps, handle: AgentHandle): Promise<Outcome> {
  try {
    await handle.takeSlot(false);
    deps.commit([{ type: 'agentStarted', agentId: handle.id }]);
    const placing = takeWorkplace(deps, handle.signal);
    if (placing !== undefined) {
      await placing;
    }
    const history = await resumeHistory(deps);
    const guard = createContextGuard(deps);
    for (;;) {
      await holdWhilePaused(deps, handle);
      await holdForBudget(deps, handle);
      if (deps.agent().pausing) {
        continue; // Paused while it waited for the person's word about the budget.
      }
      handle.beginStep();
      deliverMessages(history, deps, handle);
      const reply = await requestReply(history.messages, history.pending, deps, handle);
      if (reply === undefined) {
        continue;
      }
      appendReply(history, reply);
      const report = await settleReply(reply, history, deps, handle);
      // Who hands over has no room for what has come meanwhile; its successor reads it.
      if (report !== undefined && (deps.agent().mailbox.length === 0 || report.handoff !== undefined)) {
        return { kind: 'done', report };
      }
      guard.check(reply);
    }
  } catch (error) {
    return outcomeFrom(error, handle.signal, deps.log);
  } finally {
    handle.releaseSlot();
    deps.tail.clear(handle.id);
  }
}

/** Adds what was asked and what was answered; an empty reply is none, so its question stays for the next request. */
function appendReply(history: WorkingHistory, reply: ModelReply): void {
  if (reply.blocks.length === 0) {
    return;
  }
  if (history.pending.length > 0) {
    history.messages.push({ role: 'user', parts: history.pending });
  }
  history.messages.push({ role: 'assistant', blocks: reply.blocks });
  history.pending = [];
}

async function resumeHistory(deps: AgentDeps): Promise<WorkingHistory> {
  const transcript = deps.transcript();
  const history = historyOf(transcript, await loadOutputs(transcript, deps.blobs));
  return { messages: [...history.messages], pending: [...history.pending], fruitless: 0 };
}

/** A pause takes effect here, between turns, and frees the slot for others. */
async function holdWhilePaused(deps: AgentDeps, handle: AgentHandle): Promise<void> {
  handle.signal.throwIfAborted();
  if (!deps.agent().pausing) {
    return;
  }
  deps.commit([{ type: 'agentPaused', agentId: handle.id }]);
  handle.yieldSlot();
  await handle.until(() => deps.agent().stage !== 'paused', handle.signal);
  await takeSlotAgain(deps, handle);
}

/** Everything in the mailbox becomes part of the next request; this is the acknowledgement the sender sees. */
function deliverMessages(history: WorkingHistory, deps: AgentDeps, handle: AgentHandle): void {
  const last = history.messages.at(-1);
  if (history.pending.length === 0 && deps.agent().mailbox.length === 0 && last?.role === 'assistant' && history.fruitless === 0) {
    nudge('Go on.', deps, handle);
  }
  const { mailbox, turn } = deps.agent();
  for (const message of mailbox) {
    deps.commit([{ type: 'messageDelivered', messageId: message.messageId, agentId: handle.id, turn: turn + 1 }]);
    history.pending.push({ kind: 'text', text: renderMessage(message) });
  }
}

/** What a reply leads to; the report, once the agent has given one. */
async function settleReply(reply: ModelReply, history: WorkingHistory, deps: AgentDeps, handle: AgentHandle): Promise<Report | undefined> {
  const calls = reply.blocks.filter((block) => block.kind === 'toolCall');
  if (calls.length > 0) {
    history.fruitless = 0;
    return runCalls(calls, reply, history, deps, handle);
  }
  endTurn(deps, handle);
  switch (reply.stop) {
    case 'pauseTurn':
      history.fruitless++;
      return boundFruitless(history, 'The model paused its turn again and again.');
    case 'contextWindow':
      throw new RunFailure({
        kind: 'contextWindow',
        message: `The context window of ${reply.model} is full.`,
        next: 'Start an agent on the rest of the task; this one cannot go on.',
      });
    case 'maxTokens':
      history.fruitless++;
      boundFruitless(history, 'The reply was cut off at the output limit again and again.');
      nudge('Your reply was cut off at the output limit. Go on where you stopped, in smaller pieces.', deps, handle);
      return undefined;
    default:
      return finish(reply, history, deps, handle);
  }
}

async function runCalls(
  calls: readonly Extract<ModelReply['blocks'][number], { kind: 'toolCall' }>[],
  reply: ModelReply,
  history: WorkingHistory,
  deps: AgentDeps,
  handle: AgentHandle,
): Promise<Report | undefined> {
  // A reply cut off for an unknown reason may hold calls the model did not finish thinking about: they are answered, not run.
  const trusted = reply.stop === 'unknown' ? calls.map((call) => ({ ...call, invalid: 'the reply ended for an unknown reason' })) : calls;
  const settled = await Promise.allSettled(trusted.map((call) => runToolCall(call, deps, handle)));
  const results = settled.map((result) => {
    if (result.status === 'rejected') {
      throw result.reason;
    }
    return result.value;
  });
  endTurn(deps, handle);
  handle.signal.throwIfAborted();
  history.pending = results.map((result) => result.part);
  return results.find((result) => result.report !== undefined)?.report;
}

function endTurn(deps: AgentDeps, handle: AgentHandle): void {
  deps.commit([{ type: 'turnEnded', agentId: handle.id, turn: deps.agent().turn }]);
}

/** A reply without calls: wait for children if there are any, else it is the report, if it says anything. */
async function finish(reply: ModelReply, history: WorkingHistory, deps: AgentDeps, handle: AgentHandle): Promise<Report | undefined> {
  if (deps.openWork() > 0 && deps.agent().mailbox.length === 0) {
    await waitForChildren(deps, handle);
  }
  if (deps.agent().mailbox.length > 0) {
    return undefined;
  }
  const summary = reply.blocks
    .flatMap((block) => (block.kind === 'text' ? [block.text] : []))
    .join('\n')
    .trim();
  if (summary !== '') {
    return { summary, findings: [], filesRead: [], filesChanged: [], recommendations: [], openQuestions: [], notes: [] };
  }
  history.fruitless++;
  boundFruitless(history, 'The model ended its turn without a word and without a report, again and again.');
  nudge('You ended your turn without saying anything. Call `report` with your result, or go on with the task.', deps, handle);
  return undefined;
}

async function waitForChildren(deps: AgentDeps, handle: AgentHandle): Promise<void> {
  deps.commit([{ type: 'waitStarted', agentId: handle.id, wait: { kind: 'children', detail: 'Waiting for its agents' } }]);
  await sleepUntilNeeded(deps, handle, handle.signal);
  deps.commit([{ type: 'waitEnded', agentId: handle.id }]);
}

function boundFruitless(history: WorkingHistory, message: string): undefined {
  if (history.fruitless >= maxFruitless) {
    throw new RunFailure({ kind: 'noReport', message, next: 'Look at its transcript, then retry it or give it a follow-up task.' });
  }
}

function nudge(text: string, deps: AgentDeps, handle: AgentHandle): void {
  deps.commit([
    {
      type: 'messageQueued',
      messageId: deps.mint('message'),
      to: handle.id,
      from: { kind: 'engine' },
      sender: 'engine',
      kind: 'engine',
      text,
      interrupt: false,
    },
  ]);
}
