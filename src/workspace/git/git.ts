import { stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../refusal.ts';
import { toResult } from './gitAnswer.ts';
import { commandWords } from './gitCommands.ts';
import {
  type ConfigEntry,
  type ConfigOverride,
  driverOverrides,
  findNotRun,
  fixedOverrides,
  parseConfigList,
  personalOverrides,
  refuseConfig,
} from './gitConfig.ts';
import { findRepository, type Repository } from './gitDir.ts';
import { plainEnvironment, repositoryEnvironment, settingsEnvironment } from './gitEnvironment.ts';
import { personalIgnoreFile } from './gitPersonal.ts';
import { callProgram, type ProgramEnd } from './gitProcess.ts';
import { findGitProgram } from './gitProgram.ts';
import { type GitOutput, type GitTrouble, trouble } from './gitResult.ts';
import type { Git, GitCall, GitDeps, GitIdentity, RepositorySettings } from './gitTypes.ts';

/** Settings by environment variable, which need no quoting, came with 2.31. */
const oldestGit = [2, 31] as const;
const usualTimeoutMs = 60_000;
const usualMaxBytes = 64 * 1024 * 1024;
const usualLockPatienceMs = 5000;

/** Makes our Git. */
export function createGit(deps: GitDeps): Git {
  return new SafeGit(deps);
}

interface Program {
  readonly ok: true;
  readonly path: string;
  readonly numbers: readonly [number, number, number];
  /** The person's own settings, from the user and system files. */
  readonly personal: readonly ConfigEntry[];
  readonly ignoreFile: string | undefined;
}

class SafeGit implements Git {
  readonly #deps: GitDeps;
  readonly #platform: NodeJS.Platform;
  readonly #known = new Map<string, { readonly stamp: string; readonly settings: RepositorySettings }>();
  #program: Promise<Program | GitTrouble> | undefined;

  constructor(deps: GitDeps) {
    this.#deps = deps;
    this.#platform = deps.platform ?? process.platform;
  }

  readonly open = (folder: string): Promise<Repository | GitTrouble> => findRepository(folder, this.#home);

  readonly version = async (): Promise<{ readonly ok: true; readonly numbers: readonly [number, number, number] } | GitTrouble> => {
    const program = await this.#find();
    return program.ok ? { ok: true, numbers: program.numbers } : program;
  };

  readonly person = async (repository: Repository): Promise<GitIdentity | undefined> => {
    const [program, settings] = [await this.#find(), await this.settings(repository)];
    if (!program.ok || !settings.ok) {
      return undefined;
    }
    const all = [...program.personal, ...settings.entries];
    const [name, email] = ['user.name', 'user.email'].map((key) => all.findLast((entry) => entry.key === key)?.value);
    return name === undefined || email === undefined ? undefined : { name, email };
  };

  readonly settings = async (repository: Repository): Promise<RepositorySettings | GitTrouble> => {
    const program = await this.#find();
    return program.ok ? this.#settings(program, repository) : program;
  };

  readonly run = async (repository: Repository, call: GitCall): Promise<GitOutput | GitTrouble> => {
    call.signal?.throwIfAborted();
    const words = commandWords(call);
    if (!words.ok) {
      return words;
    }
    const deadline = Date.now() + (call.lockPatienceMs ?? usualLockPatienceMs);
    for (let pause = 20; ; pause = Math.min(pause * 2, 400)) {
      const result = await this.#once(repository, call, words.words);
      if (result.ok || result.kind !== 'locked' || Date.now() + pause > deadline) {
        return result;
      }
      // Uneven pauses, so that several waiting for one lock do not meet again.
      await sleep(pause * (0.5 + Math.random()), undefined, call.signal === undefined ? {} : { signal: call.signal }).catch(
        (error: unknown) => {
          call.signal?.throwIfAborted();
          throw error;
        },
      );
    }
  };

  get #home(): string | undefined {
    return this.#platform === 'win32' ? this.#deps.host.USERPROFILE : this.#deps.host.HOME;
  }

  async #once(repository: Repository, call: GitCall, words: readonly string[]): Promise<GitOutput | GitTrouble> {
    const program = await this.#find();
    if (!program.ok) {
      return program;
    }
    const settings = await this.#settings(program, repository);
    if (!settings.ok) {
      return settings;
    }
    const ignore: readonly ConfigOverride[] = program.ignoreFile === undefined ? [] : [['core.excludesFile', program.ignoreFile]];
    const overrides = [
      ...personalOverrides(program.personal, settings.entries),
      ...(settings.entries.some(({ key }) => key === 'core.excludesfile') ? [] : ignore),
      ...fixedOverrides,
      ...driverOverrides(settings.entries),
      ...(call.settings ?? []),
    ];
    const end = await callProgram(
      {
        program: program.path,
        args: ['--no-pager', '--no-optional-locks', ...words],
        folder: repository.workTree,
        env: { ...this.#environment(program.path), ...repositoryEnvironment(repository, call), ...settingsEnvironment(overrides) },
        ...(call.input === undefined ? {} : { input: call.input }),
        timeoutMs: call.timeoutMs ?? usualTimeoutMs,
        maxBytes: call.maxBytes ?? usualMaxBytes,
      },
      call.signal,
      this.#platform,
    );
    const name = call.args[0] ?? '';
    const result = toResult(end, `git ${name}`, repository.workTree, call.okCodes ?? [0]);
    if (!result.ok) {
      this.#deps.log.debug(`git ${name} in ${repository.workTree}: ${result.kind}: ${result.text}`);
    }
    return result;
  }

  async #settings(program: Program, repository: Repository): Promise<RepositorySettings | GitTrouble> {
    const key = repository.gitDir;
    const stamp = await configStamp(repository);
    const known = this.#known.get(key);
    if (known !== undefined && known.stamp === stamp) {
      return known.settings;
    }
    const end = await this.#call(
      program.path,
      repository.workTree,
      ['config', '--list', '-z', '--show-origin'],
      repositoryEnvironment(repository, {}),
    );
    const result = toResult(end, 'git config', repository.workTree, [0]);
    if (!result.ok) {
      return result;
    }
    const entries = parseConfigList(result.bytes).map((entry) => ({ ...entry, file: path.resolve(repository.workTree, entry.file) }));
    const refused = refuseConfig(entries);
    if (refused !== undefined) {
      return refused;
    }
    const settings: RepositorySettings = { ok: true, entries, notRun: findNotRun(entries) };
    // What is included can change without these files changing.
    if (!entries.some((entry) => /^include(?:if\..*)?\.path$/s.test(entry.key))) {
      this.#known.set(key, { stamp, settings });
    } else {
      this.#known.delete(key);
    }
    return settings;
  }

  #find(): Promise<Program | GitTrouble> {
    this.#program ??= this.#look().then((found) => {
      if (!found.ok) {
        // Asked again next time: the person may install it meanwhile.
        this.#program = undefined;
      }
      return found;
    });
    return this.#program;
  }

  async #look(): Promise<Program | GitTrouble> {
    const searchPath = Object.entries(this.#deps.host).find(([name]) => name.toUpperCase() === 'PATH')?.[1] ?? '';
    const found = await findGitProgram(searchPath, this.#deps.forbiddenFolders(), this.#platform);
    if (found === undefined) {
      return trouble(
        'noGit',
        'No Git program was found outside the workspace.',
        'Install Git and make sure that it is on the PATH, then try again.',
      );
    }
    const folder = path.parse(found).root;
    const said = toResult(await this.#call(found, folder, ['version'], {}), 'git version', folder, [0]);
    if (!said.ok) {
      return said;
    }
    const [major, minor, patch] = (/(\d+)\.(\d+)(?:\.(\d+))?/.exec(said.text) ?? []).slice(1).map((part) => Number(part ?? 0));
    const numbers = [major ?? 0, minor ?? 0, patch ?? 0] as const;
    if (numbers[0] < oldestGit[0] || (numbers[0] === oldestGit[0] && numbers[1] < oldestGit[1])) {
      return trouble('oldGit', `${found} is Git ${numbers.join('.')}; ${oldestGit.join('.')} or later is needed.`, 'Install a newer Git.');
    }
    const personal = await this.#personal(found, folder);
    return {
      ok: true,
      path: found,
      numbers,
      personal,
      ignoreFile: await personalIgnoreFile(personal, this.#home, this.#deps.host.XDG_CONFIG_HOME),
    };
  }

  /** The person's settings outside any repository; they are trusted, but only harmless ones of them are used. */
  async #personal(program: string, folder: string): Promise<readonly ConfigEntry[]> {
    const { host } = this.#deps;
    const places = Object.fromEntries(
      ['HOME', 'XDG_CONFIG_HOME', 'USERPROFILE', 'ProgramData'].flatMap((name) => (host[name] === undefined ? [] : [[name, host[name]]])),
    );
    const env = { ...this.#environment(program), ...places, GIT_DIR: path.join(folder, '.flotilla-no-repository') };
    const asPerson = Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('GIT_CONFIG')));
    const end = await callProgram(
      {
        program,
        args: ['config', '--list', '-z', '--show-origin'],
        folder,
        env: asPerson,
        timeoutMs: usualTimeoutMs,
        maxBytes: usualMaxBytes,
      },
      undefined,
      this.#platform,
    );
    const result = toResult(end, 'git config', folder, [0]);
    if (!result.ok) {
      this.#deps.log.warn(`The person's Git settings could not be read: ${result.text}`);
      return [];
    }
    return parseConfigList(result.bytes);
  }

  #call(program: string, folder: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<ProgramEnd> {
    const call = {
      program,
      args,
      folder,
      env: { ...this.#environment(program), ...env },
      timeoutMs: usualTimeoutMs,
      maxBytes: usualMaxBytes,
    };
    return callProgram(call, undefined, this.#platform);
  }

  /** Built from nothing: no home folder, so no settings, attributes or helpers of the person, and no program but Git's own folder. */
  #environment(program: string): Readonly<Record<string, string>> {
    const windows = ['SystemRoot', 'SystemDrive', 'TEMP', 'TMP'].flatMap((name) => {
      const value = this.#platform === 'win32' ? this.#deps.host[name] : undefined;
      return value === undefined ? [] : [[name, value] as const];
    });
    return { ...Object.fromEntries(windows), ...plainEnvironment, PATH: path.dirname(program) };
  }
}

/** Changes whenever one of the repository's own configuration files does. */
async function configStamp({ commonDir, gitDir }: Repository): Promise<string> {
  const files = [path.join(commonDir, 'config'), path.join(gitDir, 'config.worktree')];
  const stamps = await Promise.all(
    files.map(async (file) => {
      try {
        const { ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
        return [ino, size, mtimeNs, ctimeNs].join('.');
      } catch (error) {
        return errorCode(error) ?? Promise.reject(error);
      }
    }),
  );
  return stamps.join(' ');
}
