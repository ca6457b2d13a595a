import { toError } from '../lib/errors.ts';
import type { Clock } from './ports.ts';

/** Why a request waits; `until` (ms since the epoch) is when the gate will try again, if it is closed. */
export interface GateWait {
  readonly detail: string;
  readonly until?: number | undefined;
}

/** The right to make one request. */
export interface Admission {
  /** The endpoint accepted the request: more may follow. */
  accepted(): void;
  /** The endpoint asked for patience: the gate closes for everyone, for `retryAfterMs` if it said so. */
  refused(retryAfterMs: number | undefined): void;
  /** The request is over, however it ended. */
  release(): void;
}

export interface RateGateOptions {
  readonly clock: Clock;
  /** A number from 0 (included) to 1 (excluded). */
  readonly random: () => number;
  /** How many requests may be on their way at once. */
  readonly maxInFlight: number;
}

const firstPauseMs = 1000;
const longestPauseMs = 120_000;

interface Waiter {
  readonly admit: (admission: Admission) => void;
  readonly told: (wait: GateWait) => void;
}

/**
 * Lets the requests of all agents that share a rate limit through, first come first served. When the endpoint asks for patience it closes
 * for all, then lets one request try, and doubles the number on their way with each one that is accepted.
 */
export class RateGate {
  readonly #options: RateGateOptions;
  readonly #waiters = new Set<Waiter>();
  /** Counts closings, so that answers to requests from before the last one do not open or close the gate again. */
  #epoch = 0;
  #closedUntil = 0;
  #refusals = 0;
  /** How many requests of this epoch may be on their way; unlimited while nothing was refused. */
  #window = Number.POSITIVE_INFINITY;
  #inFlight = 0;
  #inFlightOfEpoch = 0;
  #wake: AbortController | undefined;

  constructor(options: RateGateOptions) {
    this.#options = options;
  }

  /** Resolves when a request may be made. `onWait` is told, if it cannot be at once, why, and again when the reason changes. */
  async enter(onWait: (wait: GateWait) => void, signal: AbortSignal): Promise<Admission> {
    signal.throwIfAborted();
    if (this.#waiters.size === 0 && this.#isOpen()) {
      return this.#admit();
    }
    return await new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiters.delete(waiter);
        if (this.#waiters.size === 0) {
          this.#wake?.abort();
        }
        reject(toError(signal.reason));
      };
      const waiter: Waiter = {
        admit: (admission) => {
          signal.removeEventListener('abort', leave);
          resolve(admission);
        },
        told: onWait,
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiters.add(waiter);
      onWait(this.#reason());
      this.#wakeWhenDue();
    });
  }

  #isOpen(): boolean {
    return (
      this.#options.clock.now() >= this.#closedUntil && this.#inFlight < this.#options.maxInFlight && this.#inFlightOfEpoch < this.#window
    );
  }

  #reason(): GateWait {
    if (this.#options.clock.now() < this.#closedUntil) {
      return { detail: 'the endpoint asked for patience', until: this.#closedUntil };
    }
    return {
      detail: this.#window === Number.POSITIVE_INFINITY ? 'too many requests on their way' : 'requests start one by one after a pause',
    };
  }

  #admit(): Admission {
    const epoch = this.#epoch;
    let accepted = false;
    let over = false;
    this.#inFlight++;
    this.#inFlightOfEpoch++;
    return {
      accepted: () => {
        if (!accepted && epoch === this.#epoch) {
          accepted = true;
          this.#open();
        }
      },
      refused: (retryAfterMs) => {
        if (epoch === this.#epoch) {
          this.#close(retryAfterMs);
        }
      },
      release: () => {
        if (!over) {
          over = true;
          this.#inFlight--;
          this.#inFlightOfEpoch -= epoch === this.#epoch ? 1 : 0;
          this.#pump();
        }
      },
    };
  }

  #open(): void {
    this.#refusals = 0;
    this.#window *= 2;
    if (this.#window > this.#options.maxInFlight) {
      this.#window = Number.POSITIVE_INFINITY;
    }
    this.#pump();
  }

  /** The pause is never shorter than asked for: jitter only adds to it. */
  #close(retryAfterMs: number | undefined): void {
    const { clock, random } = this.#options;
    const pause = Math.min(retryAfterMs ?? firstPauseMs * 2 ** this.#refusals, longestPauseMs);
    this.#epoch++;
    this.#inFlightOfEpoch = 0;
    this.#window = 1;
    this.#refusals = Math.min(this.#refusals + 1, 10);
    this.#closedUntil = clock.now() + pause + Math.max(pause * 0.25, firstPauseMs) * random();
    for (const waiter of this.#waiters) {
      waiter.told(this.#reason());
    }
    this.#wakeWhenDue();
  }

  #pump(): void {
    for (const waiter of this.#waiters) {
      if (!this.#isOpen()) {
        return;
      }
      this.#waiters.delete(waiter);
      waiter.admit(this.#admit());
    }
  }

  #wakeWhenDue(): void {
    if (this.#waiters.size === 0 || this.#options.clock.now() >= this.#closedUntil) {
      return;
    }
    this.#wake?.abort();
    const wake = new AbortController();
    this.#wake = wake;
    this.#options.clock.sleep(this.#closedUntil - this.#options.clock.now(), wake.signal).then(
      () => {
        this.#pump();
        this.#wakeWhenDue();
      },
      () => {
        // Aborted because nobody waits any more, or because a later closing has its own alarm.
      },
    );
  }
}
