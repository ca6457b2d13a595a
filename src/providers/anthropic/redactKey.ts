/** So much of a key's beginning is the same for everybody; what follows is secret. */
const publicPrefix = 13;
const mark = '…';

/** The text without the key that some endpoints repeat, also where only the beginning of it is left because the text was cut. */
export function redactKey(text: string, key: string | undefined): string {
  if (key === undefined || key === '') {
    return text;
  }
  const begin = key.slice(0, publicPrefix);
  const kept: string[] = [];
  let from = 0;
  for (let at = text.indexOf(begin); at >= 0; at = text.indexOf(begin, from)) {
    kept.push(text.slice(from, at), mark);
    from = at + commonLength(text, at, key);
  }
  return kept.join('') + text.slice(from);
}

function commonLength(text: string, at: number, key: string): number {
  let length = 0;
  while (length < key.length && text[at + length] === key[length]) {
    length++;
  }
  return length;
}
