import type { GitTrouble } from './gitResult.ts';
import { fromName, type Run } from './snapshot.ts';

/** One side of a change: the object id of the bytes, and what kind of file it is. */
export interface TreeSide {
  readonly blob: string;
  readonly kind: 'file' | 'executable' | 'link' | 'repository';
}

/** What happened to one path between two checkpoints. A move is a removal and a creation. */
export interface TreeChange {
  /** Relative to the folder, with forward slashes. */
  readonly path: string;
  readonly change: 'created' | 'edited' | 'deleted';
  readonly before?: TreeSide;
  readonly after?: TreeSide;
}

/** Reads the differences of two trees below `within`. */
export async function changesOf(
  run: Run,
  within: string,
  a: string,
  b: string,
): Promise<{ readonly ok: true; readonly changes: readonly TreeChange[] } | GitTrouble> {
  const answer = await run({
    args: ['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-abbrev'],
    revisions: [a, b],
    ...(within === '' ? {} : { paths: [within] }),
  });
  if (!answer.ok) {
    return answer;
  }
  const fields = answer.bytes.toString('latin1').split('\0');
  const changes: TreeChange[] = [];
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [, modeA = '', modeB = '', idA = '', idB = ''] = /^:(\d+) (\d+) (\w+) (\w+) \w/.exec(fields[index] ?? '') ?? [];
    const path = fromName(fields[index + 1] ?? '').slice(within === '' ? 0 : within.length + 1);
    const [before, after] = [sideOf(modeA, idA), sideOf(modeB, idB)];
    const change = before === undefined ? 'created' : after === undefined ? 'deleted' : 'edited';
    changes.push({ path, change, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) });
  }
  return { ok: true, changes };
}

function sideOf(mode: string, blob: string): TreeSide | undefined {
  const kinds: Readonly<Record<string, TreeSide['kind']>> = {
    '100644': 'file',
    '100755': 'executable',
    '120000': 'link',
    '160000': 'repository',
  };
  const kind = kinds[mode];
  return kind === undefined ? undefined : { blob, kind };
}
