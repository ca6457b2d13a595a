import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { isBuildPath } from '../../policy/taint.ts';
import { errorCode } from '../refusal.ts';
import { lookAt } from './programs.ts';

/** What lies on the disk under the names in a command that a shell will read, as text of which a hash is made. */
export type NamedFiles = readonly (readonly [name: string, what: string])[];

const mostWords = 60;
const mostFolders = 4;
const mostHashed = 32 * 1024 * 1024;

/**
 * Looks up every word of a command that could be a file, from its folder and from those it names, the files there that decide what a
 * build or test does, and every program of the PATH. Words are found roughly: a name that the shell makes only later is missed, and a
 * word that is no file counts as missing, so that it is noticed when it appears.
 */
export async function namedFiles(command: string, folder: string, searchPath: string): Promise<NamedFiles> {
  const words = wordsOf(command);
  const places = [folder];
  for (const word of words) {
    const place = path.resolve(folder, word);
    if (places.length <= mostFolders && !places.includes(place) && (await kindOf(place)) === 'folder') {
      places.push(place);
    }
  }
  const found: (readonly [string, string])[] = [];
  for (const place of places) {
    for (const word of words) {
      const file = path.resolve(place, word);
      found.push([file, await describe(file)]);
    }
    for (const name of await buildFilesIn(place)) {
      found.push([path.join(place, name), await describe(path.join(place, name))]);
    }
  }
  for (const word of words.filter((one) => /^[A-Za-z_][\w.+-]*$/.test(one))) {
    const program = await programOf(word, searchPath);
    if (program !== undefined) {
      found.push([word, program]);
    }
  }
  return found;
}

function wordsOf(command: string): readonly string[] {
  const quoted = [...command.matchAll(/'([^']*)'|"([^"]*)"/g)].map((match) => match[1] ?? match[2] ?? '');
  const plain = command.split(/[\s;&|<>()'"`$={}[\],:]+/);
  return [...new Set([...plain, ...quoted])]
    .filter((word) => word !== '' && word.length < 1024 && !word.startsWith('-') && !word.includes('\0'))
    .slice(0, mostWords);
}

async function kindOf(file: string): Promise<'file' | 'folder' | 'other' | undefined> {
  try {
    const info = await stat(file);
    return info.isFile() ? 'file' : info.isDirectory() ? 'folder' : 'other';
  } catch (error) {
    if (errorCode(error) === undefined) {
      throw error;
    }
    return undefined;
  }
}

async function describe(file: string): Promise<string> {
  const kind = await kindOf(file);
  if (kind !== 'file') {
    return kind ?? 'missing';
  }
  try {
    const info = await stat(file);
    return info.size > mostHashed ? `${info.ino} ${info.size} ${info.mtimeMs}` : await hashOf(file);
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) {
      throw error;
    }
    return code;
  }
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

async function buildFilesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter(isBuildPath).sort();
  } catch (error) {
    if (errorCode(error) === undefined) {
      throw error;
    }
    return [];
  }
}

async function programOf(name: string, searchPath: string): Promise<string | undefined> {
  for (const folder of searchPath.split(path.delimiter).filter((entry) => path.isAbsolute(entry))) {
    const found = await lookAt(path.join(folder, name));
    if (found !== undefined) {
      return JSON.stringify(found);
    }
  }
  return undefined;
}
