import type { MessageId } from '../core/ids.ts';
import { endsWait } from '../core/requests.ts';
import type { AgentDeps } from './agentDeps.ts';
import type { AgentHandle } from './agentHandle.ts';

/** Takes the slot back after a wait; a wait for it is a fact of its own. */
export async function takeSlotAgain(deps: AgentDeps, handle: AgentHandle): Promise<void> {
  const waits = handle.slotsFull;
  if (waits) {
    deps.commit([{ type: 'waitStarted', agentId: handle.id, wait: { kind: 'slot', detail: 'Waiting for a slot' } }]);
  }
  await handle.takeSlot(true);
  if (waits) {
    deps.commit([{ type: 'waitEnded', agentId: handle.id }]);
  }
}

/** Waits, without a slot and without spending a token, for a message or until nothing it has asked for is still at work or to come. */
export async function sleepUntilNeeded(deps: AgentDeps, handle: AgentHandle, signal: AbortSignal): Promise<void> {
  const needed = () => deps.agent().mailbox.length > 0 || deps.openWork() === 0;
  if (needed()) {
    return;
  }
  handle.yieldSlot();
  try {
    await handle.until(needed, signal);
  } finally {
    if (!handle.signal.aborted) {
      await takeSlotAgain(deps, handle);
    }
  }
}

/** Waits, without a slot, for the answer to a request, for `ms` at most or until something else has to be read first; whether there is one. */
export async function waitForReply(
  messageId: MessageId,
  ms: number,
  deps: AgentDeps,
  handle: AgentHandle,
  signal: AbortSignal,
): Promise<boolean> {
  const asked = deps.agent().requests?.find((sent) => sent.messageId === messageId)?.to;
  const answered = () => deps.agent().mailbox.some((message) => message.replyTo === messageId && message.kind !== 'request');
  const needed = () => answered() || deps.agent().mailbox.some((message) => endsWait(message, messageId, asked));
  if (ms <= 0 || needed()) {
    return answered();
  }
  const patience = new AbortController();
  const late = deps.clock.sleep(ms, AbortSignal.any([signal, patience.signal])).then(
    () => patience.abort(),
    () => undefined,
  );
  handle.yieldSlot();
  try {
    await handle.until(needed, AbortSignal.any([signal, patience.signal])).catch((error: unknown) => {
      if (signal.aborted) {
        throw error;
      }
    });
    return answered();
  } finally {
    patience.abort();
    await late;
    if (!handle.signal.aborted) {
      await takeSlotAgain(deps, handle);
    }
  }
}

/** Nobody spends what the run does not have: before its next request an agent waits for the person to decide about a budget that is used up. */
export async function holdForBudget(deps: AgentDeps, handle: AgentHandle): Promise<void> {
  const over = deps.overdrawn();
  if (over === undefined) {
    return;
  }
  deps.askAboutBudget(over);
  deps.commit([{ type: 'waitStarted', agentId: handle.id, wait: { kind: 'budget', detail: `Waiting for you: ${over.what}` } }]);
  handle.yieldSlot();
  await handle.until(() => deps.overdrawn() === undefined, handle.signal);
  deps.commit([{ type: 'waitEnded', agentId: handle.id }]);
  await takeSlotAgain(deps, handle);
}
