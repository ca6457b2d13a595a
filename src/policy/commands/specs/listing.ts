import type { DirectPath, PathUse } from '../directLine.ts';
import { notKnown, type ProgramSpec, type SpecMatch } from '../programSpec.ts';
import { glob, number, oneOf, someText } from '../valueChecks.ts';

const look: PathUse = { kind: 'look' };
const paths = () => ({ rest: look, implied: look });

/** No widths: one of a thousand million makes as many blanks. */
const statFormat = (text: string) => /^([^%\\]|%[a-zA-Z%]|\\[nt])*$/.test(text);
const findFormat = (text: string) => /^([^%\\]|%[dfhHiklmMnpPsuUgGyY%]|%T[@YmdHMS+]|\\[nt0])*$/.test(text);
const age = (text: string) => /^[+-]?\d{1,7}$/.test(text);
const size = (text: string) => /^[+-]?\d{1,12}[bcwkMG]?$/.test(text);
const depth = number(1000);

/** Programs that list names and facts of files. None of them is given a flag that follows symbolic links. */
export const listingSpecs: readonly ProgramSpec[] = [
  {
    name: 'ls',
    letters: 'aAbBcCdfFgGhiklmnNopqQrRsStuUvxX1',
    words: [
      '--all',
      '--almost-all',
      '--human-readable',
      '--recursive',
      '--reverse',
      '--size',
      '--directory',
      '--classify',
      '--group-directories-first',
      '--full-time',
      '--inode',
      '--color=never',
      '--color=auto',
    ],
    values: {
      '-I': glob,
      '--ignore': glob,
      '--sort': oneOf('none', 'size', 'time', 'version', 'extension'),
      '--time-style': oneOf('iso', 'long-iso', 'full-iso'),
    },
    positionals: paths,
    allow: ['ls', 'ls -la src', 'ls src --all', 'ls -1 -- -odd', 'ls --sort=time .'],
    reject: ['ls -L src', 'ls --dereference', 'ls --hyperlink', 'ls -', 'ls --al', 'ls --time-style=+%999999999Y'],
  },
  {
    name: 'find',
    words: [
      ...['-not', '-o', '-or', '-a', '-and', '(', ')', '!'],
      ...['-print', '-print0', '-ls', '-prune', '-empty', '-depth', '-mount', '-xdev', '-daystart', '-true', '-false'],
      ...['-executable', '-readable', '-writable'],
    ],
    values: {
      '-name': glob,
      '-iname': glob,
      '-path': glob,
      '-ipath': glob,
      '-type': (text) => /^[fdlpsbc](,[fdlpsbc])*$/.test(text),
      '-maxdepth': depth,
      '-mindepth': depth,
      '-size': size,
      '-mtime': age,
      '-mmin': age,
      '-ctime': age,
      '-cmin': age,
      '-perm': (text) => /^[-/]?[0-7]{3,4}$/.test(text),
      '-printf': findFormat,
    },
    positionals: paths,
    match: matchFind,
    allow: [
      'find',
      "find . -name '*.ts'",
      'find src test -type f -not -path "*/x/*" -print',
      "find . '(' -name a -o -name b ')' -maxdepth 2",
    ],
    reject: [
      'find . -delete',
      'find . -exec cat x',
      'find . -execdir x',
      'find . -ok x',
      'find . -fprint out',
      'find . -fprintf out x',
      'find . -fls out',
      'find -L .',
      'find -H .',
      'find . -follow',
      'find -files0-from list',
      'find . -newer x',
      "find . -regex '.*'",
      "find . -printf '%999999999p'",
      'find . -name',
      'find . -name a b',
    ],
  },
  {
    name: 'stat',
    letters: 't',
    words: ['--terse'],
    values: { '-c': statFormat, '--format': statFormat, '--printf': statFormat },
    positionals: () => ({ rest: look, min: 1 }),
    allow: ['stat package.json', "stat -c '%s %y' package.json", "stat --printf '%n' src"],
    reject: ['stat', 'stat -L package.json', 'stat -f .', "stat -c '%999999999n' src", 'stat -'],
  },
  {
    name: 'du',
    letters: 'shackmbSx',
    words: ['--summarize', '--human-readable', '--all', '--total', '--apparent-size', '--bytes'],
    values: { '-d': depth, '--max-depth': depth, '--exclude': glob },
    positionals: paths,
    allow: ['du -sh .', 'du -d 1 src', 'du --max-depth=2 -h'],
    reject: ['du -L .', 'du -D .', 'du --files0-from=list', 'du --exclude-from=x', 'du -X x', 'du --dereference'],
  },
  {
    name: 'df',
    letters: 'hkiT',
    words: ['--human-readable'],
    positionals: () => ({ rest: look, min: 1 }),
    allow: ['df -h .'],
    // Without a path it asks every file system there is, also those of machines that are gone.
    reject: ['df', 'df -h', 'df --sync .', 'df -'],
  },
  {
    name: 'tree',
    letters: 'adfhsiCnpDF',
    words: ['--noreport', '--dirsfirst', '--du'],
    values: { '-L': depth, '-I': glob, '-P': glob },
    positionals: paths,
    allow: ['tree', 'tree -L 2 src', "tree -a -I 'node_modules'"],
    reject: ['tree -o out', 'tree -R -H . -L 1', 'tree -l', 'tree --fromfile x', 'tree --info', 'tree --gitfile=x', 'tree -X'],
  },
  {
    name: 'realpath',
    letters: 'eq',
    positionals: () => ({ rest: look, min: 1 }),
    allow: ['realpath src', 'realpath -e package.json'],
    reject: ['realpath', 'realpath --relative-to=/ src', 'realpath -m /x'],
  },
  {
    name: 'readlink',
    letters: 'fen',
    positionals: () => ({ rest: look, min: 1 }),
    allow: ['readlink -f src'],
    reject: ['readlink', 'readlink -m x'],
  },
  {
    name: 'file',
    letters: 'bi',
    words: ['--brief', '--mime', '--mime-type', '--mime-encoding'],
    positionals: () => ({ rest: { kind: 'read' }, min: 1 }),
    allow: ['file package.json', 'file -b --mime-type package.json'],
    reject: ['file -f names', 'file -m magic x', 'file -C', 'file -z x', 'file -Z x', 'file -s x', 'file -L x', 'file -k x', 'file -'],
  },
  {
    name: 'basename',
    letters: 'a',
    values: { '-s': someText },
    positionals: () => ({ rest: someText, min: 1 }),
    allow: ['basename /a/b.ts .ts', 'basename -a x y'],
    reject: ['basename', 'basename -z x'],
  },
  {
    name: 'dirname',
    positionals: () => ({ rest: someText, min: 1 }),
    allow: ['dirname a/b/c'],
    reject: ['dirname', 'dirname -z x'],
  },
];

/** Starting points first, then an expression in which every word has to be known. */
function matchFind(spec: ProgramSpec, args: readonly string[]): SpecMatch {
  const isExpression = (word: string) => /^[-(),!]/.test(word);
  const begin = args.findIndex(isExpression);
  const starts = begin === -1 ? args : args.slice(0, begin);
  const rest = begin === -1 ? [] : args.slice(begin);
  if (starts.includes('')) {
    return notKnown(spec, '');
  }
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? '';
    if (spec.words?.includes(word) === true) {
      continue;
    }
    const check = Object.hasOwn(spec.values ?? {}, word) ? spec.values?.[word] : undefined;
    const value = rest[at + 1];
    if (check === undefined || value === undefined || !check(value)) {
      return notKnown(spec, word);
    }
    at++;
  }
  const found: readonly DirectPath[] = (starts.length === 0 ? ['.'] : starts).map((text) => ({ text, use: look }));
  return { ok: true, paths: found };
}
