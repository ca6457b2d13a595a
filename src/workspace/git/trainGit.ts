import { conflictKind, hasMarkers, hunksOf } from '../../core/train/conflict.ts';
import type { ConflictFile } from '../../core/train/trainEvents.ts';
import type { Repository } from './gitDir.ts';
import type { GitOutput, GitTrouble } from './gitResult.ts';
import type { Git, GitCall, GitIdentity } from './gitTypes.ts';

/*
 * What a merge train asks Git, without any working tree: everything here makes objects at the most.
 */

/** A side of a file in a conflict, as the index holds it. */
export interface ConflictStage {
  readonly mode: string;
  readonly object: string;
  readonly stage: string;
  readonly path: string;
}

/** What merging two commits comes to. */
export interface Merged {
  readonly ok: true;
  /** The merged tree; with conflict markers where there are conflicts in text. */
  readonly tree: string;
  readonly stages: readonly ConflictStage[];
  /** Empty when it is clean. */
  readonly conflicts: readonly ConflictFile[];
}

/** Paths relative to the repository's root, with forward slashes. */
export interface Paths {
  readonly ok: true;
  readonly paths: readonly string[];
}

/** Reads a file's markers only up to this size. */
const mostConflictBytes = 4 * 1024 * 1024;

/** One repository as a merge train uses it. */
export class TrainGit {
  readonly git: Git;
  readonly repository: Repository;
  readonly #identity: GitIdentity;

  constructor(git: Git, repository: Repository, identity: GitIdentity) {
    this.git = git;
    this.repository = repository;
    this.#identity = identity;
  }

  /** Runs one command in the repository. */
  run(call: GitCall): Promise<GitOutput | GitTrouble> {
    return this.git.run(this.repository, call);
  }

  /** The commit a ref or name stands for; undefined when there is none. */
  async commitOf(name: string): Promise<string | undefined> {
    const found = await this.run({ args: ['rev-parse', '--verify', '--quiet'], revisions: [`${name}^{commit}`], okCodes: [0, 1, 128] });
    return found.ok && found.exitCode === 0 ? found.text : undefined;
  }

  /** Whether all of a commit's history is in another's. */
  async contains(commit: string, ancestor: string): Promise<boolean> {
    const found = await this.run({ args: ['merge-base', '--is-ancestor'], revisions: [ancestor, commit], okCodes: [0, 1] });
    return found.ok && found.exitCode === 0;
  }

  /** The tree of a commit. */
  async treeOf(commit: string): Promise<string | GitTrouble> {
    const found = await this.run({ args: ['rev-parse', '--verify'], revisions: [`${commit}^{tree}`] });
    return found.ok ? found.text : found;
  }

  /** Merges two commits by their common history. */
  async merge(ours: string, theirs: string): Promise<Merged | GitTrouble> {
    const result = await this.run({ args: ['merge-tree', '--write-tree', '-z'], revisions: [ours, theirs], okCodes: [0, 1] });
    return result.ok ? this.#merged(result.bytes.toString('utf8')) : result;
  }

  /**
   * Applies what differs between two commits or trees to a third. Git 2.39 takes the base of a merge from history alone, so a small history
   * with the right base is made for it.
   */
  async apply(base: string, theirs: string, onto: string): Promise<Merged | GitTrouble> {
    const trees: string[] = [];
    for (const one of [base, onto, theirs]) {
      const tree = await this.treeOf(one);
      if (typeof tree !== 'string') {
        return tree;
      }
      trees.push(tree);
    }
    const [before = '', ours = '', changed = ''] = trees;
    const root = await this.commit(before, [], 'base');
    if (typeof root !== 'string') {
      return root;
    }
    const [left, right] = [await this.commit(ours, [root], 'train'), await this.commit(changed, [root], 'car')];
    return typeof left !== 'string' ? left : typeof right !== 'string' ? right : this.merge(left, right);
  }

  /** Whether two commits or trees hold the same files. */
  async same(one: string, other: string): Promise<boolean> {
    return one === other || (await this.treeOf(one)) === (await this.treeOf(other));
  }

  /** Makes a commit and gives its name. */
  async commit(tree: string, parents: readonly string[], message: string): Promise<string | GitTrouble> {
    const args = ['commit-tree', ...parents.flatMap((parent) => ['-p', parent]), '-F', '-'];
    const made = await this.run({ args, revisions: [tree], input: message, identity: this.#identity });
    return made.ok ? made.text : made;
  }

  /** Paths in which two trees or commits differ; a rename is both its paths. */
  async changed(before: string, after: string): Promise<Paths | GitTrouble> {
    const found = await this.run({ args: ['diff-tree', '-r', '-z', '--name-only', '--no-renames'], revisions: [before, after] });
    return found.ok ? { ok: true, paths: fields(found) } : found;
  }

  /** Files into which a change brought conflict markers. */
  async markersIn(before: string, after: string): Promise<Paths | GitTrouble> {
    const found = await this.run({ args: ['diff-tree', '-r', '--check', '--no-renames'], revisions: [before, after], okCodes: [0, 2] });
    if (!found.ok) {
      return found;
    }
    const named = found.text.split('\n').flatMap((line) => /^(.*):\d+: leftover conflict marker\.?$/.exec(line)?.[1] ?? []);
    const left: string[] = [];
    for (const path of new Set(named)) {
      // Git also reports a line of equals signs alone, which underlines headings.
      if (hasMarkers(await this.#textOf(after, path))) {
        left.push(path);
      }
    }
    return { ok: true, paths: left };
  }

  /** Sets a ref of our own, or removes it. */
  async keep(ref: string, commit: string | undefined): Promise<GitTrouble | undefined> {
    const args = commit === undefined ? ['update-ref', '-d'] : ['update-ref'];
    const done = await this.run({ args, revisions: commit === undefined ? [ref] : [ref, commit] });
    return done.ok ? undefined : done;
  }

  async #merged(text: string): Promise<Merged> {
    const all = text.split('\0');
    const end = all.indexOf('', 1);
    const stages = all.slice(1, end < 0 ? undefined : end).flatMap((line): ConflictStage[] => {
      const [, mode, object, stage, path] = /^(\d+) ([0-9a-f]+) ([123])\t(.*)$/s.exec(line) ?? [];
      return mode === undefined || object === undefined || stage === undefined || path === undefined ? [] : [{ mode, object, stage, path }];
    });
    const tree = all[0] ?? '';
    const said = end < 0 ? [] : messagesOf(all.slice(end + 1));
    const paths = [...new Set(stages.map((stage) => stage.path))];
    const conflicts = await Promise.all(paths.map((path) => this.#conflict(tree, path, stages, said)));
    return { ok: true, tree, stages, conflicts };
  }

  async #conflict(tree: string, path: string, stages: readonly ConflictStage[], said: readonly Message[]): Promise<ConflictFile> {
    const about = said.filter((message) => message.paths.includes(path) && message.type.startsWith('CONFLICT'));
    const own = stages.filter((stage) => stage.path === path);
    const bothAdded = own.length === 2 && !own.some((stage) => stage.stage === '1');
    const submodule = own.some((stage) => stage.mode === '160000') ? ['submodule'] : [];
    const kind = conflictKind([...about.map((message) => message.type), ...(bothAdded ? ['add/add'] : []), ...submodule]);
    const message = about.map((one) => one.text.trim()).join(' ');
    const text = kind === 'content' || kind === 'bothAdded' || kind === 'rename' ? await this.#textOf(tree, path) : '';
    const { hunks, moreHunks } = hunksOf(text);
    return { path, kind, ...(message === '' ? {} : { message }), hunks: [...hunks], moreHunks };
  }

  async #textOf(tree: string, path: string): Promise<string> {
    const found = await this.run({
      args: ['cat-file', 'blob'],
      revisions: [`${tree}:${path}`],
      okCodes: [0, 128],
      maxBytes: mostConflictBytes,
    });
    return found.ok && found.exitCode === 0 ? found.text : '';
  }
}

interface Message {
  readonly paths: readonly string[];
  readonly type: string;
  readonly text: string;
}

/** What merge-tree says about files: number of paths, the paths, the kind, the text. Source: git-merge-tree(1), informational messages. */
function messagesOf(all: readonly string[]): readonly Message[] {
  const messages: Message[] = [];
  for (let index = 0; index < all.length; ) {
    const paths = Number.parseInt(all[index] ?? '', 10);
    if (!Number.isSafeInteger(paths)) {
      return messages;
    }
    const at = index + 1 + paths;
    messages.push({ paths: all.slice(index + 1, at), type: all[at] ?? '', text: all[at + 1] ?? '' });
    index = at + 2;
  }
  return messages;
}

/** What a call printed with a NUL after each field. */
export function fields(output: GitOutput): readonly string[] {
  return output.bytes
    .toString('utf8')
    .split('\0')
    .filter((field) => field !== '');
}
