import type { AgentId } from '../core/ids.ts';
import type { BlobPort, PathFacts } from '../orchestrator/ports.ts';
import { type Secret, secretsOfFile } from '../policy/secretNames.ts';
import { isEnvironmentPath } from '../policy/secretPlaces.ts';
import { createFileEdits, type FileEdits } from './fileEdits.ts';
import { createLinesOf, type LinesOf } from './fileLines.ts';
import { createFileLock } from './fileLock.ts';
import { createReadLines, type ReadLines } from './fileReads.ts';
import { type FoundPaths, findFiles, listEntries } from './findFiles.ts';
import type { OpenDocuments } from './openDocuments.ts';
import { createPathFacts } from './pathFacts.ts';
import { createReadLedger } from './readLedger.ts';
import type { Refusal } from './refusal.ts';
import { createReviewFiles, type ReviewFiles } from './review/reviewFiles.ts';
import { type FoundLines, type SearchRequest, searchText } from './searchText.ts';
import { createChangeUndo, type WorkspaceUndo } from './undoChanges.ts';
import { createWorkspacePaths, type WorkspaceFolder, type WorkspacePaths } from './workspacePath.ts';

interface WorkspaceFilesDeps {
  readonly folders: () => readonly WorkspaceFolder[];
  readonly documents: OpenDocuments;
  /** Path of a ripgrep program; asked at each search, undefined for none. */
  readonly ripgrep: () => Promise<string | undefined>;
  /** Where files are kept as they were before a change. */
  readonly blobs: BlobPort;
  /** Told of the secrets in files that hold some, before anybody is told what such a file says. */
  readonly learn?: ((secrets: readonly Secret[]) => void) | undefined;
}

/** All that agents can do with the files of the workspace. */
export interface WorkspaceFiles {
  readonly paths: WorkspacePaths;
  readonly pathFacts: PathFacts;
  readonly linesOf: LinesOf;
  readonly readLines: ReadLines;
  readonly edits: FileEdits;
  readonly undo: WorkspaceUndo;
  readonly review: ReviewFiles;
  readonly list: (pathText: string | undefined, depth: number, signal: AbortSignal) => Promise<FoundPaths | Refusal>;
  readonly find: (glob: string, pathText: string | undefined, signal: AbortSignal) => Promise<FoundPaths | Refusal>;
  readonly search: (request: SearchRequest, signal: AbortSignal) => Promise<FoundLines | Refusal>;
  /** Lets go of what is remembered of an agent. */
  readonly forget: (agentId: AgentId) => void;
}

/** Makes the file operations of one workspace; they share one memory of who has read what and one lock per file. */
export function createWorkspaceFiles(deps: WorkspaceFilesDeps): WorkspaceFiles {
  const paths = createWorkspacePaths(deps.folders);
  const ledger = createReadLedger();
  const shared = {
    paths,
    documents: deps.documents,
    ledger,
    lock: createFileLock(),
    blobs: deps.blobs,
    learn: deps.learn,
  };
  return {
    paths,
    pathFacts: createPathFacts(paths),
    linesOf: createLinesOf(shared),
    readLines: createReadLines(shared),
    edits: createFileEdits(shared),
    undo: createChangeUndo(shared),
    review: createReviewFiles(shared),
    list: (pathText, depth, signal) => listEntries(paths, pathText, depth, signal),
    find: (glob, pathText, signal) => findFiles(paths, glob, pathText, signal),
    search: async (request, signal) => {
      const found = await searchText(paths, await deps.ripgrep(), request, signal);
      if (found.ok) {
        deps.learn?.(found.lines.flatMap(({ path, text }) => (isEnvironmentPath(path) ? secretsOfFile(text) : [])));
      }
      return found;
    },
    forget: (agentId) => ledger.forget(agentId),
  };
}
