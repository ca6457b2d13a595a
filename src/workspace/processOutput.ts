import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { keptOutputToText, OutputRing } from './outputRing.ts';
import type { Spool } from './processSpool.ts';

const headBytes = 16 * 1024;
const tailBytes = 48 * 1024;
const liveBytes = 8 * 1024;
const liveIntervalMs = 50;
/** How long an output must be silent, after its command ended, to count as over. */
const silenceMs = 100;
const drainMs = 1000;
const drainStepMs = 20;

/** Told, perhaps more than once, when the output is longer than `bytes`. */
export interface OutputLimit {
  readonly bytes: number | undefined;
  readonly reached: () => void;
}

/** Takes in one command's output: both ends in memory, the whole in a spool file, the newest part to whoever is looking. */
export class ProcessOutput {
  readonly #streams: readonly Readable[];
  readonly #spool: Spool;
  readonly #onOutput: (text: string) => void;
  readonly #most: OutputLimit;
  readonly #ring = new OutputRing(headBytes, tailBytes);
  readonly #ended: Promise<boolean>;
  #stalled = 0;
  #live: Buffer[] = [];
  #liveLength = 0;
  #liveTimer: NodeJS.Timeout | undefined;

  /** `onOutput` gets new text at most every 50 ms; of a flood only the newest 8 KB. */
  constructor(streams: readonly Readable[], spool: Spool, onOutput: (text: string) => void, most: OutputLimit) {
    this.#streams = streams;
    this.#spool = spool;
    this.#onOutput = onOutput;
    this.#most = most;
    this.#ended = Promise.all(streams.map((stream) => this.#follow(stream))).then(() => true);
  }

  get totalBytes(): number {
    return this.#ring.totalBytes;
  }

  /** Bytes that are not in {@link text}. */
  get leftOutBytes(): number {
    return this.#ring.kept().leftOut;
  }

  text(): string {
    return keptOutputToText(this.#ring.kept(), (leftOut) => `\n[... ${leftOut} bytes left out here ...]\n`);
  }

  /** Waits for the end of the output, but no longer than it keeps coming and one second at most. Tells whether it ended. */
  async drain(): Promise<boolean> {
    const deadline = performance.now() + drainMs;
    let silent = 0;
    let seen = this.totalBytes;
    while (silent < silenceMs && performance.now() < deadline) {
      if (await Promise.race([this.#ended, sleep(drainStepMs, false)])) {
        return true;
      }
      silent = this.totalBytes === seen && this.#stalled === 0 ? silent + drainStepMs : 0;
      seen = this.totalBytes;
    }
    return false;
  }

  /** Lets go of the pipes, shows what is left to show, and finishes the spool file. */
  async close(): Promise<void> {
    for (const stream of this.#streams) {
      stream.destroy();
    }
    clearTimeout(this.#liveTimer);
    this.#showLive();
    await this.#spool.close();
  }

  #follow(stream: Readable): Promise<void> {
    stream.on('data', (chunk: Buffer) => this.#take(stream, chunk));
    // A pipe that breaks is an output that is over; 'close' follows.
    stream.on('error', () => undefined);
    return new Promise((resolve) => {
      stream.once('close', resolve);
    });
  }

  #take(stream: Readable, chunk: Buffer): void {
    const written = this.#keep(chunk);
    this.#noteLive(chunk);
    if (this.totalBytes > (this.#most.bytes ?? Number.POSITIVE_INFINITY)) {
      this.#most.reached();
    }
    if (written !== undefined) {
      // The command waits, as it would for a slow terminal, so that memory stays bounded.
      stream.pause();
      this.#stalled++;
      void written.then(() => {
        this.#stalled--;
        stream.resume();
      });
    }
  }

  #keep(chunk: Buffer): Promise<void> | undefined {
    if (!this.#spool.begun && this.totalBytes + chunk.length > headBytes + tailBytes) {
      void this.#spool.start(this.#ring.kept());
    }
    this.#ring.push(chunk);
    return this.#spool.write(chunk);
  }

  #noteLive(chunk: Buffer): void {
    this.#live.push(chunk.subarray(-liveBytes));
    this.#liveLength += Math.min(chunk.length, liveBytes);
    while (this.#liveLength - (this.#live[0]?.length ?? 0) >= liveBytes) {
      this.#liveLength -= this.#live.shift()?.length ?? 0;
    }
    this.#liveTimer ??= setTimeout(() => this.#showLive(), liveIntervalMs);
  }

  #showLive(): void {
    this.#liveTimer = undefined;
    if (this.#liveLength > 0) {
      const text = Buffer.concat(this.#live).toString('utf8');
      this.#live = [];
      this.#liveLength = 0;
      this.#onOutput(text);
    }
  }
}
