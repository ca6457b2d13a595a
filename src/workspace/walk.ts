import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { type IgnoreRules, isIgnored, rulesAt, rulesInside } from './gitIgnore.ts';
import { errorCode } from './refusal.ts';

/** Folders that no listing enters unless it begins inside them. */
export const skippedFolders: readonly string[] = ['.git', 'node_modules'];

/** Something a walk came by. */
export interface WalkEntry {
  readonly absolute: string;
  /** Names from the start of the walk down. */
  readonly names: readonly string[];
  readonly kind: 'file' | 'folder' | 'link' | 'other';
}

interface WalkOptions {
  /** The workspace folder, where ignore rules begin outside a repository. */
  readonly top: string;
  readonly start: string;
  /** How many levels of folders to enter; 1 lists the start only. */
  readonly depth: number;
}

/**
 * Goes through a folder in the order of names, without following links, leaving out what .gitignore files leave out. Folders that
 * cannot be read are passed over. A start that is itself left out is walked nevertheless, by its own rules.
 */
export async function* walk(options: WalkOptions, signal: AbortSignal): AsyncGenerator<WalkEntry, void> {
  const { top, start } = options;
  const skipped = skippedFor(start);
  const outer = await rulesAt(top, start);
  const rules = isStartIgnored(outer, start) ? { base: start, rules: undefined, inGit: outer.inGit } : outer;
  const frames: Frame[] = [await enter(start, [], rules, skipped, signal)];
  for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
    const entry = frame.entries[frame.next++];
    if (entry === undefined) {
      frames.pop();
      continue;
    }
    yield entry;
    if (entry.kind === 'folder' && entry.names.length < options.depth) {
      frames.push(await enter(entry.absolute, entry.names, frame.rules, skipped, signal));
    }
  }
}

/** The skipped folders that a walk from this start leaves out. */
export function skippedFor(start: string): readonly string[] {
  const names = start.split(path.sep);
  return skippedFolders.filter((name) => !names.includes(name));
}

/** Whether rules leave out a folder or one above it. */
export function isStartIgnored(rules: IgnoreRules, start: string): boolean {
  return isIgnored(rules, start, true);
}

interface Frame {
  readonly entries: readonly WalkEntry[];
  readonly rules: IgnoreRules;
  next: number;
}

async function enter(
  folder: string,
  names: readonly string[],
  outer: IgnoreRules,
  skipped: readonly string[],
  signal: AbortSignal,
): Promise<Frame> {
  signal.throwIfAborted();
  const all = await readFolder(folder);
  const rules = await rulesInside(
    outer,
    folder,
    all.map((entry) => entry.name),
  );
  const entries = all
    .map(({ name, kind }) => ({ absolute: path.join(folder, name), names: [...names, name], kind }))
    .filter((entry, index) => !skipped.includes(all[index]?.name ?? '') && !isIgnored(rules, entry.absolute, entry.kind === 'folder'));
  return { entries, rules, next: 0 };
}

async function readFolder(folder: string): Promise<readonly { readonly name: string; readonly kind: WalkEntry['kind'] }[]> {
  try {
    // Whole folders at once: a third of the time of opendir, and the names must be sorted anyway.
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .map((entry) => ({ name: entry.name, kind: kindOf(entry) }))
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  } catch (error) {
    if (errorCode(error) === undefined) {
      throw error;
    }
    return [];
  }
}

function kindOf(entry: Dirent): WalkEntry['kind'] {
  return entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : entry.isSymbolicLink() ? 'link' : 'other';
}
