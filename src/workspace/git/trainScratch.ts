import { createHash } from 'node:crypto';
import { copyFile, lstat, mkdir, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Log } from '../../orchestrator/ports.ts';
import { orUndefined } from './absent.ts';
import type { Repository } from './gitDir.ts';
import { type GitTrouble, trouble } from './gitResult.ts';
import { fields, type Merged, type TrainGit } from './trainGit.ts';

/**
 * Sets a fresh scratch worktree of a repository up: dependencies, files that Git does not know. What it makes there is kept until the worktree
 * goes.
 */
export type PrepareScratch = (from: Repository, root: string, signal: AbortSignal) => Promise<{ readonly ok: true } | GitTrouble>;

export interface ScratchDeps {
  /** Absolute, below our own storage. */
  readonly root: string;
  readonly prepare?: PrepareScratch | undefined;
  readonly log: Log;
}

/** The name of a train in the file system and among our refs: ids may hold any character. */
export function trainKey(trainId: string): string {
  return createHash('sha256').update(trainId).digest('hex').slice(0, 16);
}

/**
 * The scratch worktree of one train: a linked worktree without a branch, in which cars are checked and conflicts resolved. It belongs to the
 * train alone, except while the person works in it by hand; then nothing is removed from it.
 */
export class TrainScratch {
  readonly folder: string;
  readonly #git: TrainGit;
  readonly #deps: ScratchDeps;
  readonly #kept: string;

  constructor(git: TrainGit, deps: ScratchDeps, trainId: string) {
    this.#git = git;
    this.#deps = deps;
    this.folder = path.join(deps.root, trainKey(trainId));
    this.#kept = `${this.folder}.kept.json`;
  }

  /** The worktree as it is; undefined when there is none. */
  async find(): Promise<Repository | undefined> {
    const real = await realpath(this.folder).catch(orUndefined);
    const found = real === undefined ? undefined : await this.#git.git.open(real);
    const ours = found?.ok === true && found.kind === 'worktree' && found.workTree === real;
    return ours && found.commonDir === this.#git.repository.commonDir ? found : undefined;
  }

  /** Makes the worktree hold exactly a commit: no change, no file that Git neither knows nor ignores, except what setting it up made. */
  async checkOut(commit: string, signal: AbortSignal): Promise<Repository | GitTrouble> {
    const found = (await this.find()) ?? (await this.#make(commit));
    if (!found.ok) {
      return found;
    }
    const done =
      (await this.#fill(found, commit)) ?? ((await this.#isSetUp()) ? await this.#clean(found) : await this.#setUp(found, signal));
    return done ?? found;
  }

  /**
   * Leaves a merge in the worktree for the person: files with conflict markers, all three sides in the index, and the state in which Git's own
   * tools offer to finish it.
   */
  async openMerge(onto: string, head: string, merged: Merged, message: string, signal: AbortSignal): Promise<Repository | GitTrouble> {
    const found = await this.checkOut(onto, signal);
    if (!found.ok) {
      return found;
    }
    const filled = await this.#git.git.run(found, { args: ['read-tree', '--reset', '-u'], revisions: [merged.tree] });
    if (!filled.ok) {
      return filled;
    }
    const nothing = '0'.repeat(merged.tree.length);
    const gone = [...new Set(merged.stages.map((stage) => stage.path))].map((file) => `0 ${nothing}\t${file}\0`);
    const sides = merged.stages.map(({ mode, object, stage, path: file }) => `${mode} ${object} ${stage}\t${file}\0`);
    const staged = await this.#git.git.run(found, { args: ['update-index', '-z', '--index-info'], input: [...gone, ...sides].join('') });
    if (!staged.ok) {
      return staged;
    }
    await writeFile(path.join(found.gitDir, 'MERGE_HEAD'), `${head}\n`);
    await writeFile(path.join(found.gitDir, 'MERGE_MSG'), `${message}\n`);
    return found;
  }

  /** The tree of everything in the worktree as the person left it, with the files that still have no decided side. */
  async treeOf(
    found: Repository,
  ): Promise<{ readonly ok: true; readonly tree: string; readonly undecided: readonly string[] } | GitTrouble> {
    const listed = await this.#git.git.run(found, { args: ['ls-files', '-z', '-m', '-d', '-o', '--exclude-standard'] });
    const unmerged = await this.#git.git.run(found, { args: ['ls-files', '-z', '-u'] });
    if (!listed.ok) {
      return listed;
    }
    if (!unmerged.ok) {
      return unmerged;
    }
    const kept = await this.#keptNames();
    const undecided = new Set(fields(unmerged).flatMap((line) => /^160000 [^\t]*\t(.*)$/s.exec(line)?.[1] ?? []));
    const conflicted = fields(unmerged).flatMap((line) => /^[^\t]*\t(.*)$/s.exec(line)?.[1] ?? []);
    const all = new Set([...fields(listed), ...conflicted]);
    const changed = [...all].filter((file) => !file.endsWith('/') && !undecided.has(file) && !isKept(file, kept));
    // In a copy, so that an index with open conflicts stays one while the person goes on.
    const indexFile = path.join(found.gitDir, 'flotilla-index');
    await copyFile(path.join(found.gitDir, 'index'), indexFile);
    for (const [option, files] of [
      ['--remove', changed],
      ['--force-remove', [...undecided]],
    ] as const) {
      const args = ['update-index', '-z', '--add', option, '--stdin'];
      const input = files.map((file) => `${file}\0`).join('');
      const staged = input === '' ? undefined : await this.#git.git.run(found, { args, input, indexFile });
      if (staged?.ok === false) {
        return staged;
      }
    }
    const tree = await this.#git.git.run(found, { args: ['write-tree'], indexFile });
    await rm(indexFile, { force: true });
    return tree.ok ? { ok: true, tree: tree.text, undecided: [...undecided] } : tree;
  }

  /** Takes the worktree away with everything in it. */
  async remove(): Promise<GitTrouble | undefined> {
    // Forced twice, because a worktree may be locked or hold submodules; 128 is the answer when Git knows none there.
    const args = ['worktree', 'remove', '--force', '--force', this.folder];
    const removed = await this.#git.run({ args, okCodes: [0, 128] });
    await rm(this.folder, { recursive: true, force: true });
    await rm(this.#kept, { force: true });
    return removed.ok ? undefined : removed;
  }

  async #make(commit: string): Promise<Repository | GitTrouble> {
    await mkdir(this.#deps.root, { recursive: true, mode: 0o700 });
    await this.#putAside();
    await rm(this.#kept, { force: true });
    // Forced twice: the folder may be registered from before a crash.
    const args = ['worktree', 'add', '--detach', '--no-checkout', '--force', '--force', this.folder];
    const added = await this.#git.run({ args, revisions: [commit] });
    if (!added.ok) {
      return added;
    }
    return (
      (await this.find()) ??
      trouble(
        'failed',
        `The scratch worktree ${this.folder} could not be made.`,
        'Look whether the folder can be written to, then try again.',
      )
    );
  }

  /** What stands in the way: the beginning of a worktree is removed, anything else is kept under another name. */
  async #putAside(): Promise<void> {
    const names = await readdir(this.folder).catch(orUndefined);
    if (names === undefined || names.every((name) => name === '.git')) {
      await rm(this.folder, { recursive: true, force: true });
      return;
    }
    for (let number = 1; ; number++) {
      const aside = `${this.folder}.aside-${number}`;
      if ((await lstat(aside).catch(orUndefined)) === undefined) {
        await rename(this.folder, aside);
        this.#deps.log.warn(`A folder that is no scratch worktree any more was kept as ${aside}.`);
        return;
      }
    }
  }

  async #fill(found: Repository, commit: string): Promise<GitTrouble | undefined> {
    for (const name of ['MERGE_HEAD', 'MERGE_MSG', 'MERGE_MODE', 'CHERRY_PICK_HEAD', 'REVERT_HEAD']) {
      await rm(path.join(found.gitDir, name), { force: true });
    }
    const filled = await this.#git.git.run(found, { args: ['read-tree', '--reset', '-u'], revisions: [commit] });
    const moved = filled.ok ? await this.#git.git.run(found, { args: ['update-ref', '--no-deref'], revisions: ['HEAD', commit] }) : filled;
    return moved.ok ? undefined : moved;
  }

  /** Once for each worktree; the list of what it made says that it is done. */
  async #setUp(found: Repository, signal: AbortSignal): Promise<GitTrouble | undefined> {
    const prepared = await this.#deps.prepare?.(this.#git.repository, found.workTree, signal);
    if (prepared?.ok === false) {
      return prepared;
    }
    const made = await this.#untracked(found);
    if (!Array.isArray(made)) {
      return made;
    }
    await writeFile(`${this.#kept}.new`, JSON.stringify(made), { mode: 0o600 });
    await rename(`${this.#kept}.new`, this.#kept);
    return undefined;
  }

  async #isSetUp(): Promise<boolean> {
    return (await lstat(this.#kept).catch(orUndefined)) !== undefined;
  }

  async #clean(found: Repository): Promise<GitTrouble | undefined> {
    const [names, kept] = [await this.#untracked(found), await this.#keptNames()];
    if (!Array.isArray(names)) {
      return names;
    }
    for (const name of names) {
      if (!isKept(name, kept)) {
        await rm(path.join(found.workTree, name), { recursive: true, force: true });
      }
    }
    return undefined;
  }

  async #untracked(found: Repository): Promise<string[] | GitTrouble> {
    const listed = await this.#git.git.run(found, { args: ['ls-files', '-z', '-o', '--exclude-standard', '--directory'] });
    return listed.ok ? [...fields(listed)] : listed;
  }

  async #keptNames(): Promise<readonly string[]> {
    const text = await readFile(this.#kept, 'utf8').catch(orUndefined);
    const names: unknown = text === undefined ? [] : JSON.parse(text);
    return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
  }
}

function isKept(name: string, kept: readonly string[]): boolean {
  return kept.some((one) => name === one || `${name}/` === one || name === `${one}/` || (one.endsWith('/') && name.startsWith(one)));
}
