// @ts-check
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Where things that are costly to get stay between runs: outside the checkout, in the place the operating system has for that.
 * @param {Readonly<Record<string, string | undefined>>} env
 * @param {NodeJS.Platform} platform
 */
export function cacheFolder(env = process.env, platform = process.platform) {
  const home = homedir();
  const base = {
    win32: env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'),
    darwin: join(home, 'Library', 'Caches'),
  }[String(platform)];
  return join(env['XDG_CACHE_HOME'] || base || join(home, '.cache'), 'flotilla');
}

/**
 * Makes a folder once. It is built beside its place and moved there when it is whole, so a half-made one is never used; of two processes
 * that want it at the same time one builds and the other waits.
 * @param {string} folder
 * @param {(fresh: string) => Promise<void>} build fills the empty folder it is given; what it throws ends the set-up and leaves nothing
 * @param {(text: string) => void} tell told when somebody else is waited for
 */
export async function makeOnce(folder, build, tell) {
  mkdirSync(dirname(folder), { recursive: true });
  if (existsSync(folder)) {
    return;
  }
  const release = await takeLock(`${folder}.lock`, tell, () => existsSync(folder));
  try {
    if (existsSync(folder)) {
      return;
    }
    removeLeftovers(folder);
    const fresh = mkdtempSync(`${folder}.new-${process.pid}-`);
    try {
      await build(fresh);
      renameSync(fresh, folder);
    } finally {
      rmSync(fresh, { recursive: true, force: true });
    }
  } finally {
    release();
  }
}

/**
 * Takes a lock file that names its owner's process. A lock whose owner is gone is taken over. The lock only saves work: were two owners
 * ever to get past it, the move into place would still let only one win.
 * @param {string} file
 * @param {(text: string) => void} tell
 * @param {() => boolean} notNeeded
 * @returns {Promise<() => void>} releases it
 */
async function takeLock(file, tell, notNeeded) {
  for (let told = false; ; told = true) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) {
        throw error;
      }
    }
    if (notNeeded()) {
      return () => undefined;
    }
    const owner = ownerOf(file);
    if (owner !== undefined && !isAlive(owner)) {
      rmSync(file, { force: true });
      continue;
    }
    if (!told) {
      tell(`waiting for another set-up of ${basename(file, '.lock')} (process ${owner ?? 'unknown'})`);
    }
    await sleep(250);
  }
}

/** @param {string} file */
function ownerOf(file) {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) {
      return undefined;
    }
    throw error;
  }
}

/** Deletes what set-ups that were ended before they were done left behind. @param {string} folder */
function removeLeftovers(folder) {
  const prefix = `${basename(folder)}.new-`;
  for (const name of readdirSync(dirname(folder)).filter((one) => one.startsWith(prefix))) {
    if (!isAlive(Number(name.slice(prefix.length).split('-')[0]))) {
      rmSync(join(dirname(folder), name), { recursive: true, force: true });
    }
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

/** @param {unknown} error @param {string} code */
function hasCode(error, code) {
  return error instanceof Error && 'code' in error && error.code === code;
}
