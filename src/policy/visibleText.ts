/*
 * What a person is asked to approve must look like what will be done. Characters that show nothing, or that change how their neighbours
 * are shown, are written out.
 */

/** Everything without a shape of its own, except line feed, tab and the plain blank; also every blank that only looks like one. */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Zs}\p{Cs}\p{Co}\p{Default_Ignorable_Code_Point}\u2800]/u;
const hiddenRuns = new RegExp(`(?![ \\t\\n])${hidden.source}`, 'gu');
/** Enough to push what follows out of sight. */
const longBlank = /[ \t]{41,}/g;
const manyLines = /(?<![ \t])(?:[ \t]*\n){11,}/g;

/** The text with hidden characters as ⟨U+XXXX⟩ and long runs of blanks or empty lines as a count; what it shows is all there is. */
export function visibleText(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(hiddenRuns, asCode)
    .replace(manyLines, (lines) => `\n⟨${lines.split('\n').length - 2} empty lines⟩\n`)
    .replace(longBlank, (blanks) => `⟨${blanks.length} blanks⟩`);
}

/** Text as part of one line: like {@link visibleText}, with line feeds and tabs written out too and no run of blanks shortened. */
export function visibleName(text: string): string {
  return text.replaceAll(/[^\S ]|\p{Cc}/gu, asCode).replace(hiddenRuns, asCode);
}

function asCode(character: string): string {
  return `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`;
}

/** Whether the text is more than it looks: {@link visibleText} would change it, or it has control characters of any kind. */
export function hasHiddenText(text: string): boolean {
  return /\p{Cc}/u.test(text) || visibleText(text) !== text;
}
