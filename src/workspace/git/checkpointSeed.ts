import type { Repository } from './gitDir.ts';
import type { GitTrouble } from './gitResult.ts';
import type { Git } from './gitTypes.ts';
import { readdir } from 'node:fs/promises';
import { forget, onDisk, type Run, seedIndex, splitNames, statOf } from './snapshot.ts';

type Seed = { readonly ok: true; readonly besides: readonly string[] };

/**
 * Begins an index of ours with what the person's says, so that unchanged files need neither be read nor kept again. Files whose bytes on
 * disk are not those that Git keeps (line ends, filters) are taken out of it, and named, because a checkpoint is exact.
 */
export async function seedExactly(git: Git, person: Repository, indexFile: string, run: Run): Promise<Seed | GitTrouble> {
  // An index in two parts cannot be read from another folder.
  const split = (await readdir(person.gitDir)).some((name) => name.startsWith('sharedindex.'));
  if (split || !(await seedIndex(person, indexFile))) {
    return { ok: true, besides: [] };
  }
  const listed = await run({ args: ['ls-files', '-z', '-s', '-t'] });
  if (!listed.ok) {
    return listed;
  }
  const entries = splitNames(listed.bytes).flatMap((line) => {
    const [, tag, mode, id, name] = /^(\S) (\d+) (\w+) \d\t(.+)$/s.exec(line) ?? [];
    return tag === 'H' && mode?.startsWith('100') === true && id !== undefined && name !== undefined ? [{ id, name }] : [];
  });
  if (entries.length === 0) {
    return { ok: true, besides: [] };
  }
  const sizes = await run({ args: ['cat-file', '--batch-check=%(objectsize)'], input: entries.map(({ id }) => `${id}\n`).join('') });
  if (!sizes.ok) {
    return sizes;
  }
  const attributes = await git.run(person, {
    args: ['check-attr', '-z', '--stdin', 'filter'],
    input: Buffer.from(entries.map(({ name }) => `${name}\0`).join(''), 'latin1'),
  });
  if (!attributes.ok) {
    return attributes;
  }
  const filters = attributes.bytes.toString('latin1').split('\0');
  const kept = sizes.text.split('\n');
  const inexact: string[] = [];
  for (const [index, { name }] of entries.entries()) {
    const plain = ['unspecified', 'unset'].includes(filters[index * 3 + 2] ?? '');
    const info = await statOf(onDisk(person.workTree, name));
    if (info !== undefined && (!plain || String(info.size) !== kept[index])) {
      inexact.push(name);
    }
  }
  const forgotten = inexact.length === 0 ? { ok: true as const } : await forget(run, inexact);
  return forgotten.ok ? { ok: true, besides: inexact } : forgotten;
}
