import { type Assignment, isInside } from './assignment.ts';
import { correction, type Finding, type Hit } from './findings.ts';
import { call, type Planned, type PlannedCall, text, thinking } from './planned.ts';
import { isGenerated } from './probes.ts';
import { field, type PastCall, type Story } from './story.ts';
import { type Renaming, wholeName } from './taskText.ts';
import { cleanPath, linesRead, readsOf } from './toolText.ts';
import { distinct, listOf, plural } from './words.ts';

const readsPerTurn = 4;
const mostLineEdits = 4;
/** A name used in more files is for several agents: half a renaming is worse than none. */
const mostFilesAlone = 5;

/** Renames what the task names in the files of the assignment: read each, then change every place that is certainly the name. */
export function renameNext(story: Story, assignment: Assignment, hits: readonly Hit[]): readonly Planned[] | undefined {
  const { renaming } = assignment;
  const files = renaming === undefined ? [] : filesToRename(assignment, hits);
  if (renaming === undefined || files.length === 0) {
    return undefined;
  }
  const tried = new Set(
    story.calls.filter((entry) => entry.name === 'read_file').map((entry) => cleanPath(field(entry.input, 'path') ?? '')),
  );
  const unread = files.filter((path) => !tried.has(path)).slice(0, readsPerTurn);
  if (unread.length > 0) {
    return [
      thinking('A name is changed only where it stands by itself, so every line of the file has to be seen first.'),
      text(`I read ${listOf(unread)} before I rename “${renaming.from}” there.`),
      ...unread.map((path) => call('read_file', { path })),
    ];
  }
  const edits = files.flatMap((path) => editIn(path, renaming, story) ?? []);
  return edits.length === 0
    ? undefined
    : [
        text(`I rename “${renaming.from}” to “${renaming.to}” in ${listOf(edits.map((edit) => field(edit.input, 'path') ?? ''))}.`),
        ...edits,
      ];
}

function filesToRename({ scope, ...assignment }: Assignment, hits: readonly Hit[]): readonly string[] {
  const files = distinct(
    hits.filter((hit) => !isGenerated(hit.path) && isInside({ scope, ...assignment }, hit.path)),
    (hit) => hit.path,
  ).map((hit) => hit.path);
  return scope.length === 0 && files.length > mostFilesAlone ? [] : files;
}

const editsOf = (story: Story, path: string): readonly PastCall[] =>
  story.calls.filter((entry) => entry.name === 'edit_file' && cleanPath(field(entry.input, 'path') ?? '') === path);

function editIn(path: string, { from, to }: Renaming, story: Story): PlannedCall | undefined {
  const tried = editsOf(story, path);
  const lines = linesRead(story.calls).get(path);
  if (lines === undefined || tried.length >= mostLineEdits || tried.some((entry) => entry.input['replace_all'] === true)) {
    return undefined;
  }
  const values = [...lines.values()];
  const total = readsOf(story.calls).findLast((part) => part.path === path)?.total;
  const whole = values.reduce((sum, value) => sum + (value.match(wholeName(from))?.length ?? 0), 0);
  const parts = values.reduce((sum, value) => sum + value.split(from).length - 1, 0);
  if (whole === 0) {
    return undefined;
  }
  if (whole === parts && total === lines.size) {
    return call('edit_file', { path, old_text: from, new_text: to, replace_all: true });
  }
  const line = values.find(
    (value) =>
      wholeName(from).test(value) &&
      values.filter((other) => other.includes(value)).length === 1 &&
      !tried.some((entry) => entry.input['old_text'] === value),
  );
  return line === undefined ? undefined : call('edit_file', { path, old_text: line, new_text: line.replace(wholeName(from), () => to) });
}

/** What was renamed in whole files, and where the name was left because it could not certainly be told from others. */
export function renameFindings(story: Story, assignment: Assignment, hits: readonly Hit[]): readonly Finding[] {
  const { renaming } = assignment;
  if (renaming === undefined) {
    return [];
  }
  return distinct(hits, (hit) => hit.path).flatMap((hit): Finding[] => {
    const done = editsOf(story, hit.path).filter((entry) => entry.result?.isError === false);
    const whole = done.some((entry) => entry.input['replace_all'] === true);
    const lines = distinct(
      hits.filter((other) => other.path === hit.path),
      (other) => `${other.line}`,
    );
    const place = { path: hit.path, line: Math.min(...lines.map((other) => other.line)) };
    if (whole) {
      return [
        { text: `${correction}“${renaming.from}” is now “${renaming.to}” on ${plural(lines.length, 'line')}`, ...place, severity: 'info' },
      ];
    }
    const left = lines.length - done.length;
    return left <= 0
      ? []
      : [{ text: `“${renaming.from}” stays on ${plural(left, 'line')}: I could not change it with certainty`, ...place, severity: 'low' }];
  });
}
