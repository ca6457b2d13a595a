/**
 * Why facts cannot be kept. `storage`: the disk refused, and recovering may help; `lockLost`: another writer took over; `readOnly`: opened
 * to look only; `closed`: used after closing; `defect`: a fact that could not be read back was refused.
 */
export type JournalErrorKind = 'storage' | 'lockLost' | 'readOnly' | 'closed' | 'defect';

/** A failure of the journal: `message` says what happened and where, `next` what a person can do. */
export class JournalError extends Error {
  readonly kind: JournalErrorKind;
  readonly next: string;

  constructor(kind: JournalErrorKind, message: string, next: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = 'JournalError';
    this.kind = kind;
    this.next = next;
  }
}

/** The code of a system error such as `ENOSPC`, if it has one. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Turns what the file system threw into words for a person; `action` completes "could not …". */
export function toStorageError(action: string, path: string, cause: unknown): JournalError {
  if (cause instanceof JournalError) {
    return cause;
  }
  const { why, next } = explain(cause);
  return new JournalError('storage', `Flotilla could not ${action} (${path}): ${why}.`, next, { cause });
}

function explain(cause: unknown): { readonly why: string; readonly next: string } {
  switch (errorCode(cause)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return { why: 'the disk is full', next: 'Free some space on this disk, then try again. Nothing that was saved is lost.' };
    case 'EIO':
      return { why: 'the disk reported an error', next: 'Check the disk, then try again. Nothing that was saved is lost.' };
    case 'EACCES':
    case 'EPERM':
      return { why: 'this user may not do that', next: 'Give your user the right to read and write this path, then try again.' };
    case 'EROFS':
      return { why: 'the disk is read-only', next: 'Make the disk writable, then try again.' };
    case 'EMFILE':
    case 'ENFILE':
      return { why: 'too many files are open', next: 'Close some programs, then try again.' };
    case 'ENOENT':
      return { why: 'it is not there any more', next: 'Reload the window. If you moved the storage folder, put it back first.' };
    default:
      return { why: cause instanceof Error ? cause.message : String(cause), next: 'Try again; if it stays, reload the window.' };
  }
}
