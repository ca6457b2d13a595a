import type { FileReview, Hunk } from '../../core/review/fileReview.ts';
import type { ReviewBase } from '../../core/review/changes.ts';
import { toError } from '../../lib/errors.ts';
import type { BlobPort } from '../../orchestrator/ports.ts';
import type { FileLock } from '../fileLock.ts';
import { decodeFile, encodeText, type FileText, isAscii, spliceText } from '../fileText.ts';
import { bytesHash, keptBytes } from '../keptBytes.ts';
import type { OpenDocuments } from '../openDocuments.ts';
import { type Refusal, refuse, refuseSystemError } from '../refusal.ts';
import { type CurrentText, loadText, readFileBytes, storeSplices } from '../textFile.ts';
import { putBack } from '../undoChanges.ts';
import type { ResolvedPath, WorkspacePaths } from '../workspacePath.ts';
import { hunkId, hunksOf, splicesBack, splicesOnBase, withoutHunks } from './hunks.ts';

/** A changed file as the facts know it. */
export interface ReviewedFile {
  readonly path: string;
  readonly base: ReviewBase;
}

/** Compares files with what they were, and takes changes back. Writes only what is rejected, and never Git's index. */
export interface ReviewFiles {
  readonly look: (file: ReviewedFile) => Promise<FileReview | Refusal>;
  /** What the file was with these hunks already in it, as text for a person. */
  readonly baseText: (file: ReviewedFile, accepted: ReadonlySet<string>) => Promise<string | Refusal>;
  /**
   * Takes these hunks out of the file, in the editor when it holds unsaved text; refused when the file is no longer as it was looked at.
   * Every other byte stays.
   */
  readonly reject: (file: ReviewedFile, seen: FileReview, hunks: ReadonlySet<string>) => Promise<RejectDone | Refusal>;
}

/** What was rejected is out of the file. `saved` is false when it is only out of the editor's unsaved text. */
export interface RejectDone {
  readonly ok: true;
  readonly saved: boolean;
}

interface ReviewFilesDeps {
  readonly paths: WorkspacePaths;
  readonly documents: OpenDocuments;
  readonly lock: FileLock;
  readonly blobs: Pick<BlobPort, 'get'>;
}

/** Hunks as they were left by a rejection, so that a new comparison does not align the rest differently. */
interface Left {
  readonly present: string;
  readonly hunks: readonly Hunk[];
}

const mostLeft = 1000;

/** Makes the operations of a review. */
export function createReviewFiles(deps: ReviewFilesDeps): ReviewFiles {
  const left = new Map<string, Left>();
  const look = async (file: ReviewedFile, place: ResolvedPath): Promise<Looked | Refusal> => {
    const base = await baseBytes(file, deps);
    return base.ok ? compare(place, base.bytes, deps, left.get(keyOf(place, file))) : base;
  };
  return {
    look: async (file) => {
      const place = await deps.paths.resolve(file.path, 'write');
      const looked = place.ok ? await look(file, place) : place;
      return looked.ok ? looked.review : looked;
    },
    baseText: async (file, accepted) => {
      const place = await deps.paths.resolve(file.path, 'write');
      const looked = place.ok ? await look(file, place) : place;
      return looked.ok ? leftText(looked, accepted) : looked;
    },
    reject: async (file, seen, hunks) => {
      const place = await deps.paths.resolve(file.path, 'write');
      if (!place.ok) {
        return place;
      }
      return deps.lock.hold(place.absolute, async () => {
        const looked = await look(file, place);
        if (!looked.ok) {
          return looked;
        }
        const { review } = looked;
        const taken = review.hunks.filter(({ id }) => hunks.has(id));
        if (review.present !== seen.present || taken.length !== hunks.size) {
          return refuse(
            `${place.display} has changed since you looked at it; nothing was taken back. Look at its changes as they are now.`,
          );
        }
        if (taken.length === 0) {
          return { ok: true, saved: true };
        }
        if (looked.texts === undefined) {
          return await takeBackWhole(place, looked, deps);
        }
        const stored = await takeBack(place, looked.texts, taken, deps);
        if (stored.ok) {
          if (left.size >= mostLeft) {
            left.clear();
          }
          left.set(keyOf(place, file), { present: stored.hash, hunks: withoutHunks(review.hunks, hunks) });
        }
        return stored;
      });
    },
  };
}

function keyOf(place: ResolvedPath, { base }: ReviewedFile): string {
  return `${place.absolute}\n${base.kind === 'kept' ? base.before : base.kind}`;
}

interface Looked {
  readonly ok: true;
  readonly review: FileReview;
  readonly base: Buffer | undefined;
  /** Set when the hunks can be decided one by one. */
  readonly texts: { readonly base: string; readonly current: CurrentText } | undefined;
}

async function baseBytes(
  { path, base }: ReviewedFile,
  { blobs }: ReviewFilesDeps,
): Promise<{ readonly ok: true; readonly bytes: Buffer | undefined } | Refusal> {
  if (base.kind === 'unknown') {
    return refuse(`What ${path} was before was not kept, so its changes cannot be told apart. Compare it in source control.`);
  }
  if (base.kind === 'nothing') {
    return { ok: true, bytes: undefined };
  }
  try {
    return { ok: true, bytes: await keptBytes(base, blobs) };
  } catch (error) {
    return refuse(`What ${path} was before cannot be read: ${toError(error).message} Compare it in source control.`);
  }
}

async function compare(
  place: ResolvedPath,
  base: Buffer | undefined,
  { documents }: ReviewFilesDeps,
  left: Left | undefined,
): Promise<Looked | Refusal> {
  const loaded = await loadText(place, documents);
  if (loaded.ok && !('missing' in loaded)) {
    const unsaved = loaded.home.kind === 'document' && loaded.home.dirty;
    const before = base === undefined ? undefined : comparable(base, loaded);
    if (before !== undefined) {
      const hunks = left?.present === loaded.hash ? left.hunks : hunksOf(before, loaded.file.text);
      return {
        ok: true,
        review: { ok: true, kind: 'text', hunks, present: loaded.hash, unsaved },
        base,
        texts: { base: before, current: loaded },
      };
    }
    const now = unsaved ? { ok: true as const, bytes: Buffer.from(loaded.file.text, 'utf8') } : await bytesAt(place);
    return now.ok ? whole(base, now.bytes, loaded.file.text, unsaved) : now;
  }
  // Not there, or no text.
  const now = await bytesAt(place);
  return now.ok ? whole(base, now.bytes, '', false) : now;
}

/** The text of the base, if it can be compared line by line with the present text and written back without touching other bytes. */
function comparable(base: Buffer, { file, home }: CurrentText): string | undefined {
  const before = decodeFile(base);
  if (before === undefined || !isLossless(before, base)) {
    return undefined;
  }
  // Unsaved text has no bytes yet; its encoding is the editor's business.
  if (home.kind === 'document' && home.dirty) {
    return before.encoding === 'bytes' ? undefined : before.text;
  }
  const isSame = before.encoding === file.encoding && before.mark.equals(file.mark);
  return isSame && home.bytes !== undefined && isLossless(file, home.bytes) ? before.text : undefined;
}

/** UTF-16 with an odd number of bytes loses one as text. */
function isLossless({ encoding, mark, text }: FileText, bytes: Buffer): boolean {
  return encoding === 'bytes' || mark.length + encodeText(text, encoding).length === bytes.length;
}

async function bytesAt(place: ResolvedPath): Promise<{ readonly ok: true; readonly bytes: Buffer | undefined } | Refusal> {
  const read = await readFileBytes(place.absolute, place.display);
  return read.ok ? { ok: true, bytes: 'missing' in read ? undefined : read.bytes } : read;
}

/** A file that is there now and was not, or the other way round, or that is no text: one hunk that stands for all of it. */
function whole(base: Buffer | undefined, bytes: Buffer | undefined, text: string, unsaved: boolean): Looked {
  const present = bytes === undefined ? 'none' : bytesHash(bytes);
  const isSame = base === undefined ? bytes === undefined : bytes !== undefined && base.equals(bytes);
  const before = base === undefined ? '' : (decodeFile(base)?.text ?? '');
  const count = (value: string) => (value === '' ? 0 : value.split('\n').length - (value.endsWith('\n') ? 1 : 0));
  const hunk: Hunk = {
    id: hunkId(1, base === undefined ? 'none' : bytesHash(base), present),
    baseLine: 1,
    baseLines: count(before),
    line: 1,
    lines: count(text),
    removed: before,
    added: text,
  };
  return { ok: true, review: { ok: true, kind: 'whole', hunks: isSame ? [] : [hunk], present, unsaved }, base, texts: undefined };
}

function leftText({ review, base, texts }: Looked, accepted: ReadonlySet<string>): string {
  if (texts === undefined) {
    const isAccepted = review.hunks.some(({ id }) => accepted.has(id));
    return isAccepted ? (review.hunks[0]?.added ?? '') : base === undefined ? '' : shown(decodeFile(base));
  }
  const text = spliceText(
    texts.base,
    splicesOnBase(
      texts.base,
      review.hunks.filter(({ id }) => accepted.has(id)),
    ),
  );
  return shown({ ...texts.current.file, text });
}

/** Bytes that are no UTF-8 look as they do in the editor beside it. */
function shown(file: FileText | undefined): string {
  if (file === undefined) {
    return '';
  }
  return file.encoding === 'bytes' ? Buffer.from(file.text, 'latin1').toString('utf8') : file.text;
}

async function takeBack(
  place: ResolvedPath,
  { current }: NonNullable<Looked['texts']>,
  taken: readonly Hunk[],
  { documents }: ReviewFilesDeps,
): Promise<(RejectDone & { readonly hash: string }) | Refusal> {
  const splices = splicesBack(current.file.text, taken);
  if (current.file.encoding === 'bytes' && !splices.every(({ text }) => isAscii(text))) {
    return refuse(
      `${place.display} is not UTF-8 and its encoding is unknown, so this place alone cannot be put back. Reject all changes in the file instead.`,
    );
  }
  const stored = await storeSplices(place, current, splices, documents);
  if (stored === 'stale') {
    return refuse(`${place.display} changed just now; nothing was taken back. Look at its changes as they are now.`);
  }
  return stored.ok ? { ok: true, saved: stored.saved, hash: stored.hash } : stored;
}

async function takeBackWhole(place: ResolvedPath, { base, review }: Looked, { documents }: ReviewFilesDeps): Promise<RejectDone | Refusal> {
  try {
    const why = await putBack(place, base, review.present === 'none' ? undefined : review.present, documents);
    return why === undefined ? { ok: true, saved: !review.unsaved } : refuse(`${place.display} was left as it is. ${why}`);
  } catch (error) {
    return refuseSystemError(error, place.display);
  }
}
