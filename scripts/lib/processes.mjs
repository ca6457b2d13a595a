// @ts-check
import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/*
 * Every process of these scripts is started here: at the head of a group of its own, so that it can be ended whole, with whatever it
 * has started meanwhile.
 */

/** @typedef {{ readonly code: number, readonly output: string, readonly timedOut: boolean }} Ended */
/** @typedef {{ readonly pid: number, readonly ended: Promise<Ended>, readonly stop: () => Promise<void> }} Running */
/**
 * @typedef {object} StartOptions
 * @property {string} [cwd]
 * @property {Readonly<Record<string, string | undefined>>} [env] the whole environment; default: ours
 * @property {number} [timeoutMs] stopped after that
 * @property {(line: string) => void} [onLine] told each line of both outputs
 */
/**
 * @typedef {object} Processes
 * @property {(command: string, args: readonly string[], options?: StartOptions) => Running} start
 *   Starts a program. `ended` never rejects: one that cannot be started ends with code 127 and says why in its output.
 * @property {(command: string, args: readonly string[], options?: StartOptions) => Promise<Ended>} run Runs a program to its end.
 * @property {() => Promise<void>} stopAll Ends everything that is still running, and all that it started.
 */

const windows = process.platform === 'win32';
/** How long a process may take to end by itself after SIGTERM, in ms. */
const graceMs = 3000;
const maxOutputLines = 5000;
const execute = promisify(execFile);

/**
 * An owner of child processes.
 * @returns {Processes}
 */
export function createProcesses() {
  /** @type {Set<Running>} */
  const running = new Set();

  /** @type {Processes['start']} */
  const start = (command, args, options = {}) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: /** @type {NodeJS.ProcessEnv} */ (options.env ?? process.env),
      detached: !windows,
      shell: windows && /\.(cmd|bat)$/i.test(command),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    /** @type {string[]} */
    const lines = [];
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        options.onLine?.(line);
        if (lines.push(line) > maxOutputLines) {
          lines.shift();
        }
      });
    }
    let timedOut = false;
    /** @type {Promise<Ended>} */
    const ended = new Promise((resolve) => {
      child.once('error', (error) => resolve({ code: 127, output: error.message, timedOut }));
      child.once('close', (code) => resolve({ code: code ?? 1, output: lines.join('\n'), timedOut }));
    });
    const self = { pid: child.pid ?? 0, ended, stop: () => (child.pid === undefined ? Promise.resolve() : stopTree(child.pid, ended)) };
    const timer = setTimeout(
      () => {
        timedOut = true;
        void self.stop();
      },
      options.timeoutMs ?? 2 ** 31 - 1,
    );
    running.add(self);
    void ended.then(() => {
      clearTimeout(timer);
      running.delete(self);
    });
    return self;
  };

  return {
    start,
    run: (command, args, options) => start(command, args, options).ended,
    stopAll: async () => {
      await Promise.all([...running].map((one) => one.stop()));
    },
  };
}

/**
 * Asks a process and its group to end, then ends by force whatever is left of them and of their descendants in other groups.
 * @param {number} pid
 * @param {Promise<Ended>} ended
 */
async function stopTree(pid, ended) {
  if (windows) {
    await execute('taskkill', ['/pid', String(pid), '/T', '/F']).catch(() => undefined);
    await Promise.race([ended, sleep(graceMs, undefined, { ref: false })]);
    return;
  }
  const before = await descendantsOf(pid);
  signal(-pid, 'SIGTERM');
  await Promise.race([ended, sleep(graceMs, undefined, { ref: false })]);
  const known = new Map([...before, ...(await descendantsOf(pid))]);
  signal(-pid, 'SIGKILL');
  const deadline = Date.now() + graceMs;
  for (let left = await stillThere(known); left.length > 0 && Date.now() < deadline; left = await stillThere(known)) {
    for (const other of left) {
      signal(other, 'SIGKILL');
    }
    await sleep(20);
  }
  await Promise.race([ended, sleep(graceMs, undefined, { ref: false })]);
}

/**
 * @param {number} target a process, or a group if negative
 * @param {NodeJS.Signals} name
 * @returns {boolean} whether there was anything to signal
 */
function signal(target, name) {
  try {
    process.kill(target, name);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM')) {
      return false;
    }
    throw error;
  }
}

/**
 * The process ids of everything a process has started, directly or not, with their start times, so that a reused id is not mistaken.
 * @param {number} pid
 */
async function descendantsOf(pid) {
  const all = await listProcesses();
  /** @type {Map<number, string>} */
  const found = new Map();
  const queue = [pid];
  for (let parent = queue.shift(); parent !== undefined; parent = queue.shift()) {
    for (const one of all) {
      if (one.parent === parent && !found.has(one.pid)) {
        found.set(one.pid, one.startedAt);
        queue.push(one.pid);
      }
    }
  }
  return found;
}

/** Which of these run; one that has ended but was not collected does not. @param {ReadonlyMap<number, string>} known start times by id */
async function stillThere(known) {
  const all = known.size === 0 ? [] : await listProcesses();
  return all.filter((one) => known.get(one.pid) === one.startedAt && !one.state.startsWith('Z')).map((one) => one.pid);
}

async function listProcesses() {
  const { stdout } = await execute('ps', ['-A', '-o', 'pid=,ppid=,stat=,lstart=']).catch(() => ({ stdout: '' }));
  return stdout.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.+)$/.exec(line);
    return match ? [{ pid: Number(match[1]), parent: Number(match[2]), state: match[3] ?? '', startedAt: match[4] ?? '' }] : [];
  });
}
