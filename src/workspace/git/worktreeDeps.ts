import { stat } from 'node:fs/promises';
import type { Log } from '../../orchestrator/ports.ts';
import { errorCode } from '../refusal.ts';
import type { Git } from './gitTypes.ts';
import type { RepositoryLock } from './repositoryLock.ts';
import type { LeftOut } from './snapshot.ts';

export interface WorktreesDeps {
  readonly git: Git;
  /** Absolute, ours alone, outside of every workspace folder. */
  readonly storage: string;
  /** The same for all windows of this machine, see RepositoryLock. */
  readonly lock: RepositoryLock;
  readonly now: () => number;
  readonly log: Log;
}

/** What an agent did since it began. */
export interface Captured {
  readonly ok: true;
  /** The commit with everything in the worktree that is not ignored; `start` itself when there is nothing new. */
  readonly commit: string;
  readonly start: string;
  /** Whether anything is different from the beginning. */
  readonly changed: boolean;
  readonly leftOut: readonly LeftOut[];
}

/** Whether there is anything at a path. */
export async function isThere(absolute: string): Promise<boolean> {
  try {
    await stat(absolute);
    return true;
  } catch (error) {
    if (errorCode(error) === undefined) {
      throw error;
    }
    return false;
  }
}
