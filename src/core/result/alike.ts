/*
 * Telling when two agents said the same thing in other words. Coarse on purpose and without any model: what is put together wrongly can be
 * seen, since every wording is kept.
 */

/** Words that say nothing about what a sentence is about. */
const fillers: ReadonlySet<string> = new Set(
  'a an and are as at be been but by can could do does for from has have in into is it its of on or should so than that the their then there these this to was were when which will with would'.split(
    ' ',
  ),
);

/** What a text is about: its words in lower case, fillers left out and plurals made singular. */
export function wordsOf(text: string): ReadonlySet<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
  return new Set(
    words.filter((word) => !fillers.has(word)).map((word) => (/[^s]s$/.test(word) && word.length > 3 ? word.slice(0, -1) : word)),
  );
}

/** How much two sets of words have in common: 0 nothing, 1 everything. */
export function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size + b.size === 0) {
    return 1;
  }
  const [few, many] = a.size < b.size ? [a, b] : [b, a];
  let common = 0;
  for (const word of few) {
    common += many.has(word) ? 1 : 0;
  }
  return (2 * common) / (a.size + b.size);
}

/**
 * Divides items into groups that say the same. An item joins the first group whose first item is like it, so that more items behind the
 * given ones never divide these otherwise. Every item is in exactly one group; groups and items keep their order.
 */
export function groupAlike<T>(
  items: readonly T[],
  textOf: (item: T) => string,
  leastOf: (a: T, b: T) => number,
): readonly (readonly T[])[] {
  const groups: { readonly first: T; readonly words: ReadonlySet<string>; readonly items: T[] }[] = [];
  for (const item of items) {
    const words = wordsOf(textOf(item));
    const group = groups.find(({ first, words: others }) => {
      const least = leastOf(first, item);
      return least <= 1 && likeness(others, words) >= least;
    });
    if (group === undefined) {
      groups.push({ first: item, words, items: [item] });
    } else {
      group.items.push(item);
    }
  }
  return groups.map((group) => group.items);
}
