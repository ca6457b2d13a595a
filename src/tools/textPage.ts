import * as z from 'zod';
import { characterStart } from '../lib/cutText.ts';

/** Most characters of a long text that are given at once. */
export const pageLength = 20_000;

/** Where to begin in a long text, as tools take it. */
export const fromField = z.number().int().nonnegative().optional().describe('Character to begin at; 0 without it.');

/** Part of a text from a character on, with a line about what is missing. */
export function pageOf(text: string, from = 0): string {
  if (from === 0 && text.length <= pageLength) {
    return text;
  }
  if (from >= text.length) {
    return `(There are only ${text.length} characters.)`;
  }
  const line = text.lastIndexOf('\n', from + pageLength);
  const end =
    text.length <= from + pageLength ? text.length : line > from + pageLength / 2 ? line + 1 : characterStart(text, from + pageLength);
  const rest = end < text.length ? `; go on with from ${end}` : '';
  return `(characters ${from} to ${end} of ${text.length}${rest})\n${text.slice(from, end)}`;
}
