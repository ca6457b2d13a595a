import { randomBytes } from 'node:crypto';
import { constants, linkSync, lstatSync, renameSync, unlinkSync } from 'node:fs';
import { copyFile, type FileHandle, open, unlink } from 'node:fs/promises';
import path from 'node:path';
import { type HeldFolder, inFolder } from './folderHandle.ts';
import { errorCode } from './refusal.ts';
import { holdsBytes } from './sameBytes.ts';

type TemporaryHandle = Pick<FileHandle, 'writeFile' | 'stat' | 'chmod' | 'chown' | 'sync' | 'close'>;

/** Opens the temporary file; replaceable so that a full disk can be tried. */
export type OpenTemporary = (absolute: string, flags: number, mode: number) => Promise<TemporaryHandle>;

/** The file was no longer what it was said to be, and was left as it is. */
export const changedMeanwhile = 'ESTALE';

/**
 * Replaces a file's content in one step, unless it is no longer `expected`: then it throws {@link changedMeanwhile}. After any failure the old
 * content is there whole. Keeps mode and, where allowed, owner. `absolute` has no symbolic links; throws the system's error.
 */
export async function writeAtomically(
  absolute: string,
  bytes: Uint8Array,
  expected: Uint8Array,
  openTemporary: OpenTemporary = open,
): Promise<void> {
  await inFolder(path.dirname(absolute), async (folder) => {
    const target = folder.at(path.basename(absolute));
    const old = lstatSync(target, { throwIfNoEntry: false });
    if (old === undefined) {
      throw changed(target);
    }
    const temporary = await writeTemporary(folder, bytes, openTemporary, async (handle) => {
      const made = await handle.stat();
      if (made.uid !== old.uid || made.gid !== old.gid) {
        await handle.chown(old.uid, old.gid).catch(ignore('EPERM'));
      }
      // A change of owner clears the set-id bits, so the mode comes after it.
      await handle.chmod(old.mode & 0o7777);
    });
    await orRemove(temporary, async () => {
      refuseChanged(target, expected);
      renameSync(temporary, target);
    });
    await syncFolder(folder);
  });
}

/** Creates a file with its content in one step; throws EEXIST when something is there already. */
export async function createAtomically(absolute: string, bytes: Uint8Array, openTemporary: OpenTemporary = open): Promise<void> {
  await inFolder(path.dirname(absolute), async (folder) => {
    const temporary = await writeTemporary(folder, bytes, openTemporary, async () => undefined);
    await orRemove(temporary, () => moveToNew(temporary, folder.at(path.basename(absolute))));
    await syncFolder(folder);
  });
}

/** Removes a file, unless it is no longer `expected`: then it throws {@link changedMeanwhile}. */
export async function removeFile(absolute: string, expected: Uint8Array): Promise<void> {
  await inFolder(path.dirname(absolute), async (folder) => {
    const target = folder.at(path.basename(absolute));
    refuseChanged(target, expected);
    unlinkSync(target);
    await syncFolder(folder);
  });
}

/** The last look before a file is replaced. Nothing of this process comes between the two, so that no change it made is lost. */
function refuseChanged(target: string, expected: Uint8Array): void {
  if (!holdsBytes(target, expected)) {
    throw changed(target);
  }
}

function changed(target: string): Error {
  return Object.assign(new Error(`${target} has changed meanwhile`), { code: changedMeanwhile });
}

async function writeTemporary(
  folder: HeldFolder,
  bytes: Uint8Array,
  openTemporary: OpenTemporary,
  settle: (handle: TemporaryHandle) => Promise<void>,
): Promise<string> {
  const temporary = folder.at(`.flotilla-${randomBytes(6).toString('hex')}.tmp`);
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);
  const handle = await openTemporary(temporary, flags, 0o666);
  await orRemove(temporary, async () => {
    try {
      await handle.writeFile(bytes);
      await settle(handle);
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
  return temporary;
}

/**
 * A link, unlike a rename, never replaces what somebody else made meanwhile; some file systems have none. It is made at once and not in a thread
 * beside this one, so that who in this process looks whether the file is there and then writes it does not write over it.
 */
async function moveToNew(temporary: string, target: string): Promise<void> {
  try {
    linkSync(temporary, target);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(errorCode(error) ?? '')) {
      throw error;
    }
    await copyFile(temporary, target, constants.COPYFILE_EXCL);
  }
  await unlink(temporary);
}

async function orRemove(temporary: string, step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    await unlink(temporary).catch(ignore('ENOENT'));
    throw error;
  }
}

/** Makes the new name durable. The file is complete under its name by now, so a system that cannot do this is no failure. */
async function syncFolder(folder: HeldFolder): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(folder.at('.'), constants.O_RDONLY);
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
