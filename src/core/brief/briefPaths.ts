/** What is at a path that a brief names, as the workspace answers. */
export type PathFact =
  /** `path`: how tools and people call it. */
  | { readonly kind: 'file' | 'folder'; readonly path: string }
  /** `candidates`: what there is with the same name elsewhere. `inFolder`: the folder it would be in exists. */
  | { readonly kind: 'missing'; readonly candidates: readonly string[]; readonly inFolder: boolean }
  /** `why` is a whole sentence. */
  | { readonly kind: 'outside'; readonly why: string };

/** Something in a brief that was put right, or that its author should know. */
export interface BriefProblem {
  readonly severity: 'error' | 'warning';
  readonly message: string;
}

/** The paths of a brief after the look at them. */
export interface LintedPaths {
  readonly paths: readonly string[];
  /** Places within the paths that were written as part of them, for the focus. */
  readonly places: readonly string[];
  readonly fixes: readonly string[];
  readonly problems: readonly BriefProblem[];
}

export interface PathLintOptions {
  readonly facts: ReadonlyMap<string, PathFact>;
  /** The agent may create what is missing. */
  readonly changesFiles: boolean;
  /** Other tasks come first and may make what is missing. */
  readonly waits: boolean;
}

/** A path text without what does not matter: blanks and quotes around it, backslashes, `./`, doubled and final slashes. */
export function normalisePath(text: string): string {
  let path = text;
  for (let next = plainer(path); next !== path; next = plainer(path)) {
    path = next;
  }
  return path;
}

/** Each step shortens the text or keeps its length and has fewer backslashes, so going on comes to an end. */
function plainer(text: string): string {
  const bare = text.trim().replace(/^(["'`])(.*)\1$/s, '$2');
  const slashed = bare
    .replaceAll('\\', '/')
    .replaceAll(/(?<=.)\/{2,}/g, '/')
    .replaceAll(/(^|\/)\.\//g, '$1');
  return slashed === '' && bare !== '' ? '.' : slashed.replace(/(?<=.)\/\.?$/, '');
}

/** Everything that has to be looked at to judge paths as they were written. */
export function pathsToLookAt(paths: readonly string[]): readonly string[] {
  const all = paths.map(normalisePath).flatMap((path) => [path, placeOf(path)?.path ?? '', globBase(path) ?? '']);
  return [...new Set(all.filter((path) => path !== ''))];
}

/** Judges paths by what is there, and puts right what has one likely meaning. */
export function lintPaths(written: readonly string[], options: PathLintOptions): LintedPaths {
  const results = written.map((text) => lintPath(text, normalisePath(text), options));
  return {
    paths: [...new Set(results.flatMap((result) => result.path ?? []))],
    places: results.flatMap((result) => result.place ?? []),
    fixes: [...results.flatMap((result) => result.fix ?? []), ...doubledFix(results)],
    problems: results.flatMap((result) => result.problem ?? []),
  };
}

interface LintedPath {
  readonly path?: string;
  readonly place?: string;
  readonly fix?: string;
  readonly problem?: BriefProblem;
}

function doubledFix(results: readonly LintedPath[]): readonly string[] {
  const paths = results.flatMap((result) => result.path ?? []);
  const doubled = [...new Set(paths.filter((path, at) => paths.indexOf(path) !== at))];
  return doubled.length === 0 ? [] : [`Named once instead of several times: ${doubled.join(', ')}.`];
}

function lintPath(text: string, path: string, options: PathLintOptions): LintedPath {
  if (path === '') {
    return { fix: 'An empty path was left out.' };
  }
  const { facts } = options;
  const place = placeOf(path);
  const base = globBase(path);
  const fact = facts.get(path);
  if (fact?.kind === 'file' || fact?.kind === 'folder') {
    return corrected(text, fact.path);
  }
  const placed = place === undefined ? undefined : facts.get(place.path);
  if (place !== undefined && placed?.kind === 'file') {
    return { ...corrected(text, placed.path), place: `${place.lines} of ${placed.path}` };
  }
  const within = base === undefined ? undefined : facts.get(base);
  if (within?.kind === 'folder') {
    return corrected(text, path);
  }
  const wrong = within ?? placed ?? fact;
  switch (wrong?.kind) {
    case 'outside':
      return { problem: { severity: 'error', message: wrong.why } };
    case 'missing': {
      const found = missing(text, place?.path ?? path, wrong, options);
      return place === undefined || found.path === undefined ? found : { ...found, place: `${place.lines} of ${found.path}` };
    }
    default:
      // Without a fact, or a pattern that begins in a file: the search that uses it will tell.
      return corrected(text, path);
  }
}

function corrected(text: string, path: string): LintedPath {
  return text === path ? { path } : { path, fix: `Path ${JSON.stringify(text)} was taken as ${path}.` };
}

function missing(text: string, path: string, fact: Extract<PathFact, { kind: 'missing' }>, options: PathLintOptions): LintedPath {
  const { candidates, inFolder } = fact;
  const others = candidates.length === 0 ? '' : ` There ${candidates.length === 1 ? 'is' : 'are'} ${listOf(candidates)}.`;
  // A file that is to be made may well have the name of one elsewhere, so a namesake is no correction then.
  if (options.waits || (options.changesFiles && inFolder)) {
    return {
      path,
      problem: { severity: 'warning', message: `${path} does not exist yet; it was kept as something to be created.${others}` },
    };
  }
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) {
    return { path: only, fix: `Path ${JSON.stringify(text)} does not exist and was taken as ${only}, the only one of that name.` };
  }
  const way = options.changesFiles
    ? 'Name what exists, or the existing folder in which something is to be created.'
    : 'Name files and folders that exist; find_files and list_files show them.';
  return { problem: { severity: 'error', message: `Path ${JSON.stringify(text)} does not exist.${others} ${way}` } };
}

const mostListed = 5;

function listOf(paths: readonly string[]): string {
  const more = paths.length - mostListed;
  return [...paths.slice(0, mostListed), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

/** A path with lines as agents cite them: `src/a.ts:12`, `src/a.ts:10-20`. */
function placeOf(path: string): { readonly path: string; readonly lines: string } | undefined {
  const match = /^(.+?):(\d+)(?:-(\d+))?$/.exec(path);
  const [, file, from, to] = match ?? [];
  return file === undefined || from === undefined
    ? undefined
    : { path: file, lines: to === undefined ? `line ${from}` : `lines ${from} to ${to}` };
}

/** The folder a pattern such as `src/**\/*.ts` begins in. */
function globBase(path: string): string | undefined {
  const names = path.split('/');
  const first = names.findIndex((name) => /[*?{]/.test(name));
  return first < 0 ? undefined : names.slice(0, first).join('/') || '.';
}
