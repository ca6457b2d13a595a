/** What Git answered. */
export interface GitOutput {
  readonly ok: true;
  readonly exitCode: number;
  /** Standard output as it came: file names need not be UTF-8. */
  readonly bytes: Buffer;
  /** Standard output as text, without the last line break. */
  readonly text: string;
  /** What Git said on the side, in English. */
  readonly stderr: string;
}

export type GitTroubleKind =
  /** No Git program was found outside the workspace. */
  | 'noGit'
  /** The Git program is older than what is needed. */
  | 'oldGit'
  /** The folder is in no repository. */
  | 'noRepository'
  /** A repository without a working tree, or the inside of a `.git`. */
  | 'bare'
  /** The repository is laid out, or configured, so that Git could work on another one or run a program of its own. */
  | 'unsafe'
  /** Another Git command holds a lock, and still did after waiting for it. */
  | 'locked'
  | 'timedOut'
  /** More output than allowed. */
  | 'tooMuch'
  /** Git ended with a code that was not expected. */
  | 'failed';

/** Why Git did not do it. */
export interface GitTrouble {
  readonly ok: false;
  readonly kind: GitTroubleKind;
  /** What happened and where, one or two sentences for a person. */
  readonly text: string;
  /** What the person can do about it. */
  readonly next: string;
  /** The lock file, for `locked`. */
  readonly lock?: string;
  /** The code Git ended with, for `failed`. */
  readonly exitCode?: number;
}

/** Makes a trouble. */
export function trouble(
  kind: GitTroubleKind,
  text: string,
  next: string,
  more: { readonly lock?: string; readonly exitCode?: number } = {},
): GitTrouble {
  return { ok: false, kind, text, next, ...more };
}
