import { withoutTags } from '../history.ts';

/*
 * Text of agents and files within what the engine says. It is data: it must be able to pose neither as a message nor as a section of the engine's.
 */

/** What may stand before a heading without a reader taking it for anything else. */
const before = String.raw`(?<start>^|[\n\r\v\f\u0085\u2028\u2029])(?<blank>(?:[^\S\n\r]|\p{Cf})*)`;
const anyHeading = new RegExp(`${before}(?=[#\uff03])`, 'gu');

/** The text with every heading in it marked as quoted, and without tags of messages. */
export function quoted(text: string): string {
  return withoutTags(text).replace(anyHeading, '$<start>> $<blank>');
}

/** The text with the given headings marked as quoted wherever it has one of them, in any spelling of its blanks and capitals. */
export function withoutHeadings(text: string, titles: readonly string[]): string {
  const known = titles.map((title) => title.trim().split(/\s+/).map(escaped).join(String.raw`(?:\s|\p{Cf})+`)).join('|');
  const heading = new RegExp(String.raw`${before}(?=[#\uff03]+(?:\s|\p{Cf})*(?:${known})(?![\p{L}\p{N}]))`, 'giu');
  return text.replace(heading, '$<start>> $<blank>');
}

/** The text as part of one line. */
export function oneLine(text: string): string {
  return withoutTags(text.replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim());
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
