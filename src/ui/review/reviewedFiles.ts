import type * as vscode from 'vscode';
import { acceptedHunks, changesOf, decisionKey, type ReviewFile, type ReviewScope, runOfScope } from '../../core/review/changes.ts';
import type { FileReview, Hunk } from '../../core/review/fileReview.ts';
import type { FleetState } from '../../core/state.ts';
import type { PlacesOf } from './reviewPort.ts';

/** A file under review as it stands. */
export interface ReviewedFile {
  readonly file: ReviewFile;
  readonly uri: vscode.Uri;
  readonly seen: FileReview;
  /** Hunks nobody has decided about, from top to bottom. */
  readonly pending: readonly Hunk[];
  readonly accepted: ReadonlySet<string>;
}

/** A file that cannot be reviewed, with the reason. */
export interface Unreviewable {
  readonly path: string;
  readonly why: string;
}

/** All files of a scope as they stand; those of which nothing is left of what agents changed are among them, with no hunk. */
export async function lookAtAll(
  state: FleetState,
  scope: ReviewScope,
  placesOf: PlacesOf,
): Promise<{ readonly files: readonly ReviewedFile[]; readonly left: readonly Unreviewable[] }> {
  const looked = await Promise.all(changesOf(state, scope).map((file) => lookAt(state, scope, file, placesOf)));
  return {
    files: looked.filter((one) => 'seen' in one),
    left: looked.filter((one) => 'why' in one),
  };
}

/** One file as it stands. */
export async function lookAt(
  state: FleetState,
  scope: ReviewScope,
  file: ReviewFile,
  placesOf: PlacesOf,
): Promise<ReviewedFile | Unreviewable> {
  const places = placesOf(file);
  const [uri, seen] = await Promise.all([places.resolve(file.path), places.files.look(file)]);
  if (!seen.ok) {
    return { path: file.path, why: seen.text };
  }
  if (uri === undefined) {
    return { path: file.path, why: `${file.path} is not in a folder of this window.` };
  }
  const accepted = acceptedOf(state, scope, file);
  return { file, uri, seen, accepted, pending: seen.hunks.filter(({ id }) => !accepted.has(id)) };
}

/** What the person has accepted of a file in the run of the scope. */
export function acceptedOf(state: FleetState, scope: ReviewScope, file: ReviewFile): ReadonlySet<string> {
  const runId = runOfScope(state, scope);
  return acceptedHunks(runId === undefined ? undefined : state.plans[runId], file.path, decisionKey(file));
}
