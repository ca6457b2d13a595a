import type { ProgramSpec } from '../programSpec.ts';
import { expression, number, oneOf, someText } from '../valueChecks.ts';

const read = { kind: 'read' } as const;

/** Programs that look for text in files and in folders. None of them is given a flag that follows links, unpacks, or runs another program. */
export const searchingSpecs: readonly ProgramSpec[] = [
  {
    name: 'grep',
    letters: 'nilcvwxohHsqEFGrI',
    words: [
      ...['--line-number', '--ignore-case', '--files-with-matches', '--files-without-match', '--count', '--invert-match', '--word-regexp'],
      ...['--line-regexp', '--only-matching', '--no-filename', '--with-filename', '--extended-regexp', '--fixed-strings', '--recursive'],
      ...['--color=never', '--no-messages', '--quiet'],
    ],
    values: {
      '-e': expression,
      '--regexp': expression,
      '-A': number(10_000),
      '-B': number(10_000),
      '-C': number(10_000),
      '--after-context': number(10_000),
      '--before-context': number(10_000),
      '--context': number(10_000),
      '-m': number(999_999_999),
      '--max-count': number(999_999_999),
      '--include': someText,
      '--exclude': someText,
      '--exclude-dir': someText,
    },
    positionals: (given) => {
      const skipFolders = given.valuesOf('--exclude-dir');
      const search = { kind: 'search', skipHidden: false, skipFolders } as const;
      const rest = given.has('-r', '--recursive') ? { rest: search, implied: search } : { rest: read };
      return { leading: given.has('-e', '--regexp') ? [] : [expression], ...rest, dash: true };
    },
    allow: [
      'grep foo package.json',
      'grep -rn foo src',
      "grep -rn --include='*.ts' 'a.*b' src test",
      'grep -c x',
      'grep -r --exclude-dir=.git foo',
      'grep -n -A3 -B 2 foo a',
      'grep -e a -e b a',
    ],
    reject: [
      'grep -R foo .',
      'grep --dereference-recursive foo .',
      'grep -f patterns a',
      'grep --file=patterns a',
      'grep -P foo a',
      'grep -D read foo a',
      'grep -d recurse foo .',
      'grep --directories=recurse foo .',
      "grep -E '((a{1,255}){1,255}){1,255}' a",
      "grep -E '(.*)x\\1' a",
      'grep -z foo a',
      'grep',
      'grep -e',
      'grep --exclude-from=x foo a',
    ],
  },
  {
    name: 'rg',
    letters: 'nilcvwxoHNsSFUIpq',
    words: [
      ...['--line-number', '--ignore-case', '--files-with-matches', '--count', '--invert-match', '--word-regexp', '--only-matching'],
      ...['--fixed-strings', '--smart-case', '--no-heading', '--heading', '--hidden', '--no-ignore', '--files', '--json', '--stats'],
      ...['--color=never', '--no-messages', '--no-config', '--no-line-number', '--with-filename', '--no-filename', '--multiline'],
    ],
    values: {
      '-e': expression,
      '--regexp': expression,
      '-A': number(10_000),
      '-B': number(10_000),
      '-C': number(10_000),
      '-m': number(999_999_999),
      '--max-count': number(999_999_999),
      '-g': someText,
      '--glob': someText,
      '-t': someText,
      '--type': someText,
      '-T': someText,
      '--max-depth': number(1000),
      '--sort': oneOf('path', 'modified', 'none'),
    },
    positionals: (given) => {
      const use = given.has('--files')
        ? ({ kind: 'look' } as const)
        : ({ kind: 'search', skipHidden: !given.has('--hidden'), skipFolders: [] } as const);
      return { leading: given.has('-e', '--regexp', '--files') ? [] : [expression], rest: use, implied: use };
    },
    allow: ['rg foo', 'rg -n foo src', "rg --files -g '*.ts'", 'rg -t ts foo src', 'rg -e a -e b src', 'rg --hidden foo src'],
    reject: [
      'rg --pre cat foo',
      'rg --pre=x foo',
      'rg --pre-glob x foo',
      'rg -z foo',
      'rg --search-zip foo',
      'rg --hostname-bin=x foo',
      'rg -f patterns',
      'rg --file=patterns',
      'rg -L foo',
      'rg --follow foo',
      'rg --ignore-file=x foo',
      'rg -uuu foo',
      'rg -uz foo',
      'rg -P foo',
      'rg --pcre2 foo',
      'rg --debug foo',
      'rg -. foo',
      'rg --type-add x:y foo',
      'rg',
    ],
  },
];
