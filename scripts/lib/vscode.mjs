// @ts-check
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from './cache.mjs';
import { ensureCodeServer } from './codeServer.mjs';
import { findInstalledVscode, hasDisplay } from './desktopVscode.mjs';

/** @typedef {import('./processes.mjs').Processes} Processes */
/** @typedef {import('./codeServer.mjs').ServerProgram} ServerProgram */
/** @typedef {{ kind: 'desktop', executable: string } | { kind: 'server', server: ServerProgram }} Vscode */

/** A download that shows no sign of life for so long is given up; unpacking has none to show. */
const stalledMs = 8000;
const unpackMs = 300_000;

/**
 * Finds or fetches a VS Code, best first, and tells which way it took and why not the earlier ones: one that is installed, one that is
 * downloaded, or code-server from npm, which runs in a browser. Throws if there is none at all.
 * @param {Processes} processes
 * @param {(text: string) => void} tell
 * @returns {Promise<Vscode>}
 */
export async function findVscode(processes, tell) {
  /** @type {string[]} */
  const why = [];
  if (hasDisplay()) {
    const installed = findInstalledVscode();
    if ('executable' in installed) {
      tell(`VS Code: ${installed.executable} (already installed)`);
      return { kind: 'desktop', executable: installed.executable };
    }
    why.push(installed.why);
    const downloaded = await download(processes);
    if ('executable' in downloaded) {
      tell(`VS Code: ${downloaded.executable} (downloaded; ${why.join(', ')})`);
      return { kind: 'desktop', executable: downloaded.executable };
    }
    why.push(downloaded.why);
  } else {
    const installed = findInstalledVscode();
    why.push('executable' in installed ? 'no display for the installed one' : `no display, and ${installed.why}`);
  }
  const server = await ensureCodeServer(processes, { cache: cacheFolder(), tell });
  tell(`VS Code: code-server ${server.version} from npm, in a browser (${why.join(', ')})`);
  return { kind: 'server', server };
}

/** @param {Processes} processes @returns {Promise<{ executable: string } | { why: string }>} */
async function download(processes) {
  const folder = join(cacheFolder(), 'desktop');
  mkdirSync(folder, { recursive: true });
  const script = join(dirname(fileURLToPath(import.meta.url)), 'downloadVscode.mjs');
  let executable = '';
  let stalled = false;
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const running = processes.start(process.execPath, [script, folder], {
    onLine: (line) => {
      expectLife(line.includes('extracting') ? unpackMs : stalledMs);
      executable = line.startsWith('executable ') ? line.slice('executable '.length) : executable;
    },
  });
  const expectLife = (/** @type {number} */ ms) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      stalled = true;
      void running.stop();
    }, ms);
  };
  expectLife(stalledMs);
  const ended = await running.ended;
  clearTimeout(timer);
  return ended.code === 0 && executable !== ''
    ? { executable }
    : { why: stalled ? 'the download site does not answer' : 'the download failed' };
}
