import { isUtf8 } from 'node:buffer';
import { chmod } from 'node:fs/promises';
import path from 'node:path';
import type { Effect } from '../../core/events.ts';
import { toError } from '../../lib/errors.ts';
import type { BlobPort } from '../../orchestrator/ports.ts';
import { diffTexts } from '../fileDiff.ts';
import type { FileLock } from '../fileLock.ts';
import { bytesHash, keepBytes } from '../keptBytes.ts';
import type { OpenDocuments } from '../openDocuments.ts';
import { createChangeUndo } from '../undoChanges.ts';
import type { WorkspacePaths } from '../workspacePath.ts';
import type { TreeChange, TreeSide } from './checkpointChanges.ts';
import type { Checkpoint, Checkpoints } from './checkpoints.ts';

export interface RestoreRequest {
  /** Relative to the folder; all that changed between the two when left out. */
  readonly paths?: readonly string[];
  readonly from: Checkpoint;
  /** A file that is no longer as it was then has been changed by somebody else, and is left alone. */
  readonly onlyIfNow: Checkpoint;
}

/** The gates that every write of the workspace goes through. */
export interface RestoreDeps {
  readonly paths: WorkspacePaths;
  readonly documents: OpenDocuments;
  readonly lock: FileLock;
}

export interface Restored {
  readonly ok: true;
  readonly restored: readonly string[];
  readonly kept: readonly { readonly path: string; readonly why: string }[];
}

type Reader = Pick<Checkpoints, 'read'>;

/** Undoes changes between two checkpoints as changes of an agent are undone: unsaved text, locks and other people's work come first. */
export async function restoreFiles(
  reader: Reader,
  request: RestoreRequest,
  changes: readonly TreeChange[],
  deps: RestoreDeps,
): Promise<Restored> {
  const asked = request.paths === undefined ? undefined : new Set(request.paths);
  const restored: string[] = [];
  const kept: { path: string; why: string }[] = [...(asked ?? [])]
    .filter((name) => !changes.some((one) => one.path === name))
    .map((name) => ({ path: name, why: 'It was not changed between the two.' }));
  for (const change of changes.filter((one) => asked?.has(one.path) !== false)) {
    const why = await restoreFile(reader, request, change, deps);
    if (why === undefined) {
      restored.push(change.path);
    } else {
      kept.push({ path: change.path, why });
    }
  }
  return { ok: true, restored, kept };
}

async function restoreFile(
  reader: Reader,
  { from, onlyIfNow }: RestoreRequest,
  change: TreeChange,
  deps: RestoreDeps,
): Promise<string | undefined> {
  const store = memoryBlobs();
  const effect = await toEffect(reader, from, onlyIfNow, change, store);
  if (typeof effect === 'string') {
    return effect;
  }
  const absolute = path.join(from.folder, ...change.path.split('/'));
  const done = await createChangeUndo({ ...deps, blobs: store }).undo([{ ...effect, path: absolute }]);
  const why = done.kept[0]?.why;
  if (
    why !== undefined ||
    change.before === undefined ||
    process.platform === 'win32' ||
    change.before.kind === (change.after?.kind ?? 'file')
  ) {
    return why;
  }
  const place = await deps.paths.resolve(absolute, 'write');
  if (place.ok) {
    await chmod(place.absolute, change.before.kind === 'executable' ? 0o755 : 0o644);
  }
  return undefined;
}

/** What an agent changed by running a command, as its recorded changes are: the journal then undoes it like any edit. */
export interface CommandChanges {
  readonly effects: readonly Effect[];
  /** Changed meanwhile by somebody else too, or of a kind that cannot be kept: nobody can say what of it was the command's. */
  readonly unsure: readonly { readonly path: string; readonly why: string }[];
}

/**
 * Turns the difference of the checkpoints around a command into effects of its agent. `others` are the paths that anybody else, agents and
 * the person's editor, wrote while it ran; those are never the command's.
 */
export async function commandChanges(
  reader: Reader,
  around: { readonly before: Checkpoint; readonly after: Checkpoint; readonly changes: readonly TreeChange[] },
  others: ReadonlySet<string>,
  blobs: Pick<BlobPort, 'put'>,
): Promise<CommandChanges> {
  const effects: Effect[] = [];
  const unsure: { path: string; why: string }[] = [];
  for (const change of around.changes) {
    const effect = others.has(change.path)
      ? 'Somebody else wrote it while the command ran.'
      : await toEffect(reader, around.before, around.after, change, blobs);
    if (typeof effect === 'string') {
      unsure.push({ path: change.path, why: effect });
    } else {
      effects.push(effect);
    }
  }
  return { effects, unsure };
}

type Change = Extract<Effect, { kind: 'changed' }>;

/** A change with the bytes before it kept in `blobs`; or why it cannot be one. */
async function toEffect(
  reader: Reader,
  a: Checkpoint,
  b: Checkpoint,
  change: TreeChange,
  blobs: Pick<BlobPort, 'put'>,
): Promise<Change | string> {
  const odd = [change.before, change.after].find((side) => side?.kind === 'link' || side?.kind === 'repository');
  if (odd !== undefined) {
    return odd.kind === 'link' ? 'It is or was a symbolic link.' : 'It is or was a repository of its own.';
  }
  const [before, after] = [await bytesOf(reader, a, change.before), await bytesOf(reader, b, change.after)];
  if (typeof before === 'string' || typeof after === 'string') {
    return typeof before === 'string' ? before : String(after);
  }
  try {
    const kept = before === undefined ? {} : await keepBytes(before, blobs);
    if (kept === undefined) {
      return 'It is too large to be kept.';
    }
    const lines = linesOf(before, after, change.path);
    return {
      kind: 'changed',
      path: change.path,
      change: change.change,
      ...lines,
      ...kept,
      ...(after === undefined ? {} : { after: bytesHash(after) }),
    };
  } catch (error) {
    return `What it was before could not be kept: ${toError(error).message}`;
  }
}

async function bytesOf(reader: Reader, checkpoint: Checkpoint, side: TreeSide | undefined): Promise<Buffer | string | undefined> {
  if (side === undefined) {
    return undefined;
  }
  const read = await reader.read(checkpoint, side.blob);
  return read.ok ? read.bytes : read.text;
}

/** New and removed lines; of what is no text none are counted. */
function linesOf(before: Buffer | undefined, after: Buffer | undefined, display: string): Pick<Change, 'added' | 'removed'> {
  const [old, now] = [before ?? Buffer.alloc(0), after ?? Buffer.alloc(0)].map((bytes) =>
    isUtf8(bytes) ? bytes.toString('utf8') : undefined,
  );
  if (old === undefined || now === undefined) {
    return { added: 0, removed: 0 };
  }
  const { added, removed } = diffTexts(before === undefined ? undefined : old, now, display);
  return { added, removed };
}

function memoryBlobs(): Pick<BlobPort, 'get' | 'put'> {
  const texts = new Map<string, string>();
  return {
    put: (text) => {
      const hash = bytesHash(Buffer.from(text, 'utf8'));
      texts.set(hash, text);
      return Promise.resolve({ hash, bytes: text.length });
    },
    get: (hash) => {
      const text = texts.get(hash);
      return text === undefined ? Promise.reject(new Error('It was not kept.')) : Promise.resolve(text);
    },
  };
}
