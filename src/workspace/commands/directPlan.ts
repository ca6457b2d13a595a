import { lstat, stat } from 'node:fs/promises';
import path from 'node:path';
import type { DirectLine, DirectProgram, StepJoin } from '../../policy/commands/directLine.ts';
import { errorCode, type Refusal, refuse } from '../refusal.ts';
import type { ResolvedPath, WorkspacePaths } from '../workspacePath.ts';
import { confinePath } from './confinedPaths.ts';
import type { FoundProgram, ProgramFinder } from './programs.ts';

/** A program of a direct plan, ready to be started. */
export interface PlannedProgram {
  /** The first is the absolute path of the program. */
  readonly argv: readonly [string, ...string[]];
  readonly found: FoundProgram;
  /** Absolute, without symbolic links. */
  readonly reads: readonly string[];
  readonly stdout?: 'discard';
  readonly stderr?: 'discard' | 'stdout';
}

export interface PlannedStep {
  readonly join: StepJoin;
  readonly pipeline: readonly PlannedProgram[];
}

/** A line of which every program was found and every path may be read. */
export interface DirectPlan {
  readonly ok: true;
  /** Absolute; where all of it runs. */
  readonly folder: string;
  readonly steps: readonly PlannedStep[];
}

/** Looks at the disk for what a proven line needs; refuses when one program or path is not as it should be. */
export async function planDirectLine(
  line: DirectLine,
  start: ResolvedPath,
  deps: { readonly paths: WorkspacePaths; readonly programs: ProgramFinder },
): Promise<DirectPlan | Refusal> {
  const folder = await folderOf(line, start, deps.paths);
  if (!folder.ok) {
    return folder;
  }
  const steps: PlannedStep[] = [];
  for (const { join, pipeline } of line.steps) {
    const planned: PlannedProgram[] = [];
    for (const program of pipeline) {
      const one = await planProgram(program, folder, deps);
      if ('ok' in one) {
        return one;
      }
      planned.push(one);
    }
    steps.push({ join, pipeline: planned });
  }
  return { ok: true, folder: folder.absolute, steps };
}

async function folderOf({ cd }: DirectLine, start: ResolvedPath, paths: WorkspacePaths): Promise<ResolvedPath | Refusal> {
  if (cd === undefined) {
    return start;
  }
  const confined = await confinePath(paths, start, { text: cd, use: { kind: 'look' } });
  if (!confined.ok) {
    return confined;
  }
  const isFolder = (await stat(confined.place.absolute)).isDirectory();
  return isFolder ? confined.place : refuse(`${confined.place.display} is no folder to change to.`);
}

/**
 * Some systems take every word after the first path for a path. Where a flag is also the name of a file, it might be read without
 * having been looked at.
 */
async function flagThatIsFile(args: readonly string[], folder: string): Promise<string | undefined> {
  for (const arg of args) {
    if (arg.length > 1 && arg.startsWith('-') && (await isThere(path.join(folder, arg)))) {
      return arg;
    }
  }
  return undefined;
}

async function isThere(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    if (errorCode(error) === undefined) {
      throw error;
    }
    return false;
  }
}

async function planProgram(
  { program, args, paths: used, stdout, stderr }: DirectProgram,
  folder: ResolvedPath,
  { paths, programs }: { readonly paths: WorkspacePaths; readonly programs: ProgramFinder },
): Promise<PlannedProgram | Refusal> {
  const found = await programs.find(program);
  if (found === undefined) {
    return refuse(`There is no ${program} in the folders of PATH that only the owner of the system can change.`);
  }
  const odd = await flagThatIsFile(args, folder.absolute);
  if (odd !== undefined) {
    return refuse(`There is a file called ${odd}, so ${program} is not given a flag of that name without asking.`);
  }
  const reads: string[] = [];
  for (const one of used) {
    const confined = await confinePath(paths, folder, one);
    if (!confined.ok) {
      return confined;
    }
    reads.push(confined.place.absolute);
  }
  return {
    argv: [found.path, ...args],
    found,
    reads,
    ...(stdout === undefined ? {} : { stdout }),
    ...(stderr === undefined ? {} : { stderr }),
  };
}
