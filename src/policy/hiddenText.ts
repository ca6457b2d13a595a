/*
 * Text that a model reads may hold what no person sees: tags that spell a second text, marks that turn the direction of reading, characters
 * without width. They are written out, so that model and person read the same. An edit takes them as they were shown.
 */

/**
 * Controls except tab and line ends, tag characters, marks of direction, characters without width and selectors of variants. Private use and
 * blanks of other widths are not meant: they are ordinary in fonts of symbols and in other scripts.
 */
const hidden =
  /[\u0000-\u0008\u000b\u000e-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb]|\u034f|[\u17b4-\u17b5]|[\u180b-\u180f]|[\ufe00-\ufe0f]|[\u{1bca0}-\u{1bca3}]|[\u{1d173}-\u{1d17a}]|[\u{e0000}-\u{e0fff}]/u;
const runs = new RegExp(`(?:${hidden.source})+`, 'gu');

/** Between these, one joiner or selector is part of how a script or an emoji is written. */
const written = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{M}\p{Lo}#*0-9]$/u;
const joiner = /^\ufe0f?[\u200c\u200d]$|^\ufe0f$|^[\u{e0100}-\u{e01ef}]$/u;
const mark = /⟨U\+([0-9A-F]{4,6})⟩/g;

/** Longer runs are counted after this many characters; nobody writes them for a reader. */
const longestRun = 64;

/** A text with what is hidden in it written out, and how many characters that were. */
export interface ShownText {
  readonly text: string;
  readonly count: number;
}

/** Writes hidden characters as ⟨U+XXXX⟩. What is shown already stays as it is. */
export function showHidden(text: string): ShownText {
  let count = 0;
  const shown = text.replace(runs, (run, at: number) => {
    if (joiner.test(run) && written.test(text.slice(Math.max(0, at - 2), at))) {
      return run;
    }
    const characters = [...run];
    count += characters.length;
    const more = characters.length - longestRun;
    return characters.slice(0, longestRun).map(asMark).join('') + (more > 0 ? `⟨${more} more hidden characters⟩` : '');
  });
  return { text: shown, count };
}

/** What is said beside a text in which something was hidden; undefined when nothing was. */
export function hiddenNote({ count }: ShownText): string | undefined {
  if (count === 0) {
    return undefined;
  }
  return `(${count} hidden ${count === 1 ? 'character is' : 'characters are'} written out as ⟨U+XXXX⟩; edit_file and write_file take them as shown)`;
}

/**
 * The text with the marks of {@link showHidden} turned back into characters, but only of characters that `original` holds and not as a mark too,
 * so that nobody hides anything by writing a mark. Undefined when there is nothing to turn back.
 */
export function hideAgain(text: string, original: string): string | undefined {
  const result = text.replaceAll(mark, (whole, code: string) => {
    const point = Number.parseInt(code, 16);
    const character = point > 0x10ffff ? '' : String.fromCodePoint(point);
    return hidden.test(character) && original.includes(character) && !original.includes(whole) ? character : whole;
  });
  return result === text ? undefined : result;
}

function asMark(character: string): string {
  return `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`;
}
