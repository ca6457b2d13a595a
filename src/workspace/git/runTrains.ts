import path from 'node:path';
import type { AgentId, TrainId } from '../../core/ids.ts';
import { isLive } from '../../core/selectors.ts';
import type { FleetState } from '../../core/state.ts';
import { lastCapture, sharers } from '../../core/train/trainCandidates.ts';
import type { CarSpec, TrainEvent } from '../../core/train/trainEvents.ts';
import type { Log } from '../../orchestrator/ports.ts';
import type { RunPersonCommand } from '../commands/personCommand.ts';
import { isInside } from '../workspacePath.ts';
import type { Repository } from './gitDir.ts';
import { type GitTrouble, trouble } from './gitResult.ts';
import { createMergeTrains } from './mergeTrain.ts';
import type { MergeTrainDeps, MergeTrains } from './mergeTrainTypes.ts';
import { prepareLikeWorktree, type SetUpOptions } from './setUp.ts';

interface RunTrainsDeps extends Pick<MergeTrainDeps, 'git' | 'scratchRoot' | 'unsaved'> {
  readonly folders: () => readonly { readonly name: string; readonly path: string }[];
  readonly state: () => FleetState;
  readonly record: (events: readonly TrainEvent[]) => Promise<void>;
  readonly runCommand: RunPersonCommand;
  /** What the person wants in every new worktree. */
  readonly setUp: () => SetUpOptions;
  readonly log: Log;
}

/** A check that hangs would hold the train for ever. */
const checkTimeoutMs = 30 * 60_000;

/** Merge trains over the work that agents of a fleet have kept. */
export function createRunTrains(deps: RunTrainsDeps): MergeTrains {
  const { git, scratchRoot, unsaved, folders, state, record, log } = deps;
  return createMergeTrains({
    git,
    scratchRoot,
    unsaved,
    record,
    log,
    folder: (name) => folders().find((folder) => folder.name === name)?.path,
    carFolder: (agentId) => folderOfCar(state(), agentId),
    settle: (car) => settle(deps, car),
    runCheck: ({ command, folder }, signal) => deps.runCommand({ command, folder, writable: folder, timeoutMs: checkTimeoutMs }, signal),
    prepare: (from, root, signal) =>
      prepareLikeWorktree({ git, run: deps.runCommand, log }, deps.setUp(), { from, root, folder: folderIn(deps, from, root) }, signal),
    train: (trainId: TrainId) => state().trains[trainId],
  });
}

function folderOfCar(state: FleetState, agentId: AgentId): string | undefined {
  const agent = state.agents[agentId];
  return agent?.workplaceGone === undefined ? agent?.workplace?.root : undefined;
}

/** Work is kept as a commit when its agent ends, so what is merged is what was kept last. */
async function settle({ git, folders, state }: RunTrainsDeps, car: CarSpec): Promise<{ readonly ok: true } | GitTrouble> {
  const now = state();
  const atWork = sharers(now, car.agentId).find(isLive);
  if (atWork !== undefined) {
    return trouble('failed', `${atWork.label} is at work in the same folder.`, 'Wait until it has ended, then try again.');
  }
  const commit = lastCapture(now, car.agentId);
  if (commit === undefined) {
    return trouble('failed', `The work of ${car.label} has not been kept as a commit.`, 'Give the agent a follow-up task, or skip it.');
  }
  const root = now.agents[car.agentId]?.workplace?.root;
  const places = [...(root === undefined ? [] : [root]), ...folders().map((folder) => folder.path)];
  let problem = trouble('noRepository', `No repository was found that holds the work of ${car.label}.`, 'Open its folder, then try again.');
  for (const place of places) {
    const repository = await git.open(place);
    const done = repository.ok ? await git.run(repository, { args: ['update-ref'], revisions: [car.ref, commit] }) : repository;
    if (done.ok) {
      return { ok: true };
    }
    problem = done;
  }
  return problem;
}

/** Where set-up commands run, as in the worktree of an agent: what stands for the open folder, which may be below the root. */
function folderIn({ folders }: RunTrainsDeps, { workTree }: Repository, root: string): string {
  const open = folders().find(({ path: folder }) => isInside(workTree, folder));
  return open === undefined ? root : path.join(root, path.relative(workTree, open.path));
}

/** The workspace folder whose repository the folders of agents belong to; the first with one when those are gone. */
export async function findTrainFolder(
  { git, folders }: Pick<RunTrainsDeps, 'git' | 'folders'>,
  roots: readonly string[],
): Promise<{ readonly ok: true; readonly name: string } | { readonly ok: false; readonly message: string; readonly next: string }> {
  const wanted = new Set<string>();
  for (const root of roots) {
    const found = await git.open(root);
    if (found.ok) {
      wanted.add(found.commonDir);
    }
  }
  if (wanted.size > 1) {
    return {
      ok: false,
      message: 'The agents worked in several repositories.',
      next: 'Merge their work with Git: it is kept below refs/flotilla.',
    };
  }
  for (const { name, path: folder } of folders()) {
    const found = await git.open(folder);
    if (found.ok && (wanted.size === 0 || wanted.has(found.commonDir))) {
      return { ok: true, name };
    }
  }
  return { ok: false, message: 'No open folder has the repository that the agents worked in.', next: 'Open it, then try again.' };
}
