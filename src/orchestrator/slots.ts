import { Waker } from '../lib/waker.ts';

/** How many agents may be at work at once. Who has worked before goes first, then first come, first served. */
export class Slots {
  readonly #limit: () => number;
  readonly #returning: object[] = [];
  readonly #arriving: object[] = [];
  readonly #waker = new Waker();
  #taken = 0;

  /** `limit` is read at every decision, so that a changed setting counts at once. */
  constructor(limit: () => number) {
    this.#limit = limit;
  }

  get taken(): number {
    return this.#taken;
  }

  /** How many more could take a slot without waiting; below zero when some wait. */
  get vacant(): number {
    return this.#limit() - this.#taken - this.#arriving.length - this.#returning.length;
  }

  /** Whether the next to come would have to wait. */
  get full(): boolean {
    return this.#taken >= this.#limit() || this.#arriving.length + this.#returning.length > 0;
  }

  /** Takes a slot, waiting for one if need be. `returning`: the agent had one before and gave it up while it waited. */
  async take(returning: boolean, signal: AbortSignal): Promise<void> {
    const ticket = {};
    const queue = returning ? this.#returning : this.#arriving;
    queue.push(ticket);
    try {
      await this.#waker.until(() => this.#isNext(ticket) && this.#taken < this.#limit(), signal);
      this.#taken++;
    } finally {
      queue.splice(queue.indexOf(ticket), 1);
      this.#waker.wake();
    }
  }

  release(): void {
    this.#taken--;
    this.#waker.wake();
  }

  /** Lets waiters look at the limit again after a setting changed. */
  recheck(): void {
    this.#waker.wake();
  }

  #isNext(ticket: object): boolean {
    return (this.#returning[0] ?? this.#arriving[0]) === ticket;
  }
}
