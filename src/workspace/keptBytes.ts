import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { BlobPort } from '../orchestrator/ports.ts';

/** A file that is kept as it was: the fields of a change by which it is found again. */
export interface KeptBytes {
  readonly before: string;
  readonly beforeAs?: 'bytes' | undefined;
}

/** Larger files are not kept before each change of them. */
const mostKeptBytes = 4 * 1024 * 1024;

/** SHA-256 in hex. */
export function bytesHash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Keeps the bytes of a file as a text that gives back every one of them; undefined for one that is too large. */
export async function keepBytes(bytes: Buffer, blobs: Pick<BlobPort, 'put'>): Promise<KeptBytes | undefined> {
  if (bytes.length > mostKeptBytes) {
    return undefined;
  }
  return isUtf8(bytes)
    ? { before: (await blobs.put(bytes.toString('utf8'))).hash }
    : { before: (await blobs.put(bytes.toString('latin1'))).hash, beforeAs: 'bytes' };
}

/** The bytes that were kept; throws what the store throws when it no longer has them. */
export async function keptBytes({ before, beforeAs }: KeptBytes, blobs: Pick<BlobPort, 'get'>): Promise<Buffer> {
  return Buffer.from(await blobs.get(before), beforeAs === 'bytes' ? 'latin1' : 'utf8');
}
