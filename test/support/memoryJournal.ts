import { createHash } from 'node:crypto';
import type { FleetEvent, JournalEntry } from '../../src/core/events.ts';
import type { BlobPort, Clock, JournalPort } from '../../src/orchestrator/ports.ts';

/** A journal in memory that remembers what was acknowledged and can be told to fail. */
export class MemoryJournal implements JournalPort {
  readonly entries: JournalEntry[] = [];
  /** Number of the last fact that a sync acknowledged. */
  synced = 0;
  /** How often a sync was asked for. */
  syncs = 0;
  /** While set, every sync is rejected with it. */
  failure: Error | undefined;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(clock: Pick<Clock, 'now'>, entries: readonly JournalEntry[] = []) {
    this.#clock = clock;
    this.entries.push(...entries);
    this.synced = entries.length;
  }

  /** The facts alone. */
  get events(): readonly FleetEvent[] {
    return this.entries.map((entry) => entry.event);
  }

  append(events: readonly FleetEvent[]): readonly JournalEntry[] {
    const last = this.entries.at(-1);
    const at = Math.max(last?.at ?? 0, Math.floor(this.#clock.now()));
    const seq = last?.seq ?? 0;
    const added = events.map((event, index) => ({ seq: seq + index + 1, at, event }));
    this.entries.push(...added);
    return added;
  }

  async sync(): Promise<void> {
    this.syncs++;
    const upTo = this.entries.at(-1)?.seq ?? 0;
    // A real disk is never done before the caller has gone on.
    await Promise.resolve();
    if (this.failure !== undefined) {
      throw this.failure;
    }
    this.synced = Math.max(this.synced, upTo);
  }
}

/** Blobs in memory, with real hashes. */
export class MemoryBlobs implements BlobPort {
  readonly textByHash = new Map<string, string>();
  /** While set, every put is rejected with it. */
  failure: Error | undefined;

  async put(text: string): Promise<{ readonly hash: string; readonly bytes: number }> {
    if (this.failure !== undefined) {
      throw this.failure;
    }
    const bytes = Buffer.from(text, 'utf8');
    const hash = createHash('sha256').update(bytes).digest('hex');
    this.textByHash.set(hash, text);
    return { hash, bytes: bytes.length };
  }

  async get(hash: string): Promise<string> {
    const text = this.textByHash.get(hash);
    if (text === undefined) {
      throw new Error(`No blob ${hash}`);
    }
    return text;
  }
}
