import { join } from 'node:path';
import type { PathFact } from './core/brief/briefPaths.ts';
import type { EventOf, JournalEntry, Workplace } from './core/events.ts';
import type { AgentId } from './core/ids.ts';
import { isNeeded, workRef } from './core/isolation.ts';
import type { FleetState } from './core/state.ts';
import type { Train } from './core/train/train.ts';
import type { ChangeUndo, Log, PathFacts, Tool } from './orchestrator/ports.ts';
import { createFileTools } from './tools/fileTools.ts';
import { placedTools } from './tools/placedTool.ts';
import { createRunCommandTool, type RunCommandDeps } from './tools/runCommand.ts';
import type { RunPersonCommand } from './workspace/commands/personCommand.ts';
import type { Git } from './workspace/git/gitTypes.ts';
import { createRepositoryLock } from './workspace/git/repositoryLock.ts';
import { createWorkplaces, type WorkplaceOptions, type WorktreeWorkplaces } from './workspace/git/workplaces.ts';
import { createWorktrees } from './workspace/git/worktrees.ts';
import { leasedEdits } from './workspace/leasedEdits.ts';
import type { Leases } from './workspace/leases.ts';
import type { WorkspaceFiles } from './workspace/workspaceFiles.ts';
import type { WorkspaceFolder, WorkspacePaths } from './workspace/workspacePath.ts';

/*
 * Part of the composition root: where each agent works, and the tools that work there.
 */

export interface AgentPlacesDeps {
  /** Of the open folders. */
  readonly files: WorkspaceFiles;
  /** The same for other folders. */
  readonly filesIn: (folders: () => readonly WorkspaceFolder[]) => WorkspaceFiles;
  /** Who writes which file, in all of these folders. */
  readonly leases: Leases;
  /** Absolute: the worktrees of this workspace alone, and the locks of all windows. */
  readonly worktrees: string;
  readonly locks: string;
  readonly git: Git;
  readonly options: () => WorkplaceOptions;
  /** Runs the set-up commands of the person. */
  readonly runCommand: RunPersonCommand;
  /** Plans commands in folders. */
  readonly planIn: (paths: WorkspacePaths) => RunCommandDeps['plan'];
  readonly state: () => FleetState;
  /** Takes the fact that a folder is gone. Throws when it cannot be kept. */
  readonly record: (event: EventOf<'workplaceRemoved'>) => void;
  readonly now: () => number;
  readonly log: Log;
}

/** Where agents work. */
export interface AgentPlaces {
  readonly workplaces: WorktreeWorkplaces;
  /** Tools on files and commands, each where its agent works. */
  readonly tools: readonly Tool[];
  readonly filesOf: (agentId: AgentId) => WorkspaceFiles;
  readonly undo: ChangeUndo;
  /** Of the open folders and, for what is not in them, of the folders of agents. */
  readonly pathFacts: PathFacts;
  /** To be called with every commit: lets go of what belongs to deleted agents. */
  readonly follow: (entries: readonly JournalEntry[]) => void;
  /** To be called with the first state: takes over what there is, and removes folders of agents that are no more. */
  readonly open: (readOnly: boolean) => void;
  /** Waits for the removals that have begun. */
  readonly close: () => Promise<void>;
}

interface Place {
  readonly files: WorkspaceFiles;
  readonly tools: readonly Tool[];
}

export function createAgentPlaces(deps: AgentPlacesDeps): AgentPlaces {
  const { files, git, state, log } = deps;
  const toolsFor = (own: WorkspaceFiles) => [
    ...createFileTools(own, leasedEdits(own.edits, deps.leases)),
    createRunCommandTool({ paths: own.paths, plan: deps.planIn(own.paths) }),
  ];
  const worktrees = createWorktrees({
    git,
    storage: deps.worktrees,
    lock: createRepositoryLock({ folder: deps.locks }),
    now: deps.now,
    log,
  });
  const workplaces = createWorkplaces({
    git,
    worktrees,
    folders: files.paths.folders,
    options: deps.options,
    runCommand: deps.runCommand,
    isNeeded: (id) => isNeeded(state(), id),
    removed: (agentId, repository, salvage) => {
      const label = labels.get(agentId);
      labels.delete(agentId);
      deps.record({
        type: 'workplaceRemoved',
        agentId,
        ...(label === undefined ? {} : { label }),
        ...(salvage === undefined ? {} : { salvage, repository }),
      });
    },
    log,
  });
  /** Of those whose folders they are; an agent is gone from the state before its folder is. */
  const labels = new Map<AgentId, string>();
  const learnLabel = (agentId: AgentId, { madeFor }: Workplace): void => {
    const label = state().agents[agentId]?.label;
    if (madeFor === agentId && label !== undefined) {
      labels.set(agentId, label);
    }
  };
  /** What trains have landed, by the ref of the work: the commit that they merged. */
  const landed = new Map<string, string>();
  const learnLanded = (train: Train | undefined): void => {
    for (const { ref, head, status } of train?.ended?.outcome === 'landed' ? train.cars : []) {
      if (status === 'done' && head !== undefined) {
        landed.set(ref, head);
      }
    }
  };
  const places = new Map<string, Place>();
  const workplaceOf = new Map<AgentId, Workplace>();
  const placeOf = (agentId: AgentId): Place | undefined => {
    const workplace = workplaceOf.get(agentId);
    if (workplace === undefined) {
      return undefined;
    }
    const known = places.get(workplace.id);
    if (known !== undefined) {
      return known;
    }
    const folder = { name: files.paths.folders()[0]?.name ?? 'workspace', path: workplace.folder };
    const own = deps.filesIn(() => [folder]);
    const made = { files: own, tools: toolsFor(own) };
    places.set(workplace.id, made);
    return made;
  };
  const filesOf = (agentId: AgentId) => placeOf(agentId)?.files ?? files;
  const removals = new Set<Promise<void>>();
  const begin = (removal: Promise<void>): void => {
    removals.add(removal);
    void removal.then(() => removals.delete(removal));
  };
  const forget = (agentId: AgentId): void => {
    for (const one of [files, ...[...places.values()].map((place) => place.files)]) {
      one.forget(agentId);
    }
    const id = workplaceOf.get(agentId)?.id;
    workplaceOf.delete(agentId);
    if (id !== undefined && !isNeeded(state(), id)) {
      places.delete(id);
      begin(workplaces.release(id, landed.get(workRef(id))));
      landed.delete(workRef(id));
    }
  };
  return {
    workplaces,
    tools: placedTools(toolsFor(files), (agentId) => placeOf(agentId)?.tools),
    filesOf,
    undo: { undo: (effects, agentId) => filesOf(agentId).undo.undo(effects) },
    pathFacts: { look: (paths) => lookEverywhere(paths, [files, ...[...places.values()].map((place) => place.files)]) },
    follow: (entries) => {
      for (const { event } of entries) {
        if (event.type === 'workplaceMade') {
          workplaceOf.set(event.agentId, event.workplace);
          learnLabel(event.agentId, event.workplace);
        } else if (event.type === 'trainEnded') {
          learnLanded(state().trains[event.trainId]);
        } else if (event.type === 'agentDeleted') {
          forget(event.agentId);
        }
      }
    },
    open: (readOnly) => {
      for (const { id, workplace } of Object.values(state().agents)) {
        if (workplace !== undefined) {
          workplaceOf.set(id, workplace);
          learnLabel(id, workplace);
        }
      }
      Object.values<Train>(state().trains).forEach(learnLanded);
      if (!readOnly) {
        begin(workplaces.sweep());
      }
    },
    close: async () => {
      await Promise.all(removals);
    },
  };
}

/** Where the worktrees of a workspace are, and the locks of all windows. `key` names the workspace. */
export function placesBelow(shared: string, key: string): Pick<AgentPlacesDeps, 'worktrees' | 'locks'> {
  return { worktrees: join(shared, 'worktrees', key), locks: join(shared, 'locks') };
}

async function lookEverywhere(texts: readonly string[], all: readonly WorkspaceFiles[]): ReturnType<PathFacts['look']> {
  const found = new Map<string, PathFact>();
  for (const files of all) {
    const left = texts.filter((text) => (found.get(text)?.kind ?? 'missing') === 'missing');
    for (const [text, fact] of left.length === 0 ? [] : await files.pathFacts.look(left)) {
      if (!found.has(text) || fact.kind === 'file' || fact.kind === 'folder') {
        found.set(text, fact);
      }
    }
  }
  return found;
}
