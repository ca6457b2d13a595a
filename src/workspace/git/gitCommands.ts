import { type GitTrouble, trouble } from './gitResult.ts';

const plainDiff = ['--no-ext-diff', '--no-textconv', '--ignore-submodules=dirty', '--no-color'];
const plainLog = ['--no-ext-diff', '--no-textconv', '--no-show-signature', '--no-color'];

/**
 * The only commands of Git that we use, with what each is always given. They are built in, so no alias can stand for them, and none of
 * them talks to a network, runs an editor, or goes into a submodule. `add`, `commit` and `checkout` are not among them:
 * update-index, commit-tree, read-tree and merge-tree do the same without hooks, submodules and the person's index.
 */
const commands: ReadonlyMap<string, readonly string[]> = new Map([
  ['blame', ['--no-textconv']],
  ['cat-file', []],
  ['check-attr', []],
  ['check-ref-format', []],
  ['checkout-index', []],
  ['commit-tree', ['--no-gpg-sign']],
  ['diff', plainDiff],
  ['diff-files', plainDiff],
  ['diff-index', plainDiff],
  ['diff-tree', plainDiff],
  ['for-each-ref', []],
  ['hash-object', []],
  ['log', plainLog],
  ['ls-files', []],
  ['ls-tree', []],
  // Of a working tree and its branch only the step forward that touches nothing the person changed, staged, left untracked or has Git ignore.
  ['merge', ['--ff-only', '--no-overwrite-ignore', '--no-autostash', '--no-squash', '--no-stat', '--quiet']],
  ['merge-base', []],
  ['merge-file', []],
  ['merge-tree', []],
  ['mktree', []],
  ['read-tree', []],
  ['rev-list', []],
  ['rev-parse', []],
  ['show', plainLog],
  ['show-ref', []],
  ['status', ['--ignore-submodules=dirty']],
  ['symbolic-ref', []],
  ['update-index', []],
  ['update-ref', []],
  ['version', []],
  ['worktree', []],
  ['write-tree', []],
]);

/** Options by which a call would write elsewhere, run something, or read settings from somewhere else. */
const refusedOptions =
  /^(?:--output|--ext-diff|--textconv|--upload-pack|--receive-pack|--exec|--open-files-in-pager|--recurse-submodules|--filters)(?:=|$)/;

/** One call of Git: what we wrote ourselves apart from what came from elsewhere. */
export interface GitWords {
  /** The command and its options, written in our own code; never a name from outside. */
  readonly args: readonly string[];
  /** Revisions, branches, object ids: stand after the options and can never be one. */
  readonly revisions?: readonly string[];
  /** Paths relative to the working tree, or as the command wants them: stand after `--`, taken literally. */
  readonly paths?: readonly string[];
}

/** The words after the program's own options, or why there are none. */
export function commandWords({
  args,
  revisions = [],
  paths,
}: GitWords): { readonly ok: true; readonly words: readonly string[] } | GitTrouble {
  const [command = '', ...options] = args;
  const always = commands.get(command);
  if (always === undefined) {
    return wrong(`"${command}" is not among the Git commands that Flotilla uses.`);
  }
  const option = options.find((one) => refusedOptions.test(one));
  if (option !== undefined) {
    return wrong(`"git ${command}" is never given ${option}.`);
  }
  const revision = revisions.find((one) => !isRevision(one));
  if (revision !== undefined) {
    return wrong(`${JSON.stringify(revision)} is no name of a revision.`);
  }
  const path = [...options, ...(paths ?? [])].find((one) => one.includes('\0'));
  if (path !== undefined) {
    return wrong(`${JSON.stringify(path)} cannot be given to a program.`);
  }
  return { ok: true, words: [command, ...always, ...options, ...revisions, ...(paths === undefined ? [] : ['--', ...paths])] };
}

/** Whether a text can stand where Git reads a revision without being an option or holding a control character. */
export function isRevision(text: string): boolean {
  return text !== '' && !text.startsWith('-') && !/[\u0000-\u001f\u007f]/.test(text);
}

function wrong(text: string): GitTrouble {
  return trouble('failed', text, 'This is a defect of Flotilla; please report it.');
}
