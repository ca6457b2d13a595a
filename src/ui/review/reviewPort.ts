import type * as vscode from 'vscode';
import type { ReviewFile } from '../../core/review/changes.ts';
import type { FileReview } from '../../core/review/fileReview.ts';

/** Why something could not be done, with what to do instead. */
export interface Refused {
  readonly ok: false;
  readonly text: string;
}

/** What a review does with files; implemented over the workspace. */
export interface ReviewPort {
  look(file: ReviewFile): Promise<FileReview | Refused>;
  /** What the file was, with the accepted hunks already in it. */
  baseText(file: ReviewFile, accepted: ReadonlySet<string>): Promise<string | Refused>;
  /** Takes hunks out of the real file, if it still is as it was looked at. */
  reject(file: ReviewFile, seen: FileReview, hunks: ReadonlySet<string>): Promise<{ readonly ok: true; readonly saved: boolean } | Refused>;
}

/** Where a file under review is: agents may have a folder of their own. */
export interface ReviewPlaces {
  readonly files: ReviewPort;
  /** The file a path names, whether it is there or not; undefined outside the workspace. */
  resolve(path: string): Promise<vscode.Uri | undefined>;
}

export type PlacesOf = (file: Pick<ReviewFile, 'place' | 'agents'>) => ReviewPlaces;
