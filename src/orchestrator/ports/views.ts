import type { CommandResult, FleetCommandInput, Rejection } from '../../core/commands.ts';
import type { JournalEntry } from '../../core/events.ts';
import type { AgentId, RunId, TrainId } from '../../core/ids.ts';
import type { UndoScope } from '../../core/review/undoScope.ts';
import type { FleetState } from '../../core/state.ts';
import type { TrainCommand } from '../../core/train/decideTrain.ts';
import type { Disposable } from '../../lib/disposables.ts';
import type { UndoneChanges } from './world.ts';

/** Text that is arriving right now; replaced by a settled fact and never stored. */
export interface TailBlock {
  /** `model` blocks are numbered by the reply, `tool` blocks are named by the call. */
  readonly source: 'model' | 'tool';
  readonly key: string;
  readonly kind: 'text' | 'thinking' | 'toolInput' | 'output';
  readonly text: string;
}

/** The fleet as views see it: read, ask, listen. */
export interface FleetControl {
  /** The state as it is now; it never changes again. Each new one costs a copy, so ask when you need it and not at every commit. */
  readonly state: FleetState;
  /** Why this window may only look, if it may only look. */
  readonly readOnly: string | undefined;
  /** The one door for every change. Refuses with a reason instead of throwing. */
  execute(command: FleetCommandInput): CommandResult;
  /** Told once per commit, after the state has changed. */
  subscribe(listener: (entries: readonly JournalEntry[]) => void): Disposable;
  /** The live text of one agent as it is now. */
  tail(agentId: AgentId): readonly TailBlock[];
  /** Told, at most every 50 ms, which agents have new live text. */
  onDidChangeTail(listener: (agentIds: ReadonlySet<AgentId>) => void): Disposable;
  /** The whole text of an output that the journal holds only by hash. */
  readBlob(hash: string): Promise<string>;
  /** Gives files back as they were before changes of an agent that is not at work; whatever anybody else has changed since is left, and named. */
  undoChanges(agentId: AgentId, scope: UndoScope): Promise<UndoneChanges | Rejection>;
}

/** What became of something that was asked of a merge train. */
export type TrainReply =
  | {
      readonly ok: true;
      readonly trainId: TrainId;
      /** Absolute; the folder in which the person is to resolve a conflict. */
      readonly folder?: string;
    }
  | { readonly ok: false; readonly message: string; readonly next: string };

/** Work of an agent that was kept when its folder was removed, because it is on no branch. */
export interface KeptWork {
  /** Full name of the ref that keeps it. */
  readonly ref: string;
  /** Milliseconds since the epoch: when the work was last committed. */
  readonly at: number;
  /** Absolute root of the working tree whose repository holds it. */
  readonly repository: string;
}

/** What became of bringing kept work back. */
export type RestoreReply =
  | { readonly ok: true; readonly branch: string }
  | { readonly ok: false; readonly message: string; readonly next: string };

/** Kept work as the person finds it again. */
export interface KeptWorkControl {
  /** All of the open folders' repositories, newest first. */
  list(): Promise<readonly KeptWork[]>;
  /** Makes a branch of it; never moves one that exists. The work stays kept under its ref. */
  restore(ref: string, branch: string): Promise<RestoreReply>;
}

/** Merge trains as the person drives them. What follows from an answer is done in the background and seen in the state. */
export interface TrainControl {
  /** Begins to merge what the ended agents of a run have done. `check`: run after each; empty for none. */
  mergeRun(runId: RunId, check: string): Promise<TrainReply>;
  /** Answers for a train; an agent whose work is sent back is told. */
  answer(trainId: TrainId, command: TrainCommand): Promise<TrainReply>;
  /** Absolute; where the person resolves by hand, while they do. */
  byHandFolder(trainId: TrainId): Promise<string | undefined>;
}
