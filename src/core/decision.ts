import type { Accepted, Rejection } from './commands.ts';
import type { FleetEvent } from './events.ts';

/** What a command comes to: facts to record, or a refusal that changes nothing. */
export type Decision =
  | { readonly ok: true; readonly events: readonly FleetEvent[]; readonly accepted: Accepted }
  | { readonly ok: false; readonly rejection: Rejection };
