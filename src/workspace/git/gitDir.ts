import type { Stats } from 'node:fs';
import { lstat, readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../refusal.ts';
import { isInside } from '../workspacePath.ts';
import { type GitTrouble, trouble } from './gitResult.ts';

/** Where a repository really is; all paths absolute and without symbolic links. */
export interface Repository {
  readonly ok: true;
  /** The root of this working tree. */
  readonly workTree: string;
  /** What Git keeps for this working tree: index, HEAD. */
  readonly gitDir: string;
  /** What all working trees of the repository share: objects, refs, configuration. The same as `gitDir` in an ordinary one. */
  readonly commonDir: string;
  readonly kind: 'main' | 'worktree' | 'submodule';
}

/**
 * Finds the repository a folder is in, without asking Git, which would read configuration on the way. A `.git` counts only when it is a
 * folder, or a file whose target points back to it (a worktree or a submodule); anything else could lead to a repository that somebody planted.
 */
export async function findRepository(folder: string, homeFolder?: string): Promise<Repository | GitTrouble> {
  const start = await real(folder);
  if (start === undefined) {
    return trouble('noRepository', `There is no folder ${folder}.`, 'Open a folder that exists.');
  }
  for (let current = start; ; current = path.dirname(current)) {
    if (path.basename(current).toLowerCase() === '.git' || (await looksLikeGitDir(current))) {
      return bareTrouble(current);
    }
    const info = await statOf(path.join(current, '.git'));
    if (info !== undefined) {
      return current !== start && homeFolder !== undefined && current === (await real(homeFolder))
        ? trouble(
            'noRepository',
            `${folder} is in no repository of its own; the nearest one is your whole home folder ${current}.`,
            'Make a repository in the folder (git init), or open the home folder itself.',
          )
        : openAt(current, info);
    }
    if (path.dirname(current) === current) {
      return trouble('noRepository', `${folder} is in no Git repository.`, 'Make one with "git init", or work without Git.');
    }
  }
}

function bareTrouble(folder: string): GitTrouble {
  return trouble(
    'bare',
    `${folder} is a Git repository without a working tree, or the inside of a .git.`,
    'Open a folder with checked-out files. If nobody put a repository there on purpose, look at its "config" before any Git command runs in it.',
  );
}

async function openAt(workTree: string, info: Stats): Promise<Repository | GitTrouble> {
  const dotGit = path.join(workTree, '.git');
  if (info.isDirectory()) {
    return checked({ ok: true, workTree, gitDir: dotGit, commonDir: dotGit, kind: 'main' });
  }
  if (!info.isFile()) {
    return elsewhere(dotGit, 'it is a symbolic link or no file');
  }
  const target = await pointer(dotGit, /^gitdir: (.+?)\r?\n?$/s, workTree);
  if (target === undefined) {
    return elsewhere(dotGit, 'it names no folder that exists');
  }
  return (
    (await asWorktree(workTree, dotGit, target)) ??
    (await asSubmodule(workTree, target)) ??
    elsewhere(dotGit, `${target} does not point back to it`)
  );
}

/** A linked worktree: the target is `<common>/worktrees/<id>`, and its `gitdir` names this very `.git`. */
async function asWorktree(workTree: string, dotGit: string, target: string): Promise<Repository | GitTrouble | undefined> {
  const expected = path.dirname(path.dirname(target));
  if (path.basename(path.dirname(target)) !== 'worktrees') {
    return undefined;
  }
  const [commonDir, back] = [
    await pointer(path.join(target, 'commondir'), /^(.+?)\r?\n?$/s, target),
    await pointer(path.join(target, 'gitdir'), /^(.+?)\r?\n?$/s, target),
  ];
  if (commonDir !== expected || back !== dotGit) {
    return undefined;
  }
  return checked({ ok: true, workTree, gitDir: target, commonDir, kind: 'worktree' });
}

/** A submodule: the target is inside the `modules` of the repository around it, and its own configuration names this folder. */
async function asSubmodule(workTree: string, target: string): Promise<Repository | GitTrouble | undefined> {
  const around = await findRepository(path.dirname(workTree));
  if (
    !around.ok ||
    !isInside(path.join(around.commonDir, 'modules'), target) ||
    (await statOf(path.join(target, 'commondir'))) !== undefined
  ) {
    return undefined;
  }
  const config = await readFile(path.join(target, 'config'), 'utf8').catch(orUndefined);
  const named = config === undefined ? undefined : /^\s*worktree\s*=\s*(.+?)\s*$/im.exec(config)?.[1];
  if (named === undefined || (await real(path.resolve(target, named))) !== workTree) {
    return undefined;
  }
  return checked({ ok: true, workTree, gitDir: target, commonDir: target, kind: 'submodule' });
}

/** A git folder whose shared parts lead out of it would make Git work on another repository. */
async function checked(repository: Repository): Promise<Repository | GitTrouble> {
  const { gitDir, commonDir } = repository;
  for (const name of ['objects', 'refs', 'config']) {
    const info = await statOf(path.join(commonDir, name));
    if (info === undefined) {
      return trouble(
        'noRepository',
        `${commonDir} is not a complete Git repository: it has no "${name}".`,
        'Repair or remove it, then try again.',
      );
    }
    if (name === 'config' ? !info.isFile() : !info.isDirectory()) {
      return elsewhere(path.join(commonDir, name), 'it is a symbolic link or of another kind');
    }
  }
  if (gitDir === commonDir && (await statOf(path.join(gitDir, 'commondir'))) !== undefined) {
    return elsewhere(path.join(gitDir, 'commondir'), 'a repository of its own shares nothing');
  }
  return repository;
}

function elsewhere(file: string, why: string): GitTrouble {
  return trouble(
    'unsafe',
    `${file} leads to another repository than the one it stands in: ${why}.`,
    'If you made it so, open the folder where the repository really is; otherwise remove the file.',
  );
}

/** What a file of one line names, without symbolic links; undefined when it is no such file or names nothing that exists. */
async function pointer(file: string, shape: RegExp, base: string): Promise<string | undefined> {
  const info = await statOf(file);
  if (info === undefined || !info.isFile() || info.size > 8192) {
    return undefined;
  }
  const named = shape.exec(await readFile(file, 'utf8'))?.[1];
  if (named === undefined || named.includes('\n')) {
    return undefined;
  }
  const absolute = path.resolve(base, named);
  // The pointer back names a file that is itself a pointer: only its folder may be resolved.
  const folder = await real(path.dirname(absolute));
  return path.basename(absolute) === '.git' && folder !== undefined ? path.join(folder, '.git') : real(absolute);
}

async function looksLikeGitDir(folder: string): Promise<boolean> {
  const [head, objects, refs] = await Promise.all(['HEAD', 'objects', 'refs'].map((name) => statOf(path.join(folder, name))));
  return head !== undefined && objects !== undefined && !objects.isFile() && refs !== undefined && !refs.isFile();
}

async function statOf(absolute: string): Promise<Stats | undefined> {
  return lstat(absolute).catch(orUndefined);
}

async function real(absolute: string): Promise<string | undefined> {
  return realpath(absolute).catch(orUndefined);
}

function orUndefined(error: unknown): undefined {
  if (errorCode(error) === undefined) {
    throw error;
  }
  return undefined;
}
