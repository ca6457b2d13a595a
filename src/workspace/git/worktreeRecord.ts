import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../refusal.ts';
import type { WorktreeRecord } from './worktreeTypes.ts';

/** Where everything of one worktree lies below the storage. */
export interface WorktreePlaces {
  /** Holds the rest; ours alone. */
  readonly box: string;
  /** The worktree; its last name is its own, because Git names what it keeps for it after that. */
  readonly root: string;
  /** Where the tree is while it is removed. */
  readonly leaving: string;
  readonly recordFile: string;
  /** Of our own snapshots. */
  readonly indexFile: string;
}

/** The places of a worktree; `id` comes from {@link worktreeId}. */
export function placesOf(storage: string, id: string): WorktreePlaces {
  const box = path.join(storage, id);
  return {
    box,
    root: path.join(box, id),
    leaving: path.join(box, 'leaving'),
    recordFile: path.join(box, 'worktree.json'),
    indexFile: path.join(box, 'index'),
  };
}

/** Short, since paths on Windows may not be long, and the same for the same agent and repository. */
export function worktreeId(run: string, agent: string, commonDir: string): string {
  return `f${createHash('sha256').update([run, agent, commonDir].join('\0')).digest('hex').slice(0, 12)}`;
}

/** The ref that keeps the commit an agent began with. */
export function startRef(record: Pick<WorktreeRecord, 'id' | 'run' | 'agent'>): string {
  return `refs/flotilla/start/${record.run}/${record.agent}-${record.id}`;
}

/** The namespace of a run's or of all salvages. */
export function salvageRef(record: Pick<WorktreeRecord, 'run' | 'agent'>, turn: number): string {
  return `refs/flotilla/salvage/${record.run}/${record.agent}${turn === 0 ? '' : `-${turn + 1}`}`;
}

/** Writes a record in one step. */
export async function writeRecord(storage: string, record: WorktreeRecord): Promise<void> {
  const { box, recordFile } = placesOf(storage, record.id);
  await mkdir(box, { recursive: true, mode: 0o700 });
  await writeFile(`${recordFile}.new`, JSON.stringify(record), { mode: 0o600 });
  await rename(`${recordFile}.new`, recordFile);
}

/** All records of a storage; a box without a readable one never held a worktree, or no longer. */
export async function readRecords(storage: string): Promise<readonly WorktreeRecord[]> {
  const names = await readdir(storage).catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT') {
      throw error;
    }
    return [];
  });
  const records = await Promise.all(names.filter((name) => /^f[0-9a-f]{12}$/.test(name)).map((id) => readRecord(storage, id)));
  return records.filter((record) => record !== undefined);
}

/** One record, or undefined. */
export async function readRecord(storage: string, id: string): Promise<WorktreeRecord | undefined> {
  try {
    const parsed: unknown = JSON.parse(await readFile(placesOf(storage, id).recordFile, 'utf8'));
    return isRecord(parsed) && parsed.id === id ? parsed : undefined;
  } catch (error) {
    if (errorCode(error) === undefined && !(error instanceof SyntaxError)) {
      throw error;
    }
    return undefined;
  }
}

function isRecord(value: unknown): value is WorktreeRecord {
  const texts = ['id', 'run', 'agent', 'workTree', 'commonDir', 'within', 'start'];
  return (
    typeof value === 'object' &&
    value !== null &&
    texts.every((name) => typeof Object.getOwnPropertyDescriptor(value, name)?.value === 'string') &&
    'version' in value &&
    value.version === 1 &&
    'state' in value
  );
}
