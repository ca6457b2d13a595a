import { foldName } from './foldName.ts';

/*
 * Editors fetch the schema that a data file names, so that writing its address sends a request to whoever it belongs to, with whatever the
 * address says.
 */

const comment = String.raw`(?:\s|\/\*[^]*?\*\/|\/\/[^\n]*\n)*`;
const inJson = new RegExp(String.raw`["']?\$schema["']?${comment}:${comment}["']?\s*([a-z][a-z0-9+.-]*:\/\/[^"'\s]*|\/\/[^"'\s]+)`, 'gi');
const inComment = /#\s*(?:yaml-language-server:\s*\$schema\s*=|:schema)\s*([a-z][a-z0-9+.-]*:\/\/\S*|\/\/\S+)/gi;

/** The schema on another machine that a data file is made to name and did not name before; undefined when there is none. */
export function newRemoteSchema(path: string, before: string, after: string): string | undefined {
  const name = foldName(path.split(/[/\\]/).at(-1) ?? '');
  if (!/\.(json\w?|jsonc|jsonl|code-\w+|webmanifest|ya?ml|toml)$|^\.\w+rc$/.test(name)) {
    return undefined;
  }
  const known = new Set(schemasIn(before));
  return schemasIn(after).find((schema) => !known.has(schema));
}

function schemasIn(text: string): readonly string[] {
  const plain = text
    .replaceAll(/\\u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replaceAll('\\/', '/');
  return [inJson, inComment].flatMap((pattern) => [...plain.matchAll(pattern)].map((match) => match[1] ?? ''));
}
