// @ts-check
import { existsSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {import('./processes.mjs').Processes} Processes */

/**
 * Runs npm: the one that runs us, if any, else the one on PATH. Throws with what npm said first if it fails.
 * @param {Processes} processes
 * @param {readonly string[]} args
 * @param {{ cwd: string, timeoutMs?: number }} options
 */
export async function runNpm(processes, args, { cwd, timeoutMs = 600_000 }) {
  const script = process.env['npm_execpath'];
  const ours = script?.endsWith('npm-cli.js') === true && existsSync(script);
  const command = ours ? process.execPath : process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const quiet = ['--no-fund', '--no-audit', '--no-update-notifier', '--loglevel=error'];
  const ended = await processes.run(command, [...(ours && script ? [script] : []), ...args, ...quiet], { cwd, timeoutMs });
  if (ended.code !== 0) {
    const said = ended.output
      .split('\n')
      .filter((line) => !/^npm (warn|error)\s*$/.test(line))
      .slice(0, 12)
      .join('\n');
    throw new Error(`npm ${args.join(' ')} ${ended.timedOut ? 'took too long' : 'failed'}:\n${said}`);
  }
  return ended.output;
}

/**
 * Installs the dependencies if they are missing or older than package-lock.json says.
 * @param {Processes} processes
 * @param {string} root
 * @param {(text: string) => void} tell
 */
export async function ensureDependencies(processes, root, tell) {
  const installed = join(root, 'node_modules', '.package-lock.json');
  const wanted = join(root, 'package-lock.json');
  if (existsSync(installed) && (statSync(installed).mtimeMs >= statSync(wanted).mtimeMs || sameVersions(wanted, installed))) {
    return;
  }
  tell('installing dependencies (npm ci)');
  await runNpm(processes, ['ci'], { cwd: root });
}

/**
 * Whether everything that is installed is what the lock file names; a fresh checkout can make an unchanged lock file look newer.
 * @param {string} wantedFile
 * @param {string} installedFile
 */
function sameVersions(wantedFile, installedFile) {
  const wanted = versionsOf(wantedFile);
  const installed = versionsOf(installedFile);
  const same = [...installed].every(([path, version]) => wanted.get(path)?.version === version.version);
  const whole = [...wanted].every(([path, { optional }]) => optional || installed.has(path));
  if (same && whole) {
    const now = new Date();
    utimesSync(installedFile, now, now);
  }
  return same && whole;
}

/** @param {string} file */
function versionsOf(file) {
  /** @type {{ packages: Record<string, { version?: string, optional?: boolean, devOptional?: boolean, peer?: boolean }> }} */
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const entries = Object.entries(lock.packages).filter(([path]) => path !== '');
  return new Map(
    entries.map(([path, { version, optional, devOptional, peer }]) => [
      path,
      { version, optional: Boolean(optional || devOptional || peer) },
    ]),
  );
}
