/** Holds something until the test opens it; `reached` resolves when something first waits here. */
export class Gate {
  readonly reached: Promise<void>;
  readonly #opened: Promise<void>;
  #open: () => void = () => {};
  #reach: () => void = () => {};

  constructor() {
    this.#opened = new Promise((resolve) => {
      this.#open = resolve;
    });
    this.reached = new Promise((resolve) => {
      this.#reach = resolve;
    });
  }

  open(): void {
    this.#open();
  }

  /** Waits until the gate is open; rejects with the signal's reason as soon as it aborts. */
  async pass(signal: AbortSignal): Promise<void> {
    this.#reach();
    await abortable(this.#opened, signal);
  }
}

/** The promise, or the signal's reason as soon as it aborts. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) {
      onAbort();
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
