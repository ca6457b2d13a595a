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

/** Waits, without a slot and without spending a token, for a message or for the last child to end. */
export async function sleepUntilNeeded(deps: AgentDeps, handle: AgentHandle, signal: AbortSignal): Promise<void> {
  const needed = () => deps.agent().mailbox.length > 0 || deps.liveChildren() === 0;
  if (needed()) {
    return;
  }
  handle.releaseSlot();
  try {
    await handle.until(needed, signal);
  } finally {
    if (!handle.signal.aborted) {
      await takeSlotAgain(deps, handle);
    }
  }
}
