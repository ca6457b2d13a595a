/** Why something was not done; `text` is written for a model and says what to do instead. */
export interface Refusal {
  readonly ok: false;
  readonly text: string;
}

/** Makes a refusal. */
export function refuse(text: string): Refusal {
  return { ok: false, text };
}

/** The code of a system error (`ENOENT`, ...), or undefined for anything else that was thrown. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

const reasons: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'does not exist'],
  ['EACCES', 'cannot be opened: permission denied'],
  ['EPERM', 'cannot be opened: operation not permitted'],
  ['EROFS', 'is on a read-only file system'],
  ['ENOSPC', 'cannot be written: no space left on the disk'],
  ['EDQUOT', 'cannot be written: the disk quota is used up'],
  ['EIO', 'cannot be used: the disk reports an error'],
  ['EMFILE', 'cannot be opened now: too many files are open; try again'],
  ['ENFILE', 'cannot be opened now: too many files are open; try again'],
  ['EBUSY', 'is in use by another program'],
  ['ENAMETOOLONG', 'is too long for a path'],
  ['ELOOP', 'is a symbolic link that leads back to itself'],
  ['EISDIR', 'is a folder, not a file'],
  ['ENOTDIR', 'has a file where a folder is needed'],
  ['ENXIO', 'is a socket or device, not a file'],
  ['EXDEV', 'cannot be replaced in one step: its folder spans two file systems'],
]);

/** Turns a system error about a path into a refusal; rethrows what is no system error, because that is a defect or an abort. */
export function refuseSystemError(error: unknown, display: string, addition = ''): Refusal {
  const code = errorCode(error);
  if (code === undefined) {
    throw error;
  }
  return refuse(`${display} ${reasons.get(code) ?? `cannot be used (${code})`}.${addition}`);
}
