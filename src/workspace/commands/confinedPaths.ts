import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { DirectPath, PathUse } from '../../policy/commands/directLine.ts';
import { isSecretPlace } from '../../policy/secretPlaces.ts';
import { isGitName } from '../pathText.ts';
import { type Refusal, refuse, refuseSystemError } from '../refusal.ts';
import type { ResolvedPath, WorkspacePaths } from '../workspacePath.ts';

/** A path of a command, found to lie where it may be read. */
export interface ConfinedPath {
  readonly ok: true;
  readonly place: ResolvedPath;
}

/** A larger file takes longer to read than a command that nobody was asked about should run. */
const mostBytes = 64 * 1024 * 1024;
/** A folder with more in it is not looked through for secrets, so it is not searched unasked. */
const mostEntries = 20_000;
/** What packages bring is not the person's. Searching them is no secret, and looking at all of them takes long. */
const publicFolder = 'node_modules';

/** Resolves a path as the program will, from its folder, and refuses whatever may not be read without asking. */
export async function confinePath(paths: WorkspacePaths, folder: ResolvedPath, { text, use }: DirectPath): Promise<ConfinedPath | Refusal> {
  const place = await resolveFrom(paths, folder, text);
  if (!place.ok) {
    return place;
  }
  const names = place.real.split('/');
  if (names.some(isGitName)) {
    return refuse(`${place.display} is inside a .git folder, which is not read without asking.`);
  }
  if (isSecretPlace(place.real)) {
    return refuse(`${place.display} may hold a secret, so it is not read without asking.`);
  }
  const trouble = await troubleAt(place, use);
  return trouble ?? { ok: true, place };
}

/** Resolves a folder or path text against a folder. `..` only at its beginning: after a link it would lead to where the link leads. */
async function resolveFrom(paths: WorkspacePaths, folder: ResolvedPath, text: string): Promise<ResolvedPath | Refusal> {
  if (path.isAbsolute(text)) {
    return paths.resolve(text, 'read');
  }
  const parts = text.split('/').filter((part) => part !== '' && part !== '.');
  const up = parts.findIndex((part) => part !== '..');
  const steps = up === -1 ? parts.length : up;
  // The real path of a folder is a path text itself, and has no links, so that going up in it is what the system does.
  const base = folder.real === '.' ? [] : folder.real.split('/');
  const several = paths.folders().length > 1 ? 1 : 0;
  if (steps > base.length - several) {
    return refuse(`${JSON.stringify(text)} leads out of the workspace.`);
  }
  return paths.resolve(`./${[...base.slice(0, base.length - steps), ...parts.slice(steps)].join('/')}`, 'read');
}

async function troubleAt(place: ResolvedPath, use: PathUse): Promise<Refusal | undefined> {
  try {
    const info = await stat(place.absolute);
    if (info.isDirectory()) {
      return use.kind === 'read'
        ? refuse(`${place.display} is a folder, not a file.`)
        : use.kind === 'search'
          ? await troubleBelow(place, use)
          : undefined;
    }
    if (!info.isFile()) {
      return refuse(`${place.display} is a pipe, socket or device, not a file.`);
    }
    if (use.kind === 'look') {
      return undefined;
    }
    if (info.nlink > 1) {
      return refuse(`${place.display} has another name, which may be outside the workspace.`);
    }
    return info.size > mostBytes ? refuse(`${place.display} is larger than is read without asking.`) : undefined;
  } catch (error) {
    return refuseSystemError(error, place.display);
  }
}

/** Goes through all that would be read, as the programs do: no symbolic link is followed. */
async function troubleBelow(place: ResolvedPath, use: Extract<PathUse, { kind: 'search' }>): Promise<Refusal | undefined> {
  let seen = 0;
  const waiting = [place.absolute];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      seen += 1;
      if (seen > mostEntries) {
        return refuse(`There is more in ${place.display} than is searched without asking. Name a folder in it.`);
      }
      if (isLeftOut(entry, use)) {
        continue;
      }
      const below = path.relative(place.absolute, path.join(folder, entry.name));
      const shown = [place.display, below].join('/');
      if (isGitName(entry.name) || isSecretPlace(`${place.real}/${below}`)) {
        return refuse(`${shown} would be searched too, which is not done without asking. Name the folders to search, or use search_text.`);
      }
      if (entry.isDirectory() && entry.name !== publicFolder) {
        waiting.push(path.join(folder, entry.name));
      }
    }
  }
  return undefined;
}

function isLeftOut(entry: Dirent, { skipHidden, skipFolders }: Extract<PathUse, { kind: 'search' }>): boolean {
  if (entry.isSymbolicLink() || (skipHidden && entry.name.startsWith('.'))) {
    return true;
  }
  return entry.isDirectory() ? skipFolders.includes(entry.name) : !entry.isFile();
}
