import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../refusal.ts';
import { isInside } from '../workspacePath.ts';

/** A program as it lies on the disk: when one of these differs it is not the same any more. */
export interface FoundProgram {
  /** Absolute; what is started. */
  readonly path: string;
  /** The file behind all symbolic links. */
  readonly real: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly inode: number;
}

export interface ProgramPlaces {
  /** The PATH of the host. */
  readonly searchPath: string;
  /** Absolute folders that agents can write to; nothing in them is a program, nor is what a link outside leads into. */
  readonly folders: readonly string[];
}

/** Finds programs by bare name in the pinned part of a PATH. */
export interface ProgramFinder {
  /** Absolute folders of PATH that only the system's owner can change, in order. */
  readonly pinned: readonly string[];
  find(name: string): Promise<FoundProgram | undefined>;
}

/**
 * Looks at each folder of PATH: what an agent, or whoever runs as the person, could have put there is no program to be trusted by its
 * name. So the folder and all above it belong to root and cannot be changed by us. For root itself only the owner can be told.
 */
export async function createProgramFinder({ searchPath, folders }: ProgramPlaces): Promise<ProgramFinder> {
  const roots = [...new Set([...folders, ...(await Promise.all(folders.map(realOf)))])];
  const inWorkspace = (place: string) => roots.some((root) => isInside(root, place));
  const isTrusted = async (place: string) => !inWorkspace(place) && (await onlyOwnerChanges(place));
  const pinned: string[] = [];
  for (const entry of new Set(searchPath.split(path.delimiter))) {
    if (path.isAbsolute(entry) && !inWorkspace(path.normalize(entry)) && (await isTrusted(await realOf(entry)))) {
      pinned.push(path.normalize(entry));
    }
  }
  return {
    pinned,
    find: async (name) => {
      for (const folder of /^[a-z][a-z0-9-]*$/.test(name) ? pinned : []) {
        const found = await lookAt(path.join(folder, name));
        if (found !== undefined) {
          return (await isTrusted(found.real)) ? found : undefined;
        }
      }
      return undefined;
    },
  };
}

/** The program at a path, or undefined when there is no file that we may run. */
export async function lookAt(file: string): Promise<FoundProgram | undefined> {
  try {
    const real = await realpath(file);
    const info = await stat(real);
    await access(real, constants.X_OK);
    return info.isFile() ? { path: file, real, size: info.size, mtimeMs: info.mtimeMs, inode: info.ino } : undefined;
  } catch (error) {
    if (errorCode(error) === undefined) {
      throw error;
    }
    return undefined;
  }
}

async function realOf(place: string): Promise<string> {
  try {
    return await realpath(place);
  } catch (error) {
    if (errorCode(error) === undefined) {
      throw error;
    }
    return place;
  }
}

async function onlyOwnerChanges(place: string): Promise<boolean> {
  for (let current = place; ; current = path.dirname(current)) {
    if (!(await isRoots(current))) {
      return false;
    }
    if (path.dirname(current) === current) {
      return true;
    }
  }
}

const othersWrite = 0o002;
const sticky = 0o1000;

async function isRoots(place: string): Promise<boolean> {
  try {
    const { uid, mode } = await stat(place);
    const open = (mode & othersWrite) !== 0 && (mode & sticky) === 0;
    return uid === 0 && !open && (process.getuid?.() === 0 || !(await canWrite(place)));
  } catch (error) {
    if (errorCode(error) === undefined) {
      throw error;
    }
    return false;
  }
}

async function canWrite(place: string): Promise<boolean> {
  try {
    await access(place, constants.W_OK);
    return true;
  } catch (error) {
    if (errorCode(error) === undefined) {
      throw error;
    }
    return false;
  }
}
