import type { Failure } from '../../core/events.ts';
import type { AgentId } from '../../core/ids.ts';
import type { RowTarget } from '../../core/rows.ts';
import type { FleetControl, KeptWorkControl, TrainControl } from '../../orchestrator/ports.ts';
import type { CommandReply } from '../commandReply.ts';
import type { FleetDoor } from '../fleetDoor.ts';

/** Which models new agents will get, and whether these can be used now. */
export interface ProviderFacts {
  /** Name for people of the provider that new agents get. */
  label(): string;
  /** Why it cannot be used and what to do about it; undefined if it can. */
  ready(): Promise<Failure | undefined>;
}

/** What every command may use. */
export interface CommandDeps {
  readonly door: FleetDoor;
  readonly provider: ProviderFacts;
  readonly now: () => number;
  /** The row that is selected in the tree, for keys pressed there. */
  readonly selected: () => RowTarget | undefined;
  /** Opens the timeline; with an agent, on its transcript. */
  readonly openTimeline: (follow: AgentId | undefined, options?: { readonly keepFocus: boolean }) => void;
  /** Merge trains, while there is a fleet. */
  readonly trains: () => TrainControl | undefined;
  /** Work that was kept when folders of agents went, while there is a fleet. */
  readonly keptWork: () => KeptWorkControl | undefined;
  readonly logError: (error: unknown) => void;
}

/** A command: takes whatever it is called with, and always answers with plain JSON. */
export type CommandHandler = (...args: readonly unknown[]) => Promise<CommandReply>;

/** Commands by id. */
export type CommandTable = Readonly<Record<string, CommandHandler>>;

/** Changes something in the fleet, or refuses before anything is asked, so that nobody types what cannot be taken. */
export async function withWritableFleet(
  door: FleetDoor,
  act: (fleet: FleetControl) => CommandReply | Promise<CommandReply>,
): Promise<CommandReply> {
  return withFleet(door, (fleet) =>
    fleet.readOnly === undefined ? act(fleet) : { ok: false, code: 'readOnly', message: fleet.readOnly, next: '' },
  );
}

/** Looks at the fleet, or refuses for the reason there is none. */
export async function withFleet(
  door: FleetDoor,
  act: (fleet: FleetControl) => CommandReply | Promise<CommandReply>,
): Promise<CommandReply> {
  return door.state.kind === 'open' ? await act(door.state.fleet) : { ok: false, ...door.state.rejection };
}
