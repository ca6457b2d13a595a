import { constants, type Stats } from 'node:fs';
import { access, type FileHandle, lstat, open } from 'node:fs/promises';
import { changedMeanwhile, writeAtomically } from './atomicWrite.ts';
import { decodeFile, type FileText, type Splice, spliceBytes, spliceText } from './fileText.ts';
import { isAtPath } from './folderHandle.ts';
import type { OpenDocuments } from './openDocuments.ts';
import { textHash } from './readLedger.ts';
import { errorCode, type Refusal, refuse, refuseSystemError } from './refusal.ts';
import type { ResolvedPath } from './workspacePath.ts';

/** Files above this many bytes are not read or edited as a whole. */
export const maxFileBytes = 10 * 1024 * 1024;

/** A text file as it is now: on disk, or in the editor that holds it. */
export interface CurrentText {
  readonly ok: true;
  readonly file: FileText;
  /** Identity of the text, line ends included. */
  readonly hash: string;
  readonly home: { readonly kind: 'disk'; readonly bytes: Buffer; readonly mode: number } | DocumentHome;
}

interface DocumentHome {
  readonly kind: 'document';
  /** The spelling under which the editor knows the file. */
  readonly absolute: string;
  readonly version: number;
  readonly dirty: boolean;
  /** The file on disk and its mode; absent when only the document was looked at. */
  readonly bytes?: Buffer;
  readonly mode?: number;
}

/** There is nothing at this path yet. */
export interface MissingText {
  readonly ok: true;
  readonly missing: true;
}

/**
 * Reads a text file whole. An editor's unsaved text comes before the disk; a clean document counts only while it says exactly what
 * the disk says, so that files an editor cannot represent are handled as bytes.
 */
export async function loadText(place: ResolvedPath, documents: OpenDocuments): Promise<CurrentText | MissingText | Refusal> {
  const open = place.spellings
    .map((absolute) => ({ absolute, document: documents.read(absolute) }))
    .find((entry) => entry.document !== undefined);
  const document = open?.document;
  if (open !== undefined && document?.dirty === true) {
    const home = { kind: 'document', absolute: open.absolute, version: document.version, dirty: true } as const;
    return { ok: true, file: { encoding: 'utf8', mark: Buffer.alloc(0), text: document.text }, hash: textHash(document.text), home };
  }
  const loaded = await readFileBytes(place.absolute, place.display);
  if (!loaded.ok || 'missing' in loaded) {
    return loaded;
  }
  const file = decodeFile(loaded.bytes);
  if (file === undefined) {
    return refuse(`${place.display} is a binary file (${sizeText(loaded.bytes.length)}); only text files can be read and edited.`);
  }
  // An editor writes into the file as it is, so that a change would show under its other names too.
  const home: CurrentText['home'] =
    open !== undefined && document?.text === file.text && !loaded.shared
      ? { kind: 'document', absolute: open.absolute, version: document.version, dirty: false, bytes: loaded.bytes, mode: loaded.mode }
      : { kind: 'disk', bytes: loaded.bytes, mode: loaded.mode };
  return { ok: true, file, hash: textHash(file.text), home };
}

/** The bytes a text comes from; those of unsaved text are its UTF-8. */
export function bytesOf({ file, home }: CurrentText): Buffer {
  return home.bytes ?? Buffer.from(file.text, 'utf8');
}

/** How an edit was stored. */
export interface Stored {
  readonly ok: true;
  readonly hash: string;
  readonly saved: boolean;
  /** What the file is now; of a document that was not saved, its text as UTF-8. */
  readonly bytes: Buffer;
}

/**
 * Stores splices where the text lives: in the document (saved only if it was clean) or on disk, in one step. The caller holds the
 * path's lock; `stale` when the text changed since it was loaded.
 */
export async function storeSplices(
  place: ResolvedPath,
  current: CurrentText,
  splices: readonly Splice[],
  documents: OpenDocuments,
): Promise<Stored | 'stale' | Refusal> {
  const text = spliceText(current.file.text, splices);
  const { home } = current;
  const notWritable = home.mode === undefined ? undefined : await refuseReadOnly(place, home.mode);
  if (notWritable !== undefined) {
    return notWritable;
  }
  if (home.kind === 'document') {
    const applied = await documents.replace(home.absolute, home.version, splices, !home.dirty);
    if (applied === 'stale') {
      return 'stale';
    }
    const saved = applied === 'applied' && !home.dirty;
    const bytes = saved && home.bytes !== undefined ? spliceBytes(home.bytes, current.file, splices) : Buffer.from(text, 'utf8');
    return { ok: true, hash: textHash(text), saved, bytes };
  }
  try {
    const bytes = spliceBytes(home.bytes, current.file, splices);
    await writeAtomically(place.absolute, bytes, home.bytes);
    return { ok: true, hash: textHash(text), saved: true, bytes };
  } catch (error) {
    return errorCode(error) === changedMeanwhile ? 'stale' : refuseSystemError(error, place.display, ' Its old content is intact.');
  }
}

/** Whether a file with this mode is protected against being changed. */
export async function refuseReadOnly(place: ResolvedPath, mode: number): Promise<Refusal | undefined> {
  const text = `${place.display} is read-only and was not changed.`;
  // Replacing a file needs no right on the file itself, so its own protection is asked for here.
  if ((mode & 0o222) === 0) {
    return refuse(text);
  }
  try {
    await access(place.absolute, constants.W_OK);
    return undefined;
  } catch (error) {
    return errorCode(error) === 'EACCES' || errorCode(error) === 'EROFS' ? refuse(text) : refuseSystemError(error, place.display);
  }
}

interface FileBytes {
  readonly ok: true;
  readonly bytes: Buffer;
  readonly mode: number;
  /** Has another name besides, which may lie outside the workspace. */
  readonly shared: boolean;
}

/** Reads a regular file whole, without following links and without ever blocking on a pipe or device. */
export async function readFileBytes(absolute: string, display: string): Promise<FileBytes | MissingText | Refusal> {
  let handle: FileHandle | undefined;
  try {
    const kind = kindProblem(await lstat(absolute), display);
    if (kind !== undefined) {
      return kind;
    }
    // Between the look and the opening the file may have become something else; then opening must not follow or block.
    handle = await open(absolute, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    const opened = await handle.stat();
    if (!(await isAtPath(handle, absolute))) {
      return refuse(`${display} was replaced while it was opened; try again.`);
    }
    const problem = kindProblem(opened, display);
    if (problem !== undefined) {
      return problem;
    }
    const bytes = await readBounded(handle, opened.size);
    return bytes === undefined ? refuseSize(display, maxFileBytes + 1) : { ok: true, bytes, mode: opened.mode, shared: opened.nlink > 1 };
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? { ok: true, missing: true } : refuseSystemError(error, display);
  } finally {
    await handle?.close();
  }
}

function kindProblem(stats: Stats, display: string): Refusal | undefined {
  if (stats.isDirectory()) {
    return refuse(`${display} is a folder; use list_files to see what is in it.`);
  }
  if (!stats.isFile()) {
    const kind = stats.isFIFO() ? 'a named pipe' : stats.isSocket() ? 'a socket' : stats.isSymbolicLink() ? 'a symbolic link' : 'a device';
    return refuse(`${display} is ${kind}, not a file; it cannot be read or edited.`);
  }
  return stats.size > maxFileBytes ? refuseSize(display, stats.size) : undefined;
}

function refuseSize(display: string, size: number): Refusal {
  return refuse(
    `${display} is ${sizeText(size)} large; files above ${sizeText(maxFileBytes)} are not read. run_command can read parts of it (head, tail, sed), and search_text finds lines in it where ripgrep is installed.`,
  );
}

/** Reads to the end, which a growing file may move; undefined when that is beyond the limit. */
async function readBounded(handle: FileHandle, expected: number): Promise<Buffer | undefined> {
  let buffer = Buffer.allocUnsafe(Math.min(expected + 1, maxFileBytes + 1));
  let length = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
    length += bytesRead;
    if (bytesRead === 0) {
      return Buffer.from(buffer.subarray(0, length));
    }
    if (length > maxFileBytes) {
      return undefined;
    }
    if (length === buffer.length) {
      buffer = Buffer.concat([buffer, Buffer.allocUnsafe(Math.min(buffer.length, maxFileBytes + 1 - length))]);
    }
  }
}

/** A number of bytes for people. */
export function sizeText(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
