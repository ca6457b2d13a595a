import { lstat, readFile } from 'node:fs/promises';
import path from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { errorCode } from './refusal.ts';

/** The ignore rules that hold in one folder: its own .gitignore and those above it, all relative to `base`. */
export interface IgnoreRules {
  readonly base: string;
  readonly rules: Ignore | undefined;
  /** Rules end at the root of a repository, also of one inside another. */
  readonly inGit: boolean;
}

/** The rules for a folder, from the root of its repository down; outside any repository from `top` down. */
export async function rulesAt(top: string, folder: string): Promise<IgnoreRules> {
  const gitRoot = await findGitRoot(folder);
  const base = gitRoot ?? top;
  let rules: IgnoreRules = { base, rules: undefined, inGit: gitRoot !== undefined };
  const names = path
    .relative(base, folder)
    .split(path.sep)
    .filter((name) => name !== '');
  for (let depth = 0; depth <= names.length; depth++) {
    rules = await withRulesOf(rules, path.join(base, ...names.slice(0, depth)));
  }
  return rules;
}

/** The rules inside a folder that the walk enters, whose entries are known. */
export async function rulesInside(rules: IgnoreRules, folder: string, entries: readonly string[]): Promise<IgnoreRules> {
  const start = rules.inGit && entries.includes('.git') ? { base: folder, rules: undefined, inGit: true } : rules;
  return entries.includes('.gitignore') ? withRulesOf(start, folder) : start;
}

/** Whether the rules leave an entry out. */
export function isIgnored(rules: IgnoreRules, absolute: string, isFolder: boolean): boolean {
  const relative = path.relative(rules.base, absolute).split(path.sep).join('/');
  return rules.rules !== undefined && relative !== '' && rules.rules.ignores(isFolder ? `${relative}/` : relative);
}

/** The nearest folder upwards with a `.git` in it. */
export async function findGitRoot(folder: string): Promise<string | undefined> {
  for (let current = folder; ; current = path.dirname(current)) {
    if (await isThere(path.join(current, '.git'))) {
      return current;
    }
    if (path.dirname(current) === current) {
      return undefined;
    }
  }
}

/** Whether some folder above `folder` has a .gitignore. */
export async function hasRulesAbove(folder: string): Promise<boolean> {
  for (let current = folder; path.dirname(current) !== current; current = path.dirname(current)) {
    if (await isThere(path.join(path.dirname(current), '.gitignore'))) {
      return true;
    }
  }
  return false;
}

async function withRulesOf(rules: IgnoreRules, folder: string): Promise<IgnoreRules> {
  const text = await readRules(path.join(folder, '.gitignore'));
  if (text === undefined) {
    return rules;
  }
  const relative = path.relative(rules.base, folder).split(path.sep).join('/');
  const lines = text
    .split(/\r?\n/)
    .filter((line) => (line.match(/\*\*+/g)?.length ?? 0) <= maxDoubleStars)
    .map((line) => placedUnder(relative, line));
  const next = ignore();
  return { ...rules, rules: (rules.rules === undefined ? next : next.add(rules.rules)).add(lines.filter((line) => line !== '')) };
}

/** Each further `**` multiplies the time a deep path can take, and a repository's rules are anybody's; honest ones have one or two. */
const maxDoubleStars = 3;

/** Rewrites a rule of a nested .gitignore as one of the base, so that one ordered list decides as Git does. */
function placedUnder(folder: string, line: string): string {
  if (folder === '' || line.trim() === '' || line.startsWith('#')) {
    return line.startsWith('#') ? '' : line;
  }
  const negated = line.startsWith('!');
  const rule = negated ? line.slice(1) : line;
  const anchored = rule.trimEnd().slice(0, -1).includes('/');
  const prefix = folder.replaceAll(/[\\*?[\]!# ]/g, '\\$&');
  return `${negated ? '!' : ''}/${prefix}/${anchored ? rule.replace(/^\//, '') : `**/${rule}`}`;
}

async function readRules(absolute: string): Promise<string | undefined> {
  try {
    const stats = await lstat(absolute);
    return stats.isFile() && stats.size <= 1024 * 1024 ? (await readFile(absolute, 'utf8')).replace(/^\ufeff/, '') : undefined;
  } catch (error) {
    if (errorCode(error) === undefined) {
      throw error;
    }
    // Rules that cannot be read are as good as none.
    return undefined;
  }
}

async function isThere(absolute: string): Promise<boolean> {
  try {
    await lstat(absolute);
    return true;
  } catch (error) {
    if (errorCode(error) === undefined) {
      throw error;
    }
    return false;
  }
}
