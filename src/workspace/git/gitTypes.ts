import type { Log } from '../../orchestrator/ports.ts';
import type { GitWords } from './gitCommands.ts';
import type { ConfigEntry, ConfigOverride, NotRun } from './gitConfig.ts';
import type { Repository } from './gitDir.ts';
import type { GitOutput, GitTrouble } from './gitResult.ts';

/** Author and committer of a commit. */
export interface GitIdentity {
  readonly name: string;
  readonly email: string;
}

/** One call of Git. What is ours and what came from elsewhere are apart, see {@link GitWords}. */
export interface GitCall extends GitWords {
  readonly input?: Uint8Array | string;
  /** Absolute; instead of the working tree's own index. */
  readonly indexFile?: string;
  /** Absolute; new objects are written there, and objects of the repository still found. */
  readonly objectFolder?: string;
  /** Absolute folders where objects are found besides. */
  readonly otherObjects?: readonly string[];
  /** Needed by what makes a commit. */
  readonly identity?: GitIdentity;
  /** Settings of our own for this call, which win over everything. */
  readonly settings?: readonly ConfigOverride[];
  /** Exit codes that are an answer and no failure; 0 alone when left out. */
  readonly okCodes?: readonly number[];
  /** 60 seconds when left out. */
  readonly timeoutMs?: number;
  /** Of standard output; 64 MiB when left out. */
  readonly maxBytes?: number;
  /** How long to try again while another Git command holds a lock; 5 seconds when left out. */
  readonly lockPatienceMs?: number;
  readonly signal?: AbortSignal;
}

/** What a repository's configuration says that matters to us. */
export interface RepositorySettings {
  readonly ok: true;
  /** All keys with their effective order, the repository's own only. */
  readonly entries: readonly ConfigEntry[];
  /** What Git would run for the person and does not run for us, for the UI to tell. */
  readonly notRun: readonly NotRun[];
}

/**
 * Git for our own use: nothing that a repository says is run. All operations answer with a typed trouble instead of throwing; they throw
 * only the reason of an aborted signal.
 */
export interface Git {
  /** The repository a folder is in; refused when it is bare, planted, or leads elsewhere. Reads no configuration and starts no process. */
  readonly open: (folder: string) => Promise<Repository | GitTrouble>;
  /** Runs one command in the working tree's root. */
  readonly run: (repository: Repository, call: GitCall) => Promise<GitOutput | GitTrouble>;
  /** What the repository's configuration says, includes followed as Git does. */
  readonly settings: (repository: Repository) => Promise<RepositorySettings | GitTrouble>;
  /** Who the person is to Git in this repository; undefined when they never said. */
  readonly person: (repository: Repository) => Promise<GitIdentity | undefined>;
  /** Version of the program as numbers; a trouble when there is none or it is too old. */
  readonly version: () => Promise<{ readonly ok: true; readonly numbers: readonly [number, number, number] } | GitTrouble>;
}

export interface GitDeps {
  /** The host's environment; only PATH, the home folder and what Windows needs are taken from it. */
  readonly host: Readonly<Record<string, string | undefined>>;
  /** Absolute folders that agents can write to: Git is never taken from them. */
  readonly forbiddenFolders: () => readonly string[];
  readonly log: Log;
  readonly platform?: NodeJS.Platform;
}
