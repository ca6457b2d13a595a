// @ts-check
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findChromium, launchBrowser, noChromium } from './browser.mjs';
import { startServer, writeUserSettings } from './server.mjs';

/** @typedef {import('./processes.mjs').Processes} Processes */
/**
 * @typedef {object} Window
 * @property {Promise<void>} closed by the person, or by its own failure
 * @property {(file: string) => Promise<boolean>} screenshot whether there was a window to take one of
 * @property {() => Promise<void>} letGo ends our own view of the window where another can be opened at its address
 * @property {() => Promise<void>} close
 */
/** @typedef {{ root: string, folder: string, data: string, env: Readonly<Record<string, string>>, tell: (text: string) => void }} WindowOptions */

const size = { width: 1600, height: 1000 };

/**
 * Opens the workspace in a desktop VS Code of its own, apart from the person's other windows.
 * @param {Processes} processes
 * @param {string} executable
 * @param {WindowOptions} options
 * @returns {Window}
 */
export function openDesktopWindow(processes, executable, { root, folder, data, env }) {
  const userData = join(data, 'desktop');
  writeUserSettings(join(userData, 'User'));
  const args = [
    folder,
    `--extensionDevelopmentPath=${root}`,
    `--user-data-dir=${userData}`,
    `--extensions-dir=${join(data, 'extensions')}`,
  ];
  args.push('--new-window', '--wait', '--skip-welcome', '--skip-release-notes', '--disable-telemetry');
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const running = processes.start(executable, [...args, ...asRoot], { env: { ...process.env, ...env } });
  return {
    closed: running.ended.then(() => undefined),
    screenshot: () => Promise.resolve(false),
    letGo: () => Promise.resolve(),
    close: running.stop,
  };
}

/**
 * Serves the workspace at an address, and opens it in a browser: one that the person sees where there is a display, else one that nobody sees.
 * @param {Processes} processes
 * @param {import('./codeServer.mjs').ServerProgram} program
 * @param {WindowOptions & { display: boolean, browser: boolean }} options
 * @returns {Promise<Window>}
 */
export async function openServedWindow(processes, program, { root, folder, data, env, tell, display, browser }) {
  mkdirSync(data, { recursive: true });
  const server = await startServer(processes, { program, dataFolder: data, env });
  const address = server.address({ workspace: folder, extension: root });
  tell(`Address: ${address}`);
  const chromium = findChromium({ headless: !display });
  if (!browser || chromium === undefined) {
    tell(
      browser
        ? `${noChromium} Until then open the address yourself: the run starts in the first window.`
        : 'Open the address: the run starts in the first window.',
    );
    return {
      closed: server.ended.then(() => undefined),
      screenshot: () => Promise.resolve(false),
      letGo: () => Promise.resolve(),
      close: server.stop,
    };
  }
  const launched = await launchBrowser(chromium, { headless: !display });
  const page = await launched.newPage({ viewport: display ? null : size });
  let left = false;
  const gone = new Promise((resolve) => {
    launched.once('disconnected', resolve);
    page.once('close', resolve);
  });
  await page.goto(address);
  return {
    closed: Promise.race([server.ended, gone.then(() => (left ? server.ended : undefined))]).then(() => undefined),
    screenshot: async (file) => {
      if (!left) {
        await page.screenshot({ path: file });
      }
      return !left;
    },
    letGo: async () => {
      if (!display) {
        left = true;
        // A page that is left says goodbye; the extension host of one that just vanishes lives on, and keeps what it holds.
        await page.goto('about:blank');
        await launched.close();
      }
    },
    close: async () => {
      await launched.close();
      await server.stop();
    },
  };
}
