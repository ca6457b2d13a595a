import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AssembledFleet, assembleFleet, type FleetParts } from '../../src/assembleFleet.ts';
import { listPrices } from '../../src/core/prices.ts';
import type { FleetState } from '../../src/core/state.ts';
import type { Fleet } from '../../src/orchestrator/fleet.ts';
import type { FleetSettings, Log, ModelProvider } from '../../src/orchestrator/ports.ts';
import { createClock } from '../../src/platform/clock.ts';
import { createRights } from '../../src/policy/rights.ts';
import { createBlobs } from '../../src/store/blobs.ts';
import { openJournal } from '../../src/store/journalFile.ts';
import { closedDocuments } from '../../src/workspace/openDocuments.ts';

/** The shipped assembly over a throw-away copy of a folder, with a real journal, real tools and real processes. */
export interface RealFleet {
  readonly fleet: Fleet;
  readonly workspace: string;
  readonly storage: string;
  readonly errors: readonly string[];
  /** Resolves when the state fulfils the condition. */
  until(condition: (state: FleetState) => boolean): Promise<void>;
  close(): Promise<void>;
}

export interface RealFleetOptions {
  /** Folder to copy as the workspace. */
  readonly source: string;
  readonly provider: ModelProvider;
  readonly settings?: Partial<FleetSettings>;
  /** Whether agents may write and run commands without asking. */
  readonly allow?: { readonly writes: boolean; readonly commands: readonly string[] };
}

const settings: FleetSettings = {
  models: { lead: 'claude-opus-5-5', worker: 'claude-sonnet-5-5', scout: 'claude-haiku-5-5' },
  effort: { lead: 'high', worker: 'medium', scout: 'low' },
  maxConcurrentAgents: 16,
  maxDepth: 2,
  maxAgentsPerRun: 100,
  idleTimeoutMs: 30_000,
};

export async function openRealFleet(options: RealFleetOptions): Promise<RealFleet> {
  const root = await mkdtemp(join(tmpdir(), 'flotilla-'));
  const workspace = join(root, 'workspace');
  const storage = join(root, 'storage');
  await cp(options.source, workspace, { recursive: true });
  const errors: string[] = [];
  const log = logInto(errors);
  const clock = createClock();
  const opened = await openJournal({ directory: storage, clock, log });
  const parts: FleetParts = {
    folders: () => [{ name: 'workspace', path: workspace }],
    documents: closedDocuments,
    ripgrep: async () => undefined,
    journal: opened.journal,
    entries: opened.entries,
    blobs: createBlobs({ directory: storage }),
    readOnly: opened.readOnly,
    storageFolder: storage,
    markerPrefix: 'flotilla-test',
    clock,
    log,
    settings: () => ({ ...settings, ...options.settings }),
    rights: createRights({
      writes: options.allow?.writes === true ? 'allow' : 'ask',
      commands: 'allowListed',
      allowedCommands: options.allow?.commands ?? [],
    }),
    prices: () => listPrices,
    providers: [options.provider],
    provider: () => options.provider,
  };
  const assembled = assembleFleet(parts);
  return {
    fleet: assembled.fleet,
    workspace,
    storage,
    errors,
    until: (condition) => until(assembled.fleet, condition),
    close: () => close(assembled, opened.journal, root),
  };
}

function until(fleet: Fleet, condition: (state: FleetState) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const check = (state: FleetState) => {
      if (condition(state)) {
        subscription.dispose();
        resolve();
      }
    };
    const subscription = fleet.subscribe(check);
    check(fleet.state);
  });
}

async function close(assembled: AssembledFleet, journal: { close(): Promise<void> }, root: string): Promise<void> {
  await assembled.fleet.stop();
  assembled.dispose();
  await journal.close();
  await rm(root, { recursive: true, force: true });
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
