import type { FleetEvent, JournalEntry } from '../core/events.ts';
import { toDisposable } from '../lib/disposables.ts';
import type { Clock } from '../orchestrator/ports.ts';
import { JournalError } from './journalError.ts';
import type { Journal } from './journalWriter.ts';

/** A journal that numbers facts like any other and keeps none of them; every sync says why. */
export function createReadOnlyJournal(
  last: { readonly seq: number; readonly at: number },
  clock: Clock,
  reason: string,
  next: string,
): Journal {
  const failure = new JournalError('readOnly', reason, next);
  let { seq, at } = last;
  return {
    failure,
    lastSync: undefined,
    append: (events: readonly FleetEvent[]): readonly JournalEntry[] => {
      at = Math.max(at, Math.floor(clock.now()));
      return events.map((event) => ({ seq: ++seq, at, event }));
    },
    sync: () => Promise.reject(failure),
    onDidFail: () => toDisposable(() => undefined),
    recover: () => Promise.reject(failure),
    close: () => Promise.resolve(),
  };
}
