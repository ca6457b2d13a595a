// @ts-check
import { createHash } from 'node:crypto';
import { cpSync, existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cacheFolder } from './cache.mjs';

/** @typedef {import('./processes.mjs').Processes} Processes */
/** @typedef {{ readonly folder: string, readonly data: string, readonly isSample: boolean }} Workspace `data`: what VS Code keeps about it */

/**
 * The folder to open: the person's, or a fresh copy of the sample repository, so that agents never change the checkout. What a window
 * keeps about the person's folder stays in the cache; about the copy it goes with the copy.
 * @param {Processes} processes
 * @param {{ root: string, temporary: string, wanted: string | undefined, forget: boolean }} options
 * @returns {Promise<Workspace>}
 */
export async function prepareWorkspace(processes, { root, temporary, wanted, forget }) {
  if (wanted === undefined) {
    return { folder: await copySample(processes, root, join(temporary, 'pocket-ledger')), data: join(temporary, 'data'), isSample: true };
  }
  const folder = resolve(wanted);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new Error(`${folder} is not a folder. Name one, or none to open the sample repository.`);
  }
  const key = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  return { folder, data: forget ? join(temporary, 'data') : join(cacheFolder(), 'windows', key), isSample: false };
}

/**
 * Copies the sample repository, with a history of one commit where there is git.
 * @param {Processes} processes
 * @param {string} root
 * @param {string} to
 */
export function copySample(processes, root, to) {
  return copyAsRepository(processes, join(root, 'test', 'fixtures', 'sample'), to);
}

/**
 * Copies a folder and, where there is git, makes a repository with one commit of the copy.
 * @param {Processes} processes
 * @param {string} from
 * @param {string} to
 */
export async function copyAsRepository(processes, from, to) {
  cpSync(from, to, { recursive: true });
  const person = ['-c', 'user.name=Sample', '-c', 'user.email=sample@localhost', '-c', 'commit.gpgsign=false'];
  for (const args of [
    ['init', '--quiet', '--initial-branch=main'],
    ['add', '--all'],
    [...person, 'commit', '--quiet', '--message', 'Begin'],
  ]) {
    await processes.run('git', args, { cwd: to });
  }
  return to;
}
