import type { ProgramSpec } from '../programSpec.ts';
import { columns, count, number, oneOf } from '../valueChecks.ts';

const read = { kind: 'read' } as const;
/** Files, or the standard input when there are none. */
const files = () => ({ rest: read, dash: true });
const legacyCount = (text: string) => /^-\d{1,9}$/.test(text);
const key = (text: string) => /^\d{1,4}(\.\d{1,4})?[bdfhinrV]*(,\d{1,4}(\.\d{1,4})?[bdfhinrV]*)?$/.test(text);
const oneCharacter = (text: string) => text.length === 1 || text === '\\0' || text === '\\t';

/** Addresses of lines and `p`, and nothing else of its language: others write files, read files, and run commands. */
const printScript = (text: string) => {
  const address = String.raw`(\d{1,9}|\$|/[\w .:,-]+/)`;
  return new RegExp(String.raw`^${address}(,(${address}|\+\d{1,9}))?p( *; *${address}(,(${address}|\+\d{1,9}))?p)*$`).test(text);
};

/** Steps from field to field: no functions, of which some read other files, the environment, or never end. */
const jqPath = (text: string) => {
  const step = String.raw`\.(\w+)?(\[\d*\])?(\.\w+|\[\d*\])*`;
  return new RegExp(String.raw`^(${step}|keys|length|type)( *\| *(${step}|keys|length|type))*$`).test(text);
};

const hash = (name: string): ProgramSpec => ({
  name,
  letters: 'b',
  words: ['--tag'],
  positionals: files,
  allow: [`${name} package.json`],
  // The list that it checks names files of its own.
  reject: [`${name} -c list`, `${name} --check list`],
});

/** Programs that read the files they are given, or what another program writes, and print something of it. */
export const readingSpecs: readonly ProgramSpec[] = [
  {
    name: 'cat',
    letters: 'AbeEnstTuv',
    words: ['--number', '--number-nonblank', '--squeeze-blank', '--show-all', '--show-ends', '--show-tabs', '--show-nonprinting'],
    positionals: files,
    allow: ['cat', 'cat package.json', 'cat -n package.json -', "cat 'a b'"],
    reject: ['cat --numb package.json', 'cat -x a', 'cat ""'],
  },
  {
    name: 'head',
    letters: 'qv',
    words: ['--quiet', '--verbose'],
    values: { '-n': count, '-c': count, '--lines': count, '--bytes': count },
    count: legacyCount,
    positionals: files,
    allow: ['head package.json', 'head -20 package.json', 'head -n 5', 'head -n5 a b', 'head --lines=3 a', 'head -qn 5 a'],
    reject: ['head -n', 'head -n x a', 'head -z a', 'head --line=3 a'],
  },
  {
    name: 'tail',
    letters: 'qv',
    words: ['--quiet', '--verbose'],
    values: { '-n': count, '-c': count, '--lines': count, '--bytes': count },
    count: legacyCount,
    positionals: files,
    allow: ['tail -n +5 package.json', 'tail -20', 'tail -c 100 package.json'],
    reject: ['tail -f a', 'tail -F a', 'tail --follow a', 'tail --follow=name a', 'tail --retry a', 'tail --pid=1 a', 'tail -20f a'],
  },
  {
    name: 'wc',
    letters: 'lwcmL',
    words: ['--lines', '--words', '--bytes', '--chars'],
    positionals: files,
    allow: ['wc -l package.json', 'wc', 'wc -lw a -'],
    reject: ['wc --files0-from=list', 'wc --total=only a'],
  },
  {
    name: 'nl',
    values: {
      '-b': oneOf('a', 't', 'n'),
      '-w': number(20),
      '-s': (text) => text.length <= 20,
      '-v': number(1_000_000),
      '-n': oneOf('ln', 'rn', 'rz'),
    },
    positionals: files,
    allow: ['nl -ba package.json', 'nl -w 3 a'],
    reject: ['nl -w 999999999 a', 'nl -b pREGEX a'],
  },
  {
    name: 'sed',
    letters: 'nE',
    words: ['--quiet'],
    values: { '-e': printScript },
    needs: ['-n', '--quiet'],
    positionals: (given) => (given.has('-e') ? { rest: read, dash: true } : { leading: [printScript], rest: read, dash: true }),
    allow: ['sed -n 5p package.json', "sed -n '10,20p' package.json", 'sed -n -e 1p -e 3p a', "sed -n '/a/,$p;3p' a"],
    reject: [
      'sed 5p a',
      'sed -i 5p a',
      'sed -n 5p a -i',
      'sed -n 5p a --in-place',
      "sed -n '5w out' a",
      "sed -n '1e date' a",
      "sed -n 's/a/b/w out' a",
      "sed -n '1r other' a",
      "sed -n 's/a/date/ep' a",
      'sed -n -f script a',
      'sed -ni 5p a',
      'sed -n',
    ],
  },
  {
    name: 'sort',
    letters: 'rnufbhVcdisg',
    words: ['--reverse', '--numeric-sort', '--unique', '--human-numeric-sort', '--version-sort', '--ignore-case'],
    values: { '-k': key, '-t': oneCharacter, '--key': key },
    positionals: files,
    allow: ['sort', 'sort -rn package.json', 'sort -t , -k 2,2n a', 'sort -u a b'],
    reject: [
      'sort -o out a',
      'sort a -oout',
      'sort -uo out a',
      'sort --output=out a',
      'sort --outp=out a',
      'sort -T /tmp a',
      'sort --compress-program=x a',
      'sort --files0-from=list',
      'sort -S 90% a',
      'sort -R --random-source=x a',
      'sort --parallel=999 a',
    ],
  },
  {
    name: 'uniq',
    letters: 'cdui',
    words: ['--count', '--repeated', '--unique', '--ignore-case'],
    values: { '-f': number(1000), '-s': number(1000), '-w': number(1000) },
    // The second would be written.
    positionals: () => ({ rest: read, dash: true, max: 1 }),
    allow: ['uniq -c', 'uniq package.json', 'uniq -c -f 1 a'],
    reject: ['uniq in out', 'uniq - out', 'uniq -D a b'],
  },
  {
    name: 'cut',
    letters: 's',
    words: ['--complement', '--only-delimited'],
    values: {
      '-d': (text) => text.length === 1,
      '-f': columns,
      '-c': columns,
      '-b': columns,
      '--fields': columns,
      '--delimiter': (text) => text.length === 1,
    },
    positionals: files,
    allow: ['cut -d: -f1 a', "cut -d ' ' -f 2-3", 'cut -c1-80 package.json'],
    reject: ['cut -f 1-9999999999 a', 'cut -d xx -f1 a'],
  },
  {
    name: 'tr',
    letters: 'dscC',
    words: ['--delete', '--squeeze-repeats', '--complement'],
    // [x*n] repeats a character n times.
    positionals: () => ({ leading: [(text) => text !== '' && !text.includes('*')], rest: (text) => !text.includes('*'), max: 1 }),
    allow: ["tr -d '\\n'", 'tr a-z A-Z', "tr ' ' '\\n'"],
    reject: ["tr a '[b*999999999]'", 'tr', 'tr a b c'],
  },
  {
    name: 'diff',
    letters: 'uqbBwiysN',
    words: ['--brief', '--unified', '--color=never', '--side-by-side', '--ignore-all-space', '--ignore-blank-lines', '--ignore-case'],
    values: { '-U': number(10_000), '--unified': number(10_000), '-W': number(400) },
    // Two files: of folders it would read everything in them, and follow links.
    positionals: () => ({ rest: read, dash: true, min: 2, max: 2 }),
    allow: ['diff a b', 'diff -u a b', 'diff -U 5 a -'],
    reject: [
      'diff -r a b',
      'diff -l a b',
      'diff --paginate a b',
      'diff --from-file=a b',
      'diff --to-file=a b',
      'diff a',
      'diff a b c',
      'diff -D X a b',
    ],
  },
  {
    name: 'cmp',
    letters: 'sbl',
    values: { '-n': number(999_999_999) },
    positionals: () => ({ rest: read, dash: true, min: 2, max: 2 }),
    allow: ['cmp a b', 'cmp -s a b'],
    reject: ['cmp a', 'cmp a b 1 2'],
  },
  {
    name: 'comm',
    letters: '123',
    positionals: () => ({ rest: read, dash: true, min: 2, max: 2 }),
    allow: ['comm -12 a b'],
    reject: ['comm a', 'comm --output-delimiter=x a b'],
  },
  {
    name: 'paste',
    letters: 's',
    values: { '-d': (text) => text.length <= 2 },
    positionals: files,
    allow: ['paste -sd, a', 'paste a b'],
    reject: ['paste -z a'],
  },
  {
    name: 'fold',
    letters: 's',
    values: { '-w': (text) => number(10_000)(text) && Number(text) > 0 },
    positionals: files,
    allow: ['fold -s -w 80 a'],
    reject: ['fold -w x a'],
  },
  { name: 'rev', positionals: () => ({ rest: read }), allow: ['rev', 'rev a'], reject: ['rev -0 a', 'rev -'] },
  {
    name: 'xxd',
    letters: 'pu',
    values: { '-l': number(999_999_999), '-s': number(999_999_999), '-c': number(256), '-g': number(256) },
    // The second would be written.
    positionals: () => ({ rest: read, dash: true, max: 1 }),
    allow: ['xxd -l 64 a', 'xxd a'],
    reject: ['xxd a out', 'xxd -r a', 'xxd - out'],
  },
  {
    name: 'od',
    letters: 'cbxv',
    values: {
      '-A': oneOf('d', 'o', 'x', 'n'),
      '-t': (text) => /^[acdoux][1248]?z?$/.test(text),
      '-N': number(999_999_999),
      '-j': number(999_999_999),
    },
    positionals: files,
    allow: ['od -c a', 'od -A x -t x1z -N 64 a'],
    reject: ['od -w999999999 a', 'od --width=999999999 a'],
  },
  {
    name: 'jq',
    letters: 'rcMSe',
    words: ['--raw-output', '--compact-output', '--sort-keys'],
    positionals: () => ({ leading: [jqPath], rest: read }),
    allow: ["jq '.scripts' package.json", 'jq -r .version package.json', "jq '.a[0].b | keys' a", 'jq .'],
    reject: [
      "jq 'env' a",
      "jq '$ENV.HOME' a",
      'jq -n input a',
      'jq \'import "a" as a; .\' a',
      'jq -f prog a',
      'jq --slurpfile x y . a',
      'jq --rawfile x y . a',
      'jq -L dir . a',
      'jq \'include "x"; .\' a',
      "jq '[limit(1;repeat(1))]' a",
      'jq',
    ],
  },
  hash('sha256sum'),
  hash('sha1sum'),
  hash('md5sum'),
];
