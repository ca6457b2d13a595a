import path from 'node:path';
import { type AgentId, toId } from '../../core/ids.ts';
import type { Isolation } from '../../core/events.ts';
import { type WorkSource, workRef } from '../../core/isolation.ts';
import { toError } from '../../lib/errors.ts';
import type { Log, Workplaces } from '../../orchestrator/ports.ts';
import type { RunPersonCommand } from '../commands/personCommand.ts';
import type { WorkspaceFolder } from '../workspacePath.ts';
import type { Repository } from './gitDir.ts';
import { type GitTrouble, trouble } from './gitResult.ts';
import type { Git } from './gitTypes.ts';
import { type KeptSource, mergeSources } from './mergeSources.ts';
import { noteText } from './worktreeNotes.ts';
import { isThere } from './worktreeDeps.ts';
import { runSetUp, type SetUpOptions } from './setUp.ts';
import type { Removal, WorktreeRecord, WorktreeTrouble } from './worktreeTypes.ts';
import type { Worktrees } from './worktrees.ts';

type Workplace = Parameters<Workplaces['capture']>[0];
type Prepared = Awaited<ReturnType<Workplaces['prepare']>>;

export interface WorkplaceOptions extends SetUpOptions {
  readonly isolation: Isolation;
}

export interface WorkplacesDeps {
  readonly git: Git;
  readonly worktrees: Worktrees;
  /** The folders that are open. */
  readonly folders: () => readonly WorkspaceFolder[];
  readonly options: () => WorkplaceOptions;
  /** Runs the set-up commands of the person. */
  readonly runCommand: RunPersonCommand;
  /** Whether an agent there still is works in a folder. */
  readonly isNeeded: (workplaceId: string) => boolean;
  /** Told when the folder made for an agent is gone, with what was kept of it. */
  readonly removed: (agentId: AgentId, repository: string, salvage: string | undefined) => void;
  readonly log: Log;
}

/** The folders of agents, with what the fleet does not ask for itself. */
export interface WorktreeWorkplaces extends Workplaces {
  /**
   * Removes a folder nobody needs any more; what is in no branch is kept first, and the log says under which name. `landed`: a commit that a
   * merge train has brought to the person's branch, for which nothing has to be kept. Never rejects.
   */
  release(workplaceId: string, landed?: string): Promise<void>;
  /** Removes all folders nobody needs; folders that are to be made wait for it. Never rejects. */
  sweep(): Promise<void>;
}

/** Makes the folders of agents as Git worktrees of the one folder that is open. */
export function createWorkplaces(deps: WorkplacesDeps): WorktreeWorkplaces {
  const { worktrees, log } = deps;
  let swept: Promise<void> = Promise.resolve();
  const removed = async (record: WorktreeRecord, removal: Removal): Promise<void> => {
    tellRemoval(record, removal, log);
    if (removal.ok) {
      await forgetWork(deps, record);
      deps.removed(toId('agent', record.agent), record.workTree, removal.salvage?.ref);
    }
  };
  const sweep = async (): Promise<void> => {
    for (const { record, removal } of await worktrees.sweep((record) => deps.isNeeded(record.id))) {
      await removed(record, removal);
    }
  };
  const guarded = (what: string, work: () => Promise<void>): Promise<void> =>
    work().catch((error: unknown) => log.error(`${what} could not be removed`, error));
  return {
    isolation: () => deps.options().isolation,
    prepare: async (agent, placement, signal) => {
      await swept;
      signal.throwIfAborted();
      return placement.kind === 'join' ? goOn(placement.workplace) : make(deps, agent, placement.sources, signal);
    },
    capture: async (workplace) => {
      try {
        const kept = await keep(deps, workplace.id);
        return kept.ok ? kept : { ok: false, text: `${kept.text} ${kept.next}` };
      } catch (error) {
        log.error(`The work in ${workplace.folder} could not be kept`, error);
        return { ok: false, text: toError(error).message };
      }
    },
    release: (workplaceId, landed) =>
      guarded('The folder of a deleted agent', async () => {
        const record = await recordOf(deps, workplaceId);
        if (record !== undefined && !deps.isNeeded(workplaceId)) {
          await removed(record, await worktrees.remove(record, landed === undefined ? {} : { landed }));
        }
      }),
    sweep: () => (swept = guarded('Folders of agents that are no more', sweep)),
  };
}

async function goOn(workplace: Workplace): Promise<Prepared> {
  return (await isThere(workplace.folder))
    ? { ok: true, workplace }
    : failed(
        trouble(
          'failed',
          `The folder with the work to go on from is gone: ${workplace.folder}.`,
          'Have the work done again: retry the task of the agent whose folder it was.',
        ),
      );
}

async function make(
  deps: WorkplacesDeps,
  agent: { readonly id: AgentId; readonly runId: string },
  sources: readonly WorkSource[],
  signal: AbortSignal,
): Promise<Prepared> {
  const [folder, ...others] = deps.folders();
  if (folder === undefined || others.length > 0) {
    const count = folder === undefined ? 'no folder is' : `${others.length + 1} folders are`;
    return failed(
      trouble(
        'failed',
        `An agent can have a worktree of its own only where one folder is open; here ${count}.`,
        'Open the folder in a window of its own, or set flotilla.isolation to "shared".',
      ),
    );
  }
  const repository = await deps.git.open(folder.path);
  if (!repository.ok) {
    return failed(repository);
  }
  const from = sources.length === 0 ? undefined : await beginning(deps, repository, sources);
  if (from?.ok === false) {
    return failed(from);
  }
  const { copy, dependencies, setup } = deps.options();
  const setUpDeps = { run: deps.runCommand, log: deps.log };
  const made = await deps.worktrees.create(
    {
      folder: folder.path,
      run: agent.runId,
      agent: agent.id,
      copy,
      ...(from === undefined ? {} : { from: from.commit }),
      ...(dependencies === undefined ? {} : { dependencies }),
      setUp: (worktree) => runSetUp(setUpDeps, setup, worktree, signal),
    },
    signal,
  );
  if (!made.ok) {
    return failed(made);
  }
  const { record, root } = made;
  return {
    ok: true,
    workplace: { id: record.id, root, folder: made.folder, start: record.start, madeFor: agent.id, notes: made.notes.map(noteText) },
  };
}

/** One commit with all of the work, that of agents which was not kept yet included. */
async function beginning(
  deps: WorkplacesDeps,
  repository: Repository,
  sources: readonly WorkSource[],
): Promise<{ readonly ok: true; readonly commit: string } | WorktreeTrouble> {
  const kept: KeptSource[] = [];
  for (const { label, workplace, commit } of sources) {
    const work = commit === undefined ? await keep(deps, workplace.id) : { ok: true as const, commit };
    if (!work.ok) {
      return work;
    }
    kept.push({ label, commit: work.commit });
  }
  return mergeSources(deps.git, repository, kept);
}

/** Commits what is in a folder, under a name of ours that keeps it. */
async function keep(
  deps: WorkplacesDeps,
  workplaceId: string,
): Promise<{ readonly ok: true; readonly commit: string; readonly changed: boolean } | WorktreeTrouble> {
  const record = await recordOf(deps, workplaceId);
  if (record === undefined) {
    return trouble('failed', 'Nothing is known of its worktree any more.', 'Look for its commits with "git log --all".');
  }
  const captured = await deps.worktrees.capture(record);
  if (!captured.ok) {
    return captured;
  }
  const repository = await deps.git.open(record.workTree);
  if (!repository.ok) {
    return repository;
  }
  const named = await deps.git.run(repository, { args: ['update-ref'], revisions: [workRef(workplaceId), captured.commit] });
  return named.ok ? captured : named;
}

async function forgetWork({ git, log }: WorkplacesDeps, record: WorktreeRecord): Promise<void> {
  const repository = await git.open(record.workTree);
  const forgotten = repository.ok ? await git.run(repository, { args: ['update-ref', '-d'], revisions: [workRef(record.id)] }) : repository;
  if (!forgotten.ok) {
    log.warn(`The name ${workRef(record.id)} was left in ${record.workTree}: ${forgotten.text}`);
  }
}

function tellRemoval({ agent, workTree }: WorktreeRecord, removal: Removal, log: Log): void {
  if (!removal.ok) {
    log.warn(`The worktree of agent ${agent} is still there. ${removal.text} ${removal.next}`);
  } else if (removal.salvage !== undefined) {
    const { ref } = removal.salvage;
    log.info(
      `The worktree of agent ${agent} was removed. Its work is kept as ${ref} in ${path.basename(workTree)}; "git branch NAME ${ref}" brings it back.`,
    );
  }
}

async function recordOf({ worktrees }: WorkplacesDeps, id: string): Promise<WorktreeRecord | undefined> {
  return (await worktrees.list()).find((record) => record.id === id);
}

function failed({ text, next }: GitTrouble | WorktreeTrouble): Prepared {
  return { ok: false, failure: { kind: 'storage', message: `It has no folder to work in. ${text}`, next } };
}
