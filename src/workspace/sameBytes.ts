import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { errorCode } from './refusal.ts';

/**
 * Whether a regular file holds exactly these bytes. In one go, without giving way to anything else this process does, so that it can be asked
 * right before the file is replaced. Follows no link and waits for no pipe.
 */
export function holdsBytes(absolute: string, bytes: Uint8Array): boolean {
  let descriptor: number;
  try {
    descriptor = openSync(absolute, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if (errorCode(error) === undefined) {
      throw error;
    }
    return false;
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile() || stats.size !== bytes.length) {
      return false;
    }
    // One byte more than expected shows a file that has grown since.
    const buffer = Buffer.allocUnsafe(bytes.length + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < buffer.length; length += read) {
      read = readSync(descriptor, buffer, length, buffer.length - length, length);
    }
    return length === bytes.length && buffer.subarray(0, length).equals(bytes);
  } finally {
    closeSync(descriptor);
  }
}
