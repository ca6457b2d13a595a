import { execFile, execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** The environment variable by which a command and everything it starts is found again. */
export const markerVariable = 'FLOTILLA_PROCESS';

/** Told of each process that carries a marker. */
export type Visit = (pid: number, marker: string) => void;

/** Finds processes by the marker they inherited. Where the platform offers no way to look, nothing is found. */
export interface MarkerScanner {
  /** A scan that begins after the call; callers that wait at the same time share one. */
  scan(visit: Visit): Promise<void>;
  /** The same at once, for a host that is about to end. */
  scanNow(visit: Visit): void;
}

export function createMarkerScanner(platform: NodeJS.Platform): MarkerScanner {
  const source = scanners[platform];
  if (source === undefined) {
    return { scan: async () => undefined, scanNow: () => undefined };
  }
  let current: Promise<unknown> = Promise.resolve();
  let next: { readonly visits: Visit[]; readonly done: Promise<void> } | undefined;
  const planScan = () => {
    const visits: Visit[] = [];
    const done = current.then(() => {
      next = undefined;
      return source.scan((pid, marker) => {
        for (const visit of visits) {
          visit(pid, marker);
        }
      });
    });
    current = done.catch(() => undefined);
    return { visits, done };
  };
  return {
    scan: (visit) => {
      next ??= planScan();
      next.visits.push(visit);
      return next.done;
    },
    scanNow: (visit) => source.scanNow(visit),
  };
}

/** What became of a sweep. */
export interface SweepResult {
  /** Processes that were found and sent SIGKILL. */
  readonly found: number;
  /** Processes still there at the deadline, in spite of SIGKILL. */
  readonly alive: number;
}

const deadlineMs = 2000;
const neededEmptyPasses = 2;
/** A process that is between fork and exec shows no environment for a moment; passes in one go could all miss it. */
const pauseMs = 4;

/** Kills what `select` picks out of each scan until two scans in a row find nothing, or two seconds have passed. */
export async function sweep(scanner: MarkerScanner, select: (marker: string) => boolean): Promise<SweepResult> {
  const found = new Set<number>();
  const deadline = performance.now() + deadlineMs;
  for (let empty = 0; ; ) {
    const pids = new Set<number>();
    await scanner.scan(killing(select, pids));
    for (const pid of pids) {
      found.add(pid);
    }
    empty = pids.size === 0 ? empty + 1 : 0;
    if (empty >= neededEmptyPasses || performance.now() > deadline) {
      return { found: found.size, alive: pids.size };
    }
    await sleep(pauseMs);
  }
}

/** The same without waiting, for a host that is about to end; gives up after `limitMs`. */
export function sweepNow(scanner: MarkerScanner, select: (marker: string) => boolean, limitMs: number): void {
  const deadline = performance.now() + limitMs;
  for (let empty = 0; empty < neededEmptyPasses && performance.now() < deadline; ) {
    const pids = new Set<number>();
    scanner.scanNow(killing(select, pids));
    empty = pids.size === 0 ? empty + 1 : 0;
  }
}

/** Kills in the middle of the scan: a process that keeps replacing itself must not live to its end. */
function killing(select: (marker: string) => boolean, pids: Set<number>): Visit {
  return (pid, marker) => {
    if (pid !== process.pid && select(marker)) {
      pids.add(pid);
      killQuietly(pid);
    }
  };
}

/** Sends SIGKILL to a process, or with a negative id to a group. A process that is gone already is what was wanted. */
export function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!isGoneOrForeign(error)) {
      throw error;
    }
  }
}

function isGoneOrForeign(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM');
}

// ---------------------------------------------------------------- platforms

const batchSize = 48;
/** While processes multiply there is always a new one; a scan must end all the same. */
const maxRounds = 50;
const markerInEnvironment = `\0${markerVariable}=`;

/**
 * Walks /proc and stops every few processes, so that a driver can let others run. Looks again until there are no new processes, because
 * one that keeps replacing itself is otherwise always where the walk is not.
 */
function* walkProc(visit: Visit): Generator<undefined, void> {
  const seen = new Set<string>();
  const blank: number[] = [];
  for (let round = 0; round < maxRounds; round++) {
    const fresh = newProcesses(seen);
    if (fresh.length === 0) {
      break;
    }
    for (const name of fresh) {
      const pid = Number(name);
      seen.add(name);
      if (!look(pid, visit)) {
        blank.push(pid);
      }
      if (seen.size % batchSize === 0) {
        yield undefined;
      }
    }
  }
  // A process shows no environment in the middle of exec; kernel threads and the dead never do.
  for (const pid of blank) {
    look(pid, visit);
  }
}

function newProcesses(seen: ReadonlySet<string>): readonly string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && !seen.has(name));
}

/** Whether the process had an environment to look at. */
function look(pid: number, visit: Visit): boolean {
  let environment: string;
  try {
    environment = `\0${readFileSync(`/proc/${pid}/environ`, 'latin1')}`;
  } catch {
    // Gone by now, or another user's: not ours to look at.
    return true;
  }
  const start = environment.indexOf(markerInEnvironment);
  if (start !== -1) {
    const end = environment.indexOf('\0', start + 1);
    visit(pid, environment.slice(start + markerInEnvironment.length, end === -1 ? undefined : end));
  }
  return environment.length > 1;
}

const psFile = '/bin/ps';
const psArgs = ['-A', '-E', '-ww', '-o', 'pid=,command='];
const psOptions = { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 } as const;
const markerInText = new RegExp(` ${markerVariable}=([^ ]+)`);

function readPs(text: string, visit: Visit): void {
  for (const line of text.split('\n')) {
    const pid = Number.parseInt(line, 10);
    const marker = markerInText.exec(line)?.[1];
    if (Number.isInteger(pid) && marker !== undefined) {
      visit(pid, marker);
    }
  }
}

const scanners: Readonly<Partial<Record<NodeJS.Platform, MarkerScanner>>> = {
  linux: {
    scan: async (visit) => {
      const walk = walkProc(visit);
      while (walk.next().done !== true) {
        await nextTurn();
      }
    },
    scanNow: (visit) => {
      const walk = walkProc(visit);
      while (walk.next().done !== true) {
        // All in one go.
      }
    },
  },
  darwin: {
    scan: async (visit) => readPs((await promisify(execFile)(psFile, psArgs, psOptions)).stdout, visit),
    scanNow: (visit) => readPs(execFileSync(psFile, psArgs, psOptions), visit),
  },
};
