/** Lets code wait until a condition holds, re-checked whenever somebody calls `wake`. */
export class Waker {
  readonly #waiters = new Set<() => void>();

  /** Has everyone who waits check again. */
  wake(): void {
    for (const check of [...this.#waiters]) {
      check();
    }
  }

  /** Resolves once `condition` holds, at once if it does already; rejects with the signal's reason when that aborts. */
  until(condition: () => boolean, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        this.#waiters.delete(check);
        signal.removeEventListener('abort', check);
        act();
      };
      const check = () => {
        if (signal.aborted) {
          settle(() => reject(signal.reason));
        } else if (condition()) {
          settle(resolve);
        }
      };
      this.#waiters.add(check);
      signal.addEventListener('abort', check);
      check();
    });
  }
}
