/** `1 file`, `2 files`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** `a, b and c`. */
export function listOf(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** Text on one line, cut to a length with an ellipsis. */
export function brief(text: string, length: number): string {
  const line = text.trim().replace(/\s+/g, ' ');
  return line.length <= length ? line : `${line.slice(0, length - 1).trimEnd()}…`;
}

/** The words of a text in lower case. */
export function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[a-z][a-z'-]*/g) ?? [];
}

/** The first `limit` items with different keys, in order. */
export function distinct<T>(items: readonly T[], keyOf: (item: T) => string, limit = Number.POSITIVE_INFINITY): readonly T[] {
  const seen = new Map<string, T>();
  for (const item of items) {
    if (!seen.has(keyOf(item)) && seen.size < limit) {
      seen.set(keyOf(item), item);
    }
  }
  return [...seen.values()];
}

/** A small number that depends on the text only (FNV-1a). */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash;
}
