import { basename } from 'node:path';
import type { JournalError } from './journalError.ts';
import type { JournalProblem, JournalScan } from './scanJournal.ts';

/** Something a person should know about how the journal was found; `line` counts from 1. */
export interface JournalNotice {
  readonly kind: 'tornTail' | 'damaged' | 'newerSchema' | 'lockedByOther' | 'overtaken' | 'empty' | 'unreadable' | 'setAside';
  readonly message: string;
  readonly next: string;
  readonly line?: number;
}

/** Whether a notice is a reason to open a journal for reading only. */
export function isReadOnlyReason(notice: JournalNotice): boolean {
  switch (notice.kind) {
    case 'damaged':
    case 'newerSchema':
    case 'lockedByOther':
    case 'unreadable':
      return true;
    case 'tornTail':
    case 'overtaken':
    case 'empty':
    case 'setAside':
      return false;
  }
}

/** The journal, or something in its place, cannot be used. */
export function failureNotice(error: JournalError): JournalNotice {
  return { kind: error.kind === 'lockLost' ? 'lockedByOther' : 'unreadable', message: error.message, next: error.next };
}

/** Another writer is at work here. */
export function lockedNotice(by: string): JournalNotice {
  return {
    kind: 'lockedByOther',
    message: `${by.charAt(0).toUpperCase()}${by.slice(1)} has this workspace open, so this window can only look: it shows the fleet as it was when it opened.`,
    next: 'Go on in the other window, or close it and choose "Open Fleet Again" here.',
  };
}

/** A file without a single byte, as some disks leave it after a power cut. */
export function emptyNotice(path: string): JournalNotice {
  return {
    kind: 'empty',
    message: `The journal of this workspace (${path}) was empty and was begun anew.`,
    next: 'If there should be runs in it, close this window and restore the file from a backup.',
  };
}

/** A problem that keeps the journal from being written. */
export function problemNotice(path: string, scan: JournalScan, problem: JournalProblem): JournalNotice {
  const where = `${path}, line ${problem.line}: ${problem.why}`;
  if (problem.kind === 'newerSchema') {
    return {
      kind: 'newerSchema',
      message: `A newer version of Flotilla wrote the journal of this workspace (${where}); it was left as it is.`,
      next: 'Update Flotilla, then reload the window.',
      line: problem.line,
    };
  }
  const behind = problem.factsBehind === 0 ? '' : ` Behind it, ${problem.factsBehind} facts are whole but cannot be used without it.`;
  return {
    kind: 'damaged',
    message: `The journal of this workspace is damaged (${where}). You see the fleet up to fact ${scan.seq}.${behind}`,
    next: 'Nothing was changed. Restore the file from a backup and reload the window, or choose to set it aside and go on from here.',
    line: problem.line,
  };
}

/** An unfinished end was cut off and kept. */
export function tornNotice(problem: JournalProblem, bytes: number, kept: string): JournalNotice {
  return {
    kind: 'tornTail',
    message: `The last ${bytes} bytes of the journal were not whole (line ${problem.line}: ${problem.why}), as happens when the window or the machine stops while writing. They are kept in ${basename(kept)}.`,
    next: 'Nothing needs to be done: everything that was acknowledged as saved is there.',
    line: problem.line,
  };
}

/** A damaged journal was replaced because a person wanted it. */
export function setAsideNotice(kept: string): JournalNotice {
  return {
    kind: 'setAside',
    message: `The damaged journal was set aside as ${basename(kept)}; a new one goes on from the facts before the damage.`,
    next: 'Keep the file if you want to look into it, or delete it.',
  };
}

/** A writer that had been replaced still wrote. */
export function overtakenNotice(path: string, lines: readonly number[]): JournalNotice {
  const [line = 0] = lines;
  return {
    kind: 'overtaken',
    message: `A window that had lost this workspace to another still wrote ${lines.length} facts (${path}, from line ${line}); they do not count.`,
    next: 'Nothing needs to be done.',
    line,
  };
}
