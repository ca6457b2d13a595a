import { randomBytes } from 'node:crypto';
import { access, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import { toError } from '../../lib/errors.ts';
import type { Log } from '../../orchestrator/ports.ts';
import { homeSecrets, systemSecrets } from '../../policy/secretPlaces.ts';
import type { Processes } from '../processes.ts';
import { shellCall } from '../processShell.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { confinedText, defaultLimits, type SandboxLimits } from './confinedShell.ts';
import { findProgram, programFolders } from './findProgram.ts';
import { probeSandbox } from './probe.ts';
import { findProtectedPlaces } from './protectedPlaces.ts';
import { differentPlaces, protectedSums } from './protectedSum.ts';
import type { Runtime, RuntimeRequest, SandboxPrograms } from './runtime.ts';
import type { Sandbox, SandboxAudit, SandboxedCommand, SandboxRequest, SandboxStatus, SandboxUnavailable } from './sandbox.ts';

export interface SandboxDeps {
  readonly processes: Pick<Processes, 'run'>;
  /** The whole environment of a command. */
  readonly environment: () => Readonly<Record<string, string>>;
  /** Absolute folder with `x64/apply-seccomp` and `arm64/apply-seccomp`, which come with sandbox-runtime. */
  readonly helperFolder: string;
  /** Absolute folder of ours; below it each command has one for temporary files, which is removed after it. */
  readonly tempFolder: string;
  /** Folders of ours, such as the one with the journal, that no command reads. What is writable below them can be read. */
  readonly privateFolders: readonly string[];
  /** Folders that agents can write to; no program in them is used to confine. */
  readonly workspaceFolders: () => readonly string[];
  /** The home folder of the person. */
  readonly home: string;
  readonly log: Log;
  /** Where bubblewrap and socat are looked for; the system's folders and PATH if left out. */
  readonly programFolders?: readonly string[];
  readonly limits?: SandboxLimits;
  readonly platform?: NodeJS.Platform;
}

const probeTimeoutMs = 20_000;
const helperDirectories: Readonly<Partial<Record<string, string>>> = { x64: 'x64', arm64: 'arm64' };

/** A sandbox by bubblewrap, through sandbox-runtime. On Linux only. */
export function createSandbox(deps: SandboxDeps): Sandbox {
  const limits = deps.limits ?? defaultLimits;
  let found: Promise<Ready | SandboxUnavailable> | undefined;

  const find = (): Promise<Ready | SandboxUnavailable> => (found ??= prepare(deps, limits));

  const status = async (): Promise<SandboxStatus> => {
    const result = await find();
    return result.kind === 'ready' ? { kind: 'ready' } : result;
  };

  const wrap = async (request: SandboxRequest, signal: AbortSignal): Promise<SandboxedCommand | Refusal> => {
    const ready = await find();
    signal.throwIfAborted();
    if (ready.kind === 'unavailable') {
      return refuse(`The command cannot be confined. ${ready.why} ${ready.next}`);
    }
    if (request.domains.length > 0 && ready.programs.socat === undefined) {
      return refuse('The command cannot be confined with network access: socat is not installed. Install the Debian package socat.');
    }
    const wrong = checkRequest(request);
    if (wrong !== undefined) {
      return wrong;
    }
    const places = await findProtectedPlaces(request.writable, request.denyWrite, signal);
    if (!places.ok) {
      return places;
    }
    const before = await protectedSums(places.protected);
    const denyRead = await existing([
      ...homeSecrets.map((secret) => path.join(deps.home, secret)),
      ...systemSecrets,
      ...deps.privateFolders,
      ...places.secrets,
      ...request.denyRead,
    ]);
    const confined = await confine(
      { ...request, denyWrite: places.denyWrite, mustNotAppear: places.mustNotAppear, denyRead },
      { runtime: ready.runtime, deps, limits },
      signal,
    );
    if (!confined.ok) {
      return confined;
    }
    const audit = async (): Promise<SandboxAudit> => {
      await confined.end();
      const now = await findProtectedPlaces(request.writable, request.denyWrite);
      return {
        changed: differentPlaces(before, await protectedSums(places.protected)),
        created: now.ok ? now.protected.filter((place) => !before.has(place)) : [],
      };
    };
    let audited: Promise<SandboxAudit> | undefined;
    const { argv, env } = confined;
    return { ok: true, argv, env, done: () => (audited ??= audit()) };
  };

  return {
    status,
    recheck: () => {
      found = undefined;
    },
    wrap,
    dispose: async () => {
      const result = await found;
      if (result?.kind === 'ready') {
        await result.runtime.close();
      }
    },
  };
}

interface Ready {
  readonly kind: 'ready';
  readonly runtime: Runtime;
  readonly programs: SandboxPrograms;
}

async function prepare(deps: SandboxDeps, limits: SandboxLimits): Promise<Ready | SandboxUnavailable> {
  const programs = await findPrograms(deps);
  if ('kind' in programs) {
    return programs;
  }
  try {
    const { createRuntime } = await import('./runtime.ts');
    const runtime = createRuntime(programs);
    await mkdir(deps.tempFolder, { recursive: true, mode: 0o700 });
    const folder = await mkdtemp(path.join(await realpath(deps.tempFolder), 'probe-'));
    const signal = AbortSignal.timeout(probeTimeoutMs);
    const result = await probeSandbox(folder, async (request) => {
      const confined = await confine({ ...request, mustNotAppear: [], domains: [] }, { runtime, deps, limits }, signal);
      if (!confined.ok) {
        return { exitCode: null, output: confined.text };
      }
      try {
        const { argv, env } = confined;
        const options = { argv, folder: request.folder, timeoutMs: probeTimeoutMs, env: { ...deps.environment(), ...env } };
        const ended = await deps.processes.run(options, () => undefined, signal);
        return ended.ok ? ended : { exitCode: null, output: ended.text };
      } finally {
        await confined.end();
      }
    });
    return result.kind === 'ready' ? { kind: 'ready', runtime, programs } : result;
  } catch (error) {
    deps.log.error('The sandbox could not be tried out', error);
    return {
      kind: 'unavailable',
      why: `The sandbox could not be tried out: ${toError(error).message}.`,
      next: 'Look into the log of Flotilla; until then commands are asked for.',
    };
  }
}

async function findPrograms(deps: SandboxDeps): Promise<SandboxPrograms | SandboxUnavailable> {
  const platform = deps.platform ?? process.platform;
  if (platform !== 'linux') {
    return {
      kind: 'unavailable',
      why: `Commands can be confined on Linux only, not on ${platform}.`,
      next: 'Work in a dev container, in WSL or on a remote Linux machine to have commands confined; here they are asked for.',
    };
  }
  const places = deps.programFolders ?? programFolders(process.env['PATH']);
  const workspace = deps.workspaceFolders();
  const bubblewrap = await findProgram('bwrap', places, workspace);
  if (bubblewrap === undefined) {
    return {
      kind: 'unavailable',
      why: 'bubblewrap, which confines commands, is not installed.',
      next: 'Install the Debian packages bubblewrap and socat (apt install bubblewrap socat), then look again.',
    };
  }
  const directory = helperDirectories[process.arch];
  const helper =
    directory === undefined ? undefined : await findProgram('apply-seccomp', [path.join(deps.helperFolder, directory)], workspace);
  if (helper === undefined) {
    return {
      kind: 'unavailable',
      why: `The program that keeps commands from Unix sockets is not there for ${process.arch}.`,
      next: directory === undefined ? 'Use a machine with x64 or arm64.' : 'Install Flotilla again.',
    };
  }
  return { bubblewrap, helper, socat: await findProgram('socat', places, workspace) };
}

function checkRequest({ command, folder, writable, denyRead, denyWrite }: SandboxRequest): Refusal | undefined {
  const relative = [folder, ...writable, ...denyRead, ...denyWrite].find((place) => !path.isAbsolute(place) || place.includes('\0'));
  if (relative !== undefined) {
    return refuse(`The command cannot be confined: ${JSON.stringify(relative)} is not an absolute path.`);
  }
  const all = writable.find((place) => path.dirname(path.resolve(place)) === path.resolve(place));
  if (all !== undefined) {
    return refuse('The command cannot be confined to the whole file system.');
  }
  return command.includes('\0') ? refuse('The command has a NUL character in it; nothing was run.') : undefined;
}

interface Confined {
  readonly ok: true;
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  end(): Promise<void>;
}

interface Tools {
  readonly runtime: Runtime;
  readonly deps: Pick<SandboxDeps, 'tempFolder' | 'log'>;
  readonly limits: SandboxLimits;
}

async function confine(
  request: Omit<RuntimeRequest, 'id'>,
  { runtime, deps, limits }: Tools,
  signal: AbortSignal,
): Promise<Confined | Refusal> {
  const temp = await mkdtemp(path.join(await realpath(deps.tempFolder), 'command-'));
  const removeTemp = () =>
    rm(temp, { recursive: true, force: true }).catch((error: unknown) => {
      deps.log.warn(`Temporary files of a command were not removed: ${toError(error).message}`);
    });
  const id = randomBytes(24).toString('base64url');
  let text: string;
  try {
    const command = confinedText(request.command, temp, limits);
    text = await runtime.wrap({ ...request, command, writable: [...request.writable, temp], id }, signal);
  } catch (error) {
    await removeTemp();
    signal.throwIfAborted();
    return refuse(`The command cannot be confined: ${toError(error).message}`);
  }
  const shell = shellCall(text, 'linux', {});
  const end = async () => {
    await runtime.ended(id);
    await removeTemp();
  };
  return { ok: true, argv: [shell.file, ...shell.args], env: { TMPDIR: temp }, end };
}

async function existing(places: readonly string[]): Promise<readonly string[]> {
  const there = await Promise.all(
    places.map((place) =>
      access(place).then(
        () => true,
        () => false,
      ),
    ),
  );
  return [...new Set(places.filter((_, index) => there[index]))];
}
