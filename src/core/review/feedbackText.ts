import { quoted } from '../context/quoted.ts';
import { countText } from '../rowText.ts';

/** What a person wrote on a line of a changed file. */
export interface LineComment {
  readonly path: string;
  /** From 1, in the file as it was when the person wrote. */
  readonly line: number;
  /** The text of that line, which agents may have written. */
  readonly lineText: string;
  readonly text: string;
}

/** A change that a person has undone. */
export interface RejectedChange {
  readonly path: string;
  /** Where it began, from 1. */
  readonly line: number;
}

/** Enough of a line to find it again. */
const longestQuote = 200;

/** All comments of a review as one message to the agent: what the person wrote as it is, what stands in files as quoted data. */
export function feedbackText(comments: readonly LineComment[], rejected: readonly RejectedChange[]): string {
  const said = comments.map(
    ({ path, line, lineText, text }, index) => `${index + 1}. ${oneName(path)}:${line}\n${quoteOf(lineText)}\n${text.trim()}`,
  );
  const parts = [
    comments.length === 0
      ? 'I have reviewed your changes.'
      : `I have reviewed your changes and have ${countText(comments.length, 'comment')}:`,
    ...said,
    ...(rejected.length === 0 ? [] : [rejectedText(rejected)]),
    ...(comments.length === 0
      ? []
      : ['The line after each ">" is quoted from the file as it was when I wrote. Read a file again before you change it.']),
  ];
  return parts.join('\n\n');
}

function rejectedText(rejected: readonly RejectedChange[]): string {
  const paths = [...new Set(rejected.map(({ path }) => path))];
  const lines = paths.map((path) => {
    const places = rejected.filter((one) => one.path === path).map(({ line }) => line);
    return `- ${oneName(path)}, at line ${[...new Set(places)].sort((a, b) => a - b).join(', ')}`;
  });
  return `I have undone these changes of yours; leave them undone unless I ask for them again:\n${lines.join('\n')}`;
}

function quoteOf(lineText: string): string {
  const characters = [...lineText.replaceAll(/[\r\n\u2028\u2029\p{Cc}]+/gu, ' ').trim()];
  const cut = characters.length > longestQuote ? `${characters.slice(0, longestQuote).join('')}…` : characters.join('');
  return `> ${quoted(cut)}`;
}

/** A path can hold anything, line feeds included. */
function oneName(path: string): string {
  return quoted(path.replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' '));
}
