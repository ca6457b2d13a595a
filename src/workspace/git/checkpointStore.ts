import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../refusal.ts';
import { isInside } from '../workspacePath.ts';
import type { ConfigEntry, ConfigOverride } from './gitConfig.ts';
import type { Repository } from './gitDir.ts';
import { type GitTrouble, trouble } from './gitResult.ts';
import type { Git } from './gitTypes.ts';

/** What is looked at: a working tree, and our own repository that keeps its states. */
export interface Scope {
  readonly ok: true;
  /** Absolute, as the workspace names it, without symbolic links. */
  readonly folder: string;
  /** The folder below the working tree's root, with forward slashes; empty for the root itself. */
  readonly within: string;
  /** The person's repository, if the folder is in one. */
  readonly person: Repository | undefined;
  readonly workTree: string;
  /** Our folder for it; each generation in it is a repository. */
  readonly box: string;
}

/** Finds out what a folder's checkpoints are of. A folder without Git is its own working tree. */
export async function scopeOf(git: Git, storage: string, folder: string): Promise<Scope | GitTrouble> {
  const found = await git.open(folder);
  if (!found.ok && found.kind !== 'noRepository') {
    return found;
  }
  if (!found.ok && !(await isFolder(folder))) {
    return found;
  }
  const real = await realpath(folder);
  const workTree = found.ok ? found.workTree : real;
  if (isInside(workTree, storage)) {
    return trouble(
      'failed',
      `${storage} is inside ${workTree} and cannot hold checkpoints of it.`,
      'Open another folder as the workspace.',
    );
  }
  return {
    ok: true,
    folder: real,
    within: path.relative(workTree, real).split(path.sep).join('/'),
    person: found.ok ? found : undefined,
    workTree,
    box: path.join(storage, createHash('sha256').update(real).digest('hex').slice(0, 16)),
  };
}

async function isFolder(folder: string): Promise<boolean> {
  try {
    return (await stat(folder)).isDirectory();
  } catch (error) {
    if (errorCode(error) === undefined) {
      throw error;
    }
    return false;
  }
}

/** Our repository of one generation, looking at the person's working tree. Its configuration is ours, so nothing of the person's runs. */
export function repositoryOf(scope: Pick<Scope, 'box' | 'workTree'>, generation: string): Repository {
  const gitDir = path.join(scope.box, generation);
  return { ok: true, workTree: scope.workTree, gitDir, commonDir: gitDir, kind: 'main' };
}

/** Files are kept byte for byte, whatever attributes and settings say about line ends, encodings and filters. */
export const exactSettings: readonly ConfigOverride[] = [
  ['core.autocrlf', 'false'],
  ['core.safecrlf', 'false'],
];
const exactAttributes = '* -text -filter -ident -working-tree-encoding -diff\n';

/** Without Git nobody has said what is not worth keeping; these are made by programs, and large. */
const madeByPrograms = 'node_modules/\n.venv/\n__pycache__/\n';

/** The generations of a box, oldest first. */
export async function generationsOf(box: string): Promise<readonly string[]> {
  try {
    return (await readdir(box)).filter((name) => /^g\d{14}$/.test(name)).sort();
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') {
      throw error;
    }
    return [];
  }
}

/** Makes an empty generation; in one step, so that a crash leaves none or a whole one. */
export async function makeGeneration(git: Git, scope: Scope, now: number): Promise<string | GitTrouble> {
  const settings = scope.person === undefined ? undefined : await git.settings(scope.person);
  if (settings !== undefined && !settings.ok) {
    return settings;
  }
  const generation = `g${String(now).padStart(14, '0')}`;
  const made = path.join(scope.box, `${generation}.new`);
  await rm(made, { recursive: true, force: true });
  await mkdir(path.join(made, 'objects'), { recursive: true, mode: 0o700 });
  await Promise.all(['refs', 'info'].map((name) => mkdir(path.join(made, name))));
  await writeFile(path.join(made, 'HEAD'), 'ref: refs/heads/none\n');
  await writeFile(path.join(made, 'config'), configText(settings?.entries ?? []));
  await writeFile(path.join(made, 'info', 'attributes'), exactAttributes);
  await rename(made, path.join(scope.box, generation));
  return generation;
}

/** Takes over what is ignored, which the person may have changed since. */
export async function copyExcludes(scope: Scope, generation: string): Promise<void> {
  const own = scope.person === undefined ? undefined : await readText(path.join(scope.person.commonDir, 'info', 'exclude'));
  await writeFile(path.join(scope.box, generation, 'info', 'exclude'), scope.person === undefined ? madeByPrograms : (own ?? ''));
}

/** How the file system is, as the person's repository found it when it was made. */
function configText(entries: readonly ConfigEntry[]): string {
  const find = (key: string, otherwise: string) =>
    entries.findLast((entry) => entry.key === key && /^[\w-]+$/.test(entry.value))?.value ?? otherwise;
  const windows = process.platform === 'win32';
  const hashes = find('extensions.objectformat', 'sha1');
  return [
    '[core]',
    `\trepositoryformatversion = ${hashes === 'sha1' ? 0 : 1}`,
    '\tbare = false',
    `\tfilemode = ${find('core.filemode', String(!windows))}`,
    `\tsymlinks = ${find('core.symlinks', String(!windows))}`,
    `\tignorecase = ${find('core.ignorecase', String(windows || process.platform === 'darwin'))}`,
    `\tprecomposeunicode = ${find('core.precomposeunicode', String(process.platform === 'darwin'))}`,
    ...(hashes === 'sha1' ? [] : ['[extensions]', `\tobjectFormat = ${hashes}`]),
    '',
  ].join('\n');
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === undefined) {
      throw error;
    }
    return undefined;
  }
}

/** Bytes of all objects of a generation. */
export async function generationBytes(box: string, generation: string): Promise<number> {
  const folder = path.join(box, generation, 'objects');
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) {
      bytes += (await stat(path.join(entry.parentPath, entry.name))).size;
    }
  }
  return bytes;
}
