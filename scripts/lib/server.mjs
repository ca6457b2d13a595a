// @ts-check
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** @typedef {import('./processes.mjs').Processes} Processes */
/** @typedef {import('./codeServer.mjs').ServerProgram} ServerProgram */
/**
 * @typedef {object} Server
 * @property {number} port
 * @property {(window: { workspace?: string, extension: string, tests?: string }) => string} address
 *   The address of a window on a folder, with the extension of another folder loaded, and its tests run if named. Absolute paths.
 * @property {() => Promise<void>} stop
 * @property {Promise<import('./processes.mjs').Ended>} ended
 */

const startTimeoutMs = 30_000;
/** A window that went away without saying so keeps its extension host for so long, in seconds. */
const reconnectSeconds = 20;

/** Settings of a window that is quiet and the same everywhere. */
const quietSettings = {
  'security.workspace.trust.enabled': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'git.openRepositoryInParentFolders': 'never',
};

/**
 * Writes the settings of the person for a server or a desktop VS Code.
 * @param {string} folder the one that holds settings.json
 * @param {Readonly<Record<string, unknown>>} [settings] on top of the quiet ones
 */
export function writeUserSettings(folder, settings = {}) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'settings.json'), `${JSON.stringify({ ...quietSettings, ...settings }, null, 2)}\n`);
}

/**
 * Starts VS Code's server on a free port of this machine only, with no token: whoever can log in here can open it.
 * @param {Processes} processes
 * @param {{ program: ServerProgram, dataFolder: string, settings?: Readonly<Record<string, unknown>>, env?: Readonly<Record<string, string>> }} options
 * @returns {Promise<Server>}
 */
export async function startServer(processes, { program, dataFolder, settings, env = {} }) {
  writeUserSettings(join(dataFolder, 'data', 'User'), settings);
  // A window of a server takes settings of machine scope, as ours are, from here.
  writeUserSettings(join(dataFolder, 'data', 'Machine'), settings);
  const port = await freePort();
  const host = '127.0.0.1';
  const args = ['--host', host, '--port', String(port), '--without-connection-token', '--accept-server-license-terms'];
  args.push('--enable-smoke-test-driver', '--server-data-dir', dataFolder, '--telemetry-level', 'off');
  args.push('--reconnection-grace-time', String(reconnectSeconds));
  const running = processes.start(program.node, [join(program.folder, 'out', 'server-main.js'), ...args], {
    cwd: program.folder,
    env: { ...process.env, ...env },
  });
  await untilAnswering(`http://${host}:${port}/version`, running);
  const authority = `${host}:${port}`;
  return {
    port,
    ended: running.ended,
    stop: async () => {
      await running.stop();
      rmSync(join(dataFolder, 'data', 'logs'), { recursive: true, force: true });
    },
    address: ({ workspace, extension, tests }) => {
      const payload = [['extensionDevelopmentPath', `vscode-remote://${authority}${extension}`]];
      if (tests !== undefined) {
        payload.push(['extensionTestsPath', `vscode-remote://${authority}${tests}`]);
      }
      const query = new URLSearchParams({
        ...(workspace === undefined ? { ew: 'true' } : { folder: workspace }),
        payload: JSON.stringify(payload),
      });
      return `http://${authority}/?${query}`;
    },
  };
}

/** @param {string} address @param {import('./processes.mjs').Running} running */
async function untilAnswering(address, running) {
  const deadline = Date.now() + startTimeoutMs;
  let over = false;
  void running.ended.then(() => {
    over = true;
  });
  while (!over && Date.now() < deadline) {
    const answer = await fetch(address, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
    if (answer?.ok) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await running.stop();
  const { output } = await running.ended;
  throw new Error(`VS Code's server did not start:\n${output.split('\n').slice(-10).join('\n')}`);
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no free port'))));
    });
  });
}
