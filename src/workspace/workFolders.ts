import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ignore from 'ignore';
import { errorCode } from './refusal.ts';
import { skippedFolders } from './walk.ts';
import type { WorkspaceFolder } from './workspacePath.ts';

/**
 * The folders of a workspace that the same task can be done in one by one, as agents name them: the workspace folders, or the folders at the top
 * of the only one, without hidden ones, links, and what its .gitignore leaves out. Reads one folder; empty when that cannot be read.
 */
export function workFolders(folders: readonly WorkspaceFolder[]): readonly string[] {
  const [only, ...others] = folders;
  if (only === undefined || others.length > 0) {
    return folders.map(({ name }) => name);
  }
  const rules = ignore().add(readIfThere(() => readFileSync(path.join(only.path, '.gitignore'), 'utf8')) ?? '');
  return (readIfThere(() => readdirSync(only.path, { withFileTypes: true })) ?? [])
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !skippedFolders.includes(entry.name))
    .map(({ name }) => name)
    .filter((name) => !rules.ignores(`${name}/`))
    .sort();
}

/** What may be missing or closed to us, read; anything else that goes wrong is thrown. */
function readIfThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (errorCode(error) === undefined) {
      throw error;
    }
    return undefined;
  }
}
