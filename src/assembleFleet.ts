import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { costOf, type PriceTable } from './core/prices.ts';
import { toId } from './core/ids.ts';
import type { JournalEntry } from './core/events.ts';
import { agentsOfRun } from './core/selectors.ts';
import { type Disposable, DisposableStore } from './lib/disposables.ts';
import { Fleet } from './orchestrator/fleet.ts';
import { createLiveTail } from './orchestrator/liveTail.ts';
import type { BlobPort, Clock, FleetSettings, JournalPort, Log, ModelProvider, Rights } from './orchestrator/ports.ts';
import { RateGate } from './orchestrator/rateGate.ts';
import { createAskPersonTool } from './tools/askPerson.ts';
import { createCoordinationTools } from './tools/coordination/coordinationTools.ts';
import { createFileTools } from './tools/fileTools.ts';
import { createNotes, createNoteTools } from './tools/notes.ts';
import { createReportTool } from './tools/report.ts';
import { createRunCommandTool } from './tools/runCommand.ts';
import { createToolBox } from './tools/toolBox.ts';
import { builtInAgentTypes } from './workflows/agentTypes.ts';
import { renderBrief } from './workflows/renderBrief.ts';
import { commandEnvironment } from './workspace/commandEnvironment.ts';
import type { OpenDocuments } from './workspace/openDocuments.ts';
import { Processes } from './workspace/processes.ts';
import { createWorkspaceFiles } from './workspace/workspaceFiles.ts';
import type { WorkspaceFolder } from './workspace/workspacePath.ts';

/** What a fleet over a workspace is made of; nothing here knows VS Code. */
export interface FleetParts {
  readonly folders: () => readonly WorkspaceFolder[];
  readonly documents: OpenDocuments;
  /** Path of a ripgrep program, if there is one. */
  readonly ripgrep: () => Promise<string | undefined>;
  readonly journal: JournalPort;
  readonly entries: readonly JournalEntry[];
  readonly blobs: BlobPort;
  readonly readOnly: string | undefined;
  /** Absolute folder of this workspace's storage; long command outputs go below it. */
  readonly storageFolder: string;
  /** Distinguishes this workspace's processes from those of others, so that leftovers of a crash are found: 1 to 64 letters, digits, _ and -. */
  readonly markerPrefix: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: () => FleetSettings;
  readonly rights: Rights;
  readonly prices: () => PriceTable;
  readonly providers: readonly ModelProvider[];
  /** The provider that new agents use. */
  readonly provider: () => ModelProvider;
}

/** A fleet with what must be let go after it has stopped. */
export interface AssembledFleet extends Disposable {
  readonly fleet: Fleet;
  /** Ends what an earlier host of this workspace left running when it died. */
  readonly sweepLeftovers: () => Promise<void>;
}

/** Agents and runs are named by models and people, so their ids are short; of the others there are too many for that. */
const shortKinds: ReadonlySet<string> = new Set(['agent', 'run']);

/** How many requests one key may have on their way at once; endpoints refuse far fewer, and the gate then adapts. */
const maxInFlight = 256;

/** Puts the engine, the tools and the workspace together: the same in the extension, in tests and in the bench. */
export function assembleFleet(parts: FleetParts): AssembledFleet {
  const { clock, log } = parts;
  const disposables = new DisposableStore();
  const files = createWorkspaceFiles({ folders: parts.folders, documents: parts.documents, ripgrep: parts.ripgrep });
  const spoolFolder = join(parts.storageFolder, 'outputs');
  const processes = disposables.add(new Processes({ markerPrefix: parts.markerPrefix, spoolFolder, log }));
  const tail = disposables.add(createLiveTail({ clock, log }));
  const gates = new Map<string, RateGate>();
  const paths = () => parts.folders().map((folder) => folder.path);
  const environment = () => commandEnvironment(process.env, { platform: process.platform, workspaceFolders: paths() });
  const notes = createNotes({ blobs: parts.blobs, agentsOfRun: (runId) => agentsOfRun(fleet.state, runId) });
  const fleet: Fleet = new Fleet({
    ...parts,
    tail,
    random: Math.random,
    mint: (kind) => toId(kind, `${kind[0]}-${randomUUID().slice(0, shortKinds.has(kind) ? 8 : 23)}`),
    agentTypes: builtInAgentTypes,
    providerOf: (id) => parts.providers.find((provider) => provider.id === id),
    gateOf: (rateKey) => {
      const gate = gates.get(rateKey) ?? new RateGate({ clock, random: Math.random, maxInFlight });
      gates.set(rateKey, gate);
      return gate;
    },
    costOf: (model, usage) => costOf({ model, at: clock.now(), usage, table: parts.prices() }),
    renderOpening: ({ brief }, { label }) => renderBrief(brief, { label, folders: parts.folders().map((folder) => folder.name) }),
    toolBox: createToolBox([
      ...createFileTools(files),
      createRunCommandTool({ paths: files.paths, processes, environment }),
      ...createNoteTools(notes),
      createAskPersonTool(),
      createReportTool(),
      ...createCoordinationTools({ agentTypes: builtInAgentTypes, now: () => clock.now() }),
    ]),
  });
  disposables.add(forgetDeleted(fleet, files.forget));
  return {
    fleet,
    sweepLeftovers: async () => {
      const { found: killed } = await processes.sweepLeftovers();
      if (killed > 0) {
        log.info(`Stopped ${killed} processes that an earlier window had left running`);
      }
    },
    dispose: () => disposables.dispose(),
  };
}

/** What an agent has read is remembered until the agent is deleted. */
function forgetDeleted(
  fleet: Fleet,
  forget: (agentId: Parameters<ReturnType<typeof createWorkspaceFiles>['forget']>[0]) => void,
): Disposable {
  return fleet.subscribe((_, entries) => {
    for (const { event } of entries) {
      if (event.type === 'agentDeleted') {
        forget(event.agentId);
      }
    }
  });
}
