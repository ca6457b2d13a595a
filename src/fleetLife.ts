import type { JournalEntry } from './core/events.ts';
import type { AgentId } from './core/ids.ts';
import type { OpenedFleet, OpenFleetDeps } from './openFleet.ts';
import type { FleetControl, KeptWorkControl, TrainControl } from './orchestrator/ports.ts';
import { openJournal, type OpenedJournal } from './store/journalFile.ts';
import { readEntries } from './store/readEntries.ts';
import type { FleetDoor } from './ui/fleetDoor.ts';
import { tellNotices } from './ui/notices.ts';
import type { WorkspaceFiles } from './workspace/workspaceFiles.ts';

export interface FleetLifeDeps extends OpenFleetDeps {
  readonly instructions: OpenFleetDeps['instructions'] & { refresh(): Promise<void> };
  readonly door: FleetDoor;
  /** Told when what can be saved has changed. */
  readonly changed: () => void;
  readonly logError: (error: unknown) => void;
}

/** A window that reloads overlaps with the one before it for a moment, in ms. */
const waitForLockMs = 6000;

/** The fleet of a window from its first opening to its end, with the journal it lives on. */
export class FleetLife {
  readonly #deps: FleetLifeDeps;
  #fleet: OpenedFleet | undefined;
  #journal: OpenedJournal | undefined;

  constructor(deps: FleetLifeDeps) {
    this.#deps = deps;
  }

  /** Opens the fleet behind the door, if this window may have one. Never rejects. */
  open(): Promise<void> {
    const { storage, clock, log } = this.#deps;
    return this.#open(() => openJournal({ directory: storage, clock, log, waitForLockMs }));
  }

  /** What a person asks for when the fleet is only to look at, or cannot save: tries again whatever failed. */
  async reopen(): Promise<void> {
    const { door } = this.#deps;
    const journal = this.#journal;
    if (journal !== undefined && door.fleet?.readOnly === undefined && journal.journal.failure !== undefined) {
      await this.#save();
    }
    if (door.state.kind !== 'opening' && (door.fleet === undefined || door.fleet.readOnly !== undefined)) {
      await (journal === undefined ? this.open() : this.#open(() => journal.retry()));
    }
  }

  /** Merge trains of the fleet that is open, if this window may write. */
  get trains(): TrainControl | undefined {
    return this.#fleet?.trains;
  }

  /** Work that was kept when folders of agents went, while a fleet is open. */
  get keptWork(): KeptWorkControl | undefined {
    return this.#fleet?.keptWork;
  }

  /** Why nothing can be saved at the moment and what to do, if that is so. */
  unsaved(): string | undefined {
    const failure = this.#journal?.journal.failure;
    return failure === undefined ? undefined : `${failure.message} ${failure.next}`;
  }

  /** Every fact there is, oldest first; those on their way to the disk are waited for. */
  async entries(): Promise<readonly JournalEntry[]> {
    const journal = this.#journal;
    if (journal !== undefined && journal.readOnly === undefined) {
      await journal.journal.sync();
    }
    return await readEntries(this.#deps.storage);
  }

  /** The files as an agent has them. */
  filesOf(agentId: AgentId): WorkspaceFiles {
    return this.#fleet?.filesOf(agentId) ?? this.#deps.files;
  }

  settingsChanged(): void {
    this.#fleet?.fleet.settingsChanged();
  }

  /** Ends agents and their processes, and puts the journal on disk. Never rejects. */
  async close(): Promise<void> {
    await this.#fleet?.close();
  }

  #open(openedJournal: () => Promise<OpenedJournal>): Promise<void> {
    const { door, logError } = this.#deps;
    return door.open(async (): Promise<FleetControl> => {
      await this.close();
      await this.#deps.instructions.refresh();
      const opened = await openedJournal();
      this.#journal = opened;
      // What agents work with is half of the extension and nothing the window waits for.
      const { createFleet } = await import('./openFleet.ts');
      this.#fleet = createFleet(this.#deps, opened);
      const { setAside } = opened;
      const actions = [
        ...(opened.readOnly === undefined ? [] : [{ title: 'Open Fleet Again', act: () => this.reopen() }]),
        ...(setAside === undefined ? [] : [{ title: 'Keep It Aside and Go On', act: () => this.#open(setAside) }]),
      ];
      tellNotices(opened.notices, actions, logError);
      opened.journal.onDidFail((error) => {
        tellNotices([error], [{ title: 'Try Again', act: () => this.#save() }], logError);
        this.#deps.changed();
      });
      return this.#fleet.fleet;
    });
  }

  /** Tries to save what could not be saved; a failure is told as the first one was. */
  async #save(): Promise<void> {
    await this.#journal?.journal.recover().catch(this.#deps.logError);
    this.#deps.changed();
  }
}
