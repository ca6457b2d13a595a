import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { findChromium, launchBrowser, noChromium } from '../../../scripts/lib/browser.mjs';
import { cacheFolder } from '../../../scripts/lib/cache.mjs';
import { ensureCodeServer } from '../../../scripts/lib/codeServer.mjs';
import { createProcesses } from '../../../scripts/lib/processes.mjs';
import { startServer } from '../../../scripts/lib/server.mjs';
import { copySample } from '../../../scripts/lib/workspace.mjs';
import { createWorkbench, type Workbench } from './workbench.ts';

/** What a window is opened with; everything has a default. */
export interface WindowRequest {
  /** An absolute folder; without it a copy of the sample repository; null for a window with no folder. */
  readonly workspace?: string | null;
  /** Settings of the person on top of quiet ones. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Ask whether the folder is trusted, as VS Code does for people; without it every folder is. */
  readonly askForTrust?: boolean;
  /** Environment of the extension host. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A window of a real VS Code with Flotilla in it, in a browser that nobody sees. */
export interface E2eWindow extends Workbench {
  readonly page: Page;
  /** The folder it is open on; empty if there is none. */
  readonly folder: string;
  /** Where the server keeps what windows store. */
  readonly dataFolder: string;
  /** Another window on the same folder, in a browser of its own; closed with this one. */
  openAgain(): Promise<Workbench & { readonly page: Page }>;
  /** Ends the window, its server, and everything they started. */
  close(): Promise<void>;
}

const size = { width: 1500, height: 950 };

/** Opens a window and waits until VS Code can be used. Tests run from the root of the checkout. */
export async function openWindow(request: WindowRequest = {}): Promise<E2eWindow> {
  const root = process.cwd();
  const chromium = findChromium({ headless: true });
  if (chromium === undefined) {
    throw new Error(noChromium);
  }
  const processes = createProcesses();
  const temporary = realpathSync(mkdtempSync(join(tmpdir(), 'flotilla-e2e-')));
  const program = await ensureCodeServer(processes, { cache: cacheFolder(), tell: (text) => process.stdout.write(`${text}\n`) });
  const workspace =
    request.workspace === undefined ? await copySample(processes, root, join(temporary, 'pocket-ledger')) : request.workspace;
  const dataFolder = join(temporary, 'data');
  mkdirSync(dataFolder, { recursive: true });
  const trust = { 'security.workspace.trust.enabled': request.askForTrust === true, 'security.workspace.trust.startupPrompt': 'never' };
  const server = await startServer(processes, {
    program,
    dataFolder,
    settings: { ...trust, ...request.settings },
    ...(request.env === undefined ? {} : { env: request.env }),
  });
  const browser = await launchBrowser(chromium, { headless: true });
  const address = server.address({ ...(workspace === null ? {} : { workspace }), extension: root });
  const open = async (): Promise<Workbench & { readonly page: Page }> => {
    const context = await browser.newContext({ viewport: size, reducedMotion: 'reduce' });
    const page = await context.newPage();
    await page.goto(address);
    const workbench = createWorkbench(page, join(root, 'out', 'test-results'));
    await workbench.untilUsable();
    return { ...workbench, page };
  };
  const close = async (): Promise<void> => {
    await browser.close();
    await server.stop();
    await processes.stopAll();
    rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    return { ...(await open()), folder: workspace ?? '', dataFolder, openAgain: open, close };
  } catch (error) {
    await close();
    throw error;
  }
}
