import type { FleetEvent, JournalEntry } from '../../src/core/events.ts';
import { reduceEntries } from '../../src/core/reduceFleet.ts';
import { emptyFleet, type FleetState } from '../../src/core/state.ts';

/** When the first fact of a folded list happened. */
export const foldStart = 1_700_000_000_000;

/** Facts as a journal would give them back, one second apart. */
export function toEntries(events: readonly FleetEvent[]): readonly JournalEntry[] {
  return events.map((event, index) => ({ seq: index + 1, at: foldStart + index * 1000, event }));
}

/** The state after these facts. */
export function fold(events: readonly FleetEvent[]): FleetState {
  return reduceEntries(emptyFleet, toEntries(events));
}
