import type { Failure, Outcome } from '../core/events.ts';
import { toError } from '../lib/errors.ts';
import { abortReason } from './abort.ts';
import { type Log, ModelError } from './ports.ts';

/** An expected failure that ends an agent. */
export class RunFailure extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.name = 'RunFailure';
    this.failure = failure;
  }
}

/** What ended an agent, from what its loop threw: an abort is an outcome, an expected failure keeps its words, anything else is a defect. */
export function outcomeFrom(error: unknown, signal: AbortSignal, log: Log): Outcome {
  const reason = abortReason(signal);
  if (reason !== undefined) {
    return reason.kind === 'killed' ? { kind: 'killed', by: reason.by } : { kind: 'interrupted' };
  }
  if (error instanceof RunFailure || error instanceof ModelError) {
    return { kind: 'failed', failure: error.failure };
  }
  if (error instanceof Error && error.name === 'JournalError') {
    const next = 'Free some disk space or repair access to it, then retry the agent; its history up to here is kept.';
    return { kind: 'failed', failure: { kind: 'storage', message: error.message, next } };
  }
  log.error('An agent ended by a defect', error);
  const next = 'This is a bug in Flotilla; the log has the details. Retry the agent.';
  return { kind: 'failed', failure: { kind: 'defect', message: toError(error).message, next } };
}
