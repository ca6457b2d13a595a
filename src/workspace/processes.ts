import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Disposable } from '../lib/disposables.ts';
import { toError } from '../lib/errors.ts';
import type { Log } from '../orchestrator/ports.ts';
import { type ProcessCall, spawnCall } from './processCall.ts';
import { exitOf, killTree, killTreeNow, outputsOf, ProcessError, type ProcessExit, whenAborted } from './processChild.ts';
import { ProcessOutput } from './processOutput.ts';
import { Spool, spoolSuffix, tidySpoolFolder } from './processSpool.ts';
import { createMarkerScanner, type MarkerScanner, markerVariable, type SweepResult, sweep, sweepNow } from './processSweep.ts';
import { Watchdog } from './processWatchdog.ts';
import { type Refusal, refuse } from './refusal.ts';

/** One command: a text for the platform's shell, or programs that are started without one. */
export type ProcessRequest = ProcessCall & ProcessOptions;

export interface ProcessOptions {
  /** Absolute. */
  readonly folder: string;
  readonly timeoutMs: number;
  /** Stopped once its output is longer; without it the output only stops being kept. */
  readonly maxOutputBytes?: number;
  /** The whole environment; nothing is inherited. See commandEnvironment. */
  readonly env: Readonly<Record<string, string>>;
}

/** How a command ended. */
export interface ProcessResult {
  readonly ok: true;
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal?: string;
  readonly timedOut: boolean;
  /** Stopped because its output was longer than asked for. */
  readonly tooMuchOutput?: true;
  /** Stopped by its signal or by killAll. */
  readonly killed: boolean;
  /** Beginning and end of both outputs in order, as it came, escape sequences included. */
  readonly output: string;
  readonly totalBytes: number;
  /** Bytes of the output that are not in `output`. */
  readonly leftOutBytes: number;
  /** Holds the output from its beginning when `output` is not the whole. */
  readonly spool?: { readonly path: string; readonly bytes: number };
  /** Whether processes were still running when the command's shell had ended; they were killed. */
  readonly leftRunning: boolean;
  /** Processes that SIGKILL did not end within two seconds. */
  readonly unkillable: number;
}

export interface ProcessesDeps {
  /** Stable for the storage that a single writer holds: after a crash, what carries it is a leftover of that writer. */
  readonly markerPrefix: string;
  /** Absolute folder for outputs that are too long for memory. */
  readonly spoolFolder: string;
  readonly log: Log;
  readonly platform?: NodeJS.Platform;
  readonly spoolCapBytes?: number;
}

const defaultSpoolCap = 64 * 1024 * 1024;
const spoolFolderBytes = 512 * 1024 * 1024;
const exitPatienceMs = 2000;
const killAllLimitMs = 300;

interface Running {
  readonly child: ChildProcess;
  /** Set by killAll. */
  killed: boolean;
}

/**
 * Runs commands so that nothing of them survives: each in a process group of its own and with a marker in its environment, by which
 * whatever left the group is found. A child that clears its environment and leaves the group escapes; only a sandbox closes that.
 */
export class Processes implements Disposable {
  readonly #deps: ProcessesDeps;
  readonly #platform: NodeJS.Platform;
  readonly #scanner: MarkerScanner;
  readonly #hostPrefix: string;
  readonly #watchdog: Watchdog;
  readonly #running = new Set<Running>();
  #disposed = false;
  #tidying: Promise<void> = Promise.resolve();

  constructor(deps: ProcessesDeps) {
    if (!/^[\w-]{1,64}$/.test(deps.markerPrefix)) {
      throw new RangeError('A marker prefix is 1 to 64 letters, digits, _ and -');
    }
    this.#deps = deps;
    this.#platform = deps.platform ?? process.platform;
    this.#scanner = createMarkerScanner(this.#platform);
    this.#hostPrefix = `${deps.markerPrefix}.${randomBytes(8).toString('hex')}.`;
    this.#watchdog = new Watchdog(this.#hostPrefix);
  }

  /** The marker prefix of all commands of this host. */
  get hostPrefix(): string {
    return this.#hostPrefix;
  }

  /**
   * Runs a command to its end, its time limit, or the abort of `signal`, all of which give a result. Refuses when it cannot be started,
   * and throws the signal's reason when that is aborted before.
   */
  async run(request: ProcessRequest, onOutput: (text: string) => void, signal: AbortSignal): Promise<ProcessResult | Refusal> {
    try {
      return await this.#run(request, onOutput, signal);
    } catch (error) {
      if (error instanceof ProcessError) {
        return refuse(error.message);
      }
      throw error;
    }
  }

  /** Kills what commands of earlier hosts on the same storage left running. Call it as the storage's only writer. */
  async sweepLeftovers(): Promise<SweepResult> {
    const earlier = `${this.#deps.markerPrefix}.`;
    return sweep(this.#scanner, (marker) => marker.startsWith(earlier) && !marker.startsWith(this.#hostPrefix));
  }

  /** Kills every command before it returns. */
  killAll(): void {
    for (const running of this.#running) {
      running.killed = true;
      killTreeNow(running.child, this.#platform, killAllLimitMs);
    }
    if (this.#running.size > 0) {
      sweepNow(this.#scanner, (marker) => marker.startsWith(this.#hostPrefix), killAllLimitMs);
    }
  }

  dispose(): void {
    this.#disposed = true;
    this.killAll();
    this.#watchdog.dispose();
  }

  async #run(request: ProcessRequest, onOutput: (text: string) => void, signal: AbortSignal): Promise<ProcessResult> {
    await this.#checkFolder(request.folder);
    await mkdir(this.#deps.spoolFolder, { recursive: true, mode: 0o700 });
    signal.throwIfAborted();
    if (this.#disposed) {
      throw new ProcessError('Flotilla is shutting down; no command can be started.');
    }
    this.#watchdog.ensure(this.#platform, (error) => this.#deps.log.warn(`No watchdog for commands: ${error.message}`));
    const id = randomBytes(8).toString('hex');
    const marker = `${this.#hostPrefix}${id}`;
    const child = this.#spawn(request, marker);
    const running: Running = { child, killed: false };
    this.#running.add(running);
    const spool = new Spool(join(this.#deps.spoolFolder, `${id}${spoolSuffix}`), this.#deps.spoolCapBytes ?? defaultSpoolCap);
    const full = new AbortController();
    const output = new ProcessOutput(outputsOf(child), spool, onOutput, { bytes: request.maxOutputBytes, reached: () => full.abort() });
    let ending: Ending;
    try {
      ending = await this.#supervise(running, marker, output, request.timeoutMs, signal, full.signal);
    } finally {
      this.#running.delete(running);
      await output.close();
      this.#tidySpool(spool);
    }
    return toResult(ending, output, spool);
  }

  #spawn(request: ProcessRequest, marker: string): ChildProcess {
    const call = spawnCall(request, this.#platform, request.env);
    try {
      return spawn(call.file, call.args, {
        cwd: request.folder,
        env: { ...request.env, [markerVariable]: marker },
        // A console of its own would flash up on Windows.
        detached: this.#platform !== 'win32',
        windowsHide: true,
        windowsVerbatimArguments: call.verbatim,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    } catch (error) {
      throw new ProcessError(`The command could not be started: ${toError(error).message}`, { cause: error });
    }
  }

  async #supervise(
    running: Running,
    marker: string,
    output: ProcessOutput,
    timeoutMs: number,
    signal: AbortSignal,
    full: AbortSignal,
  ): Promise<Ending> {
    const exit = exitOf(running.child);
    const stop = new AbortController();
    const onAbort = () => stop.abort('killed');
    signal.addEventListener('abort', onAbort);
    full.addEventListener('abort', () => stop.abort('full'));
    const timer = setTimeout(() => stop.abort('timedOut'), timeoutMs);
    try {
      const stopped = whenAborted(stop.signal);
      const ended = await Promise.race([exit, stopped]);
      if (ended !== undefined) {
        const drained = await Promise.race([output.drain(), stopped]);
        const { found, alive } = await this.#kill(running.child, marker);
        return { ...ended, timedOut: false, killed: running.killed, leftRunning: drained !== true || found > 0, unkillable: alive };
      }
      const { alive } = await this.#kill(running.child, marker);
      const late = await Promise.race([exit, sleep(exitPatienceMs, undefined, { ref: false })]);
      await output.drain();
      const timedOut = stop.signal.reason === 'timedOut';
      const tooMuch = stop.signal.reason === 'full' ? ({ tooMuchOutput: true } as const) : {};
      const unkillable = Math.max(alive, late === undefined ? 1 : 0);
      return { ...(late ?? { exitCode: null }), ...tooMuch, timedOut, killed: !timedOut || running.killed, leftRunning: false, unkillable };
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    }
  }

  async #kill(child: ChildProcess, marker: string): Promise<SweepResult> {
    await killTree(child, this.#platform);
    return sweep(this.#scanner, (found) => found === marker);
  }

  async #checkFolder(folder: string): Promise<void> {
    // Without this a missing folder would be reported as a missing shell.
    const info = await stat(folder).catch((error: unknown) => toError(error));
    if (info instanceof Error || !info.isDirectory()) {
      throw new ProcessError(`The command was not started: there is no folder ${folder}.`);
    }
  }

  #tidySpool(spool: Spool): void {
    if (spool.failure !== undefined) {
      this.#deps.log.warn(`A long command output was not kept: ${spool.failure.message}`);
    }
    if (spool.begun) {
      this.#tidying = this.#tidying
        .then(() => tidySpoolFolder(this.#deps.spoolFolder, spoolFolderBytes))
        .catch((error: unknown) => this.#deps.log.warn(`Old command outputs were not removed: ${toError(error).message}`));
    }
  }
}

type Ending = Pick<ProcessResult, 'timedOut' | 'tooMuchOutput' | 'killed' | 'leftRunning' | 'unkillable'> & ProcessExit;

function toResult(ending: Ending, output: ProcessOutput, spool: Spool): ProcessResult {
  return {
    ok: true,
    ...ending,
    output: output.text(),
    totalBytes: output.totalBytes,
    leftOutBytes: output.leftOutBytes,
    ...(spool.path === undefined ? {} : { spool: { path: spool.path, bytes: spool.written } }),
  };
}
