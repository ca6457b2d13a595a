/** Most characters of an id that say which item it is for; the id of a task has at most 64. */
const longestSlug = 30;
const longestId = 64;

/**
 * The ids of the tasks that each task of a workflow becomes: its own, or for each item its own with the item's name after it. All are different,
 * and no task loses its own id to an instance of another.
 */
export function instanceIds(
  tasks: readonly { readonly id: string; readonly items: readonly string[] | undefined }[],
): ReadonlyMap<string, readonly string[]> {
  const taken = new Set(tasks.filter(({ items }) => items === undefined).map(({ id }) => id));
  return new Map(
    tasks.map(({ id, items }) => [id, items === undefined ? [id] : items.map((item) => freeId(`${id}-${slugOf(item)}`, taken))]),
  );
}

function freeId(wanted: string, taken: Set<string>): string {
  let id = wanted.slice(0, longestId);
  for (let number = 2; taken.has(id); number++) {
    const end = `-${number}`;
    id = wanted.slice(0, longestId - end.length) + end;
  }
  taken.add(id);
  return id;
}

/** The beginning of a text, or of a path its end, as part of an id. */
function slugOf(item: string): string {
  const slug = item
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  const isPath = !/\s/.test(item.trim()) && item.includes('/');
  return (isPath ? endOf(slug) : beginningOf(slug)) || 'item';
}

function beginningOf(slug: string): string {
  if (slug.length <= longestSlug) {
    return slug;
  }
  const cut = slug.slice(0, longestSlug + 1).lastIndexOf('-');
  return slug.slice(0, cut > 0 ? cut : longestSlug);
}

function endOf(slug: string): string {
  if (slug.length <= longestSlug) {
    return slug;
  }
  const cut = slug.indexOf('-', slug.length - longestSlug - 1);
  return slug.slice(cut < 0 ? -longestSlug : cut + 1);
}
