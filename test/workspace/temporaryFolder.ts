import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach } from 'mocha';

/** A folder in memory where there is one: a test that writes thousands of files to disk mostly waits for it. */
export const memoryFolder = existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir();

/** Gives each test folders of its own that are removed after it. Call inside `describe`. */
export function temporaryFolders(below: string = os.tmpdir()): () => string {
  const made: string[] = [];
  afterEach(() => {
    for (const folder of made.splice(0)) {
      rmSync(folder, { recursive: true, force: true });
    }
  });
  return () => {
    const folder = realpathSync(mkdtempSync(path.join(below, 'flotilla-test-')));
    made.push(folder);
    return folder;
  };
}

/** Writes files, with their folders, from a table of relative paths. */
export async function writeTree(folder: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const absolute = path.join(folder, name);
    await mkdir(path.dirname(absolute), { recursive: true });
    await writeFile(absolute, content);
  }
}

const pipeMaker = 'mkfifo';

/** Makes a named pipe, which blocks whoever opens it carelessly. */
export function makePipe(absolute: string): void {
  execFileSync(pipeMaker, [absolute]);
}

/** The refused text of a result; fails the test when it was no refusal. */
export function refusalOf(result: { readonly ok: true } | { readonly ok: false; readonly text: string }): string {
  if (result.ok) {
    throw new Error(`Expected a refusal, got ${JSON.stringify(result)}`);
  }
  return result.text;
}

/** The result when it was accepted; fails the test with the refusal otherwise. */
export function accepted<T extends { readonly ok: boolean }>(result: T): Extract<T, { readonly ok: true }> {
  if (!isAccepted(result)) {
    throw new Error(`Refused: ${JSON.stringify(result)}`);
  }
  return result;
}

function isAccepted<T extends { readonly ok: boolean }>(result: T): result is Extract<T, { readonly ok: true }> {
  return result.ok;
}
