import type { Splice } from './fileText.ts';

/** A file as an editor holds it. */
export interface OpenText {
  readonly text: string;
  readonly version: number;
  /** Has changes that are not on disk. */
  readonly dirty: boolean;
}

/** Files that are open in an editor; what a person types there comes before what is on disk. */
export interface OpenDocuments {
  /** The document at exactly this path, or undefined if none is open. */
  read(absolute: string): OpenText | undefined;
  /**
   * Applies the splices (offsets into the text of `version`, in order, not overlapping) as one step that can be undone, and saves
   * afterwards if asked. `stale`: the document is no longer at `version` or was closed, and nothing was changed. `unsaved`: the
   * document was changed but could not be saved.
   */
  replace(absolute: string, version: number, splices: readonly Splice[], save: boolean): Promise<'applied' | 'unsaved' | 'stale'>;
}

/** Nothing is open in any editor. */
export const closedDocuments: OpenDocuments = {
  read: () => undefined,
  replace: async () => 'stale',
};
