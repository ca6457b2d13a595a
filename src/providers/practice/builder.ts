import { type Assignment, isInside } from './assignment.ts';
import type { Hit } from './findings.ts';
import { type Fix, fixOf } from './fixes.ts';
import { call, type CallInput, type Planned, text, thinking } from './planned.ts';
import { isGenerated } from './probes.ts';
import { renameNext } from './renameEdit.ts';
import { field, type PastCall, type Story } from './story.ts';
import { cleanPath, linesRead, type Terrain } from './toolText.ts';
import { brief } from './words.ts';

const maxEdits = 3;
const maxReads = 4;

const edits = (story: Story): readonly PastCall[] =>
  story.calls.filter((entry) => entry.name === 'edit_file' || entry.name === 'write_file');

/** Whether nothing more is to be changed: an edit is done, was denied, or none is left to try. */
export function triedToBuild(story: Story): boolean {
  return story.calls.some((entry) => entry.name === 'run_command');
}

/** Whether a result says that the person, or a rule of the person, does not want it. */
export const isDenied = (entry: PastCall): boolean =>
  entry.result?.isError === true && /\bden(y|ied)\b|declined|not allowed|forbid|rejected by|protected/i.test(entry.result.text);
const isStale = (entry: PastCall): boolean =>
  entry.result?.isError === true &&
  /chang|stale|out of date|read (it|the file|[\w./-]+) (again|first)|not found|no match|does not occur/i.test(entry.result.text);

/** The one small edit, then the one harmless command; undefined when both are behind it. */
export function buildNext(story: Story, assignment: Assignment, hits: readonly Hit[]): readonly Planned[] | undefined {
  const renamed = renameNext(story, assignment, hits);
  if (renamed !== undefined) {
    return renamed;
  }
  const tried = edits(story);
  const last = tried.at(-1);
  const done = tried.filter((entry) => entry.result?.isError === false).length;
  // A task that names what is to be corrected wants more than an example of it.
  const settled = done >= (assignment.namesFixes ? maxEdits : 1) || tried.some(isDenied) || tried.length >= maxEdits;
  if (!settled && assignment.renaming === undefined) {
    const next = reread(story, last) ?? editNext(story, hits, assignment) ?? readForFix(story, hits) ?? writeAsked(story, assignment);
    if (next !== undefined) {
      return next;
    }
  }
  return commandNext(story, assignment, last);
}

/** After a refusal because the file is not what it was: look again, once for each edit. */
function reread(story: Story, last: PastCall | undefined): readonly Planned[] | undefined {
  if (last === undefined || !isStale(last)) {
    return undefined;
  }
  const path = field(last.input, 'path') ?? '';
  const readSince = story.calls.some(
    (entry) => entry.name === 'read_file' && entry.turn > last.turn && cleanPath(field(entry.input, 'path') ?? '') === path,
  );
  return readSince
    ? undefined
    : [
        thinking('The text I knew is not the text that is there. Read it again before another try.'),
        text(`The edit of ${path} was refused because the file is not as I read it. I read it again.`),
        call('read_file', { path }),
      ];
}

function editNext(story: Story, hits: readonly Hit[], assignment: Assignment): readonly Planned[] | undefined {
  const lines = linesRead(story.calls);
  for (const { path, line } of [...hits, ...linesOfTried(story, lines)]) {
    const file = lines.get(path);
    const now = file?.get(line);
    const touchable = !isGenerated(path) && isInside(assignment, path);
    const fix =
      !touchable || now === undefined || file === undefined || isFenced(file, line) ? undefined : fixOf({ path, line, text: now });
    const input = fix === undefined || file === undefined ? undefined : uniqueEdit(fix, file, story);
    if (fix !== undefined && input !== undefined) {
      return [
        thinking(`One line, one change, nothing else: ${fix.path}:${fix.line}.`),
        text(`In ${fix.path}:${fix.line} ${fix.why}. I propose this edit: “${brief(fix.text, 100)}” → “${brief(fix.better, 100)}”.`),
        call('edit_file', input),
      ];
    }
  }
  return undefined;
}

/** Every line of the files an edit was tried on: when such a file has changed, what was searched for may stand on another line. */
function linesOfTried(story: Story, lines: ReadonlyMap<string, ReadonlyMap<number, string>>): readonly { path: string; line: number }[] {
  const paths = new Set(edits(story).map((entry) => cleanPath(field(entry.input, 'path') ?? '')));
  return [...paths].flatMap((path) => [...(lines.get(path)?.keys() ?? [])].map((line) => ({ path, line })));
}

/** The smallest edit not yet tried whose old text occurs once in the lines that were read: the line alone, else with a neighbour. */
export function uniqueEdit(fix: Fix, file: ReadonlyMap<number, string>, story: Story): CallInput | undefined {
  const before = file.get(fix.line - 1);
  const after = file.get(fix.line + 1);
  const known = [...file.values()].join('\n');
  const forms = [
    { old: fix.text, new: fix.better },
    ...(before === undefined ? [] : [{ old: `${before}\n${fix.text}`, new: `${before}\n${fix.better}` }]),
    ...(before === undefined || after === undefined
      ? []
      : [{ old: `${before}\n${fix.text}\n${after}`, new: `${before}\n${fix.better}\n${after}` }]),
  ];
  const tried = edits(story).filter((entry) => !readSince(story, entry, fix.path));
  if (tried.some((past) => past.result?.isError === false && past.input['path'] === fix.path && isPart(fix.text, past))) {
    return undefined;
  }
  const form = forms.find(
    (entry) =>
      known.split(entry.old).length === 2 && !tried.some((past) => past.input['old_text'] === entry.old && past.input['path'] === fix.path),
  );
  return form === undefined ? undefined : { path: fix.path, old_text: form.old, new_text: form.new };
}

const isPart = (line: string, edit: PastCall): boolean => (field(edit.input, 'old_text') ?? '').split('\n').includes(line);

function readSince(story: Story, edit: PastCall, path: string): boolean {
  return story.calls.some((entry) => entry.name === 'read_file' && entry.turn > edit.turn && field(entry.input, 'path') === path);
}

/** Text between code fences shows something literally; it stays as it is. A fence above what was read counts as unknown. */
function isFenced(file: ReadonlyMap<number, string>, line: number): boolean {
  const above = [...file].filter(([number]) => number < line);
  return above.filter(([, value]) => /^\s*(```|~~~)/.test(value)).length % 2 === 1;
}

function readForFix(story: Story, hits: readonly Hit[]): readonly Planned[] | undefined {
  const read = linesRead(story.calls);
  const tries = story.calls.filter((entry) => entry.name === 'read_file');
  const hit = hits.find(
    (entry) =>
      read.get(entry.path)?.has(entry.line) !== true &&
      !isGenerated(entry.path) &&
      !tries.some((past) => past.input['path'] === entry.path),
  );
  if (hit === undefined || tries.length >= maxReads + story.heard.length) {
    return undefined;
  }
  return [
    thinking('Before any edit the whole beginning of the file has to be read, so that the change fits what stands around it.'),
    text(`A candidate: ${hit.path}:${hit.line}. I read the file before I touch it.`),
    call('read_file', { path: hit.path, from_line: 1, to_line: hit.line + 10 }),
  ];
}

/** A new file only when the task asks for exactly that and there is none. */
function writeAsked(story: Story, assignment: Assignment): readonly Planned[] | undefined {
  const asked =
    /\bcontributing\b/i.test(assignment.objective) && !assignment.terrain.files.some((file) => /(^|\/)contributing(\.\w+)?$/i.test(file));
  if (!asked || !story.tools.has('write_file') || edits(story).length > 0) {
    return undefined;
  }
  const content = '# Contributing\n\nOpen an issue that says what you want to change and why, then a pull request that does one thing.\n';
  return [
    text('The task asks for a contributing guide and there is none. I propose a short one.'),
    call('write_file', { path: 'CONTRIBUTING.md', content }),
  ];
}

export function commandNext(story: Story, assignment: Assignment, last: PastCall | undefined): readonly Planned[] | undefined {
  if (triedToBuild(story) || !story.tools.has('run_command') || /\bother builders change\b/i.test(assignment.objective)) {
    return undefined;
  }
  const command = commandFor(story, assignment.terrain);
  return [
    thinking('One harmless command shows that everything still stands.'),
    text(`${editNews(last)} I propose to run \`${command}\`.`),
    call('run_command', { command, timeout_seconds: 120 }),
  ];
}

function editNews(last: PastCall | undefined): string {
  if (last?.result === undefined) {
    return 'I found no line whose correction is certainly safe, so I change nothing.';
  }
  if (!last.result.isError) {
    return 'The edit is done.';
  }
  return isDenied(last) ? 'The edit was denied; I leave the file as it is.' : 'The edit could not be made; I leave the file as it is.';
}

/** The project's own tests when they need nothing installed, else something that only looks. */
function commandFor(story: Story, terrain: Terrain): string {
  const manifest = [...(linesRead([...story.earlierCalls, ...story.calls]).get('package.json') ?? new Map<number, string>()).values()].join(
    '\n',
  );
  const script = /"test"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(manifest)?.[1];
  if (script !== undefined && /^node (--test|test\b|\.\/test)/.test(script)) {
    return 'npm test --silent';
  }
  const usesGit = terrain.files.some((file) => /^\.git(ignore|attributes|hub\/.*)$/.test(file)) || terrain.folders.has('.github');
  return usesGit ? 'git status --short' : 'node --version';
}
