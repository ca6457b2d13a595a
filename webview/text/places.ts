/** A piece of text, or a place in the workspace that the text names. */
export type TextPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'place'; readonly text: string; readonly path: string; readonly line?: number | undefined };

// A relative path whose last part has an extension, and a line if one follows. Schemes and absolute paths never match.
const pathPattern =
  /(?<![\w./\\:@~%-])((?:[\w@.-]+\/)*[\w@.-]*\.[A-Za-z][A-Za-z0-9]{0,7})(?::(\d{1,7})(?:-\d{1,7}|:\d{1,5})?)?(?![\w/\\%])/g;

/**
 * Splits text at the places it names. Prose mentions many things that look like files, so there a place needs a line or a folder;
 * in code spans a bare file name is enough.
 */
export function splitPlaces(text: string, where: 'prose' | 'code'): readonly TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of text.matchAll(pathPattern)) {
    const path = match[1] ?? '';
    const line = match[2] === undefined ? undefined : Number(match[2]);
    const certain = where === 'code' || line !== undefined || path.includes('/');
    if (!certain || !isInside(path) || line === 0) {
      continue;
    }
    if (match.index > end) {
      parts.push({ kind: 'text', text: text.slice(end, match.index) });
    }
    parts.push({ kind: 'place', text: match[0], path, ...(line === undefined ? {} : { line }) });
    end = match.index + match[0].length;
  }
  if (end < text.length || parts.length === 0) {
    parts.push({ kind: 'text', text: text.slice(end) });
  }
  return parts;
}

/** A link target as a place, when it is a plain relative path; anything with a scheme, a query or a way out is not. */
export function hrefToPlace(href: string): { readonly path: string; readonly line?: number | undefined } | undefined {
  const match = /^([^\s:?#\\%]+?)(?:(?::|#L)(\d{1,7}))?$/.exec(href);
  const path = match?.[1];
  if (path === undefined || !isInside(path) || !/[^/]\.[A-Za-z0-9]+$/.test(path)) {
    return undefined;
  }
  const line = match?.[2] === undefined ? undefined : Number(match[2]);
  return line === undefined || line === 0 ? { path } : { path, line };
}

function isInside(path: string): boolean {
  return !path.startsWith('/') && path.split('/').every((part) => part !== '..' && part !== '');
}
