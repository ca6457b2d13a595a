import { visibleText } from './fileText.ts';
import { linesOf } from './numberedText.ts';
import type { OpenDocuments } from './openDocuments.ts';
import { loadText } from './textFile.ts';
import type { WorkspacePaths } from './workspacePath.ts';

/** How many lines a file of the workspace has as a model sees it; infinite for what has none to count (folders, binary and very large files), undefined for what is not there. */
export type LinesOf = (pathText: string) => Promise<number | undefined>;

interface FileLinesDeps {
  readonly paths: WorkspacePaths;
  readonly documents: OpenDocuments;
}

/** Makes the operation by which cited places are checked. */
export function createLinesOf({ paths, documents }: FileLinesDeps): LinesOf {
  return async (pathText) => {
    const place = await paths.resolve(pathText, 'read');
    if (!place.ok) {
      return undefined;
    }
    const current = await loadText(place, documents);
    if (!current.ok) {
      return Number.POSITIVE_INFINITY;
    }
    return 'missing' in current ? undefined : linesOf(visibleText(current.file)).length;
  };
}
