import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Log } from '../../src/orchestrator/ports.ts';
import { createGit } from '../../src/workspace/git/git.ts';
import type { Git } from '../../src/workspace/git/gitTypes.ts';

const quiet: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** A throw-away folder with repositories made by the plain program, as a person would, and our Git beside it. */
export interface GitPlace {
  readonly root: string;
  readonly home: string;
  readonly git: Git;
  /** The plain program with a person's usual settings. */
  readonly plain: (folder: string, ...args: readonly string[]) => string;
  /** A repository with one commit of these files; none at all leaves it unborn. */
  readonly repository: (name: string, files?: Readonly<Record<string, string>>) => string;
  readonly write: (folder: string, files: Readonly<Record<string, string>>) => void;
  readonly remove: () => void;
}

/** Makes the place. Call remove when done. */
export function gitPlace(host: Readonly<Record<string, string>> = {}): GitPlace {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'flotilla-git-')));
  const home = join(root, 'home');
  mkdirSync(home);
  const env = { PATH: process.env.PATH ?? '', HOME: home };
  const plain = (folder: string, ...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=Person', '-c', 'user.email=person@example.org', '-c', 'protocol.file.allow=always', ...args], {
      cwd: folder,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trimEnd();
  const write = (folder: string, files: Readonly<Record<string, string>>): void => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
  };
  const repository = (name: string, files?: Readonly<Record<string, string>>): string => {
    const folder = join(root, name);
    mkdirSync(folder, { recursive: true });
    plain(folder, 'init', '-q', '-b', 'main');
    if (files !== undefined) {
      write(folder, files);
      plain(folder, 'add', '-A');
      plain(folder, 'commit', '-q', '-m', 'first');
    }
    return folder;
  };
  return {
    root,
    home,
    git: createGit({ host: { ...env, ...host }, forbiddenFolders: () => [join(root, 'work')], log: quiet }),
    plain,
    repository,
    write,
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
