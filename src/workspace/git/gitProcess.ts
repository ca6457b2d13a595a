import { type ChildProcess, spawn } from 'node:child_process';
import { toError } from '../../lib/errors.ts';
import { exitOf, killTree, ProcessError } from '../processChild.ts';

/** One call of a program, without a shell. */
export interface ProgramCall {
  readonly program: string;
  readonly args: readonly string[];
  readonly folder: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly input?: Uint8Array | string;
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** How a call ended. */
export type ProgramEnd =
  | { readonly kind: 'ended'; readonly exitCode: number; readonly stdout: Buffer; readonly stderr: string }
  | { readonly kind: 'signalled'; readonly signal: string; readonly stderr: string }
  | { readonly kind: 'timedOut' }
  | { readonly kind: 'tooMuch' }
  | { readonly kind: 'notStarted'; readonly message: string };

const stderrCap = 64 * 1024;
/** Git takes its own locks away when it is asked to end; only what does not listen is killed. */
const graceMs = 2000;

/** Runs a program to its end or its limits. Throws the signal's reason when that is aborted; the program has ended by then. */
export async function callProgram(
  call: ProgramCall,
  signal?: AbortSignal,
  platform: NodeJS.Platform = process.platform,
): Promise<ProgramEnd> {
  signal?.throwIfAborted();
  let child: ChildProcess;
  try {
    child = spawn(call.program, call.args, {
      cwd: call.folder,
      env: call.env,
      detached: platform !== 'win32',
      windowsHide: true,
      stdio: [call.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
  } catch (error) {
    return { kind: 'notStarted', message: toError(error).message };
  }
  return supervise(child, call, signal, platform);
}

async function supervise(
  child: ChildProcess,
  call: ProgramCall,
  signal: AbortSignal | undefined,
  platform: NodeJS.Platform,
): Promise<ProgramEnd> {
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const exit = exitOf(child);
  const output: Buffer[] = [];
  let [bytes, stderr] = [0, ''];
  let cut: 'timedOut' | 'tooMuch' | 'aborted' | undefined;
  let force: NodeJS.Timeout | undefined;
  const stop = (why: 'timedOut' | 'tooMuch' | 'aborted') => {
    if (cut === undefined) {
      cut = why;
      child.kill('SIGTERM');
      force = setTimeout(() => void killTree(child, platform), graceMs);
    }
  };
  child.stdout?.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > call.maxBytes) {
      stop('tooMuch');
    } else {
      output.push(chunk);
    }
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString('utf8')).slice(0, stderrCap);
  });
  // Git may end without reading all of its input; how it ended says why.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(call.input);
  const timer = setTimeout(() => stop('timedOut'), call.timeoutMs);
  const onAbort = () => stop('aborted');
  signal?.addEventListener('abort', onAbort);
  try {
    const ended = await exit;
    await closed;
    if (cut === 'aborted') {
      signal?.throwIfAborted();
    }
    if (cut === 'timedOut' || cut === 'tooMuch') {
      return cut === 'timedOut' ? { kind: 'timedOut' } : { kind: 'tooMuch' };
    }
    return ended.exitCode === null
      ? { kind: 'signalled', signal: ended.signal ?? 'a signal', stderr }
      : { kind: 'ended', exitCode: ended.exitCode, stdout: Buffer.concat(output), stderr };
  } catch (error) {
    if (error instanceof ProcessError) {
      return { kind: 'notStarted', message: error.message };
    }
    throw error;
  } finally {
    clearTimeout(timer);
    clearTimeout(force);
    signal?.removeEventListener('abort', onAbort);
  }
}
