import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../refusal.ts';

/** What makes git run something or look elsewhere. The rest of `.git` changes whenever the person uses it. */
const gitParts = ['config', 'config.worktree', 'hooks', 'info'];
const maxFilesInOne = 2000;
const maxHashedBytes = 4 * 1024 * 1024;

/** One sum for each place: of a file its content, of a folder all that is in it; a place that is gone has the sum `gone`. */
export async function protectedSums(places: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const sums = new Map<string, string>();
  for (const place of places) {
    const hash = createHash('sha256');
    let left = maxFilesInOne;
    const add = async (file: string): Promise<void> => {
      const info = await lstat(file);
      hash.update(`\0${path.relative(place, file)}\0${info.mode}\0`);
      if (info.isSymbolicLink()) {
        hash.update(await readlink(file));
      } else if (info.isDirectory()) {
        for (const name of (await readdir(file)).sort()) {
          if (left-- > 0) {
            await addIfThere(path.join(file, name));
          }
        }
      } else if (info.isFile() && info.size <= maxHashedBytes) {
        for await (const chunk of createReadStream(file)) {
          hash.update(chunk);
        }
      } else {
        hash.update(`${info.size} ${info.mtimeMs} ${info.ctimeMs} ${info.ino}`);
      }
    };
    const addIfThere = (file: string) => add(file).catch(ignoreUnreadable(hash));
    const isGit = path.basename(place).toLowerCase() === '.git' && (await isFolder(place));
    for (const part of isGit ? gitParts.map((name) => path.join(place, name)) : [place]) {
      await addIfThere(part);
    }
    sums.set(place, hash.digest('hex'));
  }
  return sums;
}

/** What is not the same in both. */
export function differentPlaces(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly string[] {
  return [...before].filter(([place, sum]) => after.get(place) !== sum).map(([place]) => place);
}

async function isFolder(place: string): Promise<boolean> {
  return lstat(place).then(
    (info) => info.isDirectory(),
    () => false,
  );
}

function ignoreUnreadable(hash: { update(text: string): unknown }) {
  return (error: unknown) => {
    const code = errorCode(error);
    if (code === undefined) {
      throw error;
    }
    // That it cannot be read, or is not there, is what is compared.
    hash.update(`\0${code}`);
  };
}
