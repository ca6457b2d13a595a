import type { Failure, Usage } from '../core/events.ts';
import { toError } from '../lib/errors.ts';
import { type Clock, ModelError, type ModelEvent, type ModelProvider, type ModelReply, type ModelRequest } from './ports.ts';
import type { Admission, GateWait, RateGate } from './rateGate.ts';

/** What is left of an attempt that did not settle. `usage` is what the endpoint had reported by then. */
export interface BrokenAttempt {
  readonly attempt: number;
  readonly partial: string | undefined;
  readonly usage: Usage | undefined;
}

/** Told what happens to a request. Each `attemptStarted` is followed by `attemptFailed`, `attemptAborted` or the settled reply. */
export interface RequestListener {
  attemptStarted(attempt: number): void;
  attemptFailed(failed: BrokenAttempt & { readonly failure: Failure }): void;
  attemptAborted?(aborted: BrokenAttempt): void;
  /** Each `waiting` is followed by one `waitOver` before anything else is told. */
  waiting(wait: GateWait & { readonly kind: 'rateLimit' | 'network' }): void;
  waitOver(): void;
  delta(event: Extract<ModelEvent, { type: 'delta' }>): void;
}

export interface RequestDeps {
  readonly provider: ModelProvider;
  readonly gate: RateGate;
  readonly clock: Clock;
  /** How long an attempt may stay without any ModelEvent, in ms. */
  readonly idleTimeoutMs: number;
  /** How many attempts may fail by network or endpoint; attempts the endpoint asked to delay do not count. */
  readonly maxAttempts: number;
  /** A number from 0 (included) to 1 (excluded). */
  readonly random: () => number;
  readonly on: RequestListener;
}

/** An endpoint that does not speak the Messages API will not learn it; a passing proxy page deserves a second look. */
const maxEndpointFailures = 3;
/** Patience is asked for at most every second, and mostly far less often: this is hours, not minutes. */
const maxDelays = 200;
const firstBackoffMs = 1000;
const longestBackoffMs = 30_000;

/**
 * Gets one reply, however often it has to be asked for: no tool runs from a reply that did not settle, so that asking again for the same turn
 * is always safe. Throws ModelError when a person must act or patience is at its end, and the signal's reason as soon as it aborts.
 */
export async function requestModel(deps: RequestDeps, request: ModelRequest, signal: AbortSignal): Promise<ModelReply> {
  let failures = 0;
  let delays = 0;
  for (let attempt = 1; ; attempt++) {
    const admission = await enterGate(deps, signal);
    let error: ModelError;
    try {
      const result = await runAttempt(deps, request, attempt, admission, signal);
      if (result instanceof ModelError) {
        error = result;
      } else {
        return result;
      }
    } finally {
      admission.release();
    }
    if (error.retry === 'wait') {
      delays++;
    } else {
      failures++;
    }
    if (!mayRetry(error, failures, delays, deps.maxAttempts)) {
      throw error.retry === 'never' ? error : givenUp(error, attempt);
    }
    if (error.retry === 'retry') {
      await backOff(deps, error, failures, signal);
    }
  }
}

function mayRetry(error: ModelError, failures: number, delays: number, maxAttempts: number): boolean {
  if (error.retry === 'wait') {
    return delays < maxDelays;
  }
  const limit = error.failure.kind === 'endpoint' ? Math.min(maxEndpointFailures, maxAttempts) : maxAttempts;
  return error.retry === 'retry' && failures < limit;
}

/** What the last of many tries died of, with what to do now that there is no further one. */
function givenUp(error: ModelError, attempts: number): ModelError {
  const { kind, message, next } = error.failure;
  const failure: Failure = { kind, message, next: `${attempts} tries failed. ${next} Then retry the agent: what it did so far is kept.` };
  return new ModelError(failure, 'never', { cause: error });
}

async function enterGate({ gate, on }: RequestDeps, signal: AbortSignal): Promise<Admission> {
  let waiting = false;
  const endWait = (): void => {
    if (waiting) {
      waiting = false;
      on.waitOver();
    }
  };
  try {
    return await gate.enter((wait) => {
      endWait();
      waiting = true;
      on.waiting({ kind: 'rateLimit', ...wait });
    }, signal);
  } finally {
    endWait();
  }
}

/** Jitter only adds, so that agents that failed together do not come back together, nor sooner than meant. */
async function backOff({ clock, random, on }: RequestDeps, error: ModelError, failures: number, signal: AbortSignal): Promise<void> {
  const pause = error.retryAfterMs ?? Math.min(firstBackoffMs * 2 ** (failures - 1), longestBackoffMs);
  const ms = Math.ceil(pause * (1 + random() * 0.5));
  on.waiting({ kind: 'network', detail: error.failure.message, until: clock.now() + ms });
  try {
    await clock.sleep(ms, signal);
  } finally {
    on.waitOver();
  }
}

/** One attempt: the reply, or the ModelError it ended with. Throws on abort and on defects only. */
async function runAttempt(
  deps: RequestDeps,
  request: ModelRequest,
  attempt: number,
  admission: Admission,
  signal: AbortSignal,
): Promise<ModelReply | ModelError> {
  const { on } = deps;
  let partial = '';
  let usage: Usage | undefined;
  const take = (event: ModelEvent): void => {
    if (event.type === 'started') {
      usage = event.usage;
      admission.accepted();
    } else if (event.type === 'delta') {
      partial += event.kind === 'text' ? event.text : '';
      on.delta(event);
    }
  };
  const broken = (): BrokenAttempt => ({ attempt, partial: partial === '' ? undefined : partial, usage });
  on.attemptStarted(attempt);
  try {
    return await streamOnce(deps, request, take, signal);
  } catch (thrown) {
    if (signal.aborted) {
      on.attemptAborted?.(broken());
      throw toError(signal.reason);
    }
    const failure = thrown instanceof ModelError ? thrown.failure : toDefect(thrown);
    on.attemptFailed({ ...broken(), failure });
    if (!(thrown instanceof ModelError)) {
      throw thrown;
    }
    if (thrown.retry === 'wait') {
      admission.refused(thrown.retryAfterMs);
    }
    return thrown;
  }
}

/**
 * Reads a stream to its settled event. Ends as soon as the signal aborts or the stream stays silent for too long, even if the provider
 * itself hangs; what it still says after that is ignored.
 */
function streamOnce(deps: RequestDeps, request: ModelRequest, take: (event: ModelEvent) => void, signal: AbortSignal): Promise<ModelReply> {
  const { provider, clock, idleTimeoutMs } = deps;
  return new Promise((resolve, reject) => {
    const own = new AbortController();
    const watch = new AbortController();
    let lastEventAt = clock.now();
    let over = false;
    const finish = (settle: () => void): void => {
      if (!over) {
        over = true;
        signal.removeEventListener('abort', onAbort);
        // With a reason of our own, because making the default one costs more than all the rest of this.
        watch.abort('over');
        settle();
      }
    };
    const breakOff = (reason: Error): void => {
      finish(() => reject(reason));
      own.abort(reason);
    };
    const onAbort = (): void => breakOff(toError(signal.reason));

    const read = async (): Promise<ModelReply> => {
      for await (const event of provider.stream(request, own.signal)) {
        if (over) {
          break;
        }
        lastEventAt = clock.now();
        take(event);
        if (event.type === 'settled') {
          return event.reply;
        }
      }
      throw networkError('The reply ended before it was complete.');
    };
    /** Sleeps to the earliest moment the limit can be reached, instead of starting a timer with every event. */
    const watchSilence = async (): Promise<void> => {
      for (let left = idleTimeoutMs; left > 0; left = lastEventAt + idleTimeoutMs - clock.now()) {
        await clock.sleep(left, watch.signal);
      }
      breakOff(networkError(`The model was silent for ${Math.round(idleTimeoutMs / 1000)} s.`));
    };

    if (signal.aborted) {
      onAbort();
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    read().then(
      (reply) => finish(() => resolve(reply)),
      (error: unknown) => finish(() => reject(toError(error))),
    );
    watchSilence().catch((error: unknown) => {
      if (!watch.signal.aborted) {
        breakOff(toError(error));
      }
    });
  });
}

function networkError(message: string): ModelError {
  return new ModelError({ kind: 'network', message, next: 'Check the network.' }, 'retry');
}

function toDefect(thrown: unknown): Failure {
  return { kind: 'defect', message: toError(thrown).message, next: 'Retry the agent, and report this.' };
}
