import path from 'node:path';
import picomatch from 'picomatch';
import type { RightsSet } from '../../core/events.ts';
import type { AgentId } from '../../core/ids.ts';
import type { Refusal } from '../refusal.ts';
import type { WorkspaceFolder, WorkspacePaths } from '../workspacePath.ts';
import type { RecordedRuns } from './recordedRun.ts';
import type { CommandGate, CommandPlan, SandboxProfile } from './commandGate.ts';

/** What the person wants of the sandbox. `auto`: where there is one; `required`: what cannot be confined is not run; `off`: never. */
export type SandboxWish = 'auto' | 'required' | 'off';

interface CommandPlannerDeps {
  readonly gate: CommandGate;
  readonly paths: Pick<WorkspacePaths, 'folders'>;
  readonly wish: () => SandboxWish;
  /** Hosts that confined commands may reach. */
  readonly domains: () => readonly string[];
  /** Globs of workspace paths that agents never write, by whatever means. */
  readonly denyWrites: () => readonly string[];
  /** Keeps what commands change; undefined when the person does not want that. */
  readonly recorded: () => Pick<RecordedRuns, 'run'> | undefined;
}

/** Who wants a command run. */
interface Runner {
  readonly id: AgentId;
  readonly rights: RightsSet;
}

/** Plans the commands of agents: the gate finds how each would run, within the agent's rights and what the person wants of the sandbox. */
export function createCommandPlanner({ gate, paths, wish, domains, denyWrites, recorded }: CommandPlannerDeps) {
  return async (request: { readonly command: string; readonly folder: string }, { id, rights }: Runner): Promise<CommandPlan | Refusal> => {
    const wanted = wish();
    const profile = profileOf(rights, paths.folders(), { domains: domains(), denyWrites: denyWrites() });
    const plan = await gate.plan({ ...request, ...(wanted === 'off' ? {} : { profile }) });
    if (!('route' in plan) || plan.route === 'denied' || plan.route === 'direct') {
      return plan;
    }
    if (plan.route === 'shell' && wanted === 'required') {
      return { route: 'denied', reason: `the person wants commands confined (flotilla.sandbox is "required"). ${plan.reason}` };
    }
    const shown = plan.route === 'sandboxed' ? { ...plan, writes: writesText(rights) } : plan;
    const keeper = rights.writes?.length === 0 ? undefined : recorded();
    return keeper === undefined ? shown : { ...shown, run: (options, signal) => keeper.run(plan, id, options, signal) };
  };
}

function writesText({ writes }: RightsSet): string {
  const where = writes === undefined ? 'files of the folder it works in' : writes.join(', ');
  return writes?.length === 0 ? 'only temporary files of its own' : `${where}, but none that is protected`;
}

interface Limits {
  readonly domains: readonly string[];
  readonly denyWrites: readonly string[];
}

/** An agent that may change nothing gets a sandbox in which nothing can be changed. */
function profileOf(rights: RightsSet, folders: readonly WorkspaceFolder[], { domains, denyWrites }: Limits): SandboxProfile {
  const several = folders.length > 1;
  const writable = folders.flatMap((folder) => (rights.writes ?? ['.']).flatMap((top) => placeOf(top, folder, several)));
  const denyWrite = folders.flatMap((folder) => denyWrites.flatMap((glob) => globIn(glob, folder, several)));
  return { writable, denyWrite, denyRead: [], domains: rights.network ? domains : [] };
}

/** A workspace path in one of its folders; with several, paths begin with the folder's name. */
function placeOf(top: string, folder: WorkspaceFolder, several: boolean): readonly string[] {
  if (top === '.') {
    return [folder.path];
  }
  const [first = '', ...rest] = top.split('/');
  if (!several) {
    return [path.join(folder.path, first, ...rest)];
  }
  return first === folder.name ? [path.join(folder.path, ...rest)] : [];
}

/** A glob of workspace paths as one of absolute paths in one of the folders. */
function globIn(glob: string, folder: WorkspaceFolder, several: boolean): readonly string[] {
  const top = folder.path.replaceAll(/[\\*?[\]{}()!+@|]/g, '\\$&');
  const [first = '', ...rest] = glob.split('/');
  if (!several || first === '**') {
    return [`${top}/${glob}`];
  }
  return picomatch.isMatch(folder.name, first, { dot: true, nocase: true }) ? [[top, ...rest].join('/')] : [];
}
