// @ts-check
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findChromium, launchBrowser, noChromium } from './browser.mjs';
import { startServer, writeUserSettings } from './server.mjs';
import { honestCounts, readCounts } from './steps.mjs';
import { copySample } from './workspace.mjs';

/** @typedef {import('./processes.mjs').Processes} Processes */
/** @typedef {import('./steps.mjs').StepResult} StepResult */
/** @typedef {{ root: string, folder: string, data: string, tests: string, env: Readonly<Record<string, string>>, timeoutMs: number, tell: (text: string) => void }} HostOptions */

/**
 * Runs the tests that need a window inside a real VS Code, on a copy of the sample repository. What the editor itself says goes to
 * out/test-results/vscode-console.log.
 * @param {Processes} processes
 * @param {import('./vscode.mjs').Vscode} vscode
 * @param {{ root: string, grep: string, timeoutMs?: number }} options
 * @returns {Promise<StepResult>}
 */
export async function hostTestStep(processes, vscode, { root, grep, timeoutMs = 300_000 }) {
  const temporary = realpathSync(mkdtempSync(join(tmpdir(), 'flotilla-host-')));
  const countsFile = join(temporary, 'counts.json');
  const logFile = join(temporary, 'results.log');
  const consoleFile = join(root, 'out', 'test-results', 'vscode-console.log');
  /** @type {string[]} */
  const lines = [];
  let trouble = '';
  let endedWell = false;
  try {
    const options = {
      root,
      folder: await copySample(processes, root, join(temporary, 'pocket-ledger')),
      data: join(temporary, 'data'),
      tests: join(root, 'out', 'test', 'extension', 'index.cjs'),
      env: { FLOTILLA_TEST_COUNTS: countsFile, FLOTILLA_TEST_LOG: logFile, FLOTILLA_TEST_GREP: grep },
      timeoutMs,
      tell: (/** @type {string} */ line) => void lines.push(line),
    };
    endedWell =
      vscode.kind === 'desktop'
        ? await inDesktop(processes, vscode.executable, options)
        : await inBrowser(processes, vscode.server, options);
  } catch (error) {
    trouble = error instanceof Error ? error.message : String(error);
  }
  const counts = honestCounts(readCounts(countsFile), endedWell);
  const results = existsSync(logFile)
    ? readFileSync(logFile, 'utf8')
    : `no test ran; the editor said last:\n${lines.slice(-30).join('\n')}\n`;
  mkdirSync(dirname(consoleFile), { recursive: true });
  writeFileSync(consoleFile, lines.join('\n'));
  rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
  return { name: 'vscode', ok: counts.failed === 0, output: `${results}${trouble}`, counts };
}

/** @param {Processes} processes @param {string} executable @param {HostOptions} options */
async function inDesktop(processes, executable, { root, folder, data, tests, env, timeoutMs, tell }) {
  writeUserSettings(join(data, 'User'));
  const args = [folder, `--extensionDevelopmentPath=${root}`, `--extensionTestsPath=${tests}`, `--user-data-dir=${data}`];
  args.push(`--extensions-dir=${join(data, 'extensions')}`, '--skip-welcome', '--skip-release-notes', '--disable-updates', '--disable-gpu');
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const ended = await processes.run(executable, [...args, ...asRoot], { env: { ...process.env, ...env }, timeoutMs, onLine: tell });
  return ended.code === 0 && !ended.timedOut;
}

/** @param {Processes} processes @param {import('./codeServer.mjs').ServerProgram} program @param {HostOptions} options */
async function inBrowser(processes, program, { root, folder, data, tests, env, timeoutMs, tell }) {
  const chromium = findChromium({ headless: true });
  if (chromium === undefined) {
    throw new Error(noChromium);
  }
  mkdirSync(data, { recursive: true });
  const server = await startServer(processes, { program, dataFolder: data, env });
  const browser = await launchBrowser(chromium, { headless: true });
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    /** @type {(code: number) => void} */
    let exit = () => undefined;
    const exited = new Promise((/** @type {(code: number) => void} */ resolve) => {
      exit = resolve;
    });
    await page.exposeFunction('codeAutomationLog', (/** @type {string} */ _type, /** @type {readonly unknown[]} */ args) => {
      tell(args.map((arg) => (typeof arg === 'string' ? arg : JSON.stringify(arg))).join(' '));
    });
    await page.exposeFunction('codeAutomationExit', exit);
    await page.goto(server.address({ workspace: folder, extension: root, tests }));
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    const late = new Promise((/** @type {(code: number) => void} */ resolve) => {
      timer = setTimeout(() => {
        tell(`stopped after ${timeoutMs / 1000} s`);
        resolve(1);
      }, timeoutMs);
    });
    const code = await Promise.race([exited, late, server.ended.then(() => 1)]);
    clearTimeout(timer);
    return code === 0;
  } finally {
    await browser.close();
    await server.stop();
  }
}
