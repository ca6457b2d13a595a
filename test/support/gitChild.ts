import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFileLock } from '../../src/workspace/fileLock.ts';
import { createCheckpoints } from '../../src/workspace/git/checkpoints.ts';
import { createGit } from '../../src/workspace/git/git.ts';
import { createRepositoryLock } from '../../src/workspace/git/repositoryLock.ts';
import { createWorktrees } from '../../src/workspace/git/worktrees.ts';
import { closedDocuments } from '../../src/workspace/openDocuments.ts';
import { createWorkspacePaths } from '../../src/workspace/workspacePath.ts';

/*
 * A window of Flotilla that works with a repository until it is done or killed, and prints `done` at the end.
 * Arguments: what to do, the folder that holds `work`, a name of its own.
 */

const [scenario = '', root = '', name = ''] = process.argv.slice(2);
const folder = join(root, 'work');
const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const git = createGit({ host: process.env, forbiddenFolders: () => [folder], log });
const worktrees = createWorktrees({
  git,
  storage: join(root, `storage-${name}`),
  lock: createRepositoryLock({ folder: join(root, 'locks') }),
  now: Date.now,
  log,
});

function must<T extends { readonly ok: boolean }>(result: T): Extract<T, { readonly ok: true }> {
  if (!result.ok) {
    throw new Error(JSON.stringify(result));
  }
  return result as Extract<T, { readonly ok: true }>;
}

async function oneAgent(agent: string): Promise<void> {
  const made = must(await worktrees.create({ folder, run: 'r', agent }));
  writeFileSync(join(made.root, 'work.txt'), `of ${agent}`);
  must(await worktrees.remove(made.record));
}

async function checkpoint(): Promise<void> {
  const checkpoints = createCheckpoints({ git, storage: join(root, `storage-${name}`), now: Date.now, log });
  const from = must(await checkpoints.take(folder));
  writeFileSync(join(folder, 'agent.txt'), 'of the agent');
  const onlyIfNow = must(await checkpoints.take(folder));
  const gates = { paths: createWorkspacePaths(() => [{ name: 'work', path: folder }]), documents: closedDocuments, lock: createFileLock() };
  must(await checkpoints.restore({ from, onlyIfNow }, gates));
}

if (scenario === 'many') {
  await Promise.all(['a', 'b', 'c', 'd'].map((agent) => oneAgent(`${name}-${agent}`)));
} else if (scenario === 'worktree') {
  await oneAgent(name);
} else {
  await checkpoint();
}
process.stdout.write('done\n');
