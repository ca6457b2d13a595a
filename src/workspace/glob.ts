import picomatch from 'picomatch';
import { type Refusal, refuse } from './refusal.ts';

/** Says whether a relative path with forward slashes matches. */
export interface Glob {
  readonly ok: true;
  readonly matches: (relative: string) => boolean;
}

const maxLength = 500;
const maxAlternatives = 100;

/**
 * Compiles a glob: `*`, `?`, `**`, `[a-z]`, `{a,b}`. Without a slash it matches the file name in any folder. Patterns that could
 * take long to match are refused, since models write them and file names are anybody's.
 */
export function compileGlob(glob: string): Glob | Refusal {
  const problem = globProblem(glob);
  if (problem !== undefined) {
    return refuse(`The glob ${JSON.stringify(glob.slice(0, 100))} ${problem}.`);
  }
  const plain = glob.replace(/^\.?\//, '');
  const pattern = plain.includes('/') ? plain : `**/${plain}`;
  const matches = picomatch(pattern, { dot: true, noextglob: true, nonegate: true });
  return { ok: true, matches: (relative) => matches(relative) };
}

function globProblem(glob: string): string | undefined {
  if (glob.length > maxLength) {
    return `is longer than ${maxLength} characters`;
  }
  let depth = 0;
  let alternatives = 0;
  for (const letter of glob) {
    depth += letter === '{' ? 1 : letter === '}' ? -1 : 0;
    alternatives += letter === '{' || (letter === ',' && depth > 0) ? 1 : 0;
    if (depth > 3) {
      return 'has braces more than three deep';
    }
  }
  if (alternatives > maxAlternatives) {
    return `has more than ${maxAlternatives} alternatives in braces`;
  }
  if (/\{[^{}]*\.\.[^{}]*\}/.test(glob)) {
    return 'has a range in braces, which is not supported; list the alternatives';
  }
  const segments = glob.split('/');
  if (segments.filter((segment) => segment.includes('**')).length > 4) {
    return 'has more than four **';
  }
  // Each further star multiplies the time a name that nearly matches can take.
  const starry = segments.some((segment) => (segment.match(/\*+/g)?.length ?? 0) > 4);
  return starry ? 'has more than four * between two slashes' : undefined;
}
