import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, type FileHandle, link, lstat, open, realpath, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from './refusal.ts';

type TemporaryHandle = Pick<FileHandle, 'writeFile' | 'stat' | 'chmod' | 'chown' | 'sync' | 'close'>;

/** Opens the temporary file; replaceable so that a full disk can be tried. */
export type OpenTemporary = (absolute: string, flags: number, mode: number) => Promise<TemporaryHandle>;

/**
 * Replaces a file's content in one step: after any failure the old content is there whole. Keeps mode and, where allowed, owner.
 * `absolute` has no symbolic links; throws the system's error.
 */
export async function writeAtomically(absolute: string, bytes: Uint8Array, openTemporary: OpenTemporary = open): Promise<void> {
  const old = await lstat(absolute);
  const temporary = await writeTemporary(absolute, bytes, openTemporary, async (handle) => {
    const made = await handle.stat();
    if (made.uid !== old.uid || made.gid !== old.gid) {
      await handle.chown(old.uid, old.gid).catch(ignore('EPERM'));
    }
    // A change of owner clears the set-id bits, so the mode comes after it.
    await handle.chmod(old.mode & 0o7777);
  });
  await orRemove(temporary, rename(temporary, absolute));
  await syncFolder(path.dirname(absolute));
}

/** Creates a file with its content in one step; throws EEXIST when something is there already. */
export async function createAtomically(absolute: string, bytes: Uint8Array, openTemporary: OpenTemporary = open): Promise<void> {
  const temporary = await writeTemporary(absolute, bytes, openTemporary, async () => undefined);
  await orRemove(temporary, moveToNew(temporary, absolute));
  await syncFolder(path.dirname(absolute));
}

async function writeTemporary(
  absolute: string,
  bytes: Uint8Array,
  openTemporary: OpenTemporary,
  settle: (handle: TemporaryHandle) => Promise<void>,
): Promise<string> {
  const folder = path.dirname(absolute);
  const temporary = path.join(folder, `.flotilla-${randomBytes(6).toString('hex')}.tmp`);
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);
  const handle = await openTemporary(temporary, flags, 0o666);
  const write = async () => {
    try {
      // The folder may have been swapped for a link since the path was checked; then the write must not go through it.
      if (path.relative(await realpath(folder), folder) !== '') {
        throw Object.assign(new Error(`${folder} became a symbolic link`), { code: 'ELOOP' });
      }
      await handle.writeFile(bytes);
      await settle(handle);
      await handle.sync();
    } finally {
      await handle.close();
    }
  };
  await orRemove(temporary, write());
  return temporary;
}

/** A link, unlike a rename, never replaces what somebody else made meanwhile; some file systems have none. */
async function moveToNew(temporary: string, absolute: string): Promise<void> {
  try {
    await link(temporary, absolute);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(errorCode(error) ?? '')) {
      throw error;
    }
    await copyFile(temporary, absolute, constants.COPYFILE_EXCL);
  }
  await unlink(temporary);
}

async function orRemove(temporary: string, step: Promise<void>): Promise<void> {
  try {
    await step;
  } catch (error) {
    await unlink(temporary).catch(ignore('ENOENT'));
    throw error;
  }
}

/** Makes the new name durable. The file is complete under its name by now, so a system that cannot do this is no failure. */
async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(folder, constants.O_RDONLY);
    await handle.sync();
  } catch (error) {
    if (errorCode(error) === undefined) {
      throw error;
    }
  } finally {
    await handle?.close();
  }
}

function ignore(code: string): (error: unknown) => void {
  return (error) => {
    if (errorCode(error) !== code) {
      throw error;
    }
  };
}
