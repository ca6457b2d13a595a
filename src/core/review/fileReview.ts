/*
 * How a changed file stands between what it was and what it is, as views use it. Worked out over the real file by `workspace/review`.
 */

/** One place at which a file differs from its base. */
export interface Hunk {
  /** Names its content and where it stands in the base, so that it stays the same while other hunks come and go. */
  readonly id: string;
  /** First line in the base, from 1: of the removed lines, or the line before which the new ones stand. */
  readonly baseLine: number;
  readonly baseLines: number;
  /** First line in the file as it is, from 1: of the new lines, or the line before which removed ones stood. */
  readonly line: number;
  readonly lines: number;
  /** Whole lines with their line ends. */
  readonly removed: string;
  readonly added: string;
}

/**
 * A file beside its base. `text`: hunks can be decided one by one. `whole`: only as a whole, because it was created, deleted, or is no
 * text; it then has one hunk. No hunk: the file is as it was.
 */
export interface FileReview {
  readonly ok: true;
  readonly kind: 'text' | 'whole';
  readonly hunks: readonly Hunk[];
  /** Identity of the file as it was looked at; `none` when there was no file. */
  readonly present: string;
  /** Whether an editor holds unsaved text of it, which is what was looked at. */
  readonly unsaved: boolean;
}
