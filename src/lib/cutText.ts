/** The position in a text, or the one before it where it would split a character in two. */
export function characterStart(text: string, position: number): number {
  return /[\ud800-\udbff]/.test(text.charAt(position - 1)) ? position - 1 : position;
}
