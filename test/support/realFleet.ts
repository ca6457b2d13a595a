import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { AgentId } from '../../src/core/ids.ts';
import type { FleetState } from '../../src/core/state.ts';
import { createFleet, type OpenFleetDeps } from '../../src/openFleet.ts';
import type { Fleet } from '../../src/orchestrator/fleet.ts';
import type { DefinitionText, KeptWorkControl, Log, ModelProvider } from '../../src/orchestrator/ports.ts';
import { createClock } from '../../src/platform/clock.ts';
import { createRedactor } from '../../src/policy/redact.ts';
import { secretsIn } from '../../src/policy/secretNames.ts';
import { createBlobs } from '../../src/store/blobs.ts';
import { openJournal } from '../../src/store/journalFile.ts';
import { parseSettings, type Settings } from '../../src/ui/parseSettings.ts';
import { createAgentTypeCatalogue } from '../../src/workflows/agentTypeCatalogue.ts';
import { builtInAgentTypes } from '../../src/workflows/agentTypes.ts';
import { builtInWorkflows } from '../../src/workflows/builtInWorkflows.ts';
import { createWorkflowCatalogue } from '../../src/workflows/workflowCatalogue.ts';
import { workFolders } from '../../src/workspace/workFolders.ts';
import { closedDocuments } from '../../src/workspace/openDocuments.ts';
import { LiveInstructions } from '../../src/workspace/liveInstructions.ts';
import { createWorkspaceFiles, type WorkspaceFiles } from '../../src/workspace/workspaceFiles.ts';

/** The shipped assembly over a throw-away copy of a folder, with a real journal, real tools and real processes. */
export interface RealFleet {
  readonly fleet: Fleet;
  readonly keptWork: KeptWorkControl;
  /** The files as an agent has them. */
  readonly filesOf: (agentId: AgentId) => WorkspaceFiles;
  readonly workspace: string;
  readonly storage: string;
  readonly errors: readonly string[];
  /** Resolves when the state fulfils the condition. */
  until(condition: (state: FleetState) => boolean): Promise<void>;
  /** Closes it and opens it again from its journal, as a reload of the window does. */
  reopen(): Promise<void>;
  close(): Promise<void>;
}

export interface RealFleetOptions {
  /** Folder to copy as the workspace. */
  readonly source: string;
  readonly provider: ModelProvider;
  /** Files that define agent types beside the built-in ones. */
  readonly definitions?: readonly DefinitionText[];
  /** Settings by name without `flotilla.`; the others have their defaults. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

export async function openRealFleet(options: RealFleetOptions): Promise<RealFleet> {
  const root = await mkdtemp(join(tmpdir(), 'flotilla-'));
  const workspace = join(root, 'workspace');
  const storage = join(root, 'storage');
  await cp(options.source, workspace, { recursive: true });
  const errors: string[] = [];
  const log = logInto(errors);
  const clock = createClock();
  const settings: Settings = parseSettings((name) => options.settings?.[name]).settings;
  const blobs = createBlobs({ directory: storage });
  const redactor = createRedactor(secretsIn(process.env));
  const filesIn: OpenFleetDeps['filesIn'] = (folders) =>
    createWorkspaceFiles({ folders, documents: closedDocuments, ripgrep: async () => undefined, blobs, learn: redactor.learn });
  const files = filesIn(() => [{ name: 'workspace', path: workspace }]);
  const instructions = new LiveInstructions({
    folders: files.paths.folders,
    find: (glob, signal) => files.find(glob, undefined, signal),
    trusted: () => true,
    log,
  });
  await instructions.refresh();
  const { provider } = options;
  const workflows = createWorkflowCatalogue({ builtIn: builtInWorkflows, files: [], folders: () => workFolders(files.paths.folders()) });
  const providers = { all: [provider], current: () => provider, prices: () => settings.prices };
  const agentTypes = createAgentTypeCatalogue(builtInAgentTypes, options.definitions ?? []);
  const deps: OpenFleetDeps = {
    storage,
    shared: join(root, 'shared'),
    sandboxHelpers: resolve('node_modules/@anthropic-ai/sandbox-runtime/vendor/seccomp'),
    blobs,
    clock,
    log,
    settings: () => settings,
    files,
    filesIn,
    unsaved: () => [],
    onSaved: () => ({ dispose: () => undefined }),
    redactor,
    instructions,
    providers,
    agentTypes: () => agentTypes,
    template: workflows.template,
  };
  const open = async () => createFleet(deps, await openJournal({ directory: storage, clock, log }));
  let opened = await open();
  return {
    get fleet() {
      return opened.fleet;
    },
    filesOf: (agentId) => opened.filesOf(agentId),
    get keptWork() {
      return opened.keptWork;
    },
    workspace,
    storage,
    errors,
    until: (condition) => until(opened.fleet, condition),
    reopen: async () => {
      await opened.close();
      opened = await open();
    },
    close: async () => {
      await opened.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

function until(fleet: Fleet, condition: (state: FleetState) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      if (condition(fleet.state)) {
        subscription.dispose();
        resolve();
      }
    };
    const subscription = fleet.subscribe(check);
    check();
  });
}

function logInto(errors: string[]): Log {
  const ignore = () => undefined;
  return {
    debug: ignore,
    info: ignore,
    warn: (message) => errors.push(message),
    error: (message, error) => errors.push(`${message}: ${error instanceof Error ? error.stack : String(error)}`),
  };
}
