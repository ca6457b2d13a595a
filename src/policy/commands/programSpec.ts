import type { DirectPath, PathUse } from './directLine.ts';

/*
 * What a program may be given so that it only reads, and only what it is told to: a closed list. What is not listed is not proven,
 * also when it would be harmless. Whoever adds a flag has read in the program's manual what it does, on every system it comes with.
 */

/** Whether a value is one of those that are known to be harmless. */
export type ValueCheck = (text: string) => boolean;

/** What a match found out about the flags, by the name as given: `-n`, `--lines`. */
export interface GivenFlags {
  has(...names: readonly string[]): boolean;
  /** The values of a flag in order. */
  valuesOf(name: string): readonly string[];
}

/** What may stand beside the flags. */
export interface Positionals {
  /** Leading words that are no paths, each with its check; all of them have to be there. */
  readonly leading?: readonly ValueCheck[];
  /** How many words may follow. */
  readonly min?: number;
  readonly max?: number;
  /** Use of the words that follow as paths, or the check of each when they are none. */
  readonly rest?: PathUse | ValueCheck;
  /** `-` stands for the standard input. */
  readonly dash?: boolean;
  /** How the folder itself is used when no path is given. */
  readonly implied?: PathUse;
}

export interface ProgramSpec {
  readonly name: string;
  /** Flags without a value: letters, as `ls -la` has. */
  readonly letters?: string;
  /** Long flags without a value, or whole words like `-name` where a program has such. */
  readonly words?: readonly string[];
  /** Flags with a value, `-n` or `--lines`. */
  readonly values?: Readonly<Record<string, ValueCheck>>;
  /** Flags that are tested whole, like the `-20` of head. */
  readonly count?: ValueCheck;
  /** Flags of which at least one has to be there. */
  readonly needs?: readonly string[];
  readonly positionals: (given: GivenFlags) => Positionals;
  /** How its words are read if not like most programs read them. */
  readonly match?: (spec: ProgramSpec, args: readonly string[]) => SpecMatch;
  /** Commands that are proven, and others that are not: both are tried by a test. */
  readonly allow: readonly string[];
  readonly reject: readonly string[];
}

export type SpecMatch =
  | { readonly ok: true; readonly paths: readonly DirectPath[] }
  /** Why not, as the rest of a sentence. */
  | { readonly ok: false; readonly reason: string };

/** Reads arguments as getopt_long of the GNU library does: flags anywhere, letters in one word, `--` before what is no flag. No abbreviations. */
export function matchSpec(spec: ProgramSpec, args: readonly string[]): SpecMatch {
  return spec.match === undefined ? matchGetopt(spec, args) : spec.match(spec, args);
}

function matchGetopt(spec: ProgramSpec, args: readonly string[]): SpecMatch {
  const given: [string, string][] = [];
  const words: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? '';
    if (arg === '--') {
      words.push(...args.slice(at + 1));
      break;
    }
    if (arg === '-' || !arg.startsWith('-')) {
      words.push(arg);
      continue;
    }
    const taken = takeFlag(spec, arg, args[at + 1]);
    if (taken === undefined) {
      return notKnown(spec, arg);
    }
    given.push(...taken.given);
    at += taken.usedNext ? 1 : 0;
  }
  if (spec.needs?.some((name) => given.some(([flag]) => flag === name)) === false) {
    return { ok: false, reason: `${spec.name} is only proven with ${spec.needs.join(' or ')}` };
  }
  return matchPositionals(spec, words, flagsOf(given));
}

/** The refusal of an argument. */
export function notKnown(spec: ProgramSpec, arg: string): SpecMatch {
  return { ok: false, reason: `${spec.name} with ${JSON.stringify(arg.slice(0, 60))} is not among what is known to only read` };
}

function flagsOf(given: readonly (readonly [string, string])[]): GivenFlags {
  return {
    has: (...names) => given.some(([name]) => names.includes(name)),
    valuesOf: (name) => given.filter(([flag]) => flag === name).map(([, value]) => value),
  };
}

interface TakenFlag {
  readonly given: readonly [string, string][];
  readonly usedNext: boolean;
}

function takeFlag(spec: ProgramSpec, arg: string, next: string | undefined): TakenFlag | undefined {
  if (spec.count?.(arg) === true) {
    return { given: [[arg, '']], usedNext: false };
  }
  return arg.startsWith('--') ? takeLong(spec, arg, next) : takeLetters(spec, arg, next);
}

function takeLong(spec: ProgramSpec, arg: string, next: string | undefined): TakenFlag | undefined {
  if (spec.words?.includes(arg) === true) {
    return { given: [[arg, '']], usedNext: false };
  }
  const equals = arg.indexOf('=');
  const name = equals === -1 ? arg : arg.slice(0, equals);
  const value = equals === -1 ? next : arg.slice(equals + 1);
  return isGoodValue(spec, name, value) ? { given: [[name, value]], usedNext: equals === -1 } : undefined;
}

function takeLetters(spec: ProgramSpec, arg: string, next: string | undefined): TakenFlag | undefined {
  const given: [string, string][] = [];
  for (let at = 1; at < arg.length; at++) {
    const name = `-${arg[at]}`;
    if (spec.letters?.includes(arg[at] ?? ' ') === true) {
      given.push([name, '']);
      continue;
    }
    const attached = arg.slice(at + 1);
    const value = attached === '' ? next : attached;
    return isGoodValue(spec, name, value) ? { given: [...given, [name, value]], usedNext: attached === '' } : undefined;
  }
  return { given, usedNext: false };
}

function isGoodValue(spec: ProgramSpec, name: string, value: string | undefined): value is string {
  const checks = spec.values ?? {};
  return value !== undefined && Object.hasOwn(checks, name) && checks[name]?.(value) === true;
}

function matchPositionals(spec: ProgramSpec, words: readonly string[], given: GivenFlags): SpecMatch {
  const { leading = [], min = 0, max = Number.POSITIVE_INFINITY, rest, dash = false, implied } = spec.positionals(given);
  const bad = leading.findIndex((check, index) => !check(words[index] ?? '') || index >= words.length);
  if (bad !== -1) {
    return words.length <= bad ? { ok: false, reason: `${spec.name} lacks an argument` } : notKnown(spec, words[bad] ?? '');
  }
  const others = words.slice(leading.length);
  if (others.length < min || others.length > (rest === undefined ? 0 : max)) {
    return { ok: false, reason: `${spec.name} is not proven with ${others.length} paths or words` };
  }
  if (typeof rest === 'function') {
    const wrong = others.find((word) => !rest(word));
    return wrong === undefined ? { ok: true, paths: [] } : notKnown(spec, wrong);
  }
  if (rest === undefined || others.length === 0) {
    return { ok: true, paths: implied === undefined ? [] : [{ text: '.', use: implied }] };
  }
  if (others.includes('') || (!dash && others.includes('-'))) {
    return notKnown(spec, others.includes('') ? '' : '-');
  }
  return { ok: true, paths: others.filter((word) => word !== '-').map((text) => ({ text, use: rest })) };
}
