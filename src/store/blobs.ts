import { createHash, randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { BlobPort } from '../orchestrator/ports.ts';
import { toStorageError } from './journalError.ts';
import { createFile, ifThere, type JournalFs, nodeFs } from './journalFs.ts';

/** A blob that cannot be given back: `message` says which and why, `next` what a person can do. */
export class BlobError extends Error {
  readonly kind: 'missing' | 'damaged' | 'badHash';
  readonly hash: string;
  readonly next: string;

  constructor(kind: BlobError['kind'], hash: string, message: string) {
    super(message);
    this.name = 'BlobError';
    this.kind = kind;
    this.hash = hash;
    this.next = 'The rest of the run can still be used. Restore the storage folder from a backup to get this text back.';
  }
}

/**
 * Text by its SHA-256, one file each, in the folder `blobs` of the storage folder. Text is kept as UTF-8; half a surrogate pair becomes U+FFFD.
 * `put` rejects with a JournalError when the disk refuses, `get` with a BlobError.
 */
export function createBlobs({ directory, fs = nodeFs }: { readonly directory: string; readonly fs?: JournalFs }): BlobPort {
  const root = join(directory, 'blobs');
  const puts = new Map<string, Promise<void>>();
  return {
    put: async (text) => {
      const bytes = Buffer.from(text, 'utf8');
      const hash = toHash(bytes);
      // Two agents with the same output share one write; across processes the rename makes either copy good.
      const put = puts.get(hash) ?? store(fs, toPath(root, hash), bytes, hash).finally(() => puts.delete(hash));
      puts.set(hash, put);
      await put;
      return { hash, bytes: bytes.length };
    },
    get: async (hash) => {
      if (!hashPattern.test(hash)) {
        throw new BlobError('badHash', hash, 'The name of a stored text is not a SHA-256.');
      }
      const path = toPath(root, hash);
      const bytes = await ifThere(fs.readFile(path));
      if (bytes === undefined) {
        throw new BlobError('missing', hash, `A stored text is missing (${path}).`);
      }
      if (toHash(bytes) !== hash) {
        throw new BlobError('damaged', hash, `A stored text is damaged (${path}): its content does not match its name.`);
      }
      return Buffer.from(bytes).toString('utf8');
    },
  };
}

const hashPattern = /^[0-9a-f]{64}$/;

function toHash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function toPath(root: string, hash: string): string {
  return join(root, hash.slice(0, 2), hash.slice(2));
}

async function store(fs: JournalFs, path: string, bytes: Uint8Array, hash: string): Promise<void> {
  const folder = dirname(path);
  const fresh = join(folder, `.${hash.slice(0, 8)}-${randomUUID()}`);
  try {
    const there = await ifThere(fs.readFile(path));
    // Read rather than trusted, so that putting a text again heals a damaged copy of it.
    if (there !== undefined && toHash(there) === hash) {
      return;
    }
    await fs.makeDirectory(folder);
    await createFile(fs, fresh, bytes, true);
    await fs.rename(fresh, path);
    await fs.syncDirectory(folder);
    await fs.syncDirectory(dirname(folder));
  } catch (error) {
    const failure = toStorageError('save a long text', path, error);
    await ifThere(fs.unlink(fresh)).catch((cause: unknown) => {
      throw new AggregateError([failure, cause], failure.message);
    });
    throw failure;
  }
}
