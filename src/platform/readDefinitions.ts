import type { Dirent } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { toError } from '../lib/errors.ts';
import type { DefinitionText } from '../orchestrator/ports.ts';
import type { WorkspaceFolder } from '../workspace/workspacePath.ts';

/** A definition with the file it was read from. */
export interface DefinitionFile extends DefinitionText {
  /** Absolute, as the editor names the file. */
  readonly absolute: string;
}

export interface ReadDefinitions {
  readonly files: readonly DefinitionFile[];
  /** Files that were left out, each with the reason, for the log. */
  readonly leftOut: readonly string[];
}

/** Where definitions lie in a workspace folder, relative to it, with what the files define. */
export const workspacePlaces = [
  { folder: '.flotilla/workflows', kind: 'workflow' },
  { folder: '.flotilla/agents', kind: 'agentType' },
  { folder: '.claude/agents', kind: 'agentType' },
  { folder: '.github/agents', kind: 'agentType' },
] as const;

/** The same for the folder of the user. */
export const userPlaces = [
  { folder: '.flotilla/workflows', kind: 'workflow' },
  { folder: '.flotilla/agents', kind: 'agentType' },
  { folder: '.claude/agents', kind: 'agentType' },
  { folder: '.copilot/agents', kind: 'agentType' },
] as const;

/** Most files that are read of the workspace, and as many of the user: every agent that may spawn others is told of all types. */
const maxFiles = 100;
/** Larger files are read up to here, in bytes, which is more than any definition may have, so that whoever parses them says so. */
const maxBytes = 1024 * 1024;

/** Reads every definition there is. A folder that is missing holds none; a file that cannot be read is left out. Never rejects. */
export async function readDefinitions(folders: readonly WorkspaceFolder[], home: string): Promise<ReadDefinitions> {
  const leftOut: string[] = [];
  const candidates: Candidate[] = [];
  for (const { name, path: root } of folders) {
    for (const place of workspacePlaces) {
      const prefix = folders.length > 1 ? `${name}/` : '';
      candidates.push(...(await list({ root, prefix, source: 'workspace', ...place }, leftOut)));
    }
  }
  const ofWorkspace = cap(candidates, 'workspace', leftOut);
  const ofUser: Candidate[] = [];
  for (const place of userPlaces) {
    ofUser.push(...(await list({ root: home, prefix: '~/', source: 'user', ...place }, leftOut)));
  }
  // The workspace may be the user's own folder.
  const ofWorkspacePaths = new Set(ofWorkspace.map(pathOf));
  const files: DefinitionFile[] = [];
  for (const candidate of [
    ...ofWorkspace,
    ...cap(
      ofUser.filter((one) => !ofWorkspacePaths.has(pathOf(one))),
      'user',
      leftOut,
    ),
  ]) {
    const file = await read(candidate, leftOut);
    if (file !== undefined) {
      files.push(file);
    }
  }
  return { files, leftOut };
}

interface Place {
  readonly root: string;
  readonly prefix: string;
  readonly source: DefinitionText['source'];
  readonly folder: string;
  readonly kind: DefinitionText['kind'];
}

interface Candidate {
  readonly place: Place;
  readonly name: string;
}

function pathOf({ place, name }: Candidate): string {
  return path.join(place.root, place.folder, name);
}

async function list(place: Place, leftOut: string[]): Promise<readonly Candidate[]> {
  let entries: readonly Dirent[];
  try {
    entries = await readdir(path.join(place.root, place.folder), { withFileTypes: true });
  } catch (error) {
    if (!isMissing(error)) {
      leftOut.push(`${place.prefix}${place.folder}: ${toError(error).message}`);
    }
    return [];
  }
  return entries
    .map(({ name }) => name)
    .filter((name) => /\.md$/i.test(name) && !/^readme\.md$/i.test(name))
    .sort()
    .map((name) => ({ place, name }));
}

function cap(candidates: readonly Candidate[], source: string, leftOut: string[]): readonly Candidate[] {
  if (candidates.length > maxFiles) {
    leftOut.push(`Of ${candidates.length} definition files of the ${source}, the first ${maxFiles} are read.`);
  }
  return candidates.slice(0, maxFiles);
}

async function read(candidate: Candidate, leftOut: string[]): Promise<DefinitionFile | undefined> {
  const { place, name } = candidate;
  const shown = `${place.prefix}${place.folder}/${name}`;
  const absolute = pathOf(candidate);
  try {
    const real = await realpath(absolute);
    // A repository could otherwise have a file of the user read and sent to a model. The user's own links are the user's choice.
    if (place.source === 'workspace' && !isInside(await realpath(place.root), real)) {
      leftOut.push(`${shown}: it is a link that leads out of the workspace.`);
      return undefined;
    }
    // Anything but a file may block whoever opens it.
    if (!(await stat(real)).isFile()) {
      leftOut.push(`${shown}: it is not a file.`);
      return undefined;
    }
    return { kind: place.kind, source: place.source, path: shown, text: await readStart(real), absolute };
  } catch (error) {
    leftOut.push(`${shown}: ${toError(error).message}`);
    return undefined;
  }
}

async function readStart(absolute: string): Promise<string> {
  const handle = await open(absolute, 'r');
  try {
    const buffer = Buffer.alloc(maxBytes);
    let length = 0;
    while (length < maxBytes) {
      const { bytesRead } = await handle.read(buffer, length, maxBytes - length, length);
      if (bytesRead === 0) {
        break;
      }
      length += bytesRead;
    }
    return buffer.toString('utf8', 0, length);
  } finally {
    await handle.close();
  }
}

function isInside(root: string, absolute: string): boolean {
  const relative = path.relative(root, absolute);
  return relative !== '' && relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
