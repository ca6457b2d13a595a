import { type ChildProcess, execFile, spawnSync } from 'node:child_process';
import { Readable } from 'node:stream';
import { killQuietly } from './processSweep.ts';

/** A command that could not be started; the message says why. */
export class ProcessError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ProcessError';
  }
}

/** How a process ended. */
export interface ProcessExit {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal?: string;
}

/** Resolves when the process itself has ended, whoever still holds its output; rejects with a ProcessError if it never began. */
export function exitOf(child: ChildProcess): Promise<ProcessExit> {
  return new Promise((resolve, reject) => {
    child.once('exit', (exitCode, signal) => resolve({ exitCode, ...(signal === null ? {} : { signal }) }));
    child.once('error', (error) => {
      reject(new ProcessError(`The command could not be started: ${error.message}`, { cause: error }));
    });
  });
}

/** The output pipes of a process; when the system had no descriptors left for them there are none, whatever the type says. */
export function outputsOf(child: ChildProcess): readonly Readable[] {
  return [child.stdout, child.stderr].filter((stream) => stream instanceof Readable);
}

/** Resolves when the signal aborts. */
export function whenAborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve(undefined);
    } else {
      signal.addEventListener('abort', () => resolve(undefined), { once: true });
    }
  });
}

/** Kills a process and its group, on Windows what the system still knows as its descendants. */
export async function killTree(child: ChildProcess, platform: NodeJS.Platform): Promise<void> {
  const { pid } = child;
  if (pid === undefined) {
    return;
  }
  if (platform === 'win32') {
    // A failure means that nothing of the tree is left, or that it is not ours to end; either way there is nothing more to do.
    await new Promise<void>((resolve) => {
      execFile('taskkill', taskkillArgs(pid), { windowsHide: true }, () => resolve());
    });
    return;
  }
  killQuietly(-pid);
}

/** The same before it returns, within `limitMs`. */
export function killTreeNow(child: ChildProcess, platform: NodeJS.Platform, limitMs: number): void {
  const { pid } = child;
  if (pid === undefined) {
    return;
  }
  if (platform === 'win32') {
    spawnSync('taskkill', taskkillArgs(pid), { timeout: limitMs, windowsHide: true });
    return;
  }
  killQuietly(-pid);
}

function taskkillArgs(pid: number): readonly string[] {
  return ['/pid', String(pid), '/T', '/F'];
}
