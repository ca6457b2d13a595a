import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Log } from '../../src/orchestrator/ports.ts';
import { createGit } from '../../src/workspace/git/git.ts';
import type { Git } from '../../src/workspace/git/gitTypes.ts';

/** Keeps what is said to itself. */
export const quiet: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Of what is thrown away nothing needs to reach the disk or be tidied: that halves what a commit takes. */
const hasty = ['core.fsync=none', 'maintenance.auto=false', 'gc.auto=0'];
const settings = ['user.name=Person', 'user.email=person@example.org', 'protocol.file.allow=always', ...hasty].flatMap((one) => [
  '-c',
  one,
]);

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
    execFileSync('git', [...settings, ...args], {
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
    plain(folder, 'init', '-q', '-b', 'main', '--template=');
    mkdirSync(join(folder, '.git/info'), { recursive: true });
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

/** What must never change by our doing: the person's index, refs, stash, HEAD and files, byte for byte. */
export function personState({ plain }: GitPlace, folder: string): unknown {
  const gitDir = plain(folder, 'rev-parse', '--absolute-git-dir');
  const files = plain(folder, 'ls-files', '-z', '-c', '-o')
    .split('\0')
    .filter((name) => name !== '');
  const hash = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');
  return {
    index: existsSync(join(gitDir, 'index')) ? hash(join(gitDir, 'index')) : undefined,
    head: readFileSync(join(gitDir, 'HEAD'), 'utf8'),
    refs: plain(folder, 'for-each-ref', '--format=%(refname) %(objectname)', 'refs/heads', 'refs/tags', 'refs/remotes', 'refs/stash'),
    gitFolder: readdirSync(gitDir)
      .filter((name) => name !== 'worktrees')
      .sort(),
    files: files.flatMap((name) => {
      const info = lstatSync(join(folder, name), { throwIfNoEntry: false });
      return info?.isFile() === true ? [[name, info.mode, info.mtimeMs, hash(join(folder, name))]] : [[name, info?.mode]];
    }),
  };
}
