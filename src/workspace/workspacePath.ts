import { lstat, realpath } from 'node:fs/promises';
import path from 'node:path';
import { isInBareRepository } from './gitFolder.ts';
import { isGitName, readPathText } from './pathText.ts';
import { errorCode, type Refusal, refuse, refuseSystemError } from './refusal.ts';

/** A folder of the workspace: the name people know it by and its absolute path. */
export interface WorkspaceFolder {
  readonly name: string;
  readonly path: string;
}

/** A place inside the workspace, safe to use until the file system changes under it. */
export interface ResolvedPath {
  readonly ok: true;
  /** Absolute path without symbolic links; what is opened. */
  readonly absolute: string;
  /** How the editor may spell the same place, the likeliest first. */
  readonly spellings: readonly string[];
  /** How people and models call it: relative with forward slashes, prefixed by the folder's name when there are several; `.` for a folder itself. */
  readonly display: string;
  /** Like `display`, without symbolic links: what rights are decided on and what a person is asked about. */
  readonly real: string;
  /** The folder the path was written against, under the name used in `display`. */
  readonly folder: WorkspaceFolder;
  /** The workspace folder the place is really in, without symbolic links. */
  readonly root: string;
}

/** The only door from a model's path text to a real path. */
export interface WorkspacePaths {
  /** Folders under unique names, as `resolve` understands them. */
  readonly folders: () => readonly WorkspaceFolder[];
  /** Resolves symbolic links and refuses whatever is not inside a workspace folder; for `write` also whatever is inside a `.git` or a bare repository. */
  readonly resolve: (text: string, use: 'read' | 'write') => Promise<ResolvedPath | Refusal>;
}

/** Makes the resolver; `folders` is asked anew each time, since people add and remove folders. */
export function createWorkspacePaths(
  folders: () => readonly WorkspaceFolder[],
  platform: NodeJS.Platform = process.platform,
): WorkspacePaths {
  const named = () => nameFolders(folders());
  return {
    folders: named,
    resolve: async (text, use) => {
      const all = named();
      if (all.length === 0) {
        return refuse('No folder is open in this window, so there are no files to work with.');
      }
      const place = placeOf(text, all, platform);
      if (!place.ok) {
        return place;
      }
      const { folder, parts } = place;
      const display = displayOf(folder, parts, all.length > 1);
      const lexical = path.join(folder.path, ...parts);
      const real = await realPathOf(lexical, display);
      if (!real.ok) {
        return real;
      }
      const roots = await realRoots(all);
      const inside = roots.find((root) => isInside(root.real, real.absolute));
      if (inside === undefined) {
        return refuse(`${display} leads outside the workspace through a symbolic link; only files inside the workspace can be used.`);
      }
      if (use === 'write' && [...parts, ...real.absolute.split(path.sep)].some(isGitName)) {
        return refuse(`${display} is inside a .git folder; Git's own files are never written directly. Use run_command with git.`);
      }
      if (use === 'write' && (await isInBareRepository(inside.real, real.absolute))) {
        return refuse(
          `${display} is part of a folder that git takes for a repository; what is in it is never written directly. Use run_command with git.`,
        );
      }
      const viaFolder = path.join(inside.folder.path, path.relative(inside.real, real.absolute));
      return {
        ok: true,
        absolute: real.absolute,
        spellings: [...new Set([lexical, viaFolder, real.absolute])],
        display,
        real: displayOf(inside.folder, path.relative(inside.real, real.absolute).split(path.sep), all.length > 1),
        folder,
        root: inside.real,
      };
    },
  };
}

/** Component-wise containment: `/w` contains `/w` and `/w/a` but not `/w-evil`. Both paths absolute and normal. */
export function isInside(folder: string, absolute: string): boolean {
  const relative = path.relative(folder, absolute);
  return relative === '' || (relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative));
}

function nameFolders(folders: readonly WorkspaceFolder[]): readonly WorkspaceFolder[] {
  const taken = new Set<string>();
  return folders.map((folder) => {
    const base = folder.name.replaceAll(/[/\\]/g, '_') || 'folder';
    let name = base;
    for (let n = 2; taken.has(name); n++) {
      name = `${base}-${n}`;
    }
    taken.add(name);
    return { name, path: path.resolve(folder.path) };
  });
}

type FolderPlace = { readonly ok: true; readonly folder: WorkspaceFolder; readonly parts: readonly string[] };

function placeOf(text: string, folders: readonly WorkspaceFolder[], platform: NodeJS.Platform): FolderPlace | Refusal {
  const parsed = readPathText(text, platform);
  if (!parsed.ok) {
    return parsed;
  }
  const { root, parts } = parsed;
  const names = folders.map((folder) => folder.name).join(', ');
  if (root !== undefined) {
    const foldCase = platform === 'win32' || platform === 'darwin';
    const fold = (name: string) => (foldCase ? name.normalize('NFC').toLowerCase() : name);
    const given = root === '/' ? parts : [root, ...parts];
    const matches = folders
      .map((folder) => ({ folder, names: folder.path.split(path.sep).filter((name) => name !== '') }))
      .filter((candidate) => candidate.names.every((name, index) => fold(name) === fold(given[index] ?? '')))
      .sort((a, b) => b.names.length - a.names.length);
    const best = matches[0];
    if (best === undefined) {
      return refuse(
        `${JSON.stringify(text)} is outside the workspace; only files inside it can be used (${names}). Paths are written relative to it.`,
      );
    }
    return { ok: true, folder: best.folder, parts: given.slice(best.names.length) };
  }
  const [only] = folders;
  if (only !== undefined && folders.length === 1) {
    return { ok: true, folder: only, parts };
  }
  const folder = folders.find((candidate) => candidate.name === parts[0]);
  if (folder === undefined) {
    return refuse(`This workspace has several folders; begin the path ${JSON.stringify(text)} with the name of one: ${names}.`);
  }
  return { ok: true, folder, parts: parts.slice(1) };
}

function displayOf(folder: WorkspaceFolder, parts: readonly string[], several: boolean): string {
  const display = [...(several ? [folder.name] : []), ...parts].join('/');
  return display === '' ? '.' : display;
}

/** Resolves all links of the part that exists; what does not exist yet is appended as written. */
async function realPathOf(lexical: string, display: string): Promise<{ readonly ok: true; readonly absolute: string } | Refusal> {
  const missing: string[] = [];
  for (let current = lexical; ; current = path.dirname(current)) {
    try {
      return { ok: true, absolute: path.join(await realpath(current), ...missing) };
    } catch (error) {
      if (errorCode(error) !== 'ENOENT' || path.dirname(current) === current) {
        return refuseSystemError(error, display);
      }
    }
    if (await exists(current)) {
      return refuse(`${display} leads through a symbolic link to something that does not exist.`);
    }
    missing.unshift(path.basename(current));
  }
}

async function exists(absolute: string): Promise<boolean> {
  try {
    await lstat(absolute);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      return false;
    }
    throw error;
  }
}

async function realRoots(
  folders: readonly WorkspaceFolder[],
): Promise<readonly { readonly folder: WorkspaceFolder; readonly real: string }[]> {
  const roots = await Promise.all(
    folders.map(async (folder) => {
      try {
        return [{ folder, real: await realpath(folder.path) }];
      } catch (error) {
        // A folder of the workspace that is gone contains nothing; the others stay usable.
        if (errorCode(error) === undefined) {
          throw error;
        }
        return [];
      }
    }),
  );
  return roots.flat();
}
