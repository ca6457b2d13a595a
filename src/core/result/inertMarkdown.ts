/*
 * Text of models in a document that is rendered: paragraphs, lists and code stay what they are, and nothing else of it counts. Whatever
 * would become a link, an image, HTML or a formula is shown as the characters it is written with.
 */

/** In a word: a renderer could see an address in it by itself, without any mark-up. Shown as code, in which none looks for one. */
const address = /\/\/|@|www\.|[a-z0-9+.-]:\S/iu;
const listItem = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const heading = /^\s{0,3}#{1,6}\s+(.*)$/;
const fence = /^\s*(```+|~~~+)\s*[\w+.#-]*\s*$/;
/** Deeper lists are drawn as deep as this. */
const deepestList = 4;

/** One line of text, escaped; code in backticks stays code. */
export function inertLine(text: string): string {
  const parts = text.replace(/\s+/g, ' ').trim().split(/(`+)/);
  const lastOf = new Map(parts.map((part, index) => [part, index]));
  let result = '';
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index] ?? '';
    const isMark = index % 2 === 1;
    if (isMark && (lastOf.get(part) ?? 0) > index) {
      const close = parts.indexOf(part, index + 1);
      result = joined(result, asCode(parts.slice(index + 1, close).join('')));
      index = close;
    } else {
      result = joined(result, isMark ? part.replaceAll('`', '\\`') : escapedWords(part));
    }
  }
  return escapedStart(result);
}

/** Two pieces of a line. Backticks that meet would be one longer mark, which ends somewhere else and lets out what was code. */
function joined(before: string, after: string): string {
  return before.endsWith('`') && /^\\?`/.test(after) ? `${before} ${after}` : before + after;
}

/** Text as a code span, whatever it holds. */
export function asCode(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line === '') {
    return '';
  }
  const fenceText = '`'.repeat(longestRun(line) + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fenceText}${pad}${line}${pad}${fenceText}`;
}

/** Text of several lines: paragraphs, lists and fenced code as they are, headings as bold lines, everything else escaped. */
export function inertText(text: string): string {
  const lines = text.replaceAll('\r\n', '\n').trim().split('\n');
  const out: string[] = [];
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    const opening = fence.exec(line)?.[1];
    if (opening === undefined) {
      out.push(inertBlockLine(line, lines[index + 1]));
      continue;
    }
    const close = lines.findIndex((other, at) => at > index && other.trim().startsWith(opening));
    const end = close === -1 ? lines.length : close;
    out.push(fenced(lines.slice(index + 1, end)));
    index = end;
  }
  return out.join('\n');
}

function inertBlockLine(line: string, next: string | undefined): string {
  if (line.trim() === '') {
    return '';
  }
  const item = listItem.exec(line);
  if (item !== null) {
    const depth = Math.min(deepestList, Math.floor((item[1] ?? '').length / 2));
    const mark = item[2] ?? '-';
    return `${'    '.repeat(depth)}${/\d/.test(mark) ? mark.replace(')', '.') : '-'} ${inertLine(item[3] ?? '')}`;
  }
  const title = heading.exec(line)?.[1];
  if (title !== undefined) {
    // Marks around nothing would be drawn as a rule.
    return title.trim() === '' ? '' : `**${inertLine(title)}**\n`;
  }
  // A line feed that the writer meant is kept; at the end of a paragraph it would show as a backslash.
  const goesOn = next !== undefined && next.trim() !== '' && !listItem.test(next) && !heading.test(next) && !fence.test(next);
  return inertLine(line) + (goesOn ? '\\' : listItem.test(next ?? '') || fence.test(next ?? '') ? '\n' : '');
}

/** Without the name of a language: a renderer may draw some languages instead of showing them. */
function fenced(lines: readonly string[]): string {
  const marks = '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1));
  return `\n${marks}\n${lines.join('\n')}\n${marks}\n`;
}

function escapedWords(text: string): string {
  return text
    .split(' ')
    .map((word) => (address.test(word) ? addressAsCode(word) : escaped(word)))
    .join(' ');
}

/** The full stop after an address belongs to the sentence. */
function addressAsCode(word: string): string {
  const core = word.replace(/[.,;:!?]+$/, '');
  return address.test(core) ? asCode(core) + word.slice(core.length) : asCode(word);
}

/** Marks that count anywhere in a line, for Markdown or for one of its usual extensions. */
function escaped(text: string): string {
  return text.replace(/[\\*[\]<$~|^{}]|&(?=[#\w])|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\$&');
}

/** Marks that count at the beginning of a line: headings, lists, quotes, rules, definitions. */
function escapedStart(line: string): string {
  return line.replace(/^[#+\-=>:!]/, '\\$&').replace(/^(\d{1,9})([.)])/, '$1\\$2');
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map((match) => match[0].length));
}
