import * as vscode from 'vscode';
import type { AgentId } from '../core/ids.ts';
import { type Disposable, DisposableStore } from '../lib/disposables.ts';
import { dispatch, type Handlers } from '../protocol/handlers.ts';
import { type ToHost, toHostSchema } from '../protocol/toHost.ts';
import type { ModelFacts, ToWebview } from '../protocol/toWebview.ts';
import { type FleetDoor, rejectionText } from './fleetDoor.ts';
import { TimelineFeed } from './timelineFeed.ts';
import { webviewHtml } from './webviewHtml.ts';

const viewType = 'flotilla.timeline';

/** What the timeline needs beside the fleet. */
export interface TimelineDeps {
  readonly door: FleetDoor;
  readonly extensionUri: vscode.Uri;
  readonly facts: () => ModelFacts;
  /** The file of a path, or undefined if it is not inside the workspace. */
  /** The file a path names to an agent, or to the person. */
  readonly resolve: (path: string, agentId: AgentId | undefined) => Promise<vscode.Uri | undefined>;
  readonly now: () => number;
  readonly logError: (error: unknown) => void;
}

/** The one timeline of this window: opened on demand, restored after a reload. */
export class Timeline implements Disposable, vscode.WebviewPanelSerializer {
  readonly #deps: TimelineDeps;
  readonly #disposables = new DisposableStore();
  #page: TimelinePage | undefined;

  constructor(deps: TimelineDeps) {
    this.#deps = deps;
    this.#disposables.add(vscode.window.registerWebviewPanelSerializer(viewType, this));
    this.#disposables.add(deps.door.onDidChange(() => this.#page?.restart()));
  }

  /** Brings the timeline to the front, with the transcript of an agent if one is named. `keepFocus`: what the person types goes on to where it went. */
  show(agentId: AgentId | undefined, { keepFocus } = { keepFocus: false }): void {
    if (this.#page === undefined) {
      const options = { ...pageOptions(this.#deps.extensionUri), retainContextWhenHidden: false };
      this.#adopt(
        vscode.window.createWebviewPanel(
          viewType,
          'Flotilla Timeline',
          { viewColumn: vscode.ViewColumn.Active, preserveFocus: keepFocus },
          options,
        ),
      );
    }
    this.#page?.show(agentId, keepFocus);
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    if (this.#page !== undefined) {
      panel.dispose();
      return;
    }
    panel.webview.options = pageOptions(this.#deps.extensionUri);
    this.#adopt(panel);
  }

  dispose(): void {
    this.#page?.dispose();
    this.#disposables.dispose();
  }

  #adopt(panel: vscode.WebviewPanel): void {
    const page = new TimelinePage(panel, this.#deps);
    this.#page = page;
    panel.onDidDispose(() => {
      page.dispose();
      if (this.#page === page) {
        this.#page = undefined;
      }
    });
  }
}

/** One webview panel and what it is told and may ask. */
class TimelinePage implements Disposable {
  readonly #panel: vscode.WebviewPanel;
  readonly #deps: TimelineDeps;
  readonly #disposables = new DisposableStore();
  readonly #feed: TimelineFeed;
  readonly #handlers: Handlers<ToHost>;
  /** An agent to show as soon as the page can. */
  #reveal: AgentId | undefined;
  #follow: AgentId | undefined;
  #ready = false;

  constructor(panel: vscode.WebviewPanel, deps: TimelineDeps) {
    this.#panel = panel;
    this.#deps = deps;
    this.#feed = this.#disposables.add(
      new TimelineFeed({
        source: () => deps.door.fleet ?? (deps.door.state.kind === 'open' ? '' : rejectionText(deps.door.state.rejection)),
        facts: deps.facts,
        now: deps.now,
        post: (message) => this.#post(message),
      }),
    );
    this.#handlers = this.#createHandlers();
    this.#disposables.add(panel.webview.onDidReceiveMessage((message: unknown) => this.#receive(message)));
    this.#disposables.add(
      panel.onDidChangeViewState(() => {
        if (!panel.visible) {
          // A hidden page is thrown away; the page that comes back says that it is ready.
          this.#ready = false;
          this.#feed.stop();
        }
      }),
    );
    panel.iconPath = {
      light: vscode.Uri.joinPath(deps.extensionUri, 'media', 'timeline-light.svg'),
      dark: vscode.Uri.joinPath(deps.extensionUri, 'media', 'timeline-dark.svg'),
    };
    panel.webview.html = pageHtml(panel.webview, deps.extensionUri);
  }

  show(agentId: AgentId | undefined, keepFocus: boolean): void {
    this.#panel.reveal(undefined, keepFocus);
    this.#reveal = agentId;
    if (this.#ready) {
      this.#postReveal();
    }
  }

  /** Begins anew, because the fleet came or went. */
  restart(): void {
    if (this.#ready) {
      this.#feed.start(this.#follow);
    }
  }

  dispose(): void {
    this.#disposables.dispose();
    this.#panel.dispose();
  }

  #post(message: ToWebview): void {
    // A snapshot may be megabytes: as text it crosses in one piece, as an object it would be taken apart on the way.
    const posted = message.type === 'snapshot' ? JSON.stringify(message) : message;
    this.#panel.webview.postMessage(posted).then(undefined, this.#deps.logError);
  }

  #postReveal(): void {
    if (this.#reveal !== undefined) {
      this.#post({ type: 'reveal', agentId: this.#reveal });
      this.#reveal = undefined;
    }
  }

  #receive(raw: unknown): void {
    const parsed = toHostSchema.safeParse(raw);
    if (!parsed.success) {
      this.#deps.logError(new Error(`The timeline sent something unknown: ${parsed.error.message}`));
      return;
    }
    dispatch(this.#handlers, parsed.data);
  }

  #createHandlers(): Handlers<ToHost> {
    return {
      ready: ({ follow }) => {
        this.#ready = true;
        this.#follow = this.#reveal ?? follow;
        this.#feed.start(this.#follow);
        this.#postReveal();
      },
      follow: ({ agentId }) => {
        this.#follow = agentId;
        this.#feed.follow(agentId);
      },
      steer: ({ agentId, text, interrupt }) => this.#execute({ type: 'sendMessage', agentId, kind: 'steer', text, interrupt }),
      followUp: ({ agentId, text }) => this.#execute({ type: 'followUpAgent', agentId, task: text }),
      // By command, so that what asks the person first in the tree also asks first here.
      act: ({ agentId, act }) => this.#command(`flotilla.${act}Agent`, { kind: 'agent', agentId }),
      review: ({ askId }) => this.#command('flotilla.reviewApprovals', askId),
      openPlace: ({ path, line, agentId }) => this.#background(this.#openPlace(path, line, agentId)),
      readOutput: ({ hash }) => this.#background(this.#readOutput(hash)),
      startRun: () => this.#command('flotilla.startRun'),
      openDocument: ({ runId, document }) => this.#command(`flotilla.open${document}`, { kind: 'run', runId }),
      cancelTask: ({ runId, taskId }) => this.#command('flotilla.cancelTask', { kind: 'task', runId, taskId }),
    };
  }

  #execute(command: Parameters<NonNullable<FleetDoor['fleet']>['execute']>[0]): void {
    const state = this.#deps.door.state;
    const result = state.kind === 'open' ? state.fleet.execute(command) : { ok: false as const, rejection: state.rejection };
    if (!result.ok) {
      this.#post({ type: 'refused', message: result.rejection.message, next: result.rejection.next });
    }
  }

  #command(id: string, ...args: readonly unknown[]): void {
    vscode.commands.executeCommand(id, ...args).then(undefined, this.#deps.logError);
  }

  #background(work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.#deps.logError(error);
      this.#post({ type: 'refused', message: 'That did not work.', next: 'See the Flotilla output channel.' });
    });
  }

  async #openPlace(path: string, line: number | undefined, agentId: AgentId | undefined): Promise<void> {
    const uri = await this.#deps.resolve(path, agentId);
    if (uri === undefined) {
      this.#post({ type: 'refused', message: `${path} is not a file of this workspace.`, next: '' });
      return;
    }
    const other = vscode.window.tabGroups.all.find((group) => group.viewColumn !== this.#panel.viewColumn);
    const at = line === undefined ? undefined : new vscode.Range(line - 1, 0, line - 1, 0);
    await vscode.window.showTextDocument(uri, {
      viewColumn: other?.viewColumn ?? vscode.ViewColumn.Beside,
      preview: true,
      ...(at === undefined ? {} : { selection: at }),
    });
  }

  async #readOutput(hash: string): Promise<void> {
    const fleet = this.#deps.door.fleet;
    if (fleet !== undefined) {
      this.#post({ type: 'output', hash, text: await fleet.readBlob(hash) });
    }
  }
}

function pageOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return {
    enableScripts: true,
    enableForms: false,
    enableCommandUris: false,
    localResourceRoots: [vscode.Uri.joinPath(extensionUri, 'dist')],
  };
}

function pageHtml(webview: vscode.Webview, extensionUri: vscode.Uri): string {
  const asset = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', name)).toString();
  return webviewHtml({
    title: 'Flotilla Timeline',
    cspSource: webview.cspSource,
    nonce: crypto.randomUUID().replaceAll('-', ''),
    scriptUri: asset('webview.js'),
    styleUris: [asset('codicon.css'), asset('webview.css')],
  });
}
