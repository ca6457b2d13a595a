import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../refusal.ts';
import { isInside } from '../workspacePath.ts';

/**
 * The first Git program on a PATH that is a file of its own outside all `forbidden` folders, as an absolute path without symbolic links;
 * undefined when there is none. What agents can write must never be what runs as Git.
 */
export async function findGitProgram(
  searchPath: string,
  forbidden: readonly string[],
  platform: NodeJS.Platform = process.platform,
): Promise<string | undefined> {
  const closed = await Promise.all(forbidden.map(async (folder) => (await realOrUndefined(folder)) ?? path.resolve(folder)));
  for (const folder of searchPath.split(path.delimiter)) {
    const found = path.isAbsolute(folder) ? await programIn(folder, platform) : undefined;
    if (found !== undefined && !closed.some((one) => isInside(one, found) || isInside(one, path.resolve(folder)))) {
      return found;
    }
  }
  return undefined;
}

async function programIn(folder: string, platform: NodeJS.Platform): Promise<string | undefined> {
  const real = await realOrUndefined(path.join(folder, platform === 'win32' ? 'git.exe' : 'git'));
  if (real === undefined) {
    return undefined;
  }
  try {
    await access(real, constants.X_OK);
    return (await stat(real)).isFile() ? real : undefined;
  } catch (error) {
    return orUndefined(error);
  }
}

async function realOrUndefined(absolute: string): Promise<string | undefined> {
  try {
    return await realpath(absolute);
  } catch (error) {
    return orUndefined(error);
  }
}

/** A folder of the PATH that is not there, or not ours to read, holds no Git for us. */
function orUndefined(error: unknown): undefined {
  if (errorCode(error) === undefined) {
    throw error;
  }
  return undefined;
}
