import type { Answer } from '../core/events.ts';
import type { AgentId, AskId } from '../core/ids.ts';
import { Waker } from '../lib/waker.ts';
import { AbortError, type AbortReason } from './abort.ts';
import type { Slots } from './slots.ts';

/** The running side of one agent: what its loop waits on and what breaks it off. Lives from spawn (or continuation) to end. */
export class AgentHandle {
  readonly id: AgentId;
  readonly #life = new AbortController();
  readonly #waker = new Waker();
  readonly #slots: Slots;
  readonly #onYield: () => void;
  readonly #answers = new Map<AskId, Answer>();
  #step = new AbortController();
  #hasSlot = false;
  #taking: Promise<void> | undefined;
  /** Resolves when the agent has ended and everything it started has stopped. */
  ended: Promise<void> = Promise.resolve();

  /** `onYield` is told when the agent gives up its slot for a wait, so that another may take it. */
  constructor(id: AgentId, slots: Slots, onYield: () => void) {
    this.id = id;
    this.#slots = slots;
    this.#onYield = onYield;
  }

  /** Aborts when the agent is to end. */
  get signal(): AbortSignal {
    return this.#life.signal;
  }

  /** Aborts when the agent is to end or to drop what it is doing now for a message. */
  get stepSignal(): AbortSignal {
    return AbortSignal.any([this.#life.signal, this.#step.signal]);
  }

  /** Begins a step: interruptions asked for before it do not touch it. */
  beginStep(): void {
    if (this.#step.signal.aborted) {
      this.#step = new AbortController();
    }
  }

  /** Ends the agent; the first reason counts. */
  abort(reason: AbortReason): void {
    this.#life.abort(new AbortError(reason));
  }

  /** Breaks off the current request or tools so that a waiting message is read at once. */
  interrupt(): void {
    this.#step.abort(new AbortError({ kind: 'steered' }));
  }

  /** Re-checks whatever the agent waits for; called after every fact about it. */
  wake(): void {
    this.#waker.wake();
  }

  until(condition: () => boolean, signal: AbortSignal): Promise<void> {
    return this.#waker.until(condition, signal);
  }

  setAnswer(askId: AskId, answer: Answer): void {
    this.#answers.set(askId, answer);
    this.#waker.wake();
  }

  /** The person's answer, once there is one. */
  async answerTo(askId: AskId, signal: AbortSignal): Promise<Answer> {
    await this.#waker.until(() => this.#answers.has(askId), signal);
    const answer = this.#answers.get(askId) ?? { kind: 'withdrawn' };
    this.#answers.delete(askId);
    return answer;
  }

  get slotsFull(): boolean {
    return this.#slots.full;
  }

  /** Takes a slot unless the agent has one; calls that overlap share one taking. */
  takeSlot(returning: boolean): Promise<void> {
    if (this.#hasSlot) {
      return Promise.resolve();
    }
    this.#taking ??= this.#slots
      .take(returning, this.signal)
      .then(() => {
        this.#hasSlot = true;
      })
      .finally(() => {
        this.#taking = undefined;
      });
    return this.#taking;
  }

  /** Gives the slot up for the time of a wait. */
  yieldSlot(): void {
    if (this.#hasSlot) {
      this.releaseSlot();
      this.#onYield();
    }
  }

  /** Gives the slot up at the end. */
  releaseSlot(): void {
    if (this.#hasSlot) {
      this.#hasSlot = false;
      this.#slots.release();
    }
  }
}
