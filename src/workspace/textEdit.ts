import { hideAgain } from '../policy/hiddenText.ts';
import { type FileText, isAscii, type Splice } from './fileText.ts';
import { type Refusal, refuse } from './refusal.ts';

/** An exact replacement as a model asks for it. Line ends in both texts may be LF or CRLF, whatever the file has. */
export interface Replacement {
  readonly oldText: string;
  readonly newText: string;
  readonly all: boolean;
}

/** Where the file changes, and on which lines (from 1) the replaced text stood. */
export interface FoundEdit {
  readonly ok: true;
  readonly splices: readonly Splice[];
  readonly line: number;
  readonly endLine: number;
}

/** An edit of more places than this is no edit that anybody could look at, and each place takes memory. */
const maxReplacements = 20_000;

/**
 * Finds a replacement in a file and reduces it to the characters that really change, so that everything else, line ends included,
 * keeps its bytes. Inserted lines end as the lines around them do.
 */
export function findEdit(file: FileText, edit: Replacement, display: string): FoundEdit | Refusal {
  const oldText = toLf(edit.oldText);
  const newText = toLf(edit.newText);
  if (oldText === '') {
    return refuse(`old_text is empty; give the exact text of ${display} to replace, or use write_file for a whole file.`);
  }
  if (oldText === newText) {
    return refuse('old_text and new_text are the same, so there is nothing to change.');
  }
  if (file.encoding === 'bytes' && !(isAscii(oldText) && isAscii(newText))) {
    return refuse(
      `${display} is not UTF-8 and its encoding is unknown, so only ASCII text in it can be replaced by ASCII text. Choose an old_text and a new_text without other characters.`,
    );
  }
  const view = findView(file.text, oldText);
  const meant = view === undefined ? hideAgain(oldText, file.text) : undefined;
  if (meant !== undefined) {
    return findEdit(file, { oldText: meant, newText: hideAgain(newText, meant) ?? newText, all: edit.all }, display);
  }
  if (view === undefined) {
    return refuse(notFoundText(toLf(file.text), oldText, display));
  }
  const { found } = view;
  const [first] = found;
  if (first === undefined || (found.length > 1 && !edit.all)) {
    return refuse(
      `old_text occurs ${found.length} times in ${display} (lines ${linesOf(view.text, found).join(', ')}). Add lines around it until it is unique, or set replace_all.`,
    );
  }
  if (found.length > maxReplacements) {
    return refuse(
      `old_text occurs ${found.length} times in ${display}; at most ${maxReplacements} are replaced at once. Choose a longer old_text, or make the change with run_command.`,
    );
  }
  if (file.encoding === 'bytes' && found.some((at) => at > 0 && view.text.charCodeAt(at - 1) > 0x7f)) {
    return refuse(
      `old_text in ${display} follows a character of an unknown encoding, so its beginning is not certain. Begin old_text at an earlier ASCII character, best at the start of the line.`,
    );
  }
  const trimmed = trimCommon(oldText, newText);
  const splices = found.map((at) => toSplice(file.text, view, at, oldText.length, trimmed));
  return {
    ok: true,
    splices,
    line: lineAt(view.text, first),
    endLine: lineAt(view.text, first + Math.max(0, oldText.length - (oldText.endsWith('\n') ? 2 : 1))),
  };
}

/** Works out how a file becomes `content` as a whole, in the file's own encoding and line ends. */
export function wholeEdit(file: FileText, content: string, display: string): FoundEdit | Refusal {
  const oldText = toLf(file.text);
  const newText = toLf(hideAgain(content, file.text) ?? content);
  if (file.encoding === 'bytes' && !isAscii(newText)) {
    return refuse(
      `${display} is not UTF-8 and its encoding is unknown, so it can only be overwritten with ASCII text. Use edit_file on its ASCII parts.`,
    );
  }
  if (oldText === newText) {
    return refuse(`${display} has exactly this content already.`);
  }
  const view = viewOf(file.text, oldText, [0], /\r?\n/g);
  const trimmed = file.encoding === 'bytes' ? { before: 0, after: 0, inserted: newText } : trimCommon(oldText, newText);
  const line = lineAt(oldText, trimmed.before);
  return { ok: true, splices: [toSplice(file.text, view, 0, oldText.length, trimmed)], line, endLine: line };
}

/** Line ends as LF. A lone CR is a character like any other. */
export function toLf(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

/** The text with LF line ends in which a model's text is looked for, and the way back to the file's own offsets. */
interface View {
  readonly text: string;
  readonly found: readonly number[];
  readonly lineEnd: RegExp;
  readonly toRaw: (offset: number) => number;
  readonly lineEndFrom: (offset: number) => string;
}

function findView(raw: string, oldText: string): View | undefined {
  const text = toLf(raw);
  const found = findAll(text, oldText);
  if (found.length > 0) {
    return viewOf(raw, text, found, /\r?\n/g);
  }
  // Files of old Macs end lines with a lone CR, which a model cannot be expected to write.
  const macText = text.replaceAll('\r', '\n');
  const macFound = text.includes('\r') ? findAll(macText, oldText) : [];
  return macFound.length > 0 ? viewOf(raw, macText, macFound, /\r\n|\r|\n/g) : undefined;
}

function viewOf(raw: string, text: string, found: readonly number[], lineEnd: RegExp): View {
  return { text, found, lineEnd, toRaw: rawOffsets(raw, text), lineEndFrom: createLineEndFrom(raw, lineEnd) };
}

function findAll(text: string, wanted: string): readonly number[] {
  const found: number[] = [];
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
    found.push(at);
  }
  return found;
}

/** Maps offsets in the LF text to the raw text; each CRLF before the offset adds one. */
function rawOffsets(raw: string, text: string): (offset: number) => number {
  if (raw.length === text.length) {
    return (offset) => offset;
  }
  const crlfs: number[] = [];
  for (let at = raw.indexOf('\r\n'); at >= 0; at = raw.indexOf('\r\n', at + 2)) {
    crlfs.push(at - crlfs.length);
  }
  return (offset) => {
    let low = 0;
    let high = crlfs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((crlfs[middle] ?? 0) < offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return offset + low;
  };
}

interface Trimmed {
  readonly before: number;
  readonly after: number;
  readonly inserted: string;
}

/** Leaves out what old and new text begin and end with in common, never cutting a surrogate pair. */
function trimCommon(oldText: string, newText: string): Trimmed {
  const limit = Math.min(oldText.length, newText.length);
  let before = 0;
  while (before < limit && oldText[before] === newText[before]) {
    before++;
  }
  if (before > 0 && isHighSurrogate(oldText.charCodeAt(before - 1))) {
    before--;
  }
  let after = 0;
  while (after < limit - before && oldText[oldText.length - 1 - after] === newText[newText.length - 1 - after]) {
    after++;
  }
  if (after > 0 && isLowSurrogate(oldText.charCodeAt(oldText.length - after))) {
    after--;
  }
  return { before, after, inserted: newText.slice(before, newText.length - after) };
}

function toSplice(raw: string, view: View, at: number, length: number, trimmed: Trimmed): Splice {
  const start = view.toRaw(at + trimmed.before);
  const end = view.toRaw(at + length - trimmed.after);
  const lines = trimmed.inserted.split('\n');
  if (lines.length === 1) {
    return { start, end, text: trimmed.inserted };
  }
  const replacedEnds = raw.slice(start, end).match(view.lineEnd) ?? [];
  const around = view.lineEndFrom(view.toRaw(at));
  const text = lines.reduce((joined, line, index) => {
    const end = replacedEnds.length === lines.length - 1 ? replacedEnds[index - 1] : undefined;
    return index === 0 ? line : joined + (end ?? around) + line;
  }, '');
  return { start, end, text };
}

/** Gives the line end at or after an offset; without one, the last before it. Offsets must ascend, so that a text is gone through once. */
function createLineEndFrom(raw: string, lineEnd: RegExp): (offset: number) => string {
  const next = new RegExp(lineEnd.source, 'g');
  let last: string | undefined;
  let at = -1;
  return (offset) => {
    while (at < offset) {
      next.lastIndex = Math.max(next.lastIndex, offset);
      const found = next.exec(raw);
      at = found?.index ?? Number.POSITIVE_INFINITY;
      last = found?.[0] ?? raw.match(lineEnd)?.at(-1) ?? '\n';
    }
    return last ?? '\n';
  };
}

function notFoundText(text: string, oldText: string, display: string): string {
  const advice = 'old_text must be the exact text of the file, white space included; read the file again if in doubt.';
  if (/^ *\d+\t/.test(oldText)) {
    return `old_text was not found in ${display}: it begins with a line number as read_file shows it. Leave out line numbers and the tab after them.`;
  }
  const wanted = oldText.split('\n').map((line) => line.trim());
  const first = wanted.find((line) => line !== '');
  const similar = text
    .split('\n')
    .flatMap((line, index) => (first !== undefined && line.trim() === first ? [index + 1] : []))
    .slice(0, 5);
  const hint =
    similar.length === 0
      ? ''
      : ` Its first line stands, perhaps with other white space or other lines after it, at line ${similar.join(', ')}.`;
  return `old_text was not found in ${display}.${hint} ${advice}`;
}

function linesOf(text: string, found: readonly number[]): readonly (number | string)[] {
  const lines = found.slice(0, 8).map((at) => lineAt(text, at));
  return found.length > lines.length ? [...lines, '…'] : lines;
}

/** The line (from 1) an offset is on. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) {
    line++;
  }
  return line;
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
