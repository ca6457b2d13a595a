import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Manifest } from '../core/events.ts';
import type { InstructionFile, Instructions } from '../core/context/sharedPrompt.ts';
import { characterStart } from '../lib/cutText.ts';
import { showHidden } from '../policy/hiddenText.ts';
import { decodeFile } from './fileText.ts';
import type { FoundPaths } from './findFiles.ts';
import type { Refusal } from './refusal.ts';
import { readFileBytes } from './textFile.ts';
import type { WorkspaceFolder } from './workspacePath.ts';

/** Names of the files, the more general first. */
export const instructionNames = ['AGENTS.md', 'CLAUDE.md'] as const;

/** Most characters of one file that are put before every agent; they are paid for with every request. */
export const longestInstructions = 24_000;
const mostNested = 10;

/** Paths of the workspace that match a glob, those that git ignores left out. */
export type FindPaths = (glob: string, signal: AbortSignal) => Promise<FoundPaths | Refusal>;

interface Found {
  readonly file?: InstructionFile | undefined;
  readonly left?: Manifest['withheld'][number] | undefined;
}

/** Reads the instruction files at the roots of the workspace, each text once. Only for a trusted workspace. */
export async function readInstructions(roots: readonly WorkspaceFolder[]): Promise<Instructions> {
  const seen = new Map<string, string>();
  const found: Found[] = [];
  for (const root of roots) {
    for (const name of instructionNames) {
      found.push(await readOne(root, roots.length > 1 ? `${root.name}/${name}` : name, name, seen));
    }
  }
  return { files: found.flatMap(({ file }) => file ?? []), left: found.flatMap(({ left }) => left ?? []) };
}

async function readOne(root: WorkspaceFolder, display: string, name: string, seen: Map<string, string>): Promise<Found> {
  const place = await placeOf(root.path, name);
  if (place === undefined) {
    return {};
  }
  if (place === 'outside') {
    return { left: { name: display, why: 'it is a link to a place outside its folder' } };
  }
  const read = await readFileBytes(place.absolute, display);
  if (!read.ok) {
    return { left: { name: display, why: read.text } };
  }
  if ('missing' in read) {
    return {};
  }
  const text = decodeFile(read.bytes)?.text.trim().replaceAll('\r\n', '\n');
  if (text === undefined) {
    return { left: { name: display, why: 'it is no text' } };
  }
  if (/^@(?:\.\/)?(?:AGENTS|CLAUDE)\.md$/.test(text)) {
    return { left: { name: display, why: `it only refers to ${text.slice(1)}` } };
  }
  const hash = createHash('sha256').update(text).digest('hex');
  const same = seen.get(hash);
  if (text === '' || same !== undefined) {
    return { left: { name: display, why: same === undefined ? 'it is empty' : `it says the same as ${same}` } };
  }
  seen.set(hash, display);
  const shown = showHidden(cut(text, display));
  const left = shown.count === 0 ? undefined : { name: display, why: `${shown.count} hidden characters in it are written out` };
  return { file: { path: display, text: shown.text }, left };
}

/** Where a file really is: it may be a link, as one of the two names often is to the other, but not to a place outside the folder. */
async function placeOf(root: string, name: string): Promise<{ readonly absolute: string } | 'outside' | undefined> {
  try {
    const [folder, real] = await Promise.all([realpath(root), realpath(path.join(root, name))]);
    const relative = path.relative(folder, real);
    return relative.startsWith('..') || path.isAbsolute(relative) ? 'outside' : { absolute: real };
  } catch {
    // Not there, or a link to nothing: either way there is nothing to read.
    return undefined;
  }
}

function cut(text: string, display: string): string {
  if (text.length <= longestInstructions) {
    return text;
  }
  const line = text.lastIndexOf('\n', longestInstructions);
  const kept = text.slice(0, line > 0 ? line : characterStart(text, longestInstructions));
  return `${kept}\n[${text.length - kept.length} more characters are left out; read ${display} for the rest.]`;
}

/** The instruction files in subfolders, by name: they hold for their folders only, so that agents read them where they need them. */
export async function nestedInstructions(
  find: FindPaths,
  roots: readonly WorkspaceFolder[],
  signal: AbortSignal,
): Promise<Manifest['withheld']> {
  const found = await Promise.all(instructionNames.map((name) => find(`**/${name}`, signal)));
  const rootDepth = roots.length > 1 ? 2 : 1;
  return found
    .flatMap((one) => (one.ok ? one.paths : []))
    .filter((display) => display.split('/').length > rootDepth)
    .sort()
    .slice(0, mostNested)
    .map((name) => ({ name, why: 'it holds for its folder; agents are told to read it there' }));
}
