import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { FleetState } from '../../../src/core/state.ts';
import type { ToHost } from '../../../src/protocol/toHost.ts';
import type { ToWebview } from '../../../src/protocol/toWebview.ts';
import type { Scenario } from './scenarios.ts';
import { type ThemeName, themes } from './themes.ts';

/** The built view in a page of its own, with a host that answers as told. */
export interface ViewPage {
  readonly page: Page;
  /** Everything the view has asked of the host. */
  posted(): Promise<readonly ToHost[]>;
  send(message: ToWebview): Promise<void>;
  /** Requests for anything but the view's own files, refusals of the content security policy, and errors: all should be empty. */
  readonly trouble: string[];
}

interface PageOptions {
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  /** What the window kept for the view. */
  readonly state?: Readonly<Record<string, unknown>>;
  readonly scenario: Scenario;
}

const origin = 'http://flotilla.test';
const nonce = 'fixed-for-tests';
const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${origin}; font-src ${origin}`;
const files = {
  '/webview.js': 'text/javascript',
  '/webview.css': 'text/css',
  '/codicon.css': 'text/css',
  '/codicon.ttf': 'font/ttf',
} as const;

/** Opens the built view in `dist` under the policy of the real panel, and shows it a scenario. */
export async function openViewPage(browser: Browser, dist: string, options: PageOptions): Promise<ViewPage> {
  const { theme = 'dark', width = 1000, height = 760, scenario } = options;
  const page = await browser.newPage({ viewport: { width, height }, locale: 'en-GB', timezoneId: 'UTC' });
  page.setDefaultTimeout(10_000);
  const trouble: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('favicon')) {
      trouble.push(message.text());
    }
  });
  page.on('pageerror', (error) => trouble.push(String(error.stack)));
  await page.route('**/*', async (route) => {
    const { pathname, origin: from } = new URL(route.request().url());
    if (pathname === '/favicon.ico') {
      await route.fulfill({ status: 204 });
    } else if (from === origin && pathname === '/') {
      await route.fulfill({ contentType: 'text/html', headers: { 'content-security-policy': policy }, body: shell(theme) });
    } else if (from === origin && pathname in files) {
      const contentType = files[pathname as keyof typeof files];
      await route.fulfill({ contentType, body: await readFile(join(dist, pathname)) });
    } else {
      trouble.push(`request for ${route.request().url()}`);
      await route.abort();
    }
  });
  await page.addInitScript(
    fakeHost,
    JSON.stringify({ variables: themes[theme].variables, stored: options.state, scenario: toMessages(scenario) }),
  );
  await page.goto(`${origin}/`);
  return {
    page,
    trouble,
    posted: async () => JSON.parse(await page.evaluate(() => JSON.stringify(window.flotillaHost.posted))) as readonly ToHost[],
    // Through text, because Playwright's types cannot follow a union as deep as this one.
    send: (message) => page.evaluate((text) => window.flotillaHost.send(JSON.parse(text)), JSON.stringify(message)),
  };
}

function shell(theme: ThemeName): string {
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Flotilla</title>
<link rel="stylesheet" href="codicon.css"><link rel="stylesheet" href="webview.css"></head>
<body class="${themes[theme].bodyClass}"><div id="app"></div><script nonce="${nonce}" src="webview.js"></script></body></html>`;
}

interface HostScript {
  readonly variables: Readonly<Record<string, string>>;
  readonly stored?: Readonly<Record<string, unknown>>;
  readonly scenario: ReturnType<typeof toMessages>;
}

function toMessages({ state, now, select, tail, readOnly }: Scenario) {
  // Enough to click through; all of a large fleet would take longer to hand over than to show.
  const kept = Object.entries(state.transcripts).filter(([id], index) => index < 20 || id === select);
  const transcripts: FleetState['transcripts'] = Object.fromEntries(kept);
  return { state: { ...state, transcripts: {} }, transcripts, now, select, tail, readOnly };
}

declare global {
  interface Window {
    flotillaHost: {
      readonly posted: ToHost[];
      send(message: ToWebview): void;
      state: unknown;
      readonly paint: { sentAt: number; firstMs: number };
    };
  }
}

/** Runs in the page before anything else: theme, and a host that answers `ready` and `follow` from the scenario. */
function fakeHost(script: string): void {
  const { variables, stored, scenario } = JSON.parse(script) as HostScript;
  const posted: ToHost[] = [];
  const send = (message: ToWebview): void => window.postMessage(message.type === 'snapshot' ? JSON.stringify(message) : message, '*');
  const { state, transcripts, now, tail, readOnly } = scenario;
  const facts = {
    providerLabels: { practice: 'Practice model (offline)', anthropic: 'Anthropic' },
    contextWindows: { 'claude-fable-5': 200_000, 'practice-1': 32_000 },
  };
  const follow = (agentId: keyof typeof transcripts): void => {
    const transcript = transcripts[agentId];
    if (transcript !== undefined) {
      send({ type: 'transcript', seq: state.seq, agentId, transcript });
      if (agentId === scenario.select && tail.length > 0) {
        send({ type: 'tail', agentId, blocks: tail });
      }
    }
  };
  const paint = { sentAt: 0, firstMs: 0 };
  const awaitPaint = (): void => {
    const canvas = document.querySelector<HTMLCanvasElement>('.lanes-canvas');
    const pixels = canvas === null || canvas.width === 0 ? undefined : canvas.getContext('2d')?.getImageData(0, 30, canvas.width, 1).data;
    if (pixels?.some((value) => value > 0) === true) {
      paint.firstMs ||= performance.now() - paint.sentAt;
    } else {
      requestAnimationFrame(awaitPaint);
    }
  };
  const receive = (message: ToHost): void => {
    posted.push(message);
    if (message.type === 'ready') {
      paint.sentAt = performance.now();
      requestAnimationFrame(awaitPaint);
      send({ type: 'snapshot', state, follow: undefined, now, readOnly, facts });
    } else if (message.type === 'follow' && message.agentId !== undefined) {
      follow(message.agentId);
    }
  };
  const host: Window['flotillaHost'] = {
    posted,
    send,
    paint,
    state: stored ?? (scenario.select === undefined ? undefined : { agentId: scenario.select }),
  };
  Object.assign(window, {
    flotillaHost: host,
    acquireVsCodeApi: () => ({
      postMessage: (message: ToHost) => queueMicrotask(() => receive(message)),
      getState: (): unknown => host.state,
      setState: (next: unknown) => {
        host.state = next;
      },
    }),
  });
  const dress = (): void => {
    for (const [name, value] of Object.entries(variables)) {
      document.documentElement.style.setProperty(`--vscode-${name}`, value);
    }
  };
  if (document.documentElement === null) {
    new MutationObserver((_, observer) => {
      observer.disconnect();
      dress();
    }).observe(document, { childList: true });
  } else {
    dress();
  }
}
