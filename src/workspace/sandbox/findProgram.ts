import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { isInside } from '../workspacePath.ts';

/** Looked at first, because only the system's owner can put something there. */
const systemFolders = ['/usr/bin', '/bin', '/usr/local/bin', '/run/current-system/sw/bin'];

/** Where to look for programs: the system's folders, then those of a PATH that are absolute. */
export function programFolders(pathVariable: string | undefined): readonly string[] {
  return [...systemFolders, ...(pathVariable ?? '').split(path.delimiter)].filter((folder) => path.isAbsolute(folder));
}

/**
 * The absolute path of a program, or undefined. What lies in one of the `workspace` folders, which agents can write to, or leads there, is
 * never used.
 */
export async function findProgram(name: string, places: readonly string[], workspace: readonly string[]): Promise<string | undefined> {
  const roots = [...workspace, ...(await Promise.all(workspace.map(realOf)))];
  for (const place of places) {
    const candidate = path.join(place, name);
    if (await isProgram(candidate)) {
      const real = await realOf(candidate);
      if (!roots.some((root) => isInside(root, candidate) || isInside(root, real))) {
        return candidate;
      }
    }
  }
  return undefined;
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    // Not there, or not for us to run: it is not the program we look for.
    return false;
  }
}

async function realOf(file: string): Promise<string> {
  return realpath(file).catch(() => file);
}
