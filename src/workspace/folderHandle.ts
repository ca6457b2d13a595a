import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readlink, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from './refusal.ts';

/*
 * A path that was checked may lead elsewhere a moment later, when a folder on it is swapped for a link. A folder that is held open stays the
 * same one. Linux names what is below a held folder as /proc/self/fd/N/name and tells which folder N really is; elsewhere the path is compared
 * with what was opened, before and after.
 */

/** A folder that is held open. */
export interface HeldFolder {
  /** A path of an entry of this very folder, whatever becomes of the folder's own path. */
  readonly at: (name: string) => string;
}

/** Works in a folder whose path has no links; throws ELOOP when the path has become another folder's. */
export async function inFolder<T>(absolute: string, work: (folder: HeldFolder) => Promise<T>): Promise<T> {
  const handle = await open(absolute, constants.O_RDONLY | (constants.O_DIRECTORY ?? 0));
  try {
    const entries = await namesOf(handle, absolute);
    return await work({ at: (name) => path.join(entries, name) });
  } finally {
    await handle.close();
  }
}

/** Makes the folders on the way to a path that are not there, following no link. `absolute` has no links as far as it exists. */
export async function makeFolders(absolute: string): Promise<void> {
  const missing: string[] = [];
  let current = absolute;
  while (!(await isThere(current)) && path.dirname(current) !== current) {
    missing.unshift(path.basename(current));
    current = path.dirname(current);
  }
  for (const name of missing) {
    const made = path.join(current, name);
    await inFolder(current, async (folder) => {
      await mkdir(folder.at(name)).catch((error: unknown) => {
        if (errorCode(error) !== 'EEXIST') {
          throw error;
        }
      });
    });
    current = made;
  }
}

/** Whether an open file is what is at a path without links. */
export async function isAtPath(handle: FileHandle, absolute: string): Promise<boolean> {
  const real = await pathOf(handle);
  if (real !== undefined) {
    return real === absolute;
  }
  const [before, opened, now, after] = [await realpath(absolute), await handle.stat(), await stat(absolute), await realpath(absolute)];
  return path.relative(before, absolute) === '' && before === after && now.ino === opened.ino && now.dev === opened.dev;
}

async function namesOf(handle: FileHandle, absolute: string): Promise<string> {
  if (!(await isAtPath(handle, absolute))) {
    throw Object.assign(new Error(`${absolute} leads elsewhere now`), { code: 'ELOOP' });
  }
  return (await pathOf(handle)) === undefined ? absolute : descriptor(handle);
}

/** Where the system says an open file is; undefined where it cannot say. */
async function pathOf(handle: FileHandle): Promise<string | undefined> {
  if (process.platform !== 'linux') {
    return undefined;
  }
  try {
    return await readlink(descriptor(handle));
  } catch (error) {
    if (errorCode(error) === undefined) {
      throw error;
    }
    return undefined;
  }
}

function descriptor(handle: FileHandle): string {
  return `/proc/self/fd/${handle.fd}`;
}

async function isThere(absolute: string): Promise<boolean> {
  try {
    await stat(absolute);
    return true;
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') {
      throw error;
    }
    return false;
  }
}
