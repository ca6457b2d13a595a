import type { Actor } from '../core/events.ts';

/** Why something was broken off; every abort carries one. */
export type AbortReason =
  | { readonly kind: 'killed'; readonly by: Actor }
  /** The window closes or the extension stops. */
  | { readonly kind: 'shutdown' }
  /** A message is to be delivered at once. */
  | { readonly kind: 'steered' };

/** The reason object of every AbortSignal in the engine. */
export class AbortError extends Error {
  readonly reason: AbortReason;

  constructor(reason: AbortReason) {
    super(`Broken off: ${reason.kind}`);
    this.name = 'AbortError';
    this.reason = reason;
  }
}

/** The typed reason a signal was aborted with, if it was. */
export function abortReason(signal: AbortSignal): AbortReason | undefined {
  return signal.aborted && signal.reason instanceof AbortError ? signal.reason.reason : undefined;
}
