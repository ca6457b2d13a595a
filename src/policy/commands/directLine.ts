/*
 * What a command line comes to when all of it is proven: a plan that is run as it stands, without a shell. See docs of `classifyCommand`.
 */

/** How a program uses a path it is given, which decides what the path may be. */
export type PathUse =
  /** One regular file whose contents are read. */
  | { readonly kind: 'read' }
  /** A file or folder of which names and facts (sizes, times) are read, its folders below included, but no contents. */
  | { readonly kind: 'look' }
  /** A file, or everything in a folder: the contents of all its files are read. Symbolic links inside are not followed. */
  | {
      readonly kind: 'search';
      /** Whether names that begin with a dot are left out, unless the path itself names one. */
      readonly skipHidden: boolean;
      /** Exact names of folders that are left out. */
      readonly skipFolders: readonly string[];
    };

/** A path in a command: as written, or `.` where a program uses its folder without being told. */
export interface DirectPath {
  readonly text: string;
  readonly use: PathUse;
}

/** One program of a pipeline with the arguments it gets, exactly. */
export interface DirectProgram {
  /** A bare name, to be looked up in a pinned PATH. */
  readonly program: string;
  readonly args: readonly string[];
  readonly paths: readonly DirectPath[];
  /** Left out: to the next program, or to the output. */
  readonly stdout?: 'discard';
  /** Left out: to the output. `stdout` is where the output would go if it were not discarded. */
  readonly stderr?: 'discard' | 'stdout';
}

/** When a step runs: always, or depending on how the last step that ran ended. */
export type StepJoin = ';' | '&&' | '||';

export interface DirectStep {
  /** How the step is joined to what comes before; the first is `;`. */
  readonly join: StepJoin;
  readonly pipeline: readonly DirectProgram[];
}

/** A whole line. */
export interface DirectLine {
  /** The folder that a leading `cd` goes to, as written. */
  readonly cd?: string;
  readonly steps: readonly DirectStep[];
}

/** A command text that means the same plan: what `classifyCommand` makes of it is this line again. */
export function renderDirectLine(line: DirectLine): string {
  const steps = line.steps.map(({ join, pipeline }, index) => {
    const text = pipeline.map(renderProgram).join(' | ');
    return index === 0 ? text : `${join === ';' ? ';' : ` ${join}`} ${text}`;
  });
  return (line.cd === undefined ? '' : `cd ${renderWord(line.cd)} && `) + steps.join('');
}

function renderProgram({ program, args, stdout, stderr }: DirectProgram): string {
  // In this order standard error goes where the output would have gone, which is what `stderr` means.
  const redirects = [stderr === 'stdout' ? '2>&1' : stderr === 'discard' ? '2>/dev/null' : '', stdout === 'discard' ? '>/dev/null' : ''];
  return [program, ...args.map(renderWord), ...redirects.filter((text) => text !== '')].join(' ');
}

/** A word in the quotes it needs. A single quote can only come from double quotes, which hold nothing else that needs care. */
function renderWord(word: string): string {
  if (/^[\w.,:@%+/=-]+$/.test(word)) {
    return word;
  }
  return (
    word
      .split("'")
      .map((part) => (part === '' ? '' : `'${part}'`))
      .join(`"'"`) || "''"
  );
}
