import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';

const lineFeed = 0x0a;

/** Cuts a stream into lines of UTF-8 text; a line of more than `maxBytes` is given as `tooLong`, after which nothing more comes. */
export async function* boundedLines(stream: Readable, maxBytes: number): AsyncGenerator<string | { readonly tooLong: true }, void> {
  let pending: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    let from = 0;
    for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, from)) {
      yield Buffer.concat([...pending, bytes.subarray(from, end)]).toString('utf8');
      pending = [];
      length = 0;
      from = end + 1;
    }
    pending.push(bytes.subarray(from));
    length += bytes.length - from;
    if (length > maxBytes) {
      yield { tooLong: true };
      return;
    }
  }
  if (length > 0) {
    yield Buffer.concat(pending).toString('utf8');
  }
}

/** Whether a file has a line of more than `maxBytes`. Throws the system's error, and the signal's reason when that aborts. */
export async function hasLongLine(absolute: string, maxBytes: number, signal: AbortSignal): Promise<boolean> {
  const handle = await open(absolute, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const buffer = Buffer.allocUnsafe(1024 * 1024);
    let length = 0;
    for (;;) {
      signal.throwIfAborted();
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) {
        return false;
      }
      const bytes = buffer.subarray(0, bytesRead);
      const first = bytes.indexOf(lineFeed);
      length += first < 0 ? bytesRead : first;
      if (length > maxBytes) {
        return true;
      }
      // Lines within one buffer are shorter than the buffer, which is shorter than the limit.
      length = first < 0 ? length : bytesRead - 1 - bytes.lastIndexOf(lineFeed);
    }
  } finally {
    await handle.close();
  }
}
