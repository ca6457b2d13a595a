/*
 * Rules of conduct that a reader of plain text can enforce.
 */

/** A file of more lines than this is refused. */
const maxLines = 500;

/** What the rules say against a file's text, one line each. `file` has forward slashes from the checkout's root. */
export function checkText(file: string, text: string): readonly string[] {
  const product = /^(src|webview)\//.test(file);
  const code = withoutText(text);
  return [
    ...sizeTrouble(text),
    ...found(code, /(?::|\bas|[<,|&(])\s*any\b(?!\s*[(:=])/g, 'no any'),
    ...found(code, /\bas\s+unknown\s+as\b/g, 'no double cast'),
    ...found(text, /import\s+(?!(?:type\s+)?\*\s+as\s+z\b)[^;'"]*\bfrom\s+['"]zod['"]/g, "only import * as z from 'zod'"),
    ...(product ? found(text, /(?:\/\/|\*)\s*(?:TODO|FIXME|XXX|HACK)\b/g, 'no work left for later') : []),
    ...(product ? found(code, forbiddenWords(file), 'not one of our words') : []),
    ...found(text, machinePath, 'a path of one machine'),
  ].map((trouble) => `${file}${trouble}`);
}

/** What a lock file may not hold, where its packages came from, and may not lack, what other machines install. */
export function checkLockFile(text: string): readonly string[] {
  const lock: { readonly packages?: Readonly<Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>> } =
    JSON.parse(text);
  const packages = lock.packages ?? {};
  const lacking = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !(`node_modules/${name}` in packages) && !(`${path}/node_modules/${name}` in packages),
    ),
  );
  return [
    ...found(text, /"resolved":\s*"(?!file:)[^"]*"/g, 'names a package host'),
    ...lacking.map((name) => `lacks ${name}, so that npm ci refuses it: npm run lock`),
  ];
}

/** Built from parts so that this file does not find itself. */
const machinePath = new RegExp(`["'\`\\s(](?:${['root', 'work'].map((name) => `/${name}/`).join('|')})[\\w.-]+`, 'g');

/** Providers speak to interfaces that were named by others. */
function forbiddenWords(file: string): RegExp {
  return file.startsWith('src/providers/') || file.startsWith('src/platform/')
    ? /\b[Jj]obs?\b/g
    : /\b\w*(?:[Ss]ession|[Cc]onversation)s?(?![a-z])\w*|\b[Jj]obs?\b/g;
}

function sizeTrouble(text: string): readonly string[] {
  const lines = text.split('\n').length - 1;
  return lines > maxLines ? [`: ${lines} lines, ${maxLines} are allowed`] : [];
}

function found(text: string, pattern: RegExp, rule: string): readonly string[] {
  return [...text.matchAll(pattern)].map((match) => `:${lineOf(text, match.index)}: ${rule}: ${match[0].trim()}`);
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

/** The same text with comments, regular expressions and the insides of strings blanked, so that positions stay. */
function withoutText(text: string): string {
  const strings = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[\s\S])*`/;
  const comments = /\/\*[\s\S]*?\*\/|\/\/[^\n]*/;
  const patterns = /(?<=[(=:,[]\s*)\/(?![*/])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\//;
  const parts = new RegExp(`${strings.source}|${comments.source}|${patterns.source}`, 'g');
  return text.replace(parts, (part) => part.replace(/[^\n]/g, ' '));
}
