import type { KeptWork, KeptWorkControl, RestoreReply } from '../../orchestrator/ports.ts';
import type { Repository } from './gitDir.ts';
import type { Git } from './gitTypes.ts';
import { listSalvages, restoreSalvage } from './salvage.ts';

interface KeptWorkDeps {
  readonly git: Git;
  readonly folders: () => readonly { readonly path: string }[];
}

/** The work that was kept in the repositories of the open folders. */
export function createKeptWork(deps: KeptWorkDeps): KeptWorkControl {
  const list = async (): Promise<readonly (KeptWork & { readonly home: Repository })[]> => {
    const found: (KeptWork & { readonly home: Repository })[] = [];
    for (const home of await repositoriesOf(deps)) {
      const listed = await listSalvages(deps.git, home);
      found.push(...(listed.ok ? listed.salvages : []).map(({ ref, at }) => ({ ref, at, repository: home.workTree, home })));
    }
    return found.toSorted((a, b) => b.at - a.at);
  };
  return {
    list,
    restore: async (ref, branch): Promise<RestoreReply> => {
      const kept = (await list()).find((one) => one.ref === ref);
      if (kept === undefined) {
        return {
          ok: false,
          message: `No open folder's repository has ${ref}.`,
          next: 'Open the folder the agent worked for, then try again.',
        };
      }
      const made = await restoreSalvage(deps.git, kept.home, ref, branch);
      if (made.ok) {
        return made;
      }
      const isTaken = /reference already exists/.test(made.text);
      return isTaken
        ? { ok: false, message: `There is a branch ${branch} already.`, next: 'Choose another name.' }
        : { ok: false, message: made.text, next: made.next };
    },
  };
}

/** Each repository once, however many of its folders are open. */
async function repositoriesOf({ git, folders }: KeptWorkDeps): Promise<readonly Repository[]> {
  const found = new Map<string, Repository>();
  for (const { path } of folders()) {
    const repository = await git.open(path);
    if (repository.ok && !found.has(repository.commonDir)) {
      found.set(repository.commonDir, repository);
    }
  }
  return [...found.values()];
}
