import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createAgentPlaces, placesBelow } from './agentPlaces.ts';
import { costOf } from './core/prices.ts';
import { mayHandOver } from './core/context/contextFullness.ts';
import type { PlanRequest, PlanTemplate } from './core/decideSpawn.ts';
import type { Rejection } from './core/commands.ts';
import { wholeReportFor } from './core/context/openingContext.ts';
import type { Effect } from './core/events.ts';
import type { AgentId } from './core/ids.ts';
import { outputOf } from './core/context/outputName.ts';
import { allRights, isGranted } from './core/rights.ts';
import { agentsOfRun } from './core/selectors.ts';
import type { Instructions } from './core/context/sharedPrompt.ts';
import type { Disposable } from './lib/disposables.ts';
import { Fleet } from './orchestrator/fleet.ts';
import { createLiveTail } from './orchestrator/liveTail.ts';
import type { BlobPort, Clock, JournalPort, KeptWorkControl, Log, TrainControl } from './orchestrator/ports.ts';
import { RateGate } from './orchestrator/rateGate.ts';
import { createReportEvidence } from './orchestrator/reportEvidence.ts';
import { TrainHost } from './orchestrator/trainHost.ts';
import { mintId } from './platform/mintId.ts';
import { createContentGuard } from './policy/contentGuard.ts';
import { guardFact } from './policy/guardFact.ts';
import type { Redactor } from './policy/redact.ts';
import { createRights, rightsOfMode } from './policy/rights.ts';
import { isBuildPath } from './policy/taint.ts';
import type { Providers } from './openProviders.ts';
import type { OpenedJournal } from './store/journalFile.ts';
import { createAskPersonTool } from './tools/askPerson.ts';
import { createCoordinationTools } from './tools/coordination/coordinationTools.ts';
import { createHandOverTool } from './tools/handOver.ts';
import { createNotes, createNoteTools } from './tools/notes.ts';
import { createReadOutputTool } from './tools/readOutput.ts';
import { createReportTool } from './tools/report.ts';
import type { RunCommandDeps } from './tools/runCommand.ts';
import { createToolBox } from './tools/toolBox.ts';
import type { Settings } from './ui/parseSettings.ts';
import type { AgentTypeCatalogue } from './workflows/agentTypeCatalogue.ts';
import { common } from './workflows/prompts/common.ts';
import { createRenderOpening } from './workflows/renderOpening.ts';
import { createAgentLeases } from './workspace/agentLeases.ts';
import { createCommandGate } from './workspace/commands/commandGate.ts';
import { createCommandPlanner } from './workspace/commands/commandPlanner.ts';
import { createPersonCommands } from './workspace/commands/personCommand.ts';
import { RecordedRuns } from './workspace/commands/recordedRun.ts';
import { createCheckpoints } from './workspace/git/checkpoints.ts';
import { createSandbox } from './workspace/sandbox/createSandbox.ts';
import { commandEnvironment } from './workspace/commandEnvironment.ts';
import { createGit } from './workspace/git/git.ts';
import { createKeptWork } from './workspace/git/keptWork.ts';
import { createRunTrains, findTrainFolder } from './workspace/git/runTrains.ts';
import { Processes } from './workspace/processes.ts';
import type { WorkspaceFiles } from './workspace/workspaceFiles.ts';
import type { WorkspaceFolder, WorkspacePaths } from './workspace/workspacePath.ts';

/*
 * The second half of the composition root: everything a fleet is made of. No logic.
 */

/** What the fleet is given from the window it lives in. */
export interface OpenFleetDeps {
  readonly storage: string;
  /** Absolute folder with the programs that the sandbox needs beside those of the system. */
  readonly sandboxHelpers: string;
  readonly blobs: BlobPort;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: () => Settings;
  /** Absolute folder of ours, the same for all windows; agents' own folders are below it. */
  readonly shared: string;
  readonly files: WorkspaceFiles;
  /** The same operations on other folders. */
  readonly filesIn: (folders: () => readonly WorkspaceFolder[]) => WorkspaceFiles;
  /** Absolute paths of files with unsaved changes in an editor. */
  readonly unsaved: () => readonly string[];
  /** Tells the absolute path of every file that is saved in an editor. */
  readonly onSaved: (listener: (absolute: string) => void) => Disposable;
  /** Knows the secrets that must not be kept, shown or told. */
  readonly redactor: Redactor;
  readonly instructions: { readonly current: Instructions };
  readonly providers: Providers;
  /** The agent types there are now; the same object until a definition changes. */
  readonly agentTypes: () => AgentTypeCatalogue;
  /** The plan a workflow makes of a task, or why it cannot. */
  readonly template: (request: PlanRequest) => PlanTemplate | Rejection;
}

/** A fleet with all that must be let go with it. */
export interface OpenedFleet {
  readonly fleet: Fleet;
  /** The files as an agent has them: those of the open folders, or of its own. */
  readonly filesOf: (agentId: AgentId) => WorkspaceFiles;
  readonly trains: TrainControl;
  readonly keptWork: KeptWorkControl;
  /** Ends agents and their processes, and puts the journal on disk. Never rejects. */
  close(): Promise<void>;
}

/** At most this many requests of one rate limit are on their way at once. */
const maxInFlight = 100;

export function createFleet(deps: OpenFleetDeps, opened: OpenedJournal): OpenedFleet {
  const { storage, clock, log, settings, files, instructions, providers, agentTypes } = deps;
  const { entries, readOnly } = opened;
  const { redact } = deps.redactor;
  // Everything that becomes a fact or a stored text passes here, and views show nothing else.
  const journal: JournalPort = {
    append: (events) => opened.journal.append(events.map((event) => guardFact(event, deps.redactor))),
    sync: () => opened.journal.sync(),
  };
  const blobs: BlobPort = { put: (text) => deps.blobs.put(redact(text)), get: (hash) => deps.blobs.get(hash) };
  const openedAt = (entries.at(-1)?.seq ?? 0) + 1;
  const markerPrefix = createHash('sha256').update(storage).digest('hex').slice(0, 16);
  const processes = new Processes({ markerPrefix, spoolFolder: join(storage, 'spool'), log });
  const folders = () => files.paths.folders();
  const below = placesBelow(deps.shared, markerPrefix);
  const writtenByAgents = () => [...folders().map((folder) => folder.path), below.worktrees];
  const environment = () => commandEnvironment(process.env, { platform: process.platform, workspaceFolders: writtenByAgents() });
  const sandbox = createSandbox({
    processes,
    environment,
    log,
    helperFolder: deps.sandboxHelpers,
    tempFolder: join(storage, 'sandbox'),
    privateFolders: [storage],
    workspaceFolders: writtenByAgents,
    home: homedir(),
  });
  const rightsOf = (agentId: AgentId) => fleet.state.agents[agentId]?.rights ?? allRights;
  const git = createGit({ host: process.env, forbiddenFolders: writtenByAgents, log });
  const checkpoints = createCheckpoints({ git, storage: join(storage, 'checkpoints'), now: () => clock.now(), log });
  const wish = () => settings().sandbox.wish;
  const domains = () => settings().sandbox.domains;
  const keepers = new WeakMap<WorkspacePaths, RecordedRuns>();
  const planIn = (paths: WorkspacePaths): RunCommandDeps['plan'] => {
    const keeper = new RecordedRuns({ checkpoints, blobs, paths, onSaved: deps.onSaved });
    keepers.set(paths, keeper);
    const plan = createCommandPlanner({
      gate: createCommandGate({ paths, processes, sandbox, environment }),
      paths,
      wish,
      domains,
      denyWrites: () => settings().policy.denyWrites,
      recorded: () => (settings().checkpoints ? keeper : undefined),
    });
    return (request, agentId) => plan(request, { id: agentId, rights: rightsOf(agentId) });
  };
  const agentLeases = createAgentLeases({ clock, state: () => fleet.state });
  const runCommand = createPersonCommands({ processes, environment, sandbox, wish, domains });
  const places = createAgentPlaces({
    files,
    filesIn: deps.filesIn,
    leases: agentLeases.leases,
    ...below,
    git,
    options: () => settings().isolation,
    runCommand,
    planIn,
    state: () => fleet.state,
    record: (event) => fleet.recordRemoved(event),
    now: () => clock.now(),
    log,
  });
  const tail = createLiveTail({ clock, log, growing: deps.redactor.growing });
  const gates = new Map<string, RateGate>();
  const gateOf = (rateKey: string): RateGate => {
    const gate = gates.get(rateKey) ?? new RateGate({ clock, random: Math.random, maxInFlight });
    gates.set(rateKey, gate);
    return gate;
  };
  const providerOf = (id: string) => providers.all.find((provider) => provider.id === id);
  const tools = [
    ...places.tools,
    ...createNoteTools(
      createNotes({
        blobs,
        agentsOfRun: (runId) => agentsOfRun(fleet.state, runId),
        reportFor: (reader, taskId) => wholeReportFor(fleet.state, reader, taskId),
      }),
    ),
    createReadOutputTool({ find: (agentId, name) => outputOf(fleet.state, agentId, name), blobs }),
    createAskPersonTool(),
    createHandOverTool({
      mayHandOver: (agentId) => {
        const agent = fleet.state.agents[agentId];
        return agent !== undefined && mayHandOver(agent.contextTokens, providerOf(agent.provider)?.contextWindow(agent.requestedModel));
      },
    }),
    createReportTool(
      createReportEvidence(
        () => fleet.state,
        (path, id) => places.filesOf(id).linesOf(path),
      ),
    ),
    ...createCoordinationTools({ agentTypes: () => agentTypes().forAgents, pathFacts: places.pathFacts, now: () => clock.now() }),
  ];
  const fleet: Fleet = new Fleet({
    journal,
    entries,
    readOnly,
    blobs,
    guard: createContentGuard(redact),
    clock,
    log,
    tail,
    gateOf,
    mint: mintId,
    random: Math.random,
    settings: () => settings().fleet,
    rights: (ask, agent) => {
      const state = fleet.state;
      return createRights(settings().policy)(ask, {
        rights: rightsOf(agent.id),
        granted: isGranted(state, ask, agent, openedAt),
        tainted: agentsOfRun(state, agent.runId).some((one) => one.filesChanged.some(isBuildPath)),
      });
    },
    runRights: () => rightsOfMode(settings().policy.mode),
    toolBox: createToolBox(tools),
    agentTypes: () => agentTypes().all,
    provider: providers.current,
    providerOf,
    costOf: (model, usage) => costOf({ model, usage, at: clock.now(), table: providers.prices() }),
    sharedPrompt: () => ({ common, instructions: instructions.current }),
    renderOpening: createRenderOpening(() => folders().map((folder) => folder.name)),
    template: deps.template,
    undo: places.undo,
    workplaces: places.workplaces,
  });
  fleet.subscribe(places.follow);
  fleet.subscribe(agentLeases.follow);
  places.open(readOnly !== undefined);
  fleet.subscribe((entries) => {
    for (const { event } of entries) {
      if (event.type === 'toolEnded') {
        const keeper = keepers.get(places.filesOf(event.agentId).paths);
        changedPaths(event.effects).forEach((changed) => keeper?.wrote(event.agentId, changed));
      }
    }
  });
  const trains = new TrainHost({
    trains: createRunTrains({
      git,
      scratchRoot: join(storage, 'trains'),
      unsaved: deps.unsaved,
      folders,
      state: () => fleet.state,
      record: (events) => fleet.recordTrain(events),
      runCommand,
      setUp: () => settings().isolation,
      log,
    }),
    state: () => fleet.state,
    execute: (command) => fleet.execute(command),
    subscribe: (listener) => fleet.subscribe(listener),
    folderOf: (roots) => findTrainFolder({ git, folders }, roots),
    mint: mintId,
    log,
  });
  if (readOnly === undefined) {
    trains.open();
    processes.sweepLeftovers().catch((error: unknown) => log.error('Leftover processes could not be looked for', error));
  }
  return {
    fleet,
    filesOf: places.filesOf,
    trains,
    keptWork: createKeptWork({ git, folders }),
    close: () =>
      closeAll(log, [
        () => trains.close(),
        () => fleet.stop(),
        () => places.close(),
        () => sandbox.dispose(),
        async () => processes.dispose(),
        () => opened.journal.close(),
        () => dispose(tail),
      ]),
  };
}

/** The files that effects say were changed. */
function changedPaths(effects: readonly Effect[]): readonly string[] {
  return effects.flatMap((effect) => (effect.kind === 'changed' ? [effect.path] : []));
}

/** Closes one after the other; what fails is logged and keeps nothing else open. */
async function closeAll(log: Log, steps: readonly (() => Promise<void>)[]): Promise<void> {
  for (const step of steps) {
    await step().catch((error: unknown) => log.error('Something could not be closed', error));
  }
}

async function dispose(item: Disposable): Promise<void> {
  item.dispose();
}
