import type { GitTrouble } from './gitResult.ts';
import type { LeftOut, SnapshotLimits } from './snapshot.ts';

/** What an agent's own folder begins with. */
export type Carry =
  /** What the person sees: the last commit, and on top of it everything uncommitted and untracked that is not ignored. */
  | 'everything'
  /** The last commit alone. */
  | 'head';

export interface Dependencies {
  /** Names of ignored folders that a package manager fills: `node_modules`. */
  readonly names: readonly string[];
  /**
   * `link`: a folder of its own with a link to each package, so that adding one stays inside; writing into a package still reaches the
   * person's folder. `copy`: a copy, sharing disk blocks where the file system can.
   */
  readonly how: 'link' | 'copy';
}

export interface WorktreeRequest {
  /** Absolute; a folder of the workspace, the root of its repository or below it. */
  readonly folder: string;
  /** Letters, digits, `-` and `_`. */
  readonly run: string;
  readonly agent: string;
  /** `everything` when left out. */
  readonly carry?: Carry;
  /** A commit of the repository to begin with instead. */
  readonly from?: string;
  /** Ignored files to copy, as lines of a .gitignore (`.env*`); none when left out. */
  readonly copy?: readonly string[];
  readonly dependencies?: Dependencies;
  readonly limits?: SnapshotLimits;
  /** Called in the finished folder; a failure and what it throws take the worktree back. The place for the person's set-up commands. */
  readonly setUp?: (worktree: Worktree, signal: AbortSignal | undefined) => Promise<SetUpEnd>;
}

/** What came of setting a worktree up. */
export type SetUpEnd =
  | { readonly ok: true; readonly notes: readonly WorktreeNote[] }
  | { readonly ok: false; readonly text: string; readonly next: string };

/** What an agent's folder lacks or has differently, for the person to know. */
export type WorktreeNote =
  | { readonly kind: 'leftOut'; readonly items: readonly LeftOut[] }
  /** Files that a filter (Git LFS, git-crypt) would unpack stand there as they are stored. */
  | { readonly kind: 'filtered'; readonly files: number; readonly filters: readonly string[] }
  /** Folders of submodules are empty. */
  | { readonly kind: 'submodules'; readonly paths: readonly string[] }
  /** Only the part of a sparse checkout is there. */
  | { readonly kind: 'sparse' }
  /** The person's commands ran in it; `unconfined`: why some of them did so outside the sandbox. */
  | { readonly kind: 'setUp'; readonly commands: readonly string[]; readonly unconfined: string | undefined }
  /** Ignored files or dependencies that could not be copied or linked. */
  | { readonly kind: 'notCopied'; readonly paths: readonly string[]; readonly why: string };

/** What is kept on disk about a worktree, from before it is made until after it is gone. */
export interface WorktreeRecord {
  readonly version: 1;
  readonly id: string;
  readonly run: string;
  readonly agent: string;
  /** Root of the person's working tree, and what is shared with it. */
  readonly workTree: string;
  readonly commonDir: string;
  /** The workspace folder below the root, with forward slashes; empty for the root itself. */
  readonly within: string;
  /** The commit the agent began with; a ref of ours keeps it. */
  readonly start: string;
  /** Milliseconds since the epoch. */
  readonly madeAt: number;
  /** `saved`: what would be lost has been kept, and the rest of the removal can be done at any time. */
  readonly state: 'making' | 'ready' | 'saved';
  /** What was kept, in `saved`. */
  readonly salvage?: Salvage;
}

/** A worktree of an agent. */
export interface Worktree {
  readonly ok: true;
  readonly record: WorktreeRecord;
  /** Absolute root of the worktree. */
  readonly root: string;
  /** Absolute; stands for the workspace folder. */
  readonly folder: string;
  readonly notes: readonly WorktreeNote[];
}

export type WorktreeTrouble =
  | GitTrouble
  | {
      readonly ok: false;
      readonly kind: 'unborn' | 'submodule' | 'worktreeSetting' | 'taken' | 'badName' | 'storage' | 'setUp';
      readonly text: string;
      readonly next: string;
    };

/** Work that was kept when its worktree went. */
export interface Salvage {
  /** `refs/flotilla/salvage/...` */
  readonly ref: string;
  readonly commit: string;
  /** The commit the agent began with. */
  readonly start: string;
}

export type Removal =
  | { readonly ok: true; readonly salvage?: Salvage; readonly ignoredFiles: number }
  /** Nothing was removed, because not all of it can be kept in a commit. */
  | { readonly ok: false; readonly kind: 'kept'; readonly items: readonly LeftOut[]; readonly text: string; readonly next: string }
  | WorktreeTrouble;
