import path from 'node:path';
import type { Effect } from '../core/events.ts';
import { toError } from '../lib/errors.ts';
import type { BlobPort, ChangeUndo } from '../orchestrator/ports.ts';
import { changedMeanwhile, createAtomically, removeFile, writeAtomically } from './atomicWrite.ts';
import { makeFolders } from './folderHandle.ts';
import type { FileLock } from './fileLock.ts';
import { decodeFile } from './fileText.ts';
import { bytesHash, keptBytes } from './keptBytes.ts';
import type { OpenDocuments } from './openDocuments.ts';
import { errorCode, refuseSystemError } from './refusal.ts';
import { readFileBytes, refuseReadOnly } from './textFile.ts';
import type { ResolvedPath, WorkspacePaths } from './workspacePath.ts';

type Change = Extract<Effect, { kind: 'changed' }>;

/** The undo of one workspace, whoever made the changes. */
export interface WorkspaceUndo {
  undo(effects: readonly Effect[]): ReturnType<ChangeUndo['undo']>;
}

interface ChangeUndoDeps {
  readonly paths: WorkspacePaths;
  readonly documents: OpenDocuments;
  readonly lock: FileLock;
  readonly blobs: Pick<BlobPort, 'get'>;
}

/** Makes the operation that gives files back as they were before an agent's first change, byte for byte, and touches nobody else's bytes. */
export function createChangeUndo(deps: ChangeUndoDeps): WorkspaceUndo {
  return {
    undo: async (effects) => {
      const restored: string[] = [];
      const kept: { path: string; why: string }[] = [];
      for (const { place, display, changes } of await byFile(effects, deps)) {
        const why = typeof place === 'string' ? place : await deps.lock.hold(place.absolute, () => restore(place, changes, deps));
        if (why === undefined) {
          restored.push(display);
        } else {
          kept.push({ path: display, why });
        }
      }
      return { restored, kept };
    },
  };
}

interface ChangedFile {
  /** Where the file is, or why it cannot be reached. */
  readonly place: ResolvedPath | string;
  readonly display: string;
  readonly changes: readonly Change[];
}

/** Changes by the file they were made of, however its path was written. */
async function byFile(effects: readonly Effect[], { paths }: ChangeUndoDeps): Promise<readonly ChangedFile[]> {
  const files = new Map<string, { place: ResolvedPath | string; display: string; changes: Change[] }>();
  for (const effect of effects) {
    if (effect.kind === 'changed') {
      const place = await paths.resolve(effect.path, 'write');
      const key = place.ok ? place.absolute : effect.path;
      const file = files.get(key) ?? { place: place.ok ? place : place.text, display: effect.path, changes: [] };
      file.changes.push(effect);
      files.set(key, file);
    }
  }
  return [...files.values()];
}

/** Undoes all changes of one file; the reason when it was left as it is. */
async function restore(place: ResolvedPath, changes: readonly Change[], deps: ChangeUndoDeps): Promise<string | undefined> {
  const [first, last] = [changes[0], changes.at(-1)];
  if (first === undefined || last === undefined) {
    return undefined;
  }
  const before = await bytesBefore(changes, deps);
  if (typeof before === 'string') {
    return before;
  }
  try {
    return await putBack(place, before.bytes, last.after, deps.documents);
  } catch (error) {
    return refuseSystemError(error, place.display).text;
  }
}

/** What the file was before the first change, undefined for nothing; or why that is unknown or was not all the agent's. */
async function bytesBefore(changes: readonly Change[], deps: ChangeUndoDeps): Promise<{ readonly bytes: Buffer | undefined } | string> {
  let bytes: Buffer | undefined;
  let previous: Change | undefined;
  for (const change of changes) {
    const { before } = change;
    if (before === undefined && change.change !== 'created') {
      return 'What the file was before was not kept.';
    }
    let found: Buffer | undefined;
    try {
      found = before === undefined ? undefined : await keptBytes({ ...change, before }, deps.blobs);
    } catch (error) {
      return `What the file was before cannot be read: ${toError(error).message}`;
    }
    if (previous === undefined) {
      bytes = found;
    } else if (previous.after !== (found === undefined ? undefined : bytesHash(found))) {
      return 'Somebody else changed it between the changes of this agent.';
    }
    previous = change;
  }
  return { bytes };
}

const changedSince = 'Somebody else has changed it since.';

/**
 * Puts a file back as it was, undefined for no file, if it still is what `expected` says: the SHA-256 of its bytes, undefined for no file. The
 * reason when it was left as it is. The caller holds the path's lock.
 */
export async function putBack(
  place: ResolvedPath,
  before: Buffer | undefined,
  expected: string | undefined,
  documents: OpenDocuments,
): Promise<string | undefined> {
  const open = place.spellings
    .map((absolute) => ({ absolute, document: documents.read(absolute) }))
    .find(({ document }) => document?.dirty === true);
  if (open?.document !== undefined) {
    return putIntoEditor(open.absolute, open.document, before, expected, documents);
  }
  const now = await readFileBytes(place.absolute, place.display);
  if (!now.ok) {
    return now.text;
  }
  const present = 'missing' in now ? undefined : now;
  if ((present === undefined ? undefined : bytesHash(present.bytes)) !== expected) {
    return present === undefined ? 'Somebody else has removed it since.' : changedSince;
  }
  if (present === undefined) {
    return before === undefined ? undefined : create(place, before);
  }
  const readOnly = await refuseReadOnly(place, present.mode);
  if (readOnly !== undefined) {
    return readOnly.text;
  }
  try {
    await (before === undefined ? removeFile(place.absolute, present.bytes) : writeAtomically(place.absolute, before, present.bytes));
    return undefined;
  } catch (error) {
    if (errorCode(error) === changedMeanwhile) {
      return changedSince;
    }
    throw error;
  }
}

async function create(place: ResolvedPath, bytes: Buffer): Promise<string | undefined> {
  await makeFolders(path.dirname(place.absolute));
  try {
    await createAtomically(place.absolute, bytes);
    return undefined;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') {
      return changedSince;
    }
    throw error;
  }
}

/** Unsaved text comes before the disk, as in every edit; it is changed in the editor and left for the person to save. */
async function putIntoEditor(
  absolute: string,
  document: { readonly text: string; readonly version: number },
  before: Buffer | undefined,
  expected: string | undefined,
  documents: OpenDocuments,
): Promise<string | undefined> {
  if (bytesHash(Buffer.from(document.text, 'utf8')) !== expected) {
    return 'It has unsaved changes in the editor.';
  }
  const text = before === undefined ? undefined : decodeFile(before)?.text;
  if (text === undefined) {
    return 'It is open in the editor and not saved.';
  }
  const splice = { start: 0, end: document.text.length, text };
  return (await documents.replace(absolute, document.version, [splice], false)) === 'stale' ? changedSince : undefined;
}
