import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../refusal.ts';
import type { ConfigEntry } from './gitConfig.ts';

/**
 * The ignore file of the person for all repositories, by which Git leaves out what they never want to share: as set, or where Git looks by itself.
 * Undefined when there is none. Source: gitignore(5).
 */
export async function personalIgnoreFile(
  personal: readonly ConfigEntry[],
  home: string | undefined,
  xdgConfigHome: string | undefined,
): Promise<string | undefined> {
  const set = personal.findLast(({ key }) => key === 'core.excludesfile')?.value;
  if (set !== undefined) {
    const expanded = /^~[/\\]/.test(set) && home !== undefined ? path.join(home, set.slice(2)) : set;
    return path.isAbsolute(expanded) ? expanded : undefined;
  }
  const folder = xdgConfigHome ?? (home === undefined ? undefined : path.join(home, '.config'));
  const usual = folder === undefined ? undefined : path.join(folder, 'git', 'ignore');
  return usual !== undefined && (await isFile(usual)) ? usual : undefined;
}

async function isFile(absolute: string): Promise<boolean> {
  try {
    return (await lstat(absolute)).isFile();
  } catch (error) {
    if (errorCode(error) === undefined) {
      throw error;
    }
    return false;
  }
}
