import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * The one storage folder of a workspace, whichever window asks. While one window holds a workspace's storage, VS Code gives the next a folder of its
 * own beside it, named with a number (`extensionStoragePaths` in VS Code); a journal there would be a second fleet, and after a reload that overlaps
 * with the window before it the person's runs would seem lost. The journal's own lock decides who may write.
 */
export function storageFolder(given: string): string {
  const workspace = dirname(given);
  const numbered = /^(.+)-\d$/.exec(basename(workspace));
  if (numbered === null) {
    return given;
  }
  const first = join(dirname(workspace), numbered[1] ?? '');
  return existsSync(first) ? join(first, basename(given)) : given;
}
