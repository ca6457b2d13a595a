import type { ValueCheck } from './programSpec.ts';

/** Any text: for what a program only compares, counts or prints. */
export const anyText: ValueCheck = () => true;

/** A text with something in it. */
export const someText: ValueCheck = (text) => text !== '';

/** One of these words. */
export function oneOf(...words: readonly string[]): ValueCheck {
  return (text) => words.includes(text);
}

/** A number of lines or bytes, also counted from the other end. Programs stop at what there is, so its size does not matter. */
export const count: ValueCheck = (text) => /^[+-]?\d{1,9}$/.test(text);

/** A whole number from nought to `most`: for widths, depths and lengths, where a large one would make a large output. */
export function number(most: number): ValueCheck {
  return (text) => /^\d{1,9}$/.test(text) && Number(text) <= most;
}

/** Lists of columns as cut takes them. Small numbers: some implementations keep a table of all. */
export const columns: ValueCheck = (text) => /^(\d{1,5}(-\d{0,5})?|-\d{1,5})(,(\d{1,5}(-\d{0,5})?|-\d{1,5}))*$/.test(text);

/**
 * A regular expression that costs little to compile and match: repetition counts multiply when nested until memory is full, and
 * references back make matching exponential.
 */
export const expression: ValueCheck = (text) => {
  const counts = text.match(/\{\d*,?\d*/g) ?? [];
  const small = counts.length <= 2 && counts.every((part) => (part.match(/\d+/g) ?? []).every((digits) => Number(digits) <= 100));
  return small && text.length <= 500 && !/\\[1-9]/.test(text);
};

/** A pattern of file names. */
export const glob: ValueCheck = (text) => text !== '' && text.length <= 200;
