/** Text of models in a message of the editor, which would draw `[words](address)` as a link: it stays text. */
export function noLinks(text: string): string {
  return text.replaceAll('](', '] (');
}

/** Text of models in a list of the editor, which would draw `$(name)` as an icon: it stays text. */
export function noIcons(text: string): string {
  return text.replaceAll('$(', '$\u200b(');
}
