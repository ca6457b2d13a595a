import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { FlotillaApi } from './api.ts';
import { FleetLife } from './fleetLife.ts';
import type { AgentId } from './core/ids.ts';
import { withinTime } from './lib/deadline.ts';
import { createProviders } from './openProviders.ts';
import { planLimits } from './orchestrator/planLimits.ts';
import { ApiKey } from './platform/apiKey.ts';
import { createClock } from './platform/clock.ts';
import { createLog } from './platform/log.ts';
import { DefinitionFiles } from './platform/definitionFiles.ts';
import { isUnwatched, readDevelopmentOrders } from './platform/developmentOrders.ts';
import { createOpenDocuments, onFileSaved, unsavedFiles } from './platform/openDocuments.ts';
import { createPlaces, workspaceFolders } from './platform/places.ts';
import { watchInstructions } from './platform/watchInstructions.ts';
import { storageFolder } from './platform/storageFolder.ts';
import { createRedactor } from './policy/redact.ts';
import { secretsIn } from './policy/secretNames.ts';
import { visibleText } from './policy/visibleText.ts';
import { createApi } from './ui/api.ts';
import { registerCommands } from './ui/commands.ts';
import type { CommandDeps } from './ui/commands/commandDeps.ts';
import { obeyDevelopmentOrders } from './ui/developmentRun.ts';
import { DefinitionProblems } from './ui/definitionProblems.ts';
import { EditorLens } from './ui/editorLens.ts';
import { FleetDoor } from './ui/fleetDoor.ts';
import { FleetLog } from './ui/fleetLog.ts';
import { FleetView } from './ui/fleetView.ts';
import { modelFacts } from './ui/modelFacts.ts';
import { Notifications } from './ui/notifications.ts';
import { PlanDocuments } from './ui/planDocuments.ts';
import { PlanEditor } from './ui/planEditor/planEditor.ts';
import { ResultDocuments } from './ui/resultDocuments.ts';
import { BaseDocuments } from './ui/review/baseDocuments.ts';
import { ChangeReview } from './ui/review/changeReview.ts';
import { OverlapDecorations } from './ui/review/overlapDecorations.ts';
import { ReviewComments } from './ui/review/reviewComments.ts';
import { ReviewLens } from './ui/review/reviewLens.ts';
import type { PlacesOf } from './ui/review/reviewPort.ts';
import { LiveSettings } from './ui/settings.ts';
import { StatusBar } from './ui/statusBar.ts';
import { Timeline } from './ui/timelinePanel.ts';
import { createBlobs } from './store/blobs.ts';
import { findRipgrep } from './workspace/ripgrep.ts';
import { LiveInstructions } from './workspace/liveInstructions.ts';
import { workFolders } from './workspace/workFolders.ts';
import { createWorkspaceFiles } from './workspace/workspaceFiles.ts';

/** The editor kills a host that takes longer to close, in ms. */
const closeLimitMs = 3500;

/** The editor calls `deactivate` without a context, so what it has to close is kept here. */
const closing: (() => Promise<void>)[] = [];

/** Builds everything and wires it. */
export async function activate(context: vscode.ExtensionContext): Promise<FlotillaApi> {
  const own = <T extends vscode.Disposable>(item: T): T => {
    context.subscriptions.push(item);
    return item;
  };
  const channel = own(vscode.window.createOutputChannel('Flotilla', { log: true }));
  const redactor = createRedactor(secretsIn(process.env));
  const log = createLog(channel, redactor.redact);
  const logError = (error: unknown) => log.error('Something went wrong', error);
  const clock = createClock();
  const now = () => clock.now();
  const apiKey = own(await ApiKey.load(context.secrets, logError));
  const learnKey = () => redactor.learn(apiKey.value === undefined ? [] : [{ name: 'API key', value: apiKey.value }]);
  learnKey();
  own(apiKey.onDidChange(learnKey));
  const settings = own(new LiveSettings((problem) => log.warn(problem), logError));
  const door = own(new FleetDoor(logError));

  const storage = context.storageUri === undefined ? '' : storageFolder(context.storageUri.fsPath);
  const blobs = createBlobs({ directory: storage });
  let ripgrep: Promise<string | undefined> | undefined;
  const documents = createOpenDocuments();
  const filesIn = (folders: typeof workspaceFolders) =>
    createWorkspaceFiles({
      folders,
      documents,
      blobs,
      learn: redactor.learn,
      ripgrep: () => {
        const open = workspaceFolders().map((folder) => folder.path);
        ripgrep ??= findRipgrep({ appRoot: vscode.env.appRoot, path: process.env['PATH'], folders: open });
        return ripgrep;
      },
    });
  const files = filesIn(workspaceFolders);
  const definitionFiles = own(new DefinitionFiles({ folders: () => files.paths.folders(), home: homedir(), log, logError }));
  const { LiveDefinitions, planTools } = await import('./definitionParts.ts');
  const definitions = own(
    new LiveDefinitions({
      files: definitionFiles,
      problems: own(new DefinitionProblems()),
      folders: () => workFolders(files.paths.folders()),
      log,
    }),
  );
  const places = createPlaces(files.paths);
  const instructions = new LiveInstructions({
    folders: workspaceFolders,
    find: (glob, signal) => files.find(glob, undefined, signal),
    trusted: () => vscode.workspace.isTrusted,
    log,
  });
  own(watchInstructions(() => void instructions.refresh()));
  const unwatched = isUnwatched(context.extensionMode, process.env);
  const providers = createProviders({ clock, settings: () => settings.value, unwatched }, () => apiKey.value);
  const providerLabel = (id: string) => providers.all.find((provider) => provider.id === id)?.label ?? id;

  const life = new FleetLife({
    storage,
    sandboxHelpers: context.asAbsolutePath('dist/sandbox'),
    blobs,
    clock,
    log,
    settings: () => settings.value,
    shared: context.globalStorageUri.fsPath,
    files,
    filesIn,
    unsaved: unsavedFiles,
    onSaved: onFileSaved,
    redactor,
    instructions,
    providers,
    agentTypes: () => definitions.agentTypes,
    template: definitions.workflows.template,
    door,
    changed: () => view.refresh(),
    logError,
  });

  const resolveFor = (path: string, agentId: AgentId | undefined) =>
    agentId === undefined ? places.resolve(path) : createPlaces(life.filesOf(agentId).paths).resolve(path);
  const timeline = own(
    new Timeline({
      door,
      extensionUri: context.extensionUri,
      facts: () => modelFacts(door.fleet, providers.all),
      resolve: resolveFor,
      now,
      logError,
    }),
  );
  const plans = own(new PlanDocuments(resolveFor));
  const planEditor = own(
    new PlanEditor({
      door,
      tools: planTools,
      agentTypes: () => definitions.agentTypes.all,
      limits: () => planLimits(definitions.agentTypes.all, settings.value.fleet.maxAgentsPerRun),
      now,
      logError,
    }),
  );
  const results = own(new ResultDocuments({ door, now, visible: visibleText }));
  const placesOf: PlacesOf = ({ place, agents: [agentId] }) => {
    const own = place === undefined || agentId === undefined ? files : life.filesOf(agentId);
    return { files: own.review, resolve: (path) => createPlaces(own.paths).resolve(path) };
  };
  const bases = own(new BaseDocuments(door, placesOf));
  const changes = own(new ChangeReview({ door, placesOf, bases, logError }));
  const labelOf = (id: AgentId) => door.fleet?.state.agents[id]?.label ?? 'the agent';
  const comments = own(new ReviewComments(changes, context.workspaceState, labelOf, logError));
  own(new ReviewLens(door, changes));
  own(new OverlapDecorations({ door, display: (uri) => places.display(uri), resolve: resolveFor, logError }));
  const view = own(
    new FleetView({
      door,
      now,
      providerLabel,
      definitionOf: (name) => definitions.definitionOf(name),
      currentProvider: () => providers.current().label,
      hasKey: () => apiKey.value !== undefined,
      unsaved: () => life.unsaved(),
      logError,
    }),
  );
  const shared: CommandDeps = {
    door,
    provider: { label: () => providers.current().label, ready: () => providers.current().ready() },
    now,
    selected: () => view.selected(),
    openTimeline: (follow, options) => timeline.show(follow, options),
    trains: () => life.trains,
    keptWork: () => life.keptWork,
    logError,
  };
  let reviewing = false;
  own(
    registerCommands({
      ...shared,
      agentTypes: () => definitions.agentTypes.forPerson,
      display: (uri) => places.display(uri),
      review: { plans, visible: visibleText, trains: () => life.trains, logError },
      openPlan: (run) => planEditor.open(run),
      openPlanHistory: (run) => planEditor.openHistory(run),
      results,
      changes,
      comments,
      entries: () => life.entries(),
      workflows: () => definitions.workflows,
      slots: () => settings.value.fleet.maxConcurrentAgents,
      folders: () => workFolders(workspaceFolders()),
      apiKey,
      showLog: () => channel.show(),
      reopen: () => life.reopen(),
      setReviewing: (value) => {
        reviewing = value;
      },
    }),
  );
  own(new FleetLog(door, log));
  own(new StatusBar(door));
  own(new EditorLens(door, (uri) => places.display(uri)));
  const review = () => void vscode.commands.executeCommand('flotilla.reviewApprovals').then(undefined, logError);
  own(new Notifications({ door, review, reviewing: () => reviewing, logError }));
  own(apiKey.onDidChange(() => view.refresh()));
  own(
    settings.onDidChange(() => {
      view.refresh();
      life.settingsChanged();
    }),
  );
  own(vscode.workspace.onDidGrantWorkspaceTrust(() => life.open()));
  closing.push(() => life.close());
  await Promise.all([life.open(), definitionFiles.refresh()]);
  const orders = context.extensionMode === vscode.ExtensionMode.Development ? readDevelopmentOrders(process.env) : undefined;
  if (orders !== undefined) {
    own(obeyDevelopmentOrders(door, orders, { now, providerLabel }));
  }
  log.info(`Flotilla ${context.extension.packageJSON.version} is ready: ${door.state.kind}`);
  return createApi(shared);
}

/** Ends agents and their processes and puts the journal on disk, as far as there is time. */
export async function deactivate(): Promise<void> {
  await withinTime(Promise.all(closing.splice(0).map((close) => close())), closeLimitMs);
}
