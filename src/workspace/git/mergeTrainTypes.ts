import type { Actor } from '../../core/events.ts';
import type { AgentId, RunId, TrainId } from '../../core/ids.ts';
import type { TrainCommand } from '../../core/train/decideTrain.ts';
import type { Train } from '../../core/train/train.ts';
import type { CarSpec, TrainEvent } from '../../core/train/trainEvents.ts';
import type { Log } from '../../orchestrator/ports.ts';
import type { GitTrouble } from './gitResult.ts';
import type { Git } from './gitTypes.ts';
import type { PrepareScratch } from './trainScratch.ts';

/** How a check of the person's ended. */
export type CheckResult =
  | {
      readonly kind: 'ended';
      readonly exitCode: number | null;
      readonly timedOut: boolean;
      readonly output: string;
      /** Why it was not confined; undefined when it was. */
      readonly unconfined?: string | undefined;
    }
  /** It could not be started; nothing is said about the work. */
  | { readonly kind: 'notRun'; readonly text: string; readonly next: string };

export interface MergeTrainDeps {
  readonly git: Git;
  /** Absolute, below our own storage, for this workspace alone: scratch worktrees are made in it. */
  readonly scratchRoot: string;
  /** The absolute path of a workspace folder by its name; undefined when it is not open any more. */
  readonly folder: (name: string) => string | undefined;
  /** The absolute folder of an agent's own worktree, if it still has one. */
  readonly carFolder: (agentId: AgentId) => string | undefined;
  /** Makes the car's ref name a commit of everything the agent has done, before it is merged. */
  readonly settle: (car: CarSpec) => Promise<{ readonly ok: true } | GitTrouble>;
  /** Sets the scratch worktree of a train with a check up. */
  readonly prepare?: PrepareScratch;
  /** Runs the person's check in a folder. Throws only the reason of an aborted signal. */
  readonly runCheck: (
    request: { readonly command: string; readonly folder: string; readonly trainId: TrainId },
    signal: AbortSignal,
  ) => Promise<CheckResult>;
  /** Absolute paths of files with unsaved changes in an editor. */
  readonly unsaved: () => readonly string[];
  /** The train as its facts say. */
  readonly train: (trainId: TrainId) => Train | undefined;
  /** Makes facts durable and folds them before it resolves. */
  readonly record: (events: readonly TrainEvent[]) => Promise<void>;
  readonly log: Log;
}

export interface StartTrain {
  readonly trainId: TrainId;
  readonly runId: RunId;
  readonly folder: string;
  /** In order, see carsInOrder. */
  readonly cars: readonly CarSpec[];
  readonly check?: string | undefined;
  readonly landing: 'auto' | 'ask';
  readonly by: Actor;
}

/** What became of a command. */
export type TrainAnswer =
  | {
      readonly ok: true;
      /** The scratch worktree, when the person is to work in it. */
      readonly folder?: string;
      /** What the agent is to be told, when its car was sent back. */
      readonly note?: string;
    }
  | { readonly ok: false; readonly message: string; readonly next: string };

/**
 * Merge trains: the work of finished agents is merged one by one in a scratch worktree, checked after each, and the person's branch moved
 * forward at the end. Until then nothing of the person's is touched, and then only what they have not changed. All state is in the facts: after
 * a crash, `advance` goes on from them.
 */
export interface MergeTrains {
  /** Begins a train on the branch that is checked out. It stands still until `advance`. */
  readonly start: (request: StartTrain) => Promise<TrainAnswer>;
  /** Does what follows until somebody has to answer, or the train has ended. */
  readonly advance: (trainId: TrainId) => Promise<void>;
  /** Answers for a train, and does what follows from it except `advance`. */
  readonly execute: (trainId: TrainId, command: TrainCommand, by: Actor) => Promise<TrainAnswer>;
  /** The scratch worktree of a train that waits for the person to finish by hand. */
  readonly byHandFolder: (trainId: TrainId) => Promise<string | undefined>;
  /** Removes what ended trains left behind, for example after a crash. */
  readonly tidy: (ended: readonly Train[]) => Promise<void>;
  /** Breaks off checks that run; the trains go on with the next `advance`. */
  readonly dispose: () => void;
}
