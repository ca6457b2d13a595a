import { notKnown, type ProgramSpec, type SpecMatch } from '../programSpec.ts';
import { anyText, number } from '../valueChecks.ts';

/** No widths and no `%b`: they make a large output of a small text. */
const printfFormat = (text: string) => text !== '' && !text.startsWith('-') && /^([^%\\]|%[sd%]|\\[nt\\"])*$/.test(text);
/** No widths. */
const dateFormat = (text: string) => /^\+([^%]|%-?[aAbBcCdDeFgGhHIjklmMnNpPrRsStTuUVwWxXyYzZ%])*$/.test(text);

/** A program that only tells its version, and that does so before it looks at anything in the folder it is run in. */
function versionOf(name: string, ...words: readonly string[]): ProgramSpec {
  return {
    name,
    words,
    needs: words,
    match: (spec, args) =>
      args.length === 1 && words.includes(args[0] ?? '')
        ? { ok: true, paths: [] }
        : notKnown(spec, args.find((arg) => !words.includes(arg)) ?? ''),
    positionals: () => ({}),
    allow: words.map((word) => `${name} ${word}`),
    reject: [name, `${name} x`, `${name} ${words[0]} x`, `${name} x ${words[0]}`],
  };
}

const echoFlags: ReadonlySet<string> = new Set(['-n', '-e', '-E']);

/** The leading words may be flags; one that looks like a flag but is none is printed, and better not guessed at. */
function matchEcho(spec: ProgramSpec, args: readonly string[]): SpecMatch {
  const odd = args.find((arg) => arg.startsWith('-') && !echoFlags.has(arg) && !/^-+$/.test(arg));
  return odd === undefined ? { ok: true, paths: [] } : notKnown(spec, odd);
}

/** Programs that look at no file. */
export const plainSpecs: readonly ProgramSpec[] = [
  {
    name: 'echo',
    match: matchEcho,
    positionals: () => ({ rest: anyText }),
    allow: ['echo', 'echo hello world', "echo -n 'a $b'", 'echo ---'],
    reject: ['echo --help', 'echo -x'],
  },
  {
    name: 'printf',
    positionals: () => ({ leading: [printfFormat], rest: anyText }),
    allow: ["printf '%s\\n' a b", 'printf x'],
    reject: ["printf '%999999999d' 1", "printf '%*d' 999999999 1", 'printf -v x y', 'printf', "printf '%b' x"],
  },
  { name: 'true', positionals: () => ({}), allow: ['true'], reject: ['true --help', 'true x'] },
  { name: 'false', positionals: () => ({}), allow: ['false'], reject: ['false x'] },
  { name: 'pwd', letters: 'PL', positionals: () => ({}), allow: ['pwd', 'pwd -P'], reject: ['pwd x', 'pwd --version'] },
  {
    name: 'date',
    letters: 'uIR',
    words: ['--utc', '--iso-8601', '--iso-8601=seconds'],
    // A word that is no format would set the clock.
    positionals: () => ({ rest: dateFormat, max: 1 }),
    allow: ['date', "date -u '+%Y-%m-%d'", 'date +%s', 'date -I'],
    reject: ['date -s x', 'date --set=x', 'date 010100002020', 'date -f list', 'date +%999999999Y', 'date -r x', 'date -d now'],
  },
  {
    name: 'which',
    letters: 'a',
    positionals: () => ({ rest: (text) => /^[a-zA-Z][\w.+-]*$/.test(text), min: 1 }),
    allow: ['which node', 'which -a python3 git'],
    reject: ['which', 'which ./x', 'which /bin/ls', 'which -s x'],
  },
  {
    name: 'seq',
    positionals: () => ({ leading: [number(100_000)], rest: number(100_000), max: 2 }),
    allow: ['seq 5', 'seq 1 2 9'],
    reject: ['seq', 'seq -f %999999999g 1', 'seq 1 999999999', 'seq -w 1 5'],
  },
  { name: 'uname', letters: 'asrmno', positionals: () => ({}), allow: ['uname -a'], reject: ['uname x'] },
  { name: 'whoami', positionals: () => ({}), allow: ['whoami'], reject: ['whoami x'] },
  { name: 'id', letters: 'ugn', positionals: () => ({}), allow: ['id -un'], reject: ['id root'] },
  { name: 'nproc', positionals: () => ({}), allow: ['nproc'], reject: ['nproc x'] },
  versionOf('node', '--version', '-v'),
  versionOf('npm', '--version', '-v'),
  versionOf('git', '--version'),
  versionOf('python3', '--version', '-V'),
  versionOf('bash', '--version'),
  versionOf('gcc', '--version'),
  versionOf('make', '--version'),
];
